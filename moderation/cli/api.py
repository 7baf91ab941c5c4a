"""``moderation api`` and ``moderation keys``: the HTTP API and who may call it."""

import ipaddress
import json
import logging
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from moderation.cli.console import counted, examples, say
from moderation.config import Settings
from moderation.errors import ModerationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moderation.store import Store

DEFAULT_PORT = 8502
PEM = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    epilog=examples(
        "moderation api",
        "moderation keys add coral && moderation api --host 0.0.0.0",
        "moderation api --port 443 --certificate host.pem --private-key host.key",
    )
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True,
    help="Port to listen on; 0 takes a free one.",
)  # fmt: skip
@click.option("--workers", type=click.IntRange(min=1), help="Scoring processes; one a core.")
@click.option("--certificate", type=PEM, help="PEM file: serve TLS.")
@click.option("--private-key", type=PEM, help="PEM file of the certificate's key.")
def api(
    host: str, port: int, workers: int | None, certificate: Path | None, private_key: Path | None
) -> None:
    """Serve the HTTP API alone: Perspective's routes and our own.

    Without a key (MODERATION_API_KEYS, or moderation keys add) this machine alone is answered,
    and any key is taken. The log on standard error is one line of JSON a request, without text
    and keys. Ctrl-C ends it when what was asked is answered.
    """
    from moderation.server import create_app
    from moderation.server.process import log_to, run

    if bool(certificate) != bool(private_key):
        raise click.UsageError("--certificate and --private-key go together.")
    settings = Settings.load(api_workers=workers)
    if not _is_loopback(host) and not settings.configured_keys:
        with _store() as store:
            if not store.api_keys():
                msg = (
                    f"--host {host} lets other machines in, and there is no key; "
                    "`moderation keys add NAME` makes one"
                )
                raise ModerationError(msg)
    log_to(logging.INFO)
    run(
        create_app(settings),
        host=host,
        port=port,
        certificate=certificate,
        private_key=private_key,
    )


@click.group()
def keys() -> None:
    """Make, list, rotate and revoke keys of the HTTP API."""


@keys.command(
    epilog=examples("moderation keys add coral", "moderation keys add ci --per-minute 60")
)
@click.argument("name")
@click.option(
    "--per-minute", type=click.IntRange(min=0), default=0,
    help="Requests a minute it is good for; as many as api_per_minute says if left out.",
)  # fmt: skip
def add(name: str, per_minute: int) -> None:
    """Make a key for NAME and print it: it is shown this once, the store keeps its hash."""
    from moderation.keys import add_key

    with _store() as store:
        click.echo(add_key(store, name, per_minute=per_minute))


@keys.command(name="list")
def list_keys() -> None:
    """Print every key as one line of JSON: its name, limit, when it was made and expires."""
    from moderation.keys import is_usable

    with _store() as store:
        listed = store.api_keys()
    for key in listed:
        row = {
            "name": key.name,
            "per_minute": key.per_minute,
            "created_at": key.created_at.isoformat(timespec="seconds"),
            "expires_at": key.expires_at and key.expires_at.isoformat(timespec="seconds"),
            "usable": is_usable(key),
        }
        click.echo(json.dumps(row))


@keys.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Refuse NAME's keys; running servers do within five seconds."""
    from moderation.keys import revoke_key

    with _store() as store:
        count = revoke_key(store, name)
    if not count:
        msg = f"there is no usable key {name!r}; `moderation keys list` shows them"
        raise ModerationError(msg)
    say(f"{counted(count, 'key')} revoked")


@keys.command()
@click.argument("name")
@click.option(
    "--grace-hours", type=click.FloatRange(min=0), default=24.0, show_default=True,
    help="So long the old key stays good.",
)  # fmt: skip
def rotate(name: str, grace_hours: float) -> None:
    """Make a new key for NAME and print it; the old one ends after the grace time."""
    from moderation.keys import rotate_key

    with _store() as store:
        click.echo(rotate_key(store, name, grace_h=grace_hours))


@contextmanager
def _store() -> "Iterator[Store]":
    from moderation.store import open_store

    store = open_store(Settings.load().store_url)
    try:
        yield store
    finally:
        store.close()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
