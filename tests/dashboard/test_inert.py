import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.dashboard.inert import markup, one_line, visible, visible_places


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc\u202egnp.exe", "abc⟨U+202E⟩gnp.exe"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("to\u200dxic", "to⟨U+200D⟩xic"),
        ("bell\u0007", "bell⟨U+0007⟩"),
        ("lone \ud83d half", "lone ⟨U+D83D⟩ half"),
        ("tag \U000e0041", "tag ⟨U+E0041⟩"),
        ("two\r\nlines\tand a tab", "two\nlines\tand a tab"),
    ],
)
def test_hidden_characters_are_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("text", ["می‌خواهم", "👩‍👩‍👧", "क्‍ष", "naïve", "❤️", "안녕", "مرحبا"])
def test_joiners_stay_where_a_script_needs_them(text: str) -> None:
    assert visible(text) == text


@given(st.text())
def test_markup_holds_no_markup_and_reads_as_the_visible_text(text: str) -> None:
    made = markup(text)
    assert not re.search(r"[<>\"']", made)
    assert html.unescape(made) == visible(text)


@given(st.text(), st.integers(min_value=1, max_value=200))
def test_one_line_is_one_line_and_no_longer_than_asked(text: str, limit: int) -> None:
    line = one_line(text, limit=limit)
    assert "\n" not in line
    assert len(line) <= limit


@given(
    st.lists(st.text(min_size=1, alphabet=st.characters() | st.sampled_from("\u202e\u200d\r\n")))
)
def test_places_follow_what_is_shown_otherwise(parts: list[str]) -> None:
    text = "x".join(parts)
    cuts = [place for place, character in enumerate(text) if character == "x"]
    shown = [place for place, character in enumerate(visible(text)) if character == "x"]
    assert visible_places(text, cuts) == shown
    assert visible_places(text, [0, len(text)]) == [0, len(visible(text))]
