"""Which comments were erased, so that no page brings them back."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column."""
    erased = sa.Column("erased", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("comments", erased)
