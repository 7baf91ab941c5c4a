"""``moderation db``: where the store lies, and whether it is in order."""

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import rich_click as click

from moderation.cli.console import say
from moderation.config import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moderation.store import Store


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
    with _opened() as store:
        say(f"{_shown(Settings.load().store_url)}: up to date")
        click.echo(json.dumps(store.counts()))


@db.command()
def check() -> None:
    """Compare all that the store keeps for speed with its log; takes minutes on a million comments.

    Prints one line for each thing that is not in order; the exit code is then 1.
    """
    with _opened() as store:
        problems = store.audit()
    for problem in problems:
        click.echo(problem)
    if problems:
        sys.exit(1)
    say(f"{_shown(Settings.load().store_url)}: in order")


@contextmanager
def _opened() -> "Iterator[Store]":
    from moderation.store import open_store

    store = open_store(Settings.load().store_url)
    try:
        yield store
    finally:
        store.close()


def _shown(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    user = f"{parts.username}:***@{parts.hostname}"
    return urlunsplit(parts._replace(netloc=user + (f":{parts.port}" if parts.port else "")))
