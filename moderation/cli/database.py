"""``moderation db``: where the store lies, and whether it is in order."""

import json
from urllib.parse import urlsplit, urlunsplit

import rich_click as click

from moderation.cli.console import say
from moderation.config import Settings


@click.group()
def db() -> None:
    """Find, migrate and check the store."""


@db.command()
def path() -> None:
    """Print the store's address; passwords are left out."""
    click.echo(_shown(Settings.load().store_url))


@db.command()
def migrate() -> None:
    """Create the store, or bring it to this version's tables; says what it then holds."""
    from moderation.store import open_store

    url = Settings.load().store_url
    store = open_store(url)
    try:
        counts = store.counts()
    finally:
        store.close()
    say(f"{_shown(url)}: up to date")
    click.echo(json.dumps(counts))


def _shown(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    user = f"{parts.username}:***@{parts.hostname}"
    return urlunsplit(parts._replace(netloc=user + (f":{parts.port}" if parts.port else "")))
