"""What ``explain`` tells of a page, and what it keeps to itself."""

from pathlib import Path

import pytest

from moderation import extractors
from moderation.errors import ExtractionError
from moderation.schema import Page

GOLDEN = Path(__file__).parents[1] / "golden"


def explained(case: str) -> extractors.Explanation:
    path = GOLDEN / f"{case}.html"
    return extractors.explain(Page(path.name, path.read_bytes()))


def test_a_platforms_page_names_those_that_matched_before_and_the_one_that_read_it():
    found = explained("wordpress/classic")
    assert (found.platform, found.comments) == ("wordpress", 6)
    assert found.attempts[-1] == extractors.Attempt("wordpress", 6)
    assert found.candidates == ()
    assert all(one.problem or not one.comments for one in found.attempts[:-1])


def test_the_general_method_tells_what_each_sign_added():
    found = explained("records/details")
    best = found.candidates[0]
    assert found.platform == "records"
    assert best.verdict == "taken"
    assert best.records == found.comments
    assert best.odds == pytest.approx(sum(best.added.values()))
    assert best.odds > 0


def test_a_page_without_comments_tells_what_came_nearest_and_why_it_is_none():
    found = explained("none/live-ticker")
    assert (found.platform, found.comments) == ("none", 0)
    assert "taken" not in {one.verdict for one in found.candidates}


def test_pingbacks_are_counted():
    item = '<li class="comment"><b class="author">{}</b> <i>{} May 2026</i><p>{}</p></li>'
    said = ("I was there, and it was cold.", "Were you? I did not see you.", "The bus was late.")
    body = "".join(item.format(f"Ann {day}", day, text) for day, text in enumerate(said, 1))
    links = '<li class="comment pingback"><b class="author">Site</b> <i>9 May 2026</i><p>A link</p>'
    page = f"<html><body><h2>Comments</h2><ol>{body}{links}</ol></body></html>"
    found = extractors.explain(Page("x.html", page.encode()), [extractors.RecordsExtractor()])
    assert found.comments == 3
    assert found.left_out == {"pingbacks": 1}
    assert "  left out: 1 pingbacks" in found.lines()


@pytest.mark.parametrize("case", ["records/details", "wordpress/classic", "records/news-cms"])
def test_no_word_of_a_comment_and_no_name_is_told(case):
    path = GOLDEN / f"{case}.html"
    thread = extractors.extract(Page(path.name, path.read_bytes()))
    told = "\n".join(explained(case).lines())
    for comment in thread.comments:
        assert comment.text[:25] not in told
        assert comment.author not in told


def test_what_is_no_document_is_an_error_as_for_extract():
    with pytest.raises(ExtractionError):
        extractors.explain(Page("empty.html", b" "))
