"""The tables of version 0.1.0."""

import secrets

import sqlalchemy as sa
from alembic import op

from moderation.store.tables import Id, UtcTime, Verbatim

revision = "0001"
down_revision = None

_TALLIES = ("comments", "approved", "rejected", "escalated", "labels", "scored", "off_topic")


def upgrade() -> None:
    """Create everything, and the key that makes this store's pseudonyms."""
    _pages()
    _scores()
    _decisions()
    _search()
    facts = op.create_table(
        "facts",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.bulk_insert(facts, [{"name": "pseudonym_key", "value": secrets.token_hex(32)}])


def _pages() -> None:
    op.create_table(
        "articles",
        sa.Column("id", Id, primary_key=True),
        sa.Column("key", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("url", Verbatim, nullable=False),
        sa.Column("title", Verbatim, nullable=False),
        sa.Column("text", Verbatim, nullable=False),
        sa.Column("author", Verbatim),
        sa.Column("published", Verbatim),
        sa.Column("platform", Verbatim, nullable=False),
        sa.Column("source", Verbatim, nullable=False),
        sa.Column("ingested_at", UtcTime, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False, server_default="0") for name in _TALLIES),
    )
    op.create_table(
        "comments",
        sa.Column("id", Id, primary_key=True),
        sa.Column("key", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("article", Id, sa.ForeignKey("articles.id"), nullable=False),
        sa.Column("platform_id", Verbatim, nullable=False),
        sa.Column("parent", sa.LargeBinary),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("author", Verbatim, nullable=False),
        sa.Column("text", Verbatim, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
        sa.Column("text_key", sa.String, nullable=False),
        sa.Column("published", Verbatim),
        sa.Column("posted_at", UtcTime),
        sa.Column("worth", sa.Double, nullable=False, server_default="-1"),
        sa.Column("waiting", sa.Boolean, nullable=False),
        sa.Column("action", sa.String, nullable=False, server_default=""),
        sa.Column("standing", Id),
        sa.Column("scorer_set", sa.Integer, nullable=False, server_default="0"),
    )
    worth = sa.text("worth DESC")
    op.create_index("comments_by_worth", "comments", ["waiting", worth, "id"])
    op.create_index("comments_by_action", "comments", ["action", worth, "id"])
    op.create_index("comments_by_place", "comments", ["article", "position"])
    op.create_index("comments_by_article", "comments", ["article", "waiting", worth, "id"])
    op.create_index("comments_by_parent", "comments", ["parent"])
    op.create_index("comments_by_text", "comments", ["text_key"])
    op.create_index("comments_by_scorers", "comments", ["scorer_set", "id"])
    op.create_table(
        "revisions",
        sa.Column("comment", Id, sa.ForeignKey("comments.id"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("text", Verbatim, nullable=False),
        sa.Column("replaced_at", UtcTime, nullable=False),
    )


def _scores() -> None:
    op.create_table(
        "scorings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("attribute", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.UniqueConstraint("attribute", "version"),
    )
    op.create_table(
        "scorer_sets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("versions", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "scores",
        sa.Column("comment", Id, sa.ForeignKey("comments.id"), primary_key=True),
        sa.Column("scoring", sa.Integer, sa.ForeignKey("scorings.id"), primary_key=True),
        sa.Column("value", sa.Double),
        sa.Column("newest", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("scores_by_value", "scores", ["scoring", "newest", "value"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("number", Id, primary_key=True),
        sa.Column("id", sa.String, nullable=False, unique=True),
        sa.Column("comment", Id, sa.ForeignKey("comments.id"), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("reason", Verbatim, nullable=False),
        sa.Column("note", Verbatim, nullable=False),
        sa.Column("decided_by", Verbatim, nullable=False),
        sa.Column("decided_at", UtcTime, nullable=False),
        sa.Column("sampling", sa.String, nullable=False),
        sa.Column("overrides", sa.Text, nullable=False),
        sa.Column("undoes", sa.String),
        sa.Column("conflict", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("decisions_by_comment", "decisions", ["comment", "number"])
    op.create_index("decisions_by_moderator", "decisions", ["decided_by", "number"])
    op.create_index("decisions_by_undone", "decisions", ["undoes"])
    op.create_table(
        "labels",
        sa.Column("decision", Id, sa.ForeignKey("decisions.number"), primary_key=True),
        sa.Column("attribute", sa.String, primary_key=True),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("scorer_version", sa.String),
    )
    op.create_table(
        "claims",
        sa.Column("comment", Id, sa.ForeignKey("comments.id"), primary_key=True),
        sa.Column("moderator", Verbatim, nullable=False),
        sa.Column("expires_at", UtcTime, nullable=False),
    )


def _search() -> None:
    if op.get_context().dialect.name == "sqlite":
        # The words come normalised, separated by blanks: "ascii" leaves them as they are.
        op.execute(
            "CREATE VIRTUAL TABLE comment_words "
            "USING fts5(words, tokenize = 'ascii', detail = 'none', columnsize = 0)"
        )
        return
    op.execute(
        "CREATE TABLE comment_words "
        "(comment BIGINT PRIMARY KEY REFERENCES comments (id), words TSVECTOR NOT NULL)"
    )
    op.execute("CREATE INDEX comment_words_found ON comment_words USING gin (words)")
