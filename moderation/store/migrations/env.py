"""What Alembic runs first: the revisions go through the connection the store has open."""

from alembic import context

from moderation.store.engine import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
