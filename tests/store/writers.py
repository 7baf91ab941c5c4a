"""What other processes do in these tests; imported by them, so it holds no test."""

import os
import tempfile
import uuid
from multiprocessing.connection import Connection

from samples import VERSIONS, decide, make_decision, make_label, make_scores

from moderation.errors import ConflictError, StoreError
from moderation.schema import Action
from moderation.store import QueueFilter, open_store

NOBODY = 65534


def decide_until_killed(url: str, comment_ids: list[str], acknowledged: Connection) -> None:
    """Decide and take back for ever; name each decision on a pipe once the store has it."""
    store = open_store(url)
    for turn in range(10**9):
        comment_id = comment_ids[turn % len(comment_ids)]
        standing = store.standing(comment_id)
        entry = make_decision(comment_id, list(Action)[turn % 3])
        if turn % 5 == 0 and standing is not None:
            entry = make_decision(comment_id, standing.action, undoes=standing.id)
        labels = [] if entry.undoes else [make_label(entry), make_label(entry, "threat")]
        store.add_decision(entry, labels, expected=standing.id if standing else None)
        acknowledged.send_bytes(entry.id.encode())


def score_and_decide(url: str, name: str, rounds: int, result: Connection) -> None:
    """Score what is unscored and decide what waits; sends how many decisions stood."""
    stood = 0
    try:
        store = open_store(url)
        for turn in range(rounds):
            batch = store.unscored(VERSIONS | {"threat": f"round {turn}"}, limit=20)
            table = make_scores(dict.fromkeys(batch["comment_id"], 0.5))
            store.add_scores(table, VERSIONS | {"threat": f"round {turn}"}, table["threat"])
            for comment_id in store.queue(QueueFilter(), limit=3)["comment_id"]:
                try:
                    decide(store, comment_id, Action.APPROVE, decided_by=name)
                    stood += 1
                except ConflictError:
                    pass
        store.close()
    except Exception as error:
        result.send(f"{type(error).__name__}: {error}")
    else:
        result.send(stood)


def open_and_add(url: str, thread: object, result: Connection) -> None:
    """Open a database that may not be there yet, and put a thread in."""
    try:
        store = open_store(url)
        added = store.add_thread(thread, source=uuid.uuid4().hex)
        store.close()
    except Exception as error:
        result.send(f"{type(error).__name__}: {error}")
    else:
        result.send(added)


def open_as_nobody(url: str, result: Connection) -> None:
    """Open a database as a user who may not write it; root may write anything."""
    with tempfile.TemporaryDirectory() as folder:
        open_store(f"sqlite:///{folder}/store.db").close()  # what is imported late, is now
    if os.geteuid() == 0:
        os.setuid(NOBODY)
    try:
        open_store(url)
    except StoreError as error:
        result.send(f"StoreError: {error}")
    else:
        result.send("opened")
