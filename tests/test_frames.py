import pytest

from moderation.frames import (
    CONTEXT_COLUMNS,
    THREAD_COMMENT_CHARS,
    THREAD_COMMENTS,
    text_key,
    thread_frame,
    thread_text,
)
from moderation.schema import Article, Comment, Thread

ARTICLE = Article("https://news.example/harbour", "Harbour reopens", "The harbour is open again.")


def thread(*comments):
    return Thread(ARTICLE, comments, "test")


def test_each_comment_is_one_row_with_its_neighbours():
    frame = thread_frame(
        thread(
            Comment("1", None, "ann", "Good news."),
            Comment("2", "1", "bo", "Is it?", published="2026-01-02"),
        )
    )
    assert tuple(frame.columns) == CONTEXT_COLUMNS
    assert frame["comment_id"].tolist() == [f"{ARTICLE.url}#1", f"{ARTICLE.url}#2"]
    assert frame["parent_id"].iloc[1] == f"{ARTICLE.url}#1"
    assert frame["parent_text"].tolist() == ["", "Good news."]
    assert frame["thread_text"].tolist() == ["", "Good news."]
    assert frame["published"].tolist() == ["", "2026-01-02"]


def test_parent_below_its_reply_is_found():
    frame = thread_frame(
        thread(Comment("new", "old", "b", "No."), Comment("old", None, "a", "Yes."))
    )
    assert frame["parent_text"].tolist() == ["Yes.", ""]


def test_thread_without_comments_is_a_frame_without_rows():
    frame = thread_frame(thread())
    assert tuple(frame.columns) == CONTEXT_COLUMNS
    assert frame.empty


def test_copies_count_the_same_text_in_other_clothes():
    texts = ["Buy  NOW!", "buy now", "Buy later", "!!!", "..."]
    frame = thread_frame(thread(*(Comment(str(n), None, "", t) for n, t in enumerate(texts))))
    assert frame["copies"].tolist() == [2, 2, 1, 1, 1]


def test_thread_text_keeps_the_last_comments_cut():
    texts = [f"{n} " + "x" * 2 * THREAD_COMMENT_CHARS for n in range(THREAD_COMMENTS + 5)]
    parts = thread_text(texts).split("\n\n")
    assert len(parts) == THREAD_COMMENTS
    assert parts[-1].startswith(f"{THREAD_COMMENTS + 4} ")
    assert {len(part) for part in parts} == {THREAD_COMMENT_CHARS}


@pytest.mark.parametrize("text", ["", " \n", "?!… 👍", "_"])
def test_text_without_letters_has_no_key(text):
    assert text_key(text) == ""


def test_key_passes_over_case_form_spacing_and_marks():
    assert text_key("\uff36\uff2f\uff34\uff25 for-me!") == text_key("vote\u00a0FOR me")
    assert text_key("vote for me") != text_key("vote for us")


def test_key_exists_for_half_a_surrogate_pair():
    assert len(text_key("a \ud83d b")) == 16
