import pytest
from hypothesis import given
from strategies import hostile_text

from moderation.languages import MOST, detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("This is by far the worst idea the council has had in years.", "en"),
        ("Das ist mit Abstand die schlechteste Idee, die der Stadtrat seit Jahren hatte.", "de"),
        ("C'est de loin la plus mauvaise idée que la mairie ait eue depuis des années.", "fr"),
        ("의회가 몇 년 만에 낸 최악의 아이디어다", "ko"),
        ("市議会が出した最悪の案だと思います", "ja"),
        ("это худшая идея за много лет", "ru"),
        ("shut up", "en"),  # too short to tell: the usual one
        ("lmao u r so dumb bro fr fr no cap", "en"),  # slang is far from every language
    ],
)
def test_the_likeliest_language_comes_first(text, language):
    assert detect(text)[0] == language


@pytest.mark.parametrize("text", ["", "12345", "!!! ???", "\U0001f600\U0001f600"])
def test_text_without_letters_has_no_language(text):
    assert detect(text) == []


@given(hostile_text)
def test_any_text_has_a_short_list(text):
    assert len(detect(text)) <= MOST
