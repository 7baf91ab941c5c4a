from typing import ClassVar

import numpy as np
import pytest

from moderation.errors import SourceError, StoreError
from moderation.extraction import Extracted
from moderation.pipeline import SCORE_BATCH, PageReport, ingest, score_waiting
from moderation.schema import ATTRIBUTES, Action, Article, Comment, Decision, Page, Thread
from moderation.store import QueueFilter, open_store

ARTICLE = Article("https://news.example/tide", "The tide", "The tide is out until six.")


class CopiesScorer:
    """Scores nothing but how often a text occurs."""

    name: ClassVar[str] = "copies"
    inputs: ClassVar[tuple[str, ...]] = ("copies",)
    attributes: ClassVar[tuple[str, ...]] = ATTRIBUTES

    def __init__(self, version="copies-1"):
        self.version = version

    def score(self, batch):
        copies = batch["copies"].to_numpy(np.float32)
        return np.repeat(copies[:, None] / 1000, len(ATTRIBUTES), axis=1)


@pytest.fixture
def store(tmp_path):
    opened = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    yield opened
    opened.close()


def page(*texts, article=ARTICLE, source="tide.html"):
    comments = tuple(Comment(str(n), None, "ann", text) for n, text in enumerate(texts))
    return Extracted(source, Thread(article, comments, "test"))


def run(store, *pages, scorer=None):
    return list(ingest(pages, store, [scorer or CopiesScorer()]))


def test_each_page_gets_a_report_and_its_comments_scores(store):
    unread = SourceError("gone.html", "cannot be read")
    first, second = run(store, page("one", "two"), unread)
    assert first == PageReport("tide.html", ARTICLE.url, "test", comments=2, new=2)
    assert second == PageReport("gone.html", problem="cannot be read")
    ids = [f"{ARTICLE.url}#0", f"{ARTICLE.url}#1"]
    assert store.scores(ids)["toxicity"].notna().all()


def test_ingesting_again_changes_nothing(store):
    run(store, page("one", "two"))
    before = store.counts()
    (report,) = run(store, page("one", "two"))
    assert (report.comments, report.new, report.changed) == (2, 0, 0)
    assert store.counts() == before
    assert score_waiting(store, [CopiesScorer()]) == 0


def test_grown_thread_adds_the_new_comments_and_keeps_decisions(store):
    run(store, page("one"))
    decision = Decision(
        comment_id=f"{ARTICLE.url}#0",
        action=Action.REJECT,
        reason="insult",
        decided_by="kim",
        decided_at=np.datetime64("2026-01-01T00:00:00").astype(object).astimezone(),
        id="d1",
    )
    store.add_decision(decision, [], expected=None)
    (report,) = run(store, page("one", "two"))
    assert report.new == 1
    assert store.standing(f"{ARTICLE.url}#0").id == "d1"
    assert store.queue(QueueFilter(), limit=10)["comment_id"].tolist() == [f"{ARTICLE.url}#1"]


def test_repeated_texts_are_counted_over_all_pages_of_a_run(store):
    other = Article("https://news.example/ebb", "The ebb", "")
    run(store, page("Vote now!"), page("vote NOW", article=other, source="ebb.html"))
    scores = store.scores([f"{ARTICLE.url}#0", f"{other.url}#0"])["political_spam"]
    assert scores.tolist() == pytest.approx([0.002, 0.002])


def test_new_scorer_version_scores_everything_again(store):
    run(store, page("one", "two"))
    assert score_waiting(store, [CopiesScorer("copies-2")]) == 2
    assert score_waiting(store, [CopiesScorer("copies-2")]) == 0


def test_scores_that_an_interrupted_run_left_out_are_made_up_for(store):
    reports = ingest([page("one", "two")], store, [CopiesScorer()])
    next(reports)
    reports.close()
    assert score_waiting(store, [CopiesScorer()]) == 2


def test_ids_that_are_no_text_do_not_stop_the_scoring(store):
    broken = Comment("half \ud800 a pair", None, "ann \udc00", "the tide \ud800 is in")
    run(store, Extracted("tide.html", Thread(ARTICLE, (broken,), "test")), page("one"))
    scored = store.scores([f"{ARTICLE.url}#{broken.id}", f"{ARTICLE.url}#0"])
    assert scored["toxicity"].notna().tolist() == [True, True]


def test_progress_tells_comments_scored(store):
    count = SCORE_BATCH + 3
    told = []
    list(ingest([page(*map(str, range(count)))], store, [CopiesScorer()], progress=told.append))
    assert told == [SCORE_BATCH, count]


def test_store_that_keeps_no_scores_is_an_error_and_no_endless_loop(store, monkeypatch):
    list(ingest([page("one")], store, []))
    monkeypatch.setattr(type(store), "add_scores", lambda *_args: None)
    with pytest.raises(StoreError, match="asks for the same 1 comments again"):
        score_waiting(store, [CopiesScorer()])


def test_pages_are_extracted_on_the_way(store):
    html = b"<html><title>Tide</title><article><p>The tide is out.</p></article></html>"
    good, bad = run(store, Page("tide.html", html), Page("empty.html", b""))
    assert good.problem == ""
    assert good.comments == 0
    assert bad.problem
    assert store.counts()["articles"] == 1
