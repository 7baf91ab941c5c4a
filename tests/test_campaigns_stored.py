"""Campaigns in a store, and where two wordings differ."""

from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.campaigns.differences import differences
from moderation.campaigns.stored import search
from moderation.schema import Article, Comment, Thread
from moderation.store import open_store

TEXT = "Only the Harbour Party will save this country from ruin, share it everywhere tonight"


def parts(text, spans):
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("one", "other", "left", "right"),
    [
        ("a b c d", "a x c d", ["b"], ["x"]),
        ("a b c", "A b c", [], []),
        ("a b c d e", "a e", ["b c d"], []),
        ("a  b", "a\nb c  d", [], ["c  d"]),
        ("", "new", [], ["new"]),
    ],
)
def test_words_that_only_one_text_has_are_marked(one, other, left, right):
    ours, theirs = differences(one, other)
    assert parts(one, ours) == left
    assert parts(other, theirs) == right


@given(st.text(), st.text())
def test_what_is_left_of_both_texts_is_the_same(one, other):
    def rest(text, spans):
        kept, place = [], 0
        for start, end in [*spans, (len(text), len(text))]:
            assert place <= start <= end
            kept += text[place:start].casefold().split()
            place = end
        return kept

    ours, theirs = differences(one, other)
    assert rest(one, ours) == rest(other, theirs)


def test_a_search_names_campaigns_by_their_first_comment_and_tells_how_far_it_is(tmp_path):
    with closing(open_store(f"sqlite:///{tmp_path}/store.db")) as store:
        for number in range(4):
            article = Article(f"https://example.org/{number}", f"Article {number}", "")
            copies = (
                Comment("1", None, f"name {number}", f"{TEXT} {number}"),
                Comment("2", None, "someone", "Nice."),
            )
            store.add_thread(Thread(article, copies, "records"), source="p")
        done = []
        found = search(store, done.append)
    assert found.searched == 8
    assert list(found.table["comments"]) == [4]
    assert list(found.table["first_comment"]) == ["https://example.org/0#1"]
    assert list(found.members["comment_id"]) == [f"https://example.org/{n}#1" for n in range(4)]
    assert done == [1.0]
