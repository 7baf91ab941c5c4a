"""Drift is told by article, parent and thread, with its evidence; never from few words alone."""

import numpy as np
import pandas as pd
import pytest

from moderation.frames import thread_text
from moderation.scorers import overlap
from moderation.scorers.context import PLACES, masked, size_of
from moderation.scorers.meaning import MOST_CHARS, PASSAGE_WORDS, cut_passages
from moderation.scorers.off_topic import (
    BASE_RATE,
    LIMITS,
    MOST_UNSURE,
    PARTS,
    OffTopicScorer,
    nearest_passage,
)

TITLE = "Wildfire smoke closes schools across the valley"
BODY = (
    "Schools in eleven towns stayed shut on Monday as smoke from the wildfire drifted south.\n"
    "Doctors asked people with asthma to stay indoors and to wear masks outside.\n"
    "Fire crews hope that rain on Thursday will help them to contain the blaze."
)
ON = "My daughter has asthma and the smoke from the fire is so thick that school is shut again."
OFF = "The new goalkeeper let in four goals and the referee missed a clear penalty in extra time."
SCORER = OffTopicScorer()


def comments(*texts, **columns):
    given = {"article_title": TITLE, "article_text": BODY, "parent_text": "", "thread_text": ""}
    return pd.DataFrame({"text": texts, **(given | columns)})


def drift(*texts, **columns):
    return SCORER.score(comments(*texts, **columns))[:, 0]


def evidence(text, **columns):
    return SCORER.evidence(comments(text, **columns))[0]


def test_a_comment_on_another_subject_is_flagged_and_one_on_the_subject_is_not():
    on, off = drift(ON, OFF)
    assert on < BASE_RATE
    assert off > 2 * BASE_RATE


@pytest.mark.parametrize("missing", ["article_title", "article_text"])
def test_half_an_article_is_enough_to_tell(missing):
    on, off = drift(ON, OFF, **{missing: ""})
    assert off > on + 0.1


def test_a_reply_to_a_parent_on_the_subject_drifts_less_than_one_to_banter():
    reply = "Mine has an inhaler for that, and the doctor told us to keep every window closed."
    banter = "You two should get a room, pal, and see you tomorrow at the match."
    on, off = (drift(reply, parent_text=parent)[0] for parent in (ON, banter))
    assert on < off


def test_the_thread_is_a_context_of_its_own():
    thread = thread_text(["The smoke over the school is terrible.", "The crews work all night."])
    on, off = drift(ON, OFF, article_title="", article_text="", thread_text=thread)
    assert on < off


@pytest.mark.parametrize("text", ["Great news", "lol", "What a shame", "Penalty! Referee! Goal!"])
def test_few_words_are_never_flagged_by_themselves(text):
    told = evidence(text)
    assert told.score < MOST_UNSURE
    assert "short" in told.limits
    assert told.low <= told.score <= told.high


def test_a_score_lies_in_its_interval():
    parts = SCORER.parts(comments(ON, OFF, "", "Great news"))
    scores = drift(ON, OFF, "", "Great news")
    assert [*parts] == list(PARTS)
    known = ~np.isnan(scores)
    assert ((parts["low"] <= scores) & (scores <= parts["high"]))[known].all()
    assert parts[~known].isna().all(axis=None)


@pytest.mark.parametrize("blank", ["", "  ", "\n\n"])
def test_without_any_context_there_is_nothing_to_drift_from(blank):
    columns = dict.fromkeys(("article_title", "article_text", "parent_text", "thread_text"), blank)
    assert np.isnan(drift(ON, **columns)).all()
    assert evidence(ON, **columns) is None
    assert SCORER.explain(comments(ON, **columns)) == [""]


def test_the_nearest_passage_is_told_with_its_similarity():
    told = evidence(ON)
    assert told.passage in (TITLE, *BODY.split("\n"))
    assert 0.3 < told.article < 1
    assert np.isnan(told.parent)
    assert nearest_passage(ON, BODY)[0] in BODY
    assert nearest_passage(ON, "") is None
    assert "article" in SCORER.explain(comments(ON))[0]


@pytest.mark.parametrize(
    ("columns", "limit"),
    [
        ({"article_text": ""}, "title only"),
        ({"article_title": "", "article_text": "", "parent_text": OFF}, "no article"),
        ({"article_title": "산불 연기로 학교가 문을 닫았다", "article_text": ""}, "other language"),
    ],
)
def test_what_a_score_had_to_do_without_is_said(columns, limit):
    told = evidence(ON, **columns)
    assert limit in told.limits
    assert LIMITS[limit] in SCORER.explain(comments(ON, **columns))[0]


def test_a_comment_in_another_language_than_the_article_stays_at_the_base_rate():
    told = evidence(
        "Der Rauch ist so dicht, dass die Schule heute wieder geschlossen bleiben muss."
    )
    assert told.score == BASE_RATE
    assert (told.low, told.high) == (0, 1)


@pytest.mark.parametrize(
    ("title", "body", "about", "not_about"),
    [
        (
            "산불 연기로 학교 휴교",
            "산불 연기가 퍼져 열한 개 학교가 월요일 문을 닫았다.\n목요일에 비 소식이 있다.",
            "우리 애는 천식이 있어서 이렇게 공기가 나쁜 날은 집에서 쉬게 했습니다.",
            "어제 축구 경기에서 골키퍼가 네 골이나 먹었어요. 심판도 이상했고요.",
        ),
        (
            "Rauch vom Waldbrand: Schulen bleiben zu",
            "Der Rauch zog nach Süden, elf Schulen blieben zu.\nAm Donnerstag soll es regnen.",
            "Hier riecht es seit Tagen verbrannt, die Kinder husten und haben keine Schule.",
            "Der Torwart hat gestern vier Bälle durchgelassen, und der Schiri war auch blind.",
        ),
    ],
)
def test_other_languages_are_read_by_an_encoder_of_their_own(title, body, about, not_about):
    context = {"article_title": title, "article_text": body}
    on, off = drift(about, not_about, **context)
    assert on < off
    told = evidence(about, **context)
    assert told.passage in (title, *body.split("\n"))
    assert nearest_passage(about, body)[0] in body
    assert 0 <= told.meta <= 1


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("지하철 요금이 내년부터 오른다", "요금이 너무 비싸다 "),
        ("Der Bahnhof wird später fertig", "Schämt euch "),
    ],
)
def test_hostile_texts_stop_no_other_reader_either(title, text):
    texts = [
        text + "\ud83d",
        "\udc00",
        "😀" * 3000,
        text * 20_000,
        "\u200b",
        "(in reply to: \ud83d -- x) ok",
    ]
    rows = pd.DataFrame({"text": pd.Series(texts, dtype=object)}).assign(
        **{name: pd.Series([f"{title} \ud83d"] * len(texts), dtype=object) for name in PLACES}
    )
    told = SCORER.evidence(rows)
    assert [one is None for one in told] == [False, True, True, False, True, False]
    assert all(0 <= one.low <= one.score <= one.high <= 1 for one in told if one)


def test_languages_no_encoder_reads_are_compared_by_the_pieces_of_words_they_share():
    context = {
        "article_title": "山火事の煙で学校が休校",
        "article_text": "山火事の煙が広がり、十一の学校が月曜日に休校した。",
    }
    texts = ["山火事の煙で子どもの学校も休校になりました。", "昨日の試合は審判がひどかった。"]
    on, off = drift(*texts, **context)
    assert on < off
    assert "by letters" in evidence(texts[0], **context).limits
    assert nearest_passage(texts[0], context["article_text"]) is None
    assert overlap.pieces("학교가") == {"학교", "교가"}
    assert overlap.pieces("Feuerwehren löschen") == {"feuerw", "losche"}


def test_swapping_a_side_leaves_the_text_as_the_encoder_reads_it():
    assert masked("The Democrats ruin it") == masked("The Republicans ruin it")
    assert masked("No side named HERE!") == "No side named HERE!"


def test_a_score_is_the_same_bits_alone_and_in_company():
    texts = (ON, OFF, "Great news", TITLE)
    np.testing.assert_array_equal(drift(*texts), [drift(text)[0] for text in texts])


def test_what_a_comment_quotes_counts_as_its_parent():
    assert drift(f"(In reply to: {ON} -- Ann) {OFF}")[0] == drift(OFF, parent_text=ON)[0]


def test_passages_keep_every_word_and_none_is_long():
    words = [f"word{number}" for number in range(500)]
    passages = cut_passages(" ".join(words[:300]) + "\n\n" + " ".join(words[300:]))
    assert " ".join(passages).split() == words
    assert max(len(passage.split()) for passage in passages) <= PASSAGE_WORDS
    assert len(cut_passages("x" * 10_000)[0]) == MOST_CHARS


def test_korean_is_as_long_as_its_letters_say():
    assert size_of("산불 연기로 학교가") > 3
    assert size_of("smoke closes schools") == 3
