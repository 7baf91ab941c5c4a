"""What a comment quotes of others, beside its text; empty for what was stored before."""

import sqlalchemy as sa
from alembic import op

from moderation.store.tables import Verbatim

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column."""
    quoted = sa.Column("quoted", Verbatim, nullable=False, server_default="")
    op.add_column("comments", quoted)
