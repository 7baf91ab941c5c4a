"""What is told about an author, and which comments say nearly the same."""

from contextlib import closing

from samples import URL, decide, make_thread
from sqlalchemy import select

from moderation.schema import Action, Article, Comment, Thread
from moderation.store import family, open_store
from moderation.store.rows import same_author
from moderation.store.tables import comments

TEXT = "The harbour company never answered the islanders about yesterday's timetable changes."


def test_an_authors_record_counts_what_stands_and_tells_the_latest(store):
    members = [Comment(f"c{n}", None, "ann", f"text {n}") for n in range(8)]
    members.append(Comment("other", None, "Ann", "text"))
    store.add_thread(Thread(Article(URL, "", ""), tuple(members), "records"), source="p")
    for n in range(6):
        decide(store, f"{URL}#c{n}", Action.REJECT if n else Action.APPROVE)
    decide(store, f"{URL}#c6", Action.ESCALATE)
    record = store.record("ann")
    assert record.counts == {"": 1, "approve": 1, "reject": 5, "escalate": 1}
    assert [one[0] for one in record.latest] == [f"{URL}#c{n}" for n in (6, 5, 4, 3, 2)]
    assert record.latest[1][1:] == ("reject", "toxicity")
    assert store.record("nobody").counts == {}


def test_nameless_comments_have_no_record(store):
    thread = Thread(Article(URL, "", ""), (Comment("c", None, "", "text"),), "records")
    store.add_thread(thread, source="p")
    assert store.record("").counts == {}


def test_copies_and_texts_with_few_changes_are_alike(store):
    store.add_thread(
        make_thread(
            TEXT,
            TEXT.upper() + "!!!",
            TEXT.replace("never", "hardly ever") + " Shame.",
            "The harbour company answered all islanders: timetable changes and yesterday's boats",
            "Something else.",
        ),
        source="p",
    )
    store.add_thread(make_thread(TEXT, url=URL + "2"), source="p")
    alike = store.alike(f"{URL}#c0", limit=9)
    assert set(alike["comment_id"]) == {f"{URL}2#c0", f"{URL}#c1", f"{URL}#c2"}
    assert alike["likeness"].tolist()[:2] == [1.0, 1.0]
    assert len(store.alike(f"{URL}#c0", limit=1)) == 1
    assert store.alike(f"{URL}#c4", limit=9).empty
    assert list(store.alike("nowhere#1", limit=9).columns) == list(alike.columns)


def test_a_family_is_what_a_comment_answers_and_what_answers_it(store):
    parents = [None, "0", "1", "1", "0", "2", "2"]
    members = tuple(Comment(str(n), parent, "", f"text {n}") for n, parent in enumerate(parents))
    store.add_thread(Thread(Article(URL, "Ferry", "Text."), members, "isso"), source="p")
    found = store.family(f"{URL}#2", replies=1)
    assert found is not None
    assert found.thread.article.title == "Ferry"
    assert [one.id for one in found.thread.comments] == ["0", "1", "2", "5"]
    assert [one.parent_id for one in found.thread.comments] == [None, "0", "1", "2"]
    assert (found.comment.id, found.replies, found.comments) == ("2", 2, 7)
    assert store.family("nowhere#1", replies=1) is None


def test_a_chain_without_end_is_cut(store, monkeypatch):
    monkeypatch.setattr(family, "MOST_ABOVE", 5)
    members = tuple(Comment(str(n), str(n - 1) if n else None, "", f"text {n}") for n in range(20))
    store.add_thread(Thread(Article(URL, "", ""), members, "isso"), source="p")
    found = store.family(f"{URL}#19", replies=1)
    assert [one.id for one in found.thread.comments] == ["14", "15", "16", "17", "18", "19"]
    assert found.thread.comments[0].parent_id is None


def test_authors_and_second_looks_are_found_by_their_indexes(tmp_path):
    queries = {
        "comments_by_author": select(comments.c.id).where(same_author("ann")),
        "comments_for_second_look": select(comments.c.id).where(comments.c.second_look),
    }
    with closing(open_store(f"sqlite:///{tmp_path}/store.db")) as store:
        for index, query in queries.items():
            compiled = query.compile(store._engine)
            binds = tuple(compiled.params[name] for name in compiled.positiontup)
            with store._engine.connect() as connection:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", binds).all()
            assert index in str(plan)
