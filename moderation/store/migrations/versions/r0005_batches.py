"""Which decisions were made together, so that they can be told apart and undone together."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column and an index of those that have one."""
    op.add_column("decisions", sa.Column("batch", sa.String, nullable=False, server_default=""))
    together = sa.text("batch != ''")
    op.create_index(
        "decisions_by_batch",
        "decisions",
        ["batch"],
        sqlite_where=together,
        postgresql_where=together,
    )
