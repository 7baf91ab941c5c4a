"""Drift is told by article, parent and thread, and never from few words alone."""

import numpy as np
import pandas as pd
import pytest

from moderation.scorers.off_topic import OffTopicScorer
from moderation.scorers.relatedness import FEATURES, cut_passages, relatedness

TITLE = "Wildfire smoke closes schools across the valley"
BODY = (
    "Schools in eleven towns stayed shut on Monday as smoke from the wildfire drifted south.\n"
    "Doctors asked people with asthma to stay indoors and to wear masks outside.\n"
    "Fire crews hope that rain on Thursday will help them to contain the blaze."
)
ON = "My daughter has asthma and the smoke from the fire is so thick that school is shut again."
OFF = "The new goalkeeper let in four goals and the referee missed a clear penalty in extra time."


def comments(*texts, **columns):
    given = {"article_title": TITLE, "article_text": BODY, "parent_text": "", "thread_text": ""}
    return pd.DataFrame({"text": texts, **(given | columns)})


def drift(*texts, **columns):
    return OffTopicScorer().score(comments(*texts, **columns))[:, 0]


def test_a_comment_on_the_subject_drifts_less_than_one_on_another():
    on, off = drift(ON, OFF)
    assert on < 0.3
    assert off > on + 0.2


@pytest.mark.parametrize("missing", ["article_title", "article_text"])
def test_half_an_article_is_enough_to_tell(missing):
    on, off = drift(ON, OFF, **{missing: ""})
    assert off > on + 0.1


def test_a_comment_that_takes_its_parent_on_drifts_less():
    alone, answering = (
        drift(OFF, parent_text=parent)[0]
        for parent in ("", "What a match, that referee and his penalty, and the goalkeeper!")
    )
    assert answering < alone


def test_the_thread_is_a_context_of_its_own():
    thread = "The smoke over the school is terrible.\n\nThe fire crews work day and night."
    on, off = drift(ON, OFF, article_title="", article_text="", thread_text=thread)
    assert on < off


@pytest.mark.parametrize("text", ["Great news", "lol", "What a shame", "Penalty! Referee! Goal!"])
def test_few_words_are_never_flagged_by_themselves(text):
    assert drift(text)[0] < 0.5


@pytest.mark.parametrize("blank", ["", "  ", "\n\n"])
def test_without_any_context_there_is_nothing_to_drift_from(blank):
    columns = dict.fromkeys(("article_title", "article_text", "parent_text", "thread_text"), blank)
    assert np.isnan(drift(ON, **columns)).all()


def test_the_best_passage_counts_however_long_the_article_is():
    place = FEATURES.index("passage_meaning")
    long_body = "\n".join(["Budget talks went on about roads and taxes."] * 30 + [BODY])
    short, long = (
        relatedness(comments(ON, article_text=body))[0, place] for body in (BODY, long_body)
    )
    assert long == short


def test_passages_keep_every_word_of_an_article_and_none_is_long():
    words = [f"word{number}" for number in range(500)]
    passages = cut_passages(" ".join(words[:300]) + "\n\n" + " ".join(words[300:]))
    assert " ".join(passages).split() == words
    assert max(len(passage.split()) for passage in passages) <= 60


def test_few_words_keep_their_order():
    first, second = drift("Soup and soup again", "The smoke at school")
    assert first > second
