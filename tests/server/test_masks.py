import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.perspective.errors import ApiError
from moderation.server.masks import cut_down, parse_mask

REPLY = {"a": {"x": {"v": 1, "t": 2}, "y": {"v": 3}}, "l": [{"p": 1, "q": 2}], "s": "t"}


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ("s", {"s": "t"}),
        ("a/x", {"a": {"x": {"v": 1, "t": 2}}}),
        ("a/x/v,s", {"a": {"x": {"v": 1}}, "s": "t"}),
        ("a(x(t),y)", {"a": {"x": {"t": 2}, "y": {"v": 3}}}),
        ("a/*/v", {"a": {"x": {"v": 1}, "y": {"v": 3}}}),
        ("l(p)", {"l": [{"p": 1}]}),
        ("*", REPLY),
    ],
)
def test_a_mask_keeps_what_it_names(fields, kept):
    assert cut_down(REPLY, parse_mask(fields)) == kept


@pytest.mark.parametrize("fields", [",", "a(", "a)", "a(b", "a//b", "(a)", "a,", "a" * 3000])
def test_a_mask_that_is_none_is_refused(fields):
    with pytest.raises(ApiError, match="Invalid field selection"):
        parse_mask(fields)


@given(st.text(alphabet="ab,/()*", min_size=1, max_size=60))
def test_any_mask_is_read_or_refused(fields):
    with contextlib.suppress(ApiError):
        cut_down(REPLY, parse_mask(fields))


def test_deep_masks_are_refused():
    with pytest.raises(ApiError):
        parse_mask("a(" * 500 + "a" + ")" * 500)
