"""Several processes, some of them killed: nothing acknowledged is lost, nobody is locked out."""

import contextlib
import os
import random
import shutil
import signal

import pytest
from samples import comment_ids, make_thread
from servers import BACKENDS, administer, run_together
from writers import decide_until_killed, open_and_add, score_and_decide

from moderation.store import Added, open_store

KILLS = int(os.environ.get("MODERATION_TEST_KILLS", "20"))
WRITERS = int(os.environ.get("MODERATION_TEST_WRITERS", "4"))


@pytest.mark.timeout(60 + KILLS)
def test_no_acknowledged_decision_is_lost_when_the_writer_is_killed(
    processes, tmp_path, sqlite_template
):
    path = tmp_path / "store.db"
    shutil.copy(sqlite_template, path)
    url = f"sqlite:///{path}"
    thread = make_thread("first", "second", "third")
    store = open_store(url)
    store.add_thread(thread, source="page.html")
    ids = comment_ids(thread)
    chance = random.Random(20261123)  # noqa: S311 - when to kill, nothing secret
    acknowledged: set[str] = set()
    for _ in range(KILLS):
        acknowledged |= killed_after(
            processes,
            url,
            ids,
            decisions=chance.randint(0, 12),
            wait_s=chance.uniform(0, 0.01),
        )
        log = [entry for own in ids for entry in store.history(own)]
        assert acknowledged <= {entry.id for entry in log}
        assert store.audit() == []
    with_labels = store.labels(undone=True).groupby("decision_id").size()
    assert set(with_labels) <= {2}
    assert set(with_labels.index) == {entry.id for entry in log if entry.undoes is None}
    store.close()


def killed_after(processes, url, ids, *, decisions, wait_s):
    """Let a writer acknowledge so many and work on for a moment, then kill it where it is."""
    receiver, sender = processes.Pipe(duplex=False)
    writer = processes.Process(target=decide_until_killed, args=(url, ids, sender))
    writer.start()
    sender.close()
    seen = {receiver.recv_bytes().decode() for _ in range(decisions)}
    receiver.poll(wait_s)
    os.kill(writer.pid, signal.SIGKILL)
    with contextlib.suppress(EOFError):
        while True:
            seen.add(receiver.recv_bytes().decode())
    writer.join()
    assert writer.exitcode == -signal.SIGKILL
    receiver.close()
    return seen


def test_processes_that_score_and_decide_at_once_do_not_get_in_each_others_way(processes, url):
    store = open_store(url)
    thread = make_thread(*(f"text {number}" for number in range(60)))
    store.add_thread(thread, source="page.html")
    arguments = [(url, f"mod {number}", 6) for number in range(WRITERS)]
    stood = run_together(processes, score_and_decide, arguments)
    assert all(isinstance(count, int) for count in stood), stood
    assert store.counts()["approved"] == sum(stood)
    assert store.audit() == []
    store.close()


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_new_database_can_be_opened_by_many_at_once(processes, backend, tmp_path, request):
    if backend == "sqlite":
        url = f"sqlite:///{tmp_path}/new/store.db"
    else:
        server = request.getfixturevalue("postgres_url")
        administer(server, "CREATE DATABASE opened_by_many TEMPLATE template0")
        url = server.format("opened_by_many")
    thread = make_thread("first", "second")
    added = run_together(processes, open_and_add, [(url, thread)] * WRITERS)
    assert added.count(Added(1, 2, 0)) == 1
    assert added.count(Added(0, 0, 0)) == WRITERS - 1
