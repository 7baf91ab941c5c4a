"""Write the database of a release: ``python tests/store/released/make.py 0.1.0``.

Run once, when a release has changed the schema; the file is committed and never made again.
"""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from samples import URL, decide, make_thread, score, take_back

from moderation.schema import Action
from moderation.store import open_store

path = Path(__file__).parent / f"{sys.argv[1]}.db"
with closing(open_store(f"sqlite:///{path}")) as store:
    store.add_thread(make_thread("The old ferry was a rat.", "Buy my boat!", "Nice."), source="p")
    ids = [f"{URL}#c{number}" for number in range(3)]
    score(store, dict(zip(ids, (0.25, 0.75, 0.5), strict=True)))
    decide(store, ids[0], Action.ESCALATE)
    first = decide(store, ids[1], Action.REJECT)
    second = decide(store, ids[1], Action.APPROVE, expected=first.id)
    take_back(store, second)
    store.add_thread(make_thread("The old ferry was a cat.", "Buy my boat!", "Nice."), source="p")
with closing(sqlite3.connect(path)) as connection:
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("VACUUM")
