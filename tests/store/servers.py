"""Other processes: a PostgreSQL of the tests' own, and users of the store."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy

BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


def postgres_binaries() -> Path | None:
    """The newest installed server's folder of programs, or None."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def postgres(binaries: Path) -> Iterator[str]:
    """Run a server in a temporary folder, on a Unix socket.

    Yields:
        The address of its databases, with ``{}`` for the name.
    """
    folder = Path(tempfile.mkdtemp(prefix="moderation-pg-"))
    # The server refuses to run as root.
    user = next((name for name in ("postgres", "nobody") if _exists(name)), None)
    if os.geteuid() == 0 and user is not None:
        shutil.chown(folder, user)
    else:
        user = None

    def run(program: str, *arguments: str) -> None:
        command = [str(binaries / program), *arguments]
        subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL, cwd=folder)  # noqa: S603 - an installed program, our arguments

    data = str(folder / "data")
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=40"
    try:
        run("initdb", "-D", data, "-U", "moderation", "--auth=trust", "-E", "UTF8",
            "--locale=C", "--no-sync")  # fmt: skip
        run("pg_ctl", "-D", data, "-w", "-o", options, "-l", str(folder / "log"), "start")
        try:
            yield f"postgresql://moderation@/{{}}?host={folder}"
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def administer(server: str, statement: str, database: str = "template1") -> None:
    """Run a statement outside any transaction."""
    url = server.format(database).replace("postgresql:", "postgresql+psycopg:")
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def run_together(processes, target, arguments):
    """Run one process per tuple of arguments; returns what each sent back."""
    running = []
    for own in arguments:
        receiver, sender = processes.Pipe(duplex=False)
        process = processes.Process(target=target, args=(*own, sender))
        process.start()
        sender.close()
        running.append((process, receiver))
    results = [receiver.recv() for _, receiver in running]
    for process, receiver in running:
        process.join()
        receiver.close()
    return results


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
