"""What a page states about its comments, and when it is believed."""

import json
import time

import pytest

from moderation import extractors
from moderation.extractors.document import Document
from moderation.extractors.schema_org import SchemaOrgExtractor
from moderation.extractors.script_data import parsed
from moderation.schema import Page, Thread

SAID = (
    "The lights on the quay were out all night",
    "They were out last week as well, on the whole north side",
    "Somebody should tell the harbour master about that",
    "He knows, he walks there with a torch every evening",
)


def stated(number: int, **more: object) -> dict[str, object]:
    return {
        "@type": "Comment",
        "@id": f"https://quay.example/lights#comment-{70 + number}",
        "text": SAID[number % len(SAID)],
        "author": {"@type": "Person", "name": f"Ann {number}"},
        "dateCreated": f"2026-03-0{number % 9 + 1}T10:00:00Z",
        **more,
    }


def article(*comments: object, kind: str = "NewsArticle", **more: object) -> dict[str, object]:
    return {"@context": "https://schema.org", "@type": kind, "comment": list(comments), **more}


def shown(number: int) -> str:
    return (
        f'<li class="comment" id="comment-{70 + number}"><b class="author">Ann {number}</b>'
        f' <time datetime="2026-03-0{number + 1}T10:00:00Z">{number + 1} March 2026</time>'
        f"<p>{SAID[number]}</p></li>"
    )


def page(data: object, markup: str = "") -> Page:
    script = data if isinstance(data, str) else json.dumps(data)
    body = f"""<html><head><title>Lights out on the quay</title>
        <script type="application/ld+json">{script}</script></head><body>
        <article><h1>Lights out on the quay</h1><p>The lamps on the quay failed on Sunday.
        The works department says that a cable was cut when the new bench was set.</p></article>
        <section id="comments"><h2>Comments</h2><ul class="comments">{markup}</ul></section>
        </body></html>"""
    return Page("lights.html", body.encode())


def read(data: object, markup: str = "") -> Thread:
    return extractors.extract(page(data, markup))


def told(thread: Thread) -> list[tuple[str, str, str | None]]:
    return [(one.id, one.text, one.parent_id) for one in thread.comments]


def test_comments_that_only_a_script_would_show_are_read():
    thread = read(article(stated(0), stated(1)))
    assert thread.platform == "schema-org"
    assert told(thread) == [("70", SAID[0], None), ("71", SAID[1], None)]


def test_two_stated_of_three_shown_leave_the_page_to_its_markup():
    thread = read(article(stated(0), stated(1)), shown(0) + shown(1) + shown(2))
    assert thread.platform == "records"
    assert len(thread.comments) == 3


def test_more_stated_than_shown_are_all_read():
    thread = read(article(*map(stated, range(4))), shown(0) + shown(1))
    assert (thread.platform, len(thread.comments)) == ("schema-org", 4)


def test_quotations_may_be_told_apart_on_one_side_only():
    quote = f"<div class='quote'>{SAID[2]}</div>"
    markup = shown(0) + shown(1).replace("<p>", f"{quote}<p>")
    plain = stated(1, text=f"{SAID[2]}\n{SAID[1]}")
    assert read(article(stated(0), plain, stated(3)), markup).platform == "schema-org"
    marked = stated(1, text=f"[quote]{SAID[2]}[/quote]{SAID[1]}")
    thread = read(article(stated(0), marked, stated(3)), markup)
    assert [(one.text, one.quoted) for one in thread.comments][1] == (SAID[1], SAID[2])


def test_texts_cut_short_leave_the_page_to_its_markup():
    cut = [stated(number, text=SAID[number][:32] + "…") for number in range(2)]
    assert read(article(*cut), shown(0) + shown(1)).platform == "records"


def test_markup_that_nests_replies_is_better_than_a_flat_list():
    nested = shown(0).replace("</li>", f"<ul class='children'>{shown(1)}</ul></li>")
    thread = read(article(stated(0), stated(1)), nested)
    assert thread.platform == "records"
    assert thread.comments[1].parent_id == "70"


@pytest.mark.parametrize(
    "parent",
    [
        {"@type": "Comment", "@id": "https://quay.example/lights#comment-70"},
        {"@type": "Comment", "url": "https://quay.example/lights#comment-70"},
        "https://quay.example/lights#comment-70",
        "#comment-70",
        "comment-70",
        "70",
        70,
    ],
)
def test_a_parent_may_be_an_object_an_address_or_an_id(parent):
    thread = read(article(stated(0), stated(1, parentItem=parent)))
    assert [one.parent_id for one in thread.comments] == [None, "70"]


def test_replies_may_stand_in_the_comment_they_answer():
    thread = read(article(stated(0, comment=stated(1, comment=[stated(2)])), stated(3)))
    assert [one.parent_id for one in thread.comments] == [None, "70", "71", None]


def test_nodes_of_a_graph_may_be_named_in_place_of_being_there():
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "NewsArticle", "@id": "#a", "comment": [{"@id": "#c1"}, {"@id": "#c2"}]},
            stated(0, **{"@id": "#c1", "author": {"@id": "#p"}}),
            stated(1, **{"@id": "#c2", "parentItem": {"@id": "#c1"}}),
            {"@type": "Person", "@id": "#p", "name": "Bodil"},
        ],
    }
    thread = read(graph)
    assert [one.author for one in thread.comments] == ["Bodil", "Ann 1"]
    assert [one.text for one in thread.comments] == list(SAID[:2])
    assert thread.comments[1].parent_id == thread.comments[0].id


@pytest.mark.parametrize("author", [None, "", {"@type": "Person"}, {"name": None}, [], 7])
def test_a_comment_without_an_author_is_nobodys(author):
    assert [one.author for one in read(article(stated(0, author=author))).comments] == [""]


def test_a_text_without_author_and_date_is_no_comment():
    assert not read(article(stated(0, author=None, dateCreated=None))).comments


def test_markup_and_entities_in_a_text_become_plain():
    texts = [
        "<p>Tom &amp; Ann</p><p>both</p>",
        "&lt;p&gt;Tom &amp;amp; Ann&lt;/p&gt;",
        "1 < 2 &amp; a<b",
        "one\ntwo",
    ]
    thread = read(article(*(stated(n, text=text) for n, text in enumerate(texts))))
    assert [one.text for one in thread.comments] == [
        "Tom & Ann\nboth",
        "Tom & Ann",
        "1 < 2 & a<b",
        "one\ntwo",
    ]


def test_what_is_commented_on_is_never_a_comment():
    topic = {**stated(3), "@type": "DiscussionForumPosting", "comment": [stated(0), stated(1)]}
    graph = {"@context": "https://schema.org", "@graph": [topic, article(kind="Article")]}
    assert [one.text for one in read(graph).comments] == list(SAID[:2])


@pytest.mark.parametrize("kind", ["FAQPage", "Product", "ItemList", "Quiz"])
def test_answers_of_other_pages_are_no_comments(kind):
    answer = {**stated(0), "@type": "Answer"}
    asked = {"@type": "Question", "name": "How?", "acceptedAnswer": answer}
    data = {"@context": "https://schema.org", "@type": kind, "mainEntity": [asked]}
    assert not read(data).comments


def test_reviews_are_no_comments():
    review = stated(0, **{"@type": "Review", "reviewRating": {"ratingValue": 2}})
    assert not read(article(review)).comments


def test_a_listing_of_articles_with_comments_has_no_thread():
    entries = [article(stated(0), url="/a"), article(stated(1), url="/b")]
    assert not read({"@context": "https://schema.org", "@graph": entries}).comments


def test_a_comment_stated_twice_is_one():
    repeated = {"@type": "WebPage", "mainEntity": article(stated(0), stated(1))}
    assert len(read([repeated, article(stated(0), stated(1))]).comments) == 2


def test_comments_that_share_a_name_are_named_by_what_they_say():
    same = {"@id": "https://quay.example/lights", "identifier": "x"}
    thread = read(article(stated(0, **same), stated(1, **same)))
    assert len({one.id for one in thread.comments}) == 2
    assert all(len(one.id) == 16 for one in thread.comments)


@pytest.mark.parametrize(
    "mangle",
    [
        lambda text: f"<!-- {text} -->",
        lambda text: f"//<![CDATA[\n{text}\n//]]>",
        lambda text: text.replace("]}", "],}"),
        lambda text: text + ";",
        lambda text: text.replace('"', "&quot;"),
    ],
)
def test_json_that_templates_broke_is_mended(mangle):
    assert len(read(mangle(json.dumps(article(stated(0), stated(1))))).comments) == 2


@pytest.mark.parametrize("data", ['{"@type": "Comment", ', "", "[]", "7", '{"comment": [[[]]]}'])
def test_broken_data_leaves_the_page_to_its_markup(data):
    text = f"{data} <!-- schema.org Comment -->"
    assert read(text, shown(0) + shown(1)).platform == "records"


def test_half_a_surrogate_pair_is_left_out():
    data = json.dumps(article(stated(0, text="so \\ud83d it is \\u0000 here"))).replace(
        "\\\\", "\\"
    )
    (one,) = read(data).comments
    assert one.text == "so it is here"


def test_data_that_names_itself_ends():
    data = article(stated(0, comment={"@id": "https://quay.example/lights#comment-70"}))
    assert len(read(data).comments) == 1


@pytest.mark.parametrize("levels", [900, 10_000])
def test_nesting_without_end_is_passed_over(levels):
    data = '{"@type":"Comment","comment":' * levels + "{}" + "}" * levels
    text = json.dumps(article(stated(0)))
    start = time.process_time()
    assert read(f'{data}</script><script type="application/ld+json">{text}').comments
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "filler",
    [" " * 5_000_000, '\\"' * 2_000_000, ", " * 2_000_000, "-- " * 2_000_000],
    ids=["spaces", "quotes", "commas", "dashes"],
)
def test_mending_takes_no_longer_than_reading(filler):
    start = time.process_time()
    assert parsed('{"a": "' + filler) is None
    assert parsed("{" + filler + "x") is None
    assert time.process_time() - start < 3


def test_items_inside_items_without_end_take_a_moment():
    level = '<div itemscope itemtype="https://schema.org/Comment"><p itemprop="text">'
    markup = f"{level * 400}{'word ' * 200_000}"
    start = time.process_time()
    read("{}", markup)
    assert time.process_time() - start < 8


def test_fifty_megabytes_of_data_are_not_parsed():
    filler = json.dumps(article(*map(stated, range(4)), articleBody="x" * 50_000_000))
    document = Document(page(filler, shown(0)))
    start = time.process_time()
    assert extractors.extract(document.page).platform != "schema-org"
    assert time.process_time() - start < 10


def test_ten_thousand_comments_take_a_moment():
    many = [
        stated(n, text=f"Remark {n} about the lamps", dateCreated="2026-03-01T10:00:00Z")
        for n in range(10_000)
    ]
    start = time.process_time()
    assert len(read(article(*many)).comments) == 10_000
    assert time.process_time() - start < 10


def test_user_comments_of_the_first_vocabulary_are_read():
    rows = "".join(
        f'<div itemscope itemtype="http://schema.org/UserComments"><span itemprop="creator">'
        f"Ann {n}</span><meta itemprop='commentTime' content='2012-05-0{n + 1}'>"
        f'<div itemprop="commentText">{SAID[n]}</div></div>'
        for n in range(3)
    )
    thread = read("{}", rows)
    assert [(one.author, one.text, one.published) for one in thread.comments] == [
        (f"Ann {n}", SAID[n], f"2012-05-0{n + 1}") for n in range(3)
    ]


def test_nesting_of_marked_elements_is_who_answers_whom():
    def marked(number: int, inside: str = "") -> str:
        return (
            f'<div itemscope itemtype="https://schema.org/Comment" id="n-{number}">'
            f'<a itemprop="author" href="/u">Ann {number}</a>'
            f'<time itemprop="dateCreated" datetime="2026-03-0{number + 1}">Sunday</time>'
            f'<p itemprop="text">{SAID[number]}</p>{inside}</div>'
        )

    thread = read("{}", marked(0, marked(1, marked(2))) + marked(3))
    assert thread.platform == "schema-org"
    assert [(one.id, one.parent_id) for one in thread.comments] == [
        ("0", None),
        ("1", "0"),
        ("2", "1"),
        ("3", None),
    ]


def test_pages_without_the_vocabulary_cost_nothing():
    assert not SchemaOrgExtractor().matches(Document(Page("x.html", b"<p>Comment on this</p>")))
