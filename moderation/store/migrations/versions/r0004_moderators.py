"""What several moderators need: roles, second looks, and more to find comments by."""

import sqlalchemy as sa
from alembic import op

from moderation.store.tables import AUTHOR_CHARS, UtcTime, Verbatim

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table, the columns and the indexes; claims of before end at once."""
    op.create_table(
        "moderators",
        sa.Column("name", Verbatim, primary_key=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("appointed_by", Verbatim, nullable=False),
        sa.Column("appointed_at", UtcTime, nullable=False),
    )
    for table in ("decisions", "comments"):
        asked = sa.Column("second_look", sa.Boolean, nullable=False, server_default=sa.false())
        op.add_column(table, asked)
    op.add_column("comments", sa.Column("language", sa.String))
    author = sa.text(f"substr(author, 1, {AUTHOR_CHARS})")
    op.create_index("comments_by_author", "comments", [author])
    op.create_index("comments_by_language", "comments", ["language"])
    op.create_index("comments_by_time", "comments", ["posted_at"])
    op.create_index(
        "comments_for_second_look",
        "comments",
        ["id"],
        sqlite_where=sa.text("second_look = 1"),  # as queries say it, or it is not used
        postgresql_where=sa.text("second_look"),
    )
    op.execute("DELETE FROM claims")
