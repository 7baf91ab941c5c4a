"""What a platform made of selectors promises, beyond the golden pages."""

from dataclasses import replace

import pytest

from moderation import extractors
from moderation.errors import ExtractionError
from moderation.extractors.adapter import Platform
from moderation.extractors.document import Document
from moderation.schema import Page, Thread

PINS = Platform(
    name="pins",
    marks=("pin",),
    items=("li.pin",),
    author=".who",
    date=".when",
    body=".said",
    without=".seal",
    id="@data-pin",
)


def page(*pins: str) -> bytes:
    listed = "".join(pins)
    return f"<title>Wall</title><h1>Wall</h1><ol id='pins'>{listed}</ol>".encode()


def pin(name: str, said: str, *, who: str = "Gwen", when: str = "2 May 2021") -> str:
    return (
        f"<li class='pin level-{name}' data-pin='{name}'><b class='who'>{who}</b>"
        f"<i class='when'>{when}</i><div class='said'>{said}</div></li>"
    )


def read(platform: Platform, *pins: str) -> Thread:
    return platform.extract(Document(Page("wall.html", page(*pins))))


def said(thread: Thread) -> list[str]:
    return [one.text for one in thread.comments]


def test_a_signature_under_a_ruler_is_no_part_of_the_words():
    thread = read(
        PINS, pin("7", "Who pays?<br>__________<br>Gwen, wall warden"), pin("9", "We do.")
    )
    assert said(thread) == ["Who pays?", "We do."]


def test_a_post_that_is_nothing_but_a_ruler_keeps_it():
    assert said(read(PINS, pin("7", "__________"), pin("9", "We do.")))[0] == "__________"


def test_what_is_left_out_of_the_body_is_left_out():
    assert said(read(PINS, pin("7", "Who pays?<em class='seal'>edited</em>"))) == ["Who pays?"]


def test_a_comment_whose_words_were_taken_away_says_nothing():
    gone = (
        "<li class='pin' data-pin='8'><b class='who'>Ann</b> 2 May 2021 <p>Hidden by Bo.</p></li>"
    )
    thread = extractors.extract(
        Page("wall.html", page(pin("7", "Who pays?"), gone, pin("9", "We do."))), [PINS]
    )
    assert [one.id for one in thread.comments] == ["7", "9"]


def test_a_name_on_a_button_is_a_name():
    named = pin("7", "Who pays?", who="<button class='x1'><span>Gwen Ash</span></button>")
    assert read(PINS, named).comments[0].author == "Gwen Ash"


def test_a_time_in_letters_we_do_not_know_is_kept_as_shown():
    assert read(PINS, pin("7", "Who pays?", when="1y")).comments[0].published == "1y"


def test_a_field_may_be_an_attribute_of_the_item_or_of_an_element_in_it():
    marked = Platform("pins", ("pin",), ("li.pin",), "@data-pin", ".when@class", ".said")
    one = read(marked, pin("7", "Who pays?")).comments[0]
    assert (one.author, one.published) == ("7", "when")


@pytest.mark.parametrize(("is_flat", "parent"), [(True, None), (False, "1")])
def test_levels_mean_nothing_where_a_platform_shows_posts_in_a_row(is_flat, parent):
    thread = read(replace(PINS, is_flat=is_flat), pin("1", "Who pays?"), pin("2", "We do."))
    assert thread.comments[1].parent_id == parent


def test_the_first_selector_whose_items_read_like_comments_is_used():
    platform = replace(PINS, items=("i.when", "li.pin", "ol"))
    assert said(read(platform, pin("7", "Who pays?"), pin("9", "We do."))) == [
        "Who pays?",
        "We do.",
    ]


def test_the_same_markup_in_a_sidebar_is_about_other_pages():
    beside = f"<aside>{pin('3', 'Lovely harbour!')}</aside>"
    assert said(read(PINS, pin("7", "Who pays?"), beside)) == ["Who pays?"]


def test_a_thread_may_stand_in_an_aside_but_in_no_sidebar():
    assert said(read(PINS, f"<aside class='pins'>{pin('3', 'Lovely!')}</aside>")) == ["Lovely!"]
    with pytest.raises(ExtractionError, match="no pins comments"):
        read(PINS, f"<aside class='widget recent'>{pin('3', 'Lovely harbour!')}</aside>")


def test_marks_without_items_are_no_comments_of_the_platform():
    with pytest.raises(ExtractionError, match="no pins comments"):
        PINS.extract(Document(Page("wall.html", page("<li class='pinned'>Nothing</li>"))))


def test_items_that_say_nothing_are_left_to_the_next_extractor():
    empty = "<li class='pin'><b class='who'>Ann</b><div class='said'></div></li>"
    with pytest.raises(ExtractionError, match="no pins comments"):
        read(PINS, empty, empty, pin("7", "Who pays?"))
