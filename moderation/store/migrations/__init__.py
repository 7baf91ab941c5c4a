"""Alembic revisions, run by ``moderation.store.open_store`` in one transaction."""
