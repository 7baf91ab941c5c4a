"""Explanations: spans lie where the words are, are the scorer's own, and take bounded time."""

import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.errors import ScoringError
from moderation.scorers import TOXICITY, load, score_frame
from moderation.scorers.spans import (
    HIGHEST,
    PASSAGE_WORDS,
    cut_out,
    explain,
    explain_frame,
    explainable,
)
from moderation.scorers.tagger import features, mark

BULK = TOXICITY["bulk"]
RUDE = "You are a stupid idiot and the bus is late."
ABUSE = st.sampled_from(
    ["idiot", "$tupid", "m\u200boron", "s t u p i d", "\U0001f600", "the bus", "fool!", "\ud800"]
)


@dataclass(frozen=True)
class Words:
    """Gives a tenth for each of two words, and remembers nothing."""

    name: ClassVar[str] = "words"
    version: ClassVar[str] = "words-1"
    inputs: ClassVar[tuple[str, ...]] = ("text",)
    attributes: ClassVar[tuple[str, ...]] = ("rudeness",)

    def score(self, batch: pd.DataFrame) -> np.ndarray:
        rude = [0.3 * ("idiot" in text) + 0.2 * ("stupid" in text) for text in batch["text"]]
        return np.array(rude, dtype=np.float32).reshape(-1, 1)


@dataclass(frozen=True)
class Refusing(Words):
    """Takes what has no "idiot" for a language it does not know."""

    def score(self, batch: pd.DataFrame) -> np.ndarray:
        known = batch["text"].str.contains("idiot").to_numpy().reshape(-1, 1)
        return np.where(known, super().score(batch), np.float32(np.nan))


def parts(text, spans):
    return [text[span.start : span.end] for span in spans]


def explained(text, scorer=BULK, attribute="toxicity"):
    return explain(scorer, [text], attribute)[0]


@pytest.mark.parametrize("profile", sorted(TOXICITY))
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What an idiot you are.", ["idiot"]),
        ("\U0001f600 What an \u201cid\u200biot\u201d you are.", ["id\u200biot"]),
        ("What a m0ron you are!", ["m0ron"]),
        ("What an i d i o t you are.", ["i d i o t"]),
    ],
)
def test_the_word_that_made_the_score_is_marked_as_it_was_written(profile, text, words):
    assert parts(text, explained(text, TOXICITY[profile])) == words


def test_utf16_offsets_count_an_emoji_twice():
    text = "\U0001f600\U0001f600 idiot"
    (span,) = explained(text)
    assert (span.start, span.end, span.start_utf16, span.end_utf16) == (3, 8, 5, 10)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "?!", "\U0001f600", "The bus is late."])
def test_what_is_not_notable_is_not_explained(text):
    assert explained(text) == []


def test_shares_are_what_the_scorer_itself_loses():
    text = "the stupid council and the idiot"
    spans = explained(text, Words(), "rudeness")
    assert parts(text, spans) == ["stupid", "idiot"]
    assert [span.score for span in spans] == pytest.approx([0.2, 0.3])


def test_shares_add_up_to_what_is_lost_without_all_of_them():
    spans = explained(RUDE)
    scores = score_frame(BULK, pd.DataFrame({"text": [RUDE, cut_out(RUDE, spans)]}))["toxicity"]
    assert sum(span.score for span in spans) == pytest.approx(scores[0] - scores[1], abs=0.05)


def test_articles_at_the_edge_of_a_span_are_left_out():
    assert parts(RUDE, explained(RUDE)) == ["stupid idiot"]
    for text in ("An idiot the bus.", "The idiot.", "You are the idiot"):
        assert [part.casefold() for part in parts(text, explained(text))] == ["idiot"]


def test_what_is_said_again_and_again_is_found_everywhere_and_shares_the_score():
    text = "You idiot! And the driver? IDIOT. The bus is late, idi\u200bot. " * 3
    spans = explained(text)
    assert parts(text, spans) == ["idiot", "IDIOT", "idi\u200bot"] * 3
    scores = score_frame(BULK, pd.DataFrame({"text": [text, cut_out(text, spans)]}))["toxicity"]
    assert len({span.score for span in spans}) == 1
    assert sum(span.score for span in spans) == pytest.approx(scores[0] - scores[1], abs=0.05)


def test_words_without_which_a_text_is_not_scored_have_no_share_for_that():
    text = "the stupid council and the idiot"
    assert parts(text, explained(text, Refusing(), "rudeness")) == ["stupid"]


def test_a_word_the_score_does_not_hang_on_is_no_span():
    text = "you moron of an idiot"
    assert parts(text, explained(text, Words(), "rudeness")) == ["idiot"]


def test_spans_are_the_same_alone_and_in_company():
    texts = [RUDE, "", "What an idiot.", "The bus is late.", RUDE * 30]
    together = explain(BULK, texts, "insult")
    assert together == [explained(text, attribute="insult") for text in texts]
    assert together == explain(BULK, texts, "insult")


def test_one_rude_sentence_in_a_long_text_is_found():
    filler = "the council met on Tuesday to talk about the new line for buses " * 40
    text = f"{filler}\nYou pathetic idiot!\n{filler}"
    assert len(text.split()) > 4 * PASSAGE_WORDS
    assert "idiot" in " ".join(parts(text, explained(text)))


@given(st.lists(ABUSE, max_size=12).map(" ".join) | st.text(st.characters(), max_size=40))
@settings(max_examples=60)
def test_spans_of_any_text_lie_in_it_apart_and_have_a_share(text):
    encoded = text.encode("utf-16-le", "surrogatepass")
    end = 0
    for span in explained(text):
        assert end <= span.start < span.end <= len(text)
        assert 0 < span.score <= 1
        end = span.end
        part = text[span.start : span.end].encode("utf-16-le", "surrogatepass")
        assert encoded[2 * span.start_utf16 : 2 * span.end_utf16] == part


@pytest.mark.parametrize("piece", ["idiot", "idiot ", "idiot, bus ", "i ", "$!", "\U0001f595 "])
def test_hostile_texts_take_bounded_time(piece):
    started = time.process_time()
    explained(piece * (500_000 // len(piece)))
    assert time.process_time() - started < 30


@pytest.mark.parametrize("profile", sorted(TOXICITY))
def test_every_attribute_of_every_profile_can_be_explained(profile):
    scorer = TOXICITY[profile]
    assert set(explainable([scorer])) == set(scorer.attributes)
    for attribute in scorer.attributes:
        assert len(explain(scorer, [RUDE], attribute)) == 1


def test_a_scorer_that_reads_more_than_the_text_is_refused():
    scorers = load("bulk")
    off_topic = next(one for one in scorers if "off_topic" in one.attributes)
    with pytest.raises(ScoringError, match="cannot explain 'off_topic'"):
        explain(off_topic, [RUDE], "off_topic")
    with pytest.raises(ScoringError, match="cannot explain 'charm'"):
        explain(BULK, [RUDE], "charm")
    with pytest.raises(ScoringError, match="no scorer of texts gives 'off_topic'"):
        explain_frame(scorers, [RUDE], pd.DataFrame({"off_topic": [0.5]}), "off_topic")


def test_a_frame_is_explained_by_its_highest_score_or_by_the_named_one():
    texts = [RUDE, "What the fuck is this shit.", "?!"]
    scores = score_frame(BULK, pd.DataFrame({"text": texts})).assign(off_topic=1.0)
    first, second, nothing = explain_frame(load("bulk"), texts, scores, HIGHEST)
    assert nothing is None
    assert first.attribute == scores.loc[0, list(BULK.attributes)].idxmax()
    assert second.attribute == scores.loc[1, list(BULK.attributes)].idxmax()
    named = explain_frame(load("bulk"), texts, scores, "insult")
    assert [one and one.attribute for one in named] == ["insult", "insult", None]
    assert "idiot" in " ".join(parts(RUDE, named[0].spans))


def test_insults_are_likelier_marked_than_what_stands_around_them():
    words = ["you", "are", "a", "stupid", "idiot", "said", "the", "driver"]
    chances = dict(zip(words, mark(words).tolist(), strict=True))
    assert min(chances["stupid"], chances["idiot"]) > 0.4
    assert max(chances["driver"], chances["the"], chances["said"]) < 0.15


@given(st.lists(st.text(min_size=1, max_size=60), max_size=5))
def test_every_word_has_features_of_its_own(words):
    numbers, values, ends = features(words)
    assert len(ends) == len(words) + 1
    assert ends[-1] == len(numbers) == len(values)
    assert (np.diff(ends) > 4).all()
    assert np.isfinite(mark(words)).all()
