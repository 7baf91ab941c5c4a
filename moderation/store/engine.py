"""Opening a database: addresses, connections, migrations, and errors as one line each."""

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from moderation.errors import StoreError
from moderation.store.tables import HEAD

BUSY_TIMEOUT_S = 60
"""How long a writer waits for its turn; SQLite has one at a time."""
CONNECT_TIMEOUT_S = 10
CACHE_KIB = 64 * 1024
"""SQLite's page cache per connection."""
VERSION_TABLE = "moderation_schema"
"""Alembic's table, under a name of our own: a PostgreSQL database may be shared."""
_MIGRATION_LOCK = 0x6D6F6465  # any number; the same in every process
_MIGRATIONS = Path(__file__).parent / "migrations"
_EXPECTED = "expected sqlite:///FILE.db or postgresql://USER@HOST/DATABASE"
_READ_ONLY = "is read-only; expected write permission for the file and its folder"
_SQLITE_PROBLEMS = (
    ("readonly", _READ_ONLY),
    ("unable to open", "cannot be opened; expected a file in a folder that can be written"),
    ("is not a database", "is no database, or damaged; put a copy from your backup in its place"),
    ("malformed", "is damaged; put a copy from your backup in its place"),
    ("is full", "the disk is full; nothing of this step was written"),
    ("disk i/o", "the disk reports an error; nothing of this step was written"),
    ("is locked", f"was busy for {BUSY_TIMEOUT_S} s: another process keeps it to itself"),
)


def open_engine(url: str) -> Engine:
    """Connect to a database and bring its tables up to date.

    Writing transactions run on ``engine.execution_options(writes=True)``: SQLite then waits
    for its one writer's place at the start, where waiting is safe.

    Raises:
        StoreError: See ``moderation.store.open_store``.
    """
    address = _address(url)
    try:
        engine = _sqlite(address) if _is_sqlite(address) else _postgresql(address)
    except ImportError as error:
        msg = f"{shown(address)}: needs the extra 'postgres': pip install 'moderation[postgres]'"
        raise StoreError(msg) from error
    try:
        with one_line(engine.url):
            _bring_up_to_date(engine)
    except StoreError:
        engine.dispose()
        raise
    return engine


@contextmanager
def one_line(address: URL) -> Iterator[None]:
    """Turn whatever a database raises into a StoreError of one line, without any value."""
    try:
        yield
    except SQLAlchemyError as error:
        msg = f"{shown(address)}: {_problem(error, address)}"
        raise StoreError(msg) from error


def shown(address: URL) -> str:
    """Name a database for people: a path, or an address without its password and options."""
    if _is_sqlite(address):
        return str(address.database)
    return address.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        msg = f"the database address cannot be read; {_EXPECTED}"
        raise StoreError(msg) from error
    if address.drivername in {"postgres", "postgresql"}:
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        msg = f"the database address begins with {address.drivername!r}; {_EXPECTED}"
        raise StoreError(msg)
    if _is_sqlite(address) and address.database in {None, "", ":memory:"}:
        msg = f"the database address names no file; {_EXPECTED}"
        raise StoreError(msg)
    return address


def forget_log(engine: Engine) -> None:
    """Empty SQLite's write-ahead log, which holds what was since changed or deleted."""
    if not _is_sqlite(engine.url):
        return
    with closing(engine.raw_connection()) as connection:
        raw: Any = connection.driver_connection
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _is_sqlite(address: URL) -> bool:
    return address.get_backend_name() == "sqlite"


def _sqlite(address: URL) -> Engine:
    path = Path(str(address.database))
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite itself would find out at the first write only.
        needed = [path, path.parent] if path.exists() else [path.parent]
        read_only = not all(os.access(own, os.W_OK) for own in needed)
    except OSError as error:
        msg = f"{path}: its folder cannot be made ({error.strerror})"
        raise StoreError(msg) from error
    if read_only:
        msg = f"{path}: {_READ_ONLY}"
        raise StoreError(msg)
    engine = create_engine(address, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_S})

    @event.listens_for(engine, "connect")
    def set_up(connection: DBAPIConnection, _: object) -> None:
        raw: Any = connection
        raw.isolation_level = None  # transactions begin where we say, not where sqlite3 guesses
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",  # an acknowledged decision survives a power cut
            "foreign_keys = ON",
            "secure_delete = ON",  # what is deleted is overwritten
            f"cache_size = -{CACHE_KIB}",
        ):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(address: URL) -> Engine:
    args: dict[str, object] = {}
    if "connect_timeout" not in address.query:
        args["connect_timeout"] = CONNECT_TIMEOUT_S
    if "options" not in address.query:
        args["options"] = "-c timezone=UTC"
    # pre_ping: a server that was restarted costs no moderator an error.
    return create_engine(address, hide_parameters=True, connect_args=args, pool_pre_ping=True)


def _bring_up_to_date(engine: Engine) -> None:
    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
    with engine.execution_options(writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _MIGRATION_LOCK})
        version = _version(connection)
        if version == HEAD:
            return  # somebody else was faster
        if version is not None and version > HEAD:
            msg = (
                f"{shown(engine.url)}: has schema {version}, this version knows up to {HEAD}; "
                "expected a moderation at least as new as the one that wrote it"
            )
            raise StoreError(msg)
        if version is None and engine.dialect.name == "sqlite" and _tables(connection):
            msg = f"{shown(engine.url)}: holds another program's tables; expected an own file"
            raise StoreError(msg)
        _migrate(connection)


def _version(connection: Connection) -> str | None:
    if VERSION_TABLE not in _tables(connection):
        return None
    query = text(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608 - a constant
    version: str | None = connection.execute(query).scalar()
    return version


def _tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - 100 ms that an up-to-date store does not need
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _problem(error: SQLAlchemyError, address: URL) -> str:
    """Say what went wrong; the first line only, later ones may quote values."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    if cause is None:
        return f"could not do what was asked ({type(error).__name__})"
    said = str(cause).strip().partition("\n")[0]
    if _is_sqlite(address):
        for sign, problem in _SQLITE_PROBLEMS:
            if sign in said.lower():
                return problem
        return f"could not do what was asked ({said})"
    diagnosis = getattr(cause, "diag", None)
    said = getattr(diagnosis, "message_primary", None) or said
    if address.password:
        said = said.replace(str(address.password), "***")
    if getattr(cause, "sqlstate", None) is None:
        return f"the server cannot be reached ({_without_values(said)})"
    return f"the server refused ({_without_values(said)})"


def _without_values(said: str) -> str:
    return re.sub(r"\s+", " ", said)[:300]
