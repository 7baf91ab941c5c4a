"""Opening a database: what is wrong is said in one line, and never with the password."""

import os
import shutil
import socket
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from samples import URL, decide, make_thread
from servers import run_together
from writers import open_as_nobody

from moderation.errors import ConflictError, StoreError
from moderation.schema import Action
from moderation.store import engine, open_store
from moderation.store.engine import VERSION_TABLE
from moderation.store.tables import HEAD, metadata

RELEASED = sorted((Path(__file__).parent / "released").glob("*.db"))


def problem_of(url: str) -> str:
    with pytest.raises(StoreError) as caught:
        open_store(url)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_folders_are_made_and_closed_to_others(tmp_path):
    open_store(f"sqlite:///{tmp_path}/a/b/store.db").close()
    assert (tmp_path / "a/b/store.db").is_file()
    assert (tmp_path / "a/b").stat().st_mode & 0o077 == 0


def test_a_folder_is_no_database(tmp_path):
    assert "cannot be opened" in problem_of(f"sqlite:///{tmp_path}")


def test_a_path_through_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    assert "its folder cannot be made" in problem_of(f"sqlite:///{tmp_path}/file/store.db")


@pytest.mark.parametrize("rubbish", [b"This is a text, not a database. " * 50, b"\0" * 5000])
def test_another_kind_of_file_is_left_as_it_is(tmp_path, rubbish):
    path = tmp_path / "store.db"
    path.write_bytes(rubbish)
    assert "is no database, or damaged" in problem_of(f"sqlite:///{path}")
    assert path.read_bytes() == rubbish


def test_a_damaged_database_is_reported_not_repaired_in_silence(tmp_path):
    path = tmp_path / "store.db"
    with closing(open_store(f"sqlite:///{path}")) as store:
        store.add_thread(make_thread(*(f"text {number}" * 50 for number in range(99))), source="")
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)
    assert "damaged" in problem_of(f"sqlite:///{path}")


def test_another_programs_database_is_left_as_it_is(tmp_path):
    path = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    assert "holds another program's tables" in problem_of(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert tables == [("bookmarks",)]


def test_a_schema_from_the_future_is_refused(url):
    raw = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    rename = sqlalchemy.text("UPDATE moderation_schema SET version_num = :version")
    with raw.begin() as connection:
        connection.execute(rename, {"version": "9999"})
    try:
        assert f"has schema 9999, this version knows up to {HEAD}" in problem_of(url)
    finally:
        with raw.begin() as connection:
            connection.execute(rename, {"version": HEAD})
        raw.dispose()


@pytest.mark.parametrize("mode", [0o555, 0o777])
def test_a_read_only_file_is_named_as_such(processes, tmp_path, mode):
    folder = tmp_path / "folder"
    path = folder / "store.db"
    open_store(f"sqlite:///{path}").close()
    path.chmod(0o444)
    folder.chmod(mode)
    for parent in (tmp_path, *tmp_path.parents):
        if parent == Path(tempfile.gettempdir()):
            break
        parent.chmod(0o755)
    (message,) = run_together(processes, open_as_nobody, [(f"sqlite:///{path}",)])
    assert message.startswith(f"StoreError: {path}: is read-only; expected write permission")


def test_a_full_disk_is_named_and_nothing_is_half_written(tmp_path):
    with closing(open_store(f"sqlite:///{tmp_path}/store.db")) as store:
        store.add_thread(make_thread("first"), source="")

        @sqlalchemy.event.listens_for(store._engine, "begin")
        def limit(connection):
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

        huge = make_thread("first", *(str(number) * 500 for number in range(500)))
        with pytest.raises(StoreError, match="the disk is full; nothing of this step"):
            store.add_thread(huge, source="")
        assert store.counts()["comments"] == 1
        assert store.audit() == []


def test_a_database_kept_busy_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_S", 0)
    with (
        closing(open_store(f"sqlite:///{tmp_path}/store.db")) as store,
        closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another process keeps it to itself"):
            store.add_thread(make_thread("first"), source="")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", "cannot be read"),
        ("no address", "cannot be read"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("mysql://root:topsecret@host/x", "begins with 'mysql'"),
        ("postgresql://u:topsecret@host:port/x", "cannot be read"),
        ("oracle+topsecret", "cannot be read"),
    ],
)
def test_an_unusable_address_is_explained_without_its_password(url, expected):
    message = problem_of(url)
    assert expected in message
    assert "expected sqlite:///FILE.db or postgresql://" in message
    assert "topsecret" not in message


@pytest.mark.enable_socket
def test_an_unreachable_server_is_named_without_the_password():
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]  # bound but not listening: refuses
        url = f"postgresql://moderator:topsecret@127.0.0.1:{port}/news?sslmode=disable"
        message = problem_of(url)
    assert message.startswith(f"postgresql://moderator:***@127.0.0.1:{port}/news: the server can")
    assert "topsecret" not in message


@pytest.mark.postgres
def test_a_database_the_server_does_not_have_is_named(postgres_url):
    assert 'database "none" does not exist' in problem_of(postgres_url.format("none"))


@pytest.mark.parametrize(
    "url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_a_server_that_was_restarted_costs_no_error(url):
    with closing(open_store(url)) as store, closing(open_store(url)) as other:
        store.counts()
        with other._engine.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert store.counts()["comments"] == 0


def test_errors_never_quote_values(tmp_path):
    with closing(open_store(f"sqlite:///{tmp_path}/store.db")) as store:
        store.add_thread(make_thread("private words"), source="")
        with closing(sqlite3.connect(tmp_path / "store.db")) as connection, connection:
            connection.execute("DROP TABLE comment_words")
        with pytest.raises(StoreError) as caught:
            store.add_thread(make_thread("private words, edited"), source="")
    assert "private" not in str(caught.value)
    assert "private" not in repr(caught.value.__cause__)


def test_the_newest_migration_is_the_one_the_package_names():
    config = Config()
    config.set_main_option("script_location", str(engine._MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_migrations_make_the_tables_the_package_describes(url):
    raw = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with raw.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "include_object": _is_ours}
        )
        assert compare_metadata(context, metadata) == []
    raw.dispose()


def _is_ours(_item, name, kind, _reflected, _other):
    return not (kind == "table" and name.startswith("comment_words"))


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.stem)
def test_every_released_database_opens_with_all_it_had(released, tmp_path):
    path = tmp_path / "store.db"
    shutil.copy(released, path)
    with closing(open_store(f"sqlite:///{path}")) as store:
        assert store.audit() == []
        assert store.counts() == {
            "articles": 1, "comments": 3, "waiting": 2, "escalated": 1, "approved": 0,
            "rejected": 1, "labels": 2,
        }  # fmt: skip
        labels = store.labels(names=True)
        assert labels["text"].tolist() == ["The old ferry was a rat.", "Buy my boat!"]
        assert labels["moderator"].tolist() == ["mod", "mod"]
        assert [one.action for one in store.history(f"{URL}#c1")] == [
            "reject",
            "approve",
            "approve",
        ]
        with pytest.raises(ConflictError):
            decide(store, f"{URL}#c1", Action.APPROVE, expected=None)


def test_this_release_has_its_database():
    assert RELEASED
