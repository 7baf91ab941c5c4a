"""What a comment repeats of another is kept apart; what it quotes of the article is not."""

import time

import pytest

from moderation import extractors
from moderation.extractors.fragments import fragment_outline
from moderation.extractors.quotes import apart, apart_in_markup, apart_in_text
from moderation.schema import Page

QUOTED = "The tide was higher last year"
OWN = "It was not, I measured it"

MARKED = {
    "phpBB": "<blockquote><div><cite>Ann wrote:</cite>{q}</div></blockquote>",
    "phpBB without a name": '<blockquote class="uncited"><cite></cite>{q}</blockquote>',
    "phpBB 2": '<span>Ann wrote:</span><table><tr><td class="quote">{q}</td></tr></table>',
    "vBulletin 3": (
        '<div><div class="smallfont">Quote:</div><table><tr><td>'
        "<div>Originally Posted by <b>Ann</b></div><i>{q}</i></td></tr></table></div>"
    ),
    "vBulletin 4": (
        '<div class="bbcode_container"><div class="bbcode_quote"><div class="quote_container">'
        "<div>Originally Posted by Ann</div><div>{q}</div></div></div></div>"
    ),
    "Invision 2": (
        "<div class='quotetop'>QUOTE(Ann @ May 3 2026, 10:02 PM)</div>"
        "<div class='quotemain'>{q}</div>"
    ),
    "XenForo 1": '<div class="bbCodeBlock bbCodeQuote"><div>Ann said:</div><div>{q}</div></div>',
    "XenForo 2": (
        '<blockquote class="bbCodeBlock bbCodeBlock--quote" data-quote="Ann">'
        "<div>Ann said:</div><div>{q}</div></blockquote>"
    ),
    "Invision 4": '<blockquote class="ipsQuote" data-ipsquote=""><p>{q}</p></blockquote>',
    "Discourse": (
        '<aside class="quote" data-username="ann" data-post="2"><div>ann:</div>'
        "<blockquote><p>{q}</p></blockquote></aside>"
    ),
    "SMF": (
        '<div class="quoteheader">Quote from: Ann on 3 May</div>'
        '<blockquote class="bbc_standard_quote">{q}</blockquote>'
    ),
    "MyBB": '<blockquote class="mycode_quote"><cite>Ann Wrote:</cite>{q}</blockquote>',
    "FluxBB": '<div class="quotebox"><cite>Ann wrote:</cite><blockquote>{q}</blockquote></div>',
    "WordPress": '<blockquote cite="#comment-42">{q}</blockquote>',
    "German": "<table><tr><td>Zitat von Ann:</td></tr><tr><td>{q}</td></tr></table>",
}


@pytest.mark.parametrize("form", MARKED)
def test_a_marked_quotation_of_another_post_is_kept_apart(form):
    said, quoted = apart_in_markup(f"<div>{MARKED[form].format(q=QUOTED)}<p>{OWN}</p></div>")
    assert said.split("\n")[-1] == OWN
    assert QUOTED not in said
    assert QUOTED in quoted
    assert OWN not in quoted


@pytest.mark.parametrize(
    "markup",
    [
        "<blockquote>{q}</blockquote>",
        '<blockquote class="wp-block-quote"><p>{q}</p></blockquote>',
        '<blockquote class="blockquote">{q}</blockquote>',
        "<blockquote>The mayor said: {q}</blockquote>",
        "<p>The mayor said:</p><blockquote>{q}</blockquote>",
        '<blockquote cite="https://news.example/tide">{q}</blockquote>',
        '<div class="quote-button">{q}</div>',
        '<p class="quote">{q}</p>',
        "<q>{q}</q>",
    ],
)
def test_any_other_quotation_is_part_of_the_text(markup):
    said, quoted = apart_in_markup(f"<div>{markup.format(q=QUOTED)}<p>{OWN}</p></div>")
    assert QUOTED in said
    assert quoted == ""


def test_several_quotations_are_joined_and_what_stands_between_stays():
    block = '<div class="quote">{}</div>'
    markup = f"{block.format('one')}<p>first</p>{block.format('two')}<p>second</p>"
    assert apart_in_markup(markup) == ("first\nsecond", "one\ntwo")


def test_a_quotation_in_a_quotation_belongs_to_it():
    markup = '<div class="quote">outer<div class="quote">inner</div></div><p>own</p>'
    assert apart_in_markup(markup) == ("own", "outer\ninner")


def test_a_comment_that_is_all_quotation_keeps_it():
    assert apart_in_markup(f'<div class="quote">{QUOTED}</div>') == (QUOTED, "")


def test_a_body_that_is_a_blockquote_is_no_quotation():
    markup = (
        '<blockquote class="postcontent" data-quote="x"><div class="bbcode_quote">'
        f"{QUOTED}</div>{OWN}</blockquote>"
    )
    assert apart_in_markup(markup) == (OWN, QUOTED)


def test_lines_that_were_no_part_of_the_text_are_no_part_of_the_quotation():
    markup = f'<div class="quote">{QUOTED}<br>Click to expand…</div><p>{OWN}</p>'
    outline = fragment_outline(markup)
    said = apart(outline, range(len(outline)), f"{QUOTED}\n{OWN}")
    assert said == (OWN, QUOTED)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[quote=Ann]one[/quote]two", ("two", "one")),
        ('[QUOTE="Ann, post: 7"]one[/QUOTE]\ntwo', ("two", "one")),
        ("[quote]one [quote]deep[/quote][/quote] two", ("two", "one\ndeep")),
        ("Ann wrote:\n> one\n> more\ntwo", ("two", "one\nmore")),
        ("zero\nAnn wrote:\n>one\ntwo\n> three", ("zero\ntwo\n> three", "one")),
        ("[quote]never closed", ("[quote]never closed", "")),
        ("[quote]all of it[/quote]", ("[quote]all of it[/quote]", "")),
        ("> one\ntwo", ("> one\ntwo", "")),
        ("a > b and c [1]", ("a > b and c [1]", "")),
        ("", ("", "")),
    ],
)
def test_plain_text_is_parted_at_its_marks(text, parts):
    assert apart_in_text(text) == parts


def test_a_page_of_a_forum_gives_texts_without_quotations_and_no_parents():
    quote = MARKED["phpBB"].format(q=QUOTED)
    said = [QUOTED, quote + OWN, "Measured with what?"]
    posts = "".join(
        f'<div class="post" id="p{n}"><b class="author">Ann {n}</b> '
        f'<span>{n} May 2026, 10:00</span><div class="content">{text}</div></div>'
        for n, text in enumerate(said, start=1)
    )
    body = f"<html><title>Tides</title><body><h1>Tides</h1>{posts}</body></html>"
    thread = extractors.extract(Page("forum.html", body.encode()))
    assert [(one.text, one.quoted, one.parent_id) for one in thread.comments] == [
        (QUOTED, "", None),
        (OWN, QUOTED, None),
        ("Measured with what?", "", None),
    ]


def test_ten_thousand_quotations_take_a_moment():
    markup = f'<div class="quote">{QUOTED}</div><p>{OWN}</p>' * 10_000
    start = time.process_time()
    said, quoted = apart_in_markup(markup)
    assert (len(said.split("\n")), len(quoted.split("\n"))) == (10_000, 10_000)
    assert time.process_time() - start < 5
