"""The tables, and how values are stored the same in SQLite and PostgreSQL.

``articles`` and ``comments`` hold what pages said, ``revisions`` the earlier texts that a
decision was made on; ``decisions`` is the append-only log, ``labels`` what follows from it;
``scores`` are long, with (attribute, version) pairs kept once in ``scorings``.

Some columns are projections, written in the transaction that changes what they follow from,
so that the desk is fast on a million comments: ``comments.worth, waiting, action, standing,
second_look, scorer_set``, ``scores.newest``, and the numbers in ``articles``.
``moderation.store.audit`` computes each anew from the rest and says what differs.
"""

import hashlib
import re
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    desc,
    false,
    func,
    literal_column,
)

from moderation.schema import Action

HEAD = "0007"
"""The newest migration; a store opens without loading Alembic if it is there already."""

_ESCAPE = "\U0010fffe"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff\U0010fffe]")
ESCAPED_CHARS = 7
"""How many characters one character may take in the database."""
_STORED = re.compile("\U0010fffe([0-9a-f]{6})")


class Verbatim(TypeDecorator[str]):
    """Any Python string, unchanged, on databases that refuse some characters.

    NUL (PostgreSQL) and lone surrogates (both, they have no UTF-8) are stored as U+10FFFE, a
    noncharacter, and six hex digits; U+10FFFE itself likewise.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Escape what a database refuses."""
        if value is None:
            return None
        return escaped(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Bring back what was escaped."""
        if value is None or _ESCAPE not in value:
            return value
        return _STORED.sub(lambda found: chr(int(found[1], 16)), value)


def escaped(text: str) -> str:
    """Return a string as ``Verbatim`` stores it."""
    return _UNSTORABLE.sub(lambda found: f"{_ESCAPE}{ord(found[0]):06x}", text)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps it without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Drop the zone where the database has none."""
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Put the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def key_of(name: str) -> bytes:
    """Hash an address or comment id to 16 bytes: indexes stay small however long it is."""
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()


Id = BigInteger().with_variant(Integer, "sqlite")
metadata = MetaData()

facts = Table(
    "facts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)
"""About the store itself: ``pseudonym_key``."""

articles = Table(
    "articles",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", LargeBinary, nullable=False, unique=True),
    Column("url", Verbatim, nullable=False),
    Column("title", Verbatim, nullable=False),
    Column("text", Verbatim, nullable=False),
    Column("author", Verbatim),
    Column("published", Verbatim),
    Column("platform", Verbatim, nullable=False),
    Column("source", Verbatim, nullable=False),
    Column("ingested_at", UtcTime, nullable=False),
    Column("comments", Integer, nullable=False, server_default="0"),
    Column("approved", Integer, nullable=False, server_default="0"),
    Column("rejected", Integer, nullable=False, server_default="0"),
    Column("escalated", Integer, nullable=False, server_default="0"),
    Column("labels", Integer, nullable=False, server_default="0"),
    Column("scored", Integer, nullable=False, server_default="0"),
    Column("off_topic", Integer, nullable=False, server_default="0"),
)

TALLY_OF: dict[str, str] = {
    Action.APPROVE: "approved",
    Action.REJECT: "rejected",
    Action.ESCALATE: "escalated",
}
"""What stands on a comment -> the column of ``articles`` that counts it."""

comments = Table(
    "comments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", LargeBinary, nullable=False, unique=True),
    Column("article", Id, ForeignKey("articles.id"), nullable=False),
    Column("platform_id", Verbatim, nullable=False),
    Column("parent", LargeBinary),  # key of the comment it answers
    Column("position", Integer, nullable=False),  # 0, 1, … in page order
    Column("author", Verbatim, nullable=False),
    Column("text", Verbatim, nullable=False),
    Column("revision", Integer, nullable=False, server_default="0"),  # how often it was edited
    Column("text_key", String, nullable=False),
    Column("published", Verbatim),
    Column("posted_at", UtcTime),
    Column("worth", Double, nullable=False, server_default="-1"),  # -1: not scored
    Column("waiting", Boolean, nullable=False),
    Column("action", String, nullable=False, server_default=""),  # of the standing decision
    Column("standing", Id),  # its number in the log
    Column("scorer_set", Integer, nullable=False, server_default="0"),  # 0: to be scored
    Column("quoted", Verbatim, nullable=False, server_default=""),  # of other comments
    Column("language", String),  # null: not looked at yet
    # Whether what stands asks for somebody else's decision, made without seeing it.
    Column("second_look", Boolean, nullable=False, server_default=false()),
    Column("erased", Boolean, nullable=False, server_default=false()),  # texts gone for good
)
AUTHOR_CHARS = 64
"""How much of an author's name is indexed: some write novels there."""
Index("comments_by_worth", comments.c.waiting, desc(comments.c.worth), comments.c.id)
Index("comments_by_action", comments.c.action, desc(comments.c.worth), comments.c.id)
Index("comments_by_place", comments.c.article, comments.c.position)
Index(
    "comments_by_article",
    comments.c.article, comments.c.waiting, desc(comments.c.worth), comments.c.id,
)  # fmt: skip
Index("comments_by_parent", comments.c.parent)
Index("comments_by_text", comments.c.text_key)
Index("comments_by_scorers", comments.c.scorer_set, comments.c.id)
AUTHOR_START = func.substr(
    comments.c.author, literal_column("1"), literal_column(str(AUTHOR_CHARS)), type_=Text
)
"""Spelt out, not bound: an index on an expression serves that very expression only."""
Index("comments_by_author", AUTHOR_START)
Index("comments_by_language", comments.c.language)
Index("comments_by_time", comments.c.posted_at)
Index(
    "comments_for_second_look",
    comments.c.id,
    sqlite_where=comments.c.second_look,
    postgresql_where=comments.c.second_look,
)

revisions = Table(
    "revisions",
    metadata,
    Column("comment", Id, ForeignKey("comments.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("text", Verbatim, nullable=False),
    Column("replaced_at", UtcTime, nullable=False),
)
"""Earlier texts, of those comments that had been decided by then."""

scorings = Table(
    "scorings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("attribute", String, nullable=False),
    Column("version", String, nullable=False),
    UniqueConstraint("attribute", "version"),
)

scorer_sets = Table(
    "scorer_sets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("versions", Text, nullable=False, unique=True),  # JSON, sorted
)
"""Which scorer versions a comment has been scored with, all attributes together."""

scores = Table(
    "scores",
    metadata,
    Column("comment", Id, ForeignKey("comments.id"), primary_key=True),
    Column("scoring", Integer, ForeignKey("scorings.id"), primary_key=True),
    Column("value", Double),  # null: nothing to score
    Column("newest", Boolean, nullable=False),  # of this comment and attribute
    sqlite_with_rowid=False,
)
Index("scores_by_value", scores.c.scoring, scores.c.newest, scores.c.value)

decisions = Table(
    "decisions",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("comment", Id, ForeignKey("comments.id"), nullable=False),
    Column("revision", Integer, nullable=False),  # of the text that was judged
    Column("action", String, nullable=False),
    Column("reason", Verbatim, nullable=False),
    Column("note", Verbatim, nullable=False),
    Column("decided_by", Verbatim, nullable=False),
    Column("decided_at", UtcTime, nullable=False),
    Column("sampling", String, nullable=False),
    Column("overrides", Text, nullable=False),  # JSON
    Column("undoes", String),
    Column("conflict", Boolean, nullable=False),  # came second; never stands
    Column("second_look", Boolean, nullable=False, server_default=false()),
    Column("batch", String, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)
Index("decisions_by_comment", decisions.c.comment, decisions.c.number)
Index("decisions_by_moderator", decisions.c.decided_by, decisions.c.number)
Index("decisions_by_undone", decisions.c.undoes)
_IN_BATCH = decisions.c.batch != ""
Index(
    "decisions_by_batch", decisions.c.batch,
    sqlite_where=_IN_BATCH, postgresql_where=_IN_BATCH,
)  # fmt: skip

labels = Table(
    "labels",
    metadata,
    Column("decision", Id, ForeignKey("decisions.number"), primary_key=True),
    Column("attribute", String, primary_key=True),
    Column("value", Double, nullable=False),
    Column("score", Double),
    Column("scorer_version", String),
)

claims = Table(
    "claims",
    metadata,
    Column("comment", Id, ForeignKey("comments.id"), primary_key=True),
    Column("moderator", Verbatim, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

moderators = Table(
    "moderators",
    metadata,
    Column("name", Verbatim, primary_key=True),
    Column("role", String, nullable=False),
    Column("appointed_by", Verbatim, nullable=False),
    Column("appointed_at", UtcTime, nullable=False),
)

policies = Table(
    "policies",
    metadata,
    Column("number", Id, primary_key=True),
    Column("body", Verbatim, nullable=False),
    Column("note", Verbatim, nullable=False),
    Column("saved_by", Verbatim, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)
"""Every policy that was ever in force; appended to, the newest one counts."""

suggestions = Table(
    "suggestions",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("received_at", UtcTime, nullable=False),
    Column("sender", Verbatim, nullable=False),
    Column("text", Verbatim, nullable=False),
    Column("attribute", String, nullable=False),
    Column("value", Double, nullable=False),
    Column("begin", Integer),
    Column("end", Integer),
    Column("community", Verbatim, nullable=False),
    Column("client_token", Verbatim, nullable=False),
    Column("article", Verbatim, nullable=False),
    Column("parent", Verbatim, nullable=False),
    sqlite_autoincrement=True,
)
"""Labels from outside the desk, as the HTTP API took them in; appended to, never changed."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("number", Id, primary_key=True),
    Column("name", Verbatim, nullable=False),
    Column("digest", String, nullable=False, unique=True),
    Column("per_minute", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    sqlite_autoincrement=True,
)
