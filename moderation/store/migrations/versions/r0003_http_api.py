"""What the HTTP API needs: its keys, and the labels that come in through it."""

import sqlalchemy as sa
from alembic import op

from moderation.store.tables import Id, UtcTime, Verbatim

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "suggestions",
        sa.Column("number", Id, primary_key=True),
        sa.Column("id", sa.String, nullable=False, unique=True),
        sa.Column("received_at", UtcTime, nullable=False),
        sa.Column("sender", Verbatim, nullable=False),
        sa.Column("text", Verbatim, nullable=False),
        sa.Column("attribute", sa.String, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("begin", sa.Integer),
        sa.Column("end", sa.Integer),
        sa.Column("community", Verbatim, nullable=False),
        sa.Column("client_token", Verbatim, nullable=False),
        sa.Column("article", Verbatim, nullable=False),
        sa.Column("parent", Verbatim, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "api_keys",
        sa.Column("number", Id, primary_key=True),
        sa.Column("name", Verbatim, nullable=False),
        sa.Column("digest", sa.String, nullable=False, unique=True),
        sa.Column("per_minute", sa.Integer, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("expires_at", UtcTime),
        sqlite_autoincrement=True,
    )
