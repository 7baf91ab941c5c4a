"""Policies in versions: who changed what, when."""

import sqlalchemy as sa
from alembic import op

from moderation.store.tables import Id, UtcTime, Verbatim

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "policies",
        sa.Column("number", Id, primary_key=True),
        sa.Column("body", Verbatim, nullable=False),
        sa.Column("note", Verbatim, nullable=False),
        sa.Column("saved_by", Verbatim, nullable=False),
        sa.Column("saved_at", UtcTime, nullable=False),
        sqlite_autoincrement=True,
    )
