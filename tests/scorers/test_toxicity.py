"""The n-gram scorer tells abuse from the rest, whatever its spelling and its length."""

import pandas as pd
import pytest

from moderation.scorers import score_frame
from moderation.scorers.toxicity import WINDOW_WORDS, ToxicityScorer

PLAIN = "The council meets on Tuesday to talk about the new bus lane."
RUDE = "You are a stupid idiot, shut up."


def scored(*texts):
    return score_frame(ToxicityScorer(), pd.DataFrame({"text": texts}))


def toxicity(text):
    return float(scored(text)["toxicity"].iloc[0])


def test_abuse_scores_above_plain_talk_on_every_attribute_it_shows():
    plain, rude = scored(PLAIN, RUDE).to_numpy()[:, [0, 3]]
    assert (rude > plain + 0.3).all()


@pytest.mark.parametrize(
    ("attribute", "text", "milder"),
    [
        ("threat", "I will find you and kill you tonight.", "I will find you a seat tonight."),
        ("profanity", "What the fuck is this shit.", "What on earth is this mess."),
        ("insult", "What a pathetic moron.", "What a splendid fellow."),
        ("identity_attack", "All Muslims are filth and vermin.", "All Muslims are welcome here."),
        ("sexually_explicit", "She sucks his cock and rides him.", "She takes his coat and hat."),
        ("attack_on_commenter", "You are a moron, Carol.", "The article is wrong, Carol."),
        ("spam", "Check out my channel and subscribe!", "I watched that channel for years."),
    ],
)
def test_each_attribute_measures_its_own_kind(attribute, text, milder):
    high, low = scored(text, milder)[attribute]
    assert high > low + 0.1


@pytest.mark.parametrize(
    "text",
    [
        "You are a stup1d 1diot, shut up.",
        "You are a s\u200btupid i\u200bdiot, shut up.",
        "You are a stupid idi\u043et, shut up.",
        "You are a stuuuupid idiooooot, shut up.",
        "You are a s t u p i d i d i o t, shut up.",
        "YOU ARE A STUPID IDIOT, SHUT UP.",
    ],
)
def test_evasion_changes_little(text):
    assert toxicity(text) > 0.6 * toxicity(RUDE)


@pytest.mark.parametrize(
    "text",
    [
        "My wife is a Muslim woman and a wonderful doctor.",
        "Gay and lesbian couples marry in the town hall.",
        "The synagogue opens its garden to all neighbours.",
        "I am a black man who loves gardening.",
    ],
)
def test_naming_a_group_kindly_is_no_attack(text):
    assert scored(text)["identity_attack"].iloc[0] < 0.5
    assert toxicity(text) < 0.5


def test_one_rude_sentence_in_a_long_text_is_found():
    padding = " ".join(f"{PLAIN} Section {number}." for number in range(3 * WINDOW_WORDS // 14))
    assert toxicity(f"{padding} {RUDE} {padding}") > toxicity(padding) + 0.05


def test_a_long_text_is_read_to_its_last_word():
    padding = " ".join([PLAIN] * 40)
    assert toxicity(f"{padding} {RUDE * 6}") > toxicity(padding) + 0.2
