"""Comments in the state of an application: what has their shape, and what only looks like it."""

import json
import time
from html import escape
from typing import Any

import pytest

from moderation import extractors
from moderation.extractors.comment_objects import comments_in
from moderation.extractors.document import Document
from moderation.extractors.embedded_state import EmbeddedStateExtractor
from moderation.extractors.javascript import assigned
from moderation.schema import Page, Thread

SAID = (
    "The bell rings twice at noon now, has anyone else noticed?",
    "Twice since the new rope, my cousin hung it himself",
    "Then your cousin should come and listen to it from my kitchen",
)
DAY = "2026-05-0{}T10:00:00Z"


def comment(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": 40 + number,
        "body": SAID[number % len(SAID)],
        "author": {"name": f"Ann {number}"},
        "createdAt": DAY.format(number % 9 + 1),
        **more,
    }


def page(scripts: str, markup: str = "") -> Page:
    body = f"""<html><head><title>The bell rings twice</title></head><body>
        <article><h1>The bell rings twice</h1><p>Since the rope was changed the bell of the old
        church rings twice at noon. The parish says that it is looking into it.</p></article>
        <section id="comments"><h2>Comments</h2>{markup}</section>{scripts}</body></html>"""
    return Page("bell.html", body.encode())


def state(data: object, markup: str = "") -> Page:
    text = data if isinstance(data, str) else json.dumps(data)
    return page(f'<script type="application/json" id="__NEXT_DATA__">{text}</script>', markup)


def read(data: object, markup: str = "") -> Thread:
    return extractors.extract(state(data, markup))


def shown(number: int) -> str:
    return (
        f'<div class="comment"><b class="author">Ann {number}</b> <time datetime="'
        f'{DAY.format(number + 1)}">May</time><p class="body">{SAID[number]}</p></div>'
    )


def parents(thread: Thread) -> list[str | None]:
    return [one.parent_id for one in thread.comments]


def test_a_list_of_comments_is_read_in_its_order():
    thread = read({"props": {"comments": {"edges": [{"node": comment(0)}, {"node": comment(1)}]}}})
    assert thread.platform == "embedded-state"
    assert [(one.id, one.author, one.text) for one in thread.comments] == [
        ("40", "Ann 0", SAID[0]),
        ("41", "Ann 1", SAID[1]),
    ]


def test_a_state_that_holds_less_than_the_page_shows_is_left():
    thread = read({"comments": [comment(0)]}, shown(0) + shown(1) + shown(2))
    assert (thread.platform, len(thread.comments)) == ("records", 3)


def test_a_state_that_holds_more_than_the_page_shows_is_read():
    thread = read({"comments": [comment(0), comment(1), comment(2)]}, shown(0))
    assert (thread.platform, len(thread.comments)) == ("embedded-state", 3)


@pytest.mark.parametrize(
    "parent",
    [
        {"parentId": 40},
        {"parent_id": "40"},
        {"parent": {"id": 40, "body": SAID[0], "author": {"name": "Ann 0"}}},
        {"inReplyTo": {"id": "40"}},
        {"replyTo": 40},
    ],
)
def test_a_reply_may_name_its_parent_in_many_ways(parent):
    thread = read({"comments": [comment(0), comment(1, **parent)]})
    assert parents(thread) == [None, "40"]


@pytest.mark.parametrize("key", ["replies", "children", "comments", "answers", "child_comments"])
@pytest.mark.parametrize(
    "wrap",
    [list, lambda nodes: {"edges": [{"node": node} for node in nodes]}, lambda n: {"data": n}],
)
def test_a_reply_may_stand_in_what_it_answers(key, wrap):
    thread = read({"comments": [comment(0, **{key: wrap([comment(1)])}), comment(2)]})
    assert parents(thread) == [None, "40", None]


def test_a_comment_may_name_its_replies():
    thread = read({"comments": {"byId": {"40": comment(0, replies=[41]), "41": comment(1)}}})
    assert parents(thread) == [None, "40"]


def test_a_table_may_be_keyed_by_ids_of_any_form():
    table = {name: comment(n, id=name) for n, name in enumerate(("c-71", "c-72"))}
    assert [one.id for one in read({"comments": table}).comments] == ["c-71", "c-72"]


def test_a_parent_that_is_zero_or_the_article_is_none():
    thread = read({"comments": [comment(0, parentId=0), comment(1, parentId=99)]})
    assert parents(thread) == [None, None]


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ({"author": "Bo &amp; Co"}, "Bo & Co"),
        ({"author": None, "userName": "bo"}, "bo"),
        ({"author": {"profile": {"displayName": "Bo"}}}, "Bo"),
        ({"author": {"firstName": "Bo", "lastName": "Ek"}}, "Bo Ek"),
        ({"author": None}, ""),
        ({"author": {}}, ""),
        ({"author": 12}, ""),
    ],
)
def test_authors_are_named_or_nobody(author, name):
    (one,) = read({"comments": [comment(0, **author)]}).comments
    assert one.author == name


def test_authors_are_looked_up_in_the_store_they_stand_in():
    users = {"7": {"id": 7, "name": "Bodil"}}
    ann = comment(0) | {"author": 7}
    (one,) = read({"entities": {"users": users, "comments": {"40": ann}}}).comments
    assert one.author == "Bodil"


@pytest.mark.parametrize(
    ("stamp", "published"),
    [
        (1777629600, "2026-05-01T10:00:00+00:00"),
        (1777629600000, "2026-05-01T10:00:00+00:00"),
        ({"$date": "2026-05-01T10:00:00Z"}, "2026-05-01T10:00:00Z"),
        ("1 May 2026", "1 May 2026"),
    ],
)
def test_dates_are_kept_as_stamps(stamp, published):
    (one,) = read({"comments": [comment(0, createdAt=stamp)]}).comments
    assert one.published == published
    assert one.posted_at is not None


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>One &amp; two</p><p>three</p>", "One & two\nthree"),
        ("a &lt; b", "a < b"),
        ({"rendered": "<p>One</p>"}, "One"),
        ({"__html": "x", "html": "<p>One</p>"}, "One"),
        (
            [
                {"type": "paragraph", "children": [{"text": "One "}, {"text": "two"}]},
                {"type": "paragraph", "children": [{"text": "three"}]},
            ],
            "One two\nthree",
        ),
        ({"blocks": [{"text": "One"}, {"text": "two"}]}, "One\ntwo"),
    ],
)
def test_words_become_plain_text(body, text):
    (one,) = read({"comments": [comment(0, body=body)]}).comments
    assert one.text == text


@pytest.mark.parametrize(
    "data",
    [
        {"articles": [comment(0, headline="Bell", slug="bell")]},
        {"comments": [comment(0, headline="The article commented on", slug="bell")]},
        {"product": {"reviews": [comment(0, rating=4)]}},
        {"stories": [comment(0), comment(1)]},
        {"latestComments": [comment(0), comment(1)]},
        {"sidebar": {"comments": [comment(0)]}},
        {"comments": [comment(0, body="")]},
        {"comments": [comment(0, deleted=True)]},
        {"comments": {"labels": {"text": "Write a comment", "author": "Your name", "id": 3}}},
        {"comments": {"text": "Write a comment", "author": "Your name", "key": "form"}},
        {"comments": [comment(0, author=None, createdAt=None)]},
        {"comments": [comment(0, storyId=1), comment(1, storyId=2)]},
        {"articles": [{"id": 1, "headline": "A", "comments": [comment(0)]},
                      {"id": 2, "headline": "B", "comments": [comment(1)]}]},
    ],
)  # fmt: skip
def test_what_is_no_comment_on_this_page_is_left(data):
    assert not read(data).comments


def test_the_same_comment_in_two_places_is_one():
    data = {"a": {"comments": [comment(0), comment(1)]}, "b": {"comments": [comment(0)]}}
    assert len(read(data).comments) == 2


def test_state_in_an_attribute_is_read():
    data = escape(json.dumps({"props": {"comments": [comment(0), comment(1)]}}), quote=True)
    thread = extractors.extract(page(f'<div id="app" data-page="{data}"></div>'))
    assert len(thread.comments) == 2


@pytest.mark.parametrize(
    "script",
    [
        "window.__INITIAL_STATE__ = {};",
        "window.__INITIAL_STATE__={}; window.other = {a:1}",
        "var state = {}",
        'window["app"] = {};',
        "mount(document.body, 1); start({});",
        "(function(){window.x = {}})()",
    ],
)
def test_state_that_a_script_assigns_is_read(script):
    data = json.dumps({"comments": [comment(0), comment(1)]})
    thread = extractors.extract(page(f"<script>{script.replace('{}', data, 1)}</script>"))
    assert len(thread.comments) == 2


def test_json_in_a_string_is_read():
    inner = json.dumps(json.dumps({"comments": [comment(0)]}))
    assert list(assigned(f"window.x = JSON.parse({inner});")) == [{"comments": [comment(0)]}]
    single = "'" + inner[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"
    assert list(assigned(f"window.x=JSON.parse({single})")) == [{"comments": [comment(0)]}]


FILLER = "x" * 60


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("{a:undefined,b:void 0,c:!0,d:!1}", {"a": None, "b": None, "c": True, "d": False}),
        ('{\'a\':\'it\\\'s "so"\',"b":"\\x41\\u0042"}', {"a": 'it\'s "so"', "b": "AB"}),
        (r"{a:'\\x41'}", {"a": r"\x41"}),
        ("{a:[1,2,],b:.5,}", {"a": [1, 2], "b": 0.5}),
        ('{a:new Date("2026-01-01"),1:2,}', {"a": "2026-01-01", "1": 2}),
        ("{/* {no} */a:1,// b:2\nc:3}", {"a": 1, "c": 3}),
        ("{a:somebody}", {"a": None}),
    ],
)
def test_literals_are_read_without_running_them(literal, value):
    padded = literal[:-1].rstrip(",") + f",filler:'{FILLER}'}}"
    assert list(assigned(f"window.x = {padded};")) == [value | {"filler": FILLER}]


def test_arguments_stand_for_values_used_twice():
    script = (
        'window.__NUXT__=(function(a,b){return {data:[{comments:[{author:a,body:"x"},'
        f'{{author:a,body:b}}]}}],filler:"{FILLER}"}}}}("Ann, \\"A\\"","two"));'
    )
    (value,) = assigned(script)
    assert value["data"][0]["comments"] == [
        {"author": 'Ann, "A"', "body": "x"},
        {"author": 'Ann, "A"', "body": "two"},
    ]


@pytest.mark.parametrize(
    "script",
    [
        "x = {a: function(){return 1}}",
        "x = {a: 1",
        "x = {a: `b`}",
        "x = [[[[",
        "x = {a: 'b",
        "x = JSON.parse('{')",
        "(function(a){return {a:a",
        "(function(a){return {a:a}})",
        "x = ({{{)))",
        "x = " + "[" * 5000,
        "x = " + "{a:" * 5000 + "1" + "}" * 5000,
    ],
)
def test_what_is_no_literal_is_passed_over(script):
    assert list(assigned(script)) == []


def test_a_broken_script_does_not_hide_the_next():
    good = json.dumps({"comments": [comment(0)]})
    scripts = f"<script>comments = {{a: b(</script><script>var s = {good};</script>"
    assert len(extractors.extract(page(scripts)).comments) == 1


@pytest.mark.parametrize(
    "flat",
    [
        [["Reactive", 0]],
        [["Reactive", 1], ["Ref", 0]],
        [{"comments": 1}, [1, 1]],
        [{"comments": 99, "a": -1, "b": "x"}],
        ["comments"],
        [],
        {},
    ],
)
def test_a_flat_payload_that_leads_nowhere_is_passed_over(flat):
    text = json.dumps(flat)
    script = f'<script type="application/json" id="__NUXT_DATA__">{text} </script>'
    assert not extractors.extract(page(script + "<!-- comments -->")).comments


def test_values_that_hold_themselves_end():
    ring: dict[str, Any] = comment(0)
    ring["replies"] = [ring]
    found, _ = comments_in([{"comments": [ring]}])
    assert [one.parent_id for one in found] == [None]


def test_nesting_of_ten_thousand_levels_is_passed_over():
    deep = '{"comments":[' * 10_000 + "]}" * 10_000
    start = time.process_time()
    assert read(deep, shown(0) + shown(1)).platform == "records"
    assert time.process_time() - start < 5


def test_fifty_megabytes_of_state_are_not_parsed():
    start = time.process_time()
    thread = read({"comments": [comment(0)], "rest": "x" * 50_000_000}, shown(0) + shown(1))
    assert thread.platform == "records"
    assert time.process_time() - start < 10


def test_many_unfinished_values_take_a_moment():
    start = time.process_time()
    list(assigned('x = {"a":' * 100_000))
    list(assigned('x = {a:"' * 100_000))
    list(assigned("x = {a:'" * 300 + "b" * 10_000_000))
    list(assigned("x = {a:'" + "\\\\'" * 2_000_000))
    assert time.process_time() - start < 5


def test_ten_thousand_comments_take_a_moment():
    many = [comment(n, body=f"Remark {n}", parentId=39 + n) for n in range(10_000)]
    start = time.process_time()
    thread = read({"comments": many})
    assert len(thread.comments) == 10_000
    assert time.process_time() - start < 10


def test_pages_without_a_state_cost_nothing():
    document = Document(Page("x.html", b"<p>Three comments and a reply</p>"))
    assert not EmbeddedStateExtractor().matches(document)
