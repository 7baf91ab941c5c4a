"""Erasing comments on both databases: nothing of them is left, and the log is whole."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy
from samples import URL, comment_ids, decide, score

from moderation import erasure, moderators
from moderation.errors import ModerationError
from moderation.frames import comment_key
from moderation.schema import Action, Article, Comment, Role, Suggestion, Thread
from moderation.store import QueueFilter, Store

GIVEN = "The zeppelin belongs to Walburga Quandt of Mill Lane"
EARLIER = "The xylophone belongs to Walburga Quandt of Mill Lane"
AUTHOR = "walburga_q"


def thread(text: str = GIVEN) -> Thread:
    return Thread(
        Article(URL, "Ferry", "The ferry will sail every hour."),
        (
            Comment("c0", None, AUTHOR, text, "yesterday", datetime(2026, 11, 1, tzinfo=UTC)),
            Comment("c1", "c0", "other", "Does it?", quoted=text),
            Comment("c2", None, "third", "Fine.", quoted="belongs to Walburga Quandt of Mill"),
            Comment("c3", None, AUTHOR, "And I waited for hours."),
        ),
        "records",
    )


IDS = comment_ids(thread())


@pytest.fixture
def filled(store: Store) -> Store:
    store.add_thread(thread(EARLIER), source="p")
    score(store, dict.fromkeys(IDS, 0.75))
    decide(store, IDS[0], Action.REJECT, reason=f"other: {GIVEN}", note=GIVEN)
    store.add_thread(thread(), source="p")
    score(store, dict.fromkeys(IDS, 0.75))
    suggestion = Suggestion("s1", GIVEN, "toxicity", 1.0, datetime.now(UTC), "coral")
    store.add_suggestions([suggestion])
    return store


def everything(url: str) -> str:
    """All that the database holds, as one text."""
    engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    names = sqlalchemy.inspect(engine).get_table_names()
    with engine.connect() as connection:
        queries = [sqlalchemy.text(f'SELECT * FROM "{name}"') for name in names]  # noqa: S608
        rows = [connection.execute(query).all() for query in queries]
    engine.dispose()
    return repr(rows)


def test_nothing_of_an_author_is_left_and_the_log_is_whole(filled: Store, url: str) -> None:
    before = [(one.id, one.action, one.decided_at) for one in filled.history(IDS[0])]
    assert "Walburga" in everything(url)
    assert erasure.erase_author(filled, AUTHOR, by="ana") == 2
    kept = everything(url)
    for word in ("Walburga", "zeppelin", "xylophone", AUTHOR, "waited", "yesterday"):
        assert word not in kept
    assert [(one.id, one.action, one.decided_at) for one in filled.history(IDS[0])] == before
    assert filled.history(IDS[0])[0].reason == "other"
    assert filled.standing(IDS[3]).decided_by == "ana"
    assert filled.counts()["waiting"] == 2
    assert len(filled.thread(URL).comments) == 4
    assert filled.labels().empty
    assert filled.queue(QueueFilter(search="zeppelin"), limit=9).empty
    assert filled.queue(QueueFilter(search="walburga"), limit=9).empty


def test_the_file_itself_holds_nothing_any_more(filled: Store, url: str) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("PostgreSQL keeps dead rows until VACUUM")
    erasure.erase_author(filled, AUTHOR, by="ana")
    path = Path(url.removeprefix("sqlite:///"))
    for file in path.parent.glob(f"{path.name}*"):
        assert b"Walburga" not in file.read_bytes()
        assert b"zeppelin" not in file.read_bytes().lower()


def test_a_page_that_is_ingested_again_brings_nothing_back(filled: Store, url: str) -> None:
    erasure.erase_author(filled, AUTHOR, by="ana")
    added = filled.add_thread(thread(), source="p")
    assert (added.comments, added.changed) == (0, 0)
    assert "Walburga" not in everything(url)


def test_one_comment_can_be_erased_alone(filled: Store, url: str) -> None:
    assert erasure.erase_comments(filled, [IDS[3], comment_key(URL, "none")], by="ana") == 1
    assert "waited" not in everything(url)
    assert GIVEN in everything(url)


def test_only_admins_erase(filled: Store) -> None:
    moderators.appoint(filled, "ana", Role.ADMIN, by="ana")
    with pytest.raises(ModerationError, match="'ben' is no admin"):
        erasure.erase_author(filled, AUTHOR, by="ben")
    with pytest.raises(ModerationError, match="no author named"):
        erasure.erase_author(filled, " ", by="ana")
    assert filled.by_author(AUTHOR) == [IDS[0], IDS[3]]
