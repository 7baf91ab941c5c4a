"""Words keep their places in the text as it was written, whatever was done to them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.scorers.normalise import normalise
from moderation.scorers.places import read_words, utf16_offsets

BITS = st.sampled_from(
    [
        *"abi$!.-1@*'_|ßΣKİ你\u00b4",
        *("idiot", "  ", " ", "\n", "\x1c", "\x00", "\u200b", "\u0301", "\ufe0f", "\u0430"),
        *("\U0001f600", "\U0001d4f2", "\ud800", "\ufb01", "http://"),
    ]
)
TEXTS = st.lists(BITS, max_size=14).map("".join) | st.text(st.characters(), max_size=30)


def found(text):
    return [(text[word.start : word.end], word.words) for word in read_words(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("?! …", []),
        ('You "idiot"!', [("You", "you"), ("idiot", "idiot")]),
        ("$tupid a$$ b1tch", [("$tupid", "stupid"), ("a$$", "ass"), ("b1tch", "bitch")]),
        ("(i d i o t) now", [("i d i o t", "idiot"), ("now", "now")]),
        ("i.d.i.o.t", [("i.d.i.o.t", "idiot")]),
        ("f**k you,fool", [("f**k", "f*k"), ("you", "you"), ("fool", "fool")]),
        ("left-wing", [("left", "left"), ("wing", "wing")]),
        ("i\u200bd\u200ci\u2060ot", [("i\u200bd\u200ci\u2060ot", "idiot")]),
        ("so don\u2019t", [("so", "so"), ("don\u2019t", "dont")]),
        ("@kim https://example.org/idiot fool", [("fool", "fool")]),
        ("\U0001f600fool", [("\U0001f600", "\U0001f600"), ("fool", "fool")]),
        ("안녕, 바보", [("안녕", "안녕"), ("바보", "바보")]),
        ("\ud800idiot\udc00", [("idiot", "idiot")]),
    ],
)  # fmt: skip
def test_each_word_is_found_where_it_was_written(text, words):
    assert found(text) == words


@given(TEXTS)
def test_the_words_are_those_the_scorers_read(text):
    ours = " ".join(word.words for word in read_words(text))
    # A text with look-alikes has its line ends made spaces first, so letters spaced across two
    # lines are one word to normalise, and several here.
    assert ours.replace(" ", "") == normalise(text).replace(" ", "")


@given(TEXTS)
def test_places_rise_and_agree_with_utf16(text):
    encoded = text.encode("utf-16-le", "surrogatepass")
    places = utf16_offsets(text)
    assert len(places) == len(text) + 1
    end = 0
    for word in read_words(text):
        assert end <= word.start < word.end <= len(text)
        assert not word.words.startswith(" ")
        end = word.end
        part = text[word.start : word.end].encode("utf-16-le", "surrogatepass")
        assert encoded[2 * places[word.start] : 2 * places[word.end]] == part


@pytest.mark.parametrize(
    "piece", ["a", "a ", "a.", "x\u0301", "$!", "idiot ", "\U0001f600", "!", "a b c d e ", "\u200b"]
)
def test_long_texts_take_time_in_proportion(piece):
    started = time.process_time()
    read_words(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 5
