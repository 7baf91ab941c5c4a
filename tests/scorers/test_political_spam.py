"""Political spam: political, not the article's subject, or pasted; and even-handed."""

import numpy as np
import pandas as pd
import pytest

from moderation.scorers.context import PLACES
from moderation.scorers.normalise import normalise
from moderation.scorers.political_spam import PoliticalSpamScorer
from moderation.scorers.sides import SIDES, mask

COOKING = {
    "article_title": "Three soups for the first cold evenings",
    "article_text": "Pumpkin, leek and lentil soups take half an hour.\n"
    "Roast the pumpkin first, and add the cream last.",
}
ELECTION = {
    "article_title": "Senate race tightens as parties fight over border policy",
    "article_text": "Democrats and Republicans traded blame over the border on Friday.\n"
    "Polls show voters split over immigration and crime before the election.",
}
RANT = (
    "The {} want open borders, crime and higher taxes, and they are destroying our country. "
    "Vote them out of Congress in November!"
)
RECIPE = "I put a little nutmeg into the pumpkin soup and roast the seeds for the top."
SWAPS = [
    (RANT, "Democrats", "Republicans"),
    (RANT, "liberals", "conservatives"),
    (RANT, "far left", "far right"),
    ("{} is a liar and a traitor who must go to prison now.", "Trump", "Biden"),
    ("{} is a liar and a traitor who must go to prison now.", "Obama", "Bush"),
    ("Only {} can save this nation, wake up people!", "Hillary", "Romney"),
    ("{}s are brainwashed and ruin every school in the state.", "Communist", "Fascist"),
    ("The {} have wrecked the health service, vote them out.", "Tories", "Lib Dems"),
    ("Never trust {} again, he sold this country to his friends.", "Starmer", "Sunak"),
    ("Die {} zerstört unser Land, wacht endlich auf!", "CDU", "AfD"),
    ("{} hat unser Land verraten und gehört vor Gericht.", "Merkel", "Weidel"),
    ("{} a trahi la France, dehors !", "Macron", "Bardella"),
    ("{} has sold India to his cronies, throw him out.", "Modi", "Rahul"),
    ("{} 때문에 나라가 망한다 다음 선거에서 심판하자", "민주당", "국민의힘"),
    ("{} 때문에 나라가 망한다 탄핵하자", "문재인", "윤석열"),
]


NOWHERE = dict.fromkeys(PLACES, "")


def spam(text, context, *, copies=1, parent=""):
    row = {"text": text, "parent_text": parent, "thread_text": "", "copies": copies, **context}
    return float(PoliticalSpamScorer().score(pd.DataFrame([row]))[0, 0])


def test_a_rant_under_a_recipe_is_spam_and_a_recipe_is_not():
    assert spam(RANT.format("Democrats"), COOKING) > 0.5
    assert spam(RECIPE, COOKING) < 0.2


@pytest.mark.parametrize(
    ("politics", "soup"),
    [
        ("국회의원들 세금으로 자기 배만 불리고 법안은 통과도 안 시킨다. 다음 총선에서 심판하자.",
         "호박죽에 찹쌀가루를 조금 넣으면 더 걸쭉하고 맛있어요."),
        ("Die Regierung erhöht wieder die Steuern und der Bundestag nickt alles ab.",
         "Ich gebe immer etwas Muskat in die Kürbissuppe, das schmeckt wunderbar."),
        ("El gobierno sube los impuestos y el congreso aprueba leyes para los suyos.",
         "Yo le pongo un poco de nuez moscada a la crema de calabaza y queda muy rica."),
    ],
    ids=["Korean", "German", "Spanish"],
)  # fmt: skip
def test_politics_are_told_in_other_languages_where_no_side_is_named(politics, soup):
    rows = [{"text": text, "copies": 1, **NOWHERE} for text in (politics, soup)]
    content = PoliticalSpamScorer().parts(pd.DataFrame(rows))["political"]
    assert content[0] > 0.5 > content[1]


def test_in_a_language_that_nobody_reads_the_names_of_sides_tell_politics():
    texts = ("Trump kommer tillbaka igen och igen, ropar de på gatan varje kväll.",
             "Soppan kokar igen och igen, ropar de på gatan varje kväll.")  # fmt: skip
    rows = [{"text": text, "copies": 1, **NOWHERE} for text in texts]
    named, unnamed = PoliticalSpamScorer().parts(pd.DataFrame(rows))["political"]
    assert named > unnamed


def test_what_a_comment_quotes_of_its_parent_is_not_its_own():
    quoted = "(in reply to: The senate voted on the tax bill and congress passed laws --Bob) "
    rows = [
        {"text": text, "parent_text": "", "thread_text": "", "copies": 1, **COOKING}
        for text in (RECIPE, quoted + RECIPE)
    ]
    own, answer = PoliticalSpamScorer().parts(pd.DataFrame(rows))["political"]
    assert own == answer < 0.5


def test_a_very_long_text_is_judged_by_its_start():
    long = RANT.format("Democrats") + " soup" * 20_000
    parts = PoliticalSpamScorer().parts(pd.DataFrame([{"text": long, "copies": 1, **NOWHERE}]))
    assert parts["political"][0] > 0.5


def test_the_same_rant_under_an_article_on_that_quarrel_is_less():
    rant = RANT.format("Democrats")
    assert spam(rant, ELECTION) < spam(rant, COOKING) - 0.2


def test_repetition_raises_what_is_political_and_spares_what_is_not():
    rant = RANT.format("Democrats")
    rising = [spam(rant, ELECTION, copies=copies) for copies in (1, 2, 5, 50)]
    assert rising == sorted(rising)
    assert rising[-1] > 0.5
    assert spam(RECIPE, COOKING, copies=50) < 0.5


@pytest.mark.parametrize("context", [COOKING, ELECTION], ids=["cooking", "election"])
def test_swapping_the_side_leaves_the_score(context):
    gaps = [
        abs(spam(text.format(one), context) - spam(text.format(other), context))
        for text, one, other in SWAPS
    ]
    assert np.mean(gaps) <= 0.05
    assert max(gaps) <= 0.15


@pytest.mark.parametrize(("text", "one", "other"), SWAPS)
def test_the_masked_words_of_both_sides_are_the_same(text, one, other):
    assert mask(normalise(text.format(one))) == mask(normalise(text.format(other)))


def test_every_side_is_written_as_comments_are_normalised():
    for words in SIDES.values():
        for word in words.split():
            assert normalise(word) == word


def test_no_word_stands_for_two_kinds():
    words = [word for listed in SIDES.values() for word in listed.split()]
    assert len(words) == len(set(words))


def test_without_context_only_repetition_is_known():
    nothing = {"article_title": "", "article_text": ""}
    rant = RANT.format("Democrats")
    assert np.isnan(spam(rant, nothing))
    assert spam(rant, nothing, copies=20) > 0.5


def test_the_parts_come_with_the_score_and_a_sentence_says_why():
    scorer = PoliticalSpamScorer()
    rows = [
        {"text": text, "parent_text": "", "thread_text": "", "copies": copies, **context}
        for text, context, copies in (
            (RANT.format("Democrats"), COOKING, 1),
            (RANT.format("Democrats"), ELECTION, 1),
            (RECIPE, COOKING, 1),
            (RANT.format("Democrats"), COOKING, 7),
            ("", COOKING, 1),
        )
    ]
    batch = pd.DataFrame(rows)
    parts = scorer.parts(batch)
    assert list(parts) == [
        "political", "article_political", "drift", "brings_side", "copies",
    ]  # fmt: skip
    np.testing.assert_array_equal(scorer.combine(parts), scorer.score(batch))
    assert parts["political"][0] > 0.5 > parts["political"][2]
    assert parts["drift"][0] > parts["drift"][1]
    assert parts["article_political"][1] > parts["article_political"][0]
    spam, debate, recipe, pasted, nothing = scorer.explain(batch)
    assert spam.startswith("Political in what it says")
    assert "off its topic" in spam
    assert "keeps to the subject" in debate
    assert recipe.startswith("Not political in what it says")
    assert pasted.endswith("7 comments say the same.")
    assert nothing == ""


def test_missing_copies_count_as_one():
    rant = RANT.format("Democrats")
    assert spam(rant, COOKING, copies=None) == spam(rant, COOKING)
