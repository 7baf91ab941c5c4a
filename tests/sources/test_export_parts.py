"""Exports of many articles become one page per commented article."""

import json

from moderation.config import Settings
from moderation.extractors import extract
from moderation.schema import Page
from moderation.sources import open_source

ITEM = """<item><title>Article {n}</title><wp:post_id>{n}</wp:post_id>{comment}</item>"""
COMMENT = "<wp:comment><wp:comment_content>Said on {n}: ü</wp:comment_content></wp:comment>"


def wordpress(*items: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:wp="http://wordpress.org/export/1.2/">'
        f"<channel>{''.join(items)}</channel></rss>"
    )


def item(n: int, *, commented: bool = True) -> str:
    return ITEM.format(n=n, comment=COMMENT.format(n=n) if commented else "")


def read(tmp_path, text: str) -> list[Page]:
    (tmp_path / "export.xml").write_text(text, encoding="utf-8")
    return list(open_source(str(tmp_path / "export.xml"), Settings()))


def test_a_wordpress_export_is_a_page_per_commented_article(tmp_path):
    pages = read(tmp_path, wordpress(item(1), item(2, commented=False), item(3)))
    assert [page.source.rpartition("#")[2] for page in pages] == ["1", "3"]
    assert b"Said on 3" in pages[1].body
    assert "ü".encode() in pages[1].body
    assert b"Said on 1" not in pages[1].body


def test_an_export_of_one_article_is_left_as_it_is(tmp_path):
    text = wordpress(item(1), item(2, commented=False))
    (page,) = read(tmp_path, text)
    assert page.body == text.encode()


def test_a_disqus_export_is_a_page_per_thread_with_posts(tmp_path):
    head = '<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">'
    threads = "".join(f'<thread dsq:id="{n}"><link>l{n}</link></thread>' for n in (1, 2, 3))
    posts = "".join(
        f'<post dsq:id="9{n}"><message>on {n}</message><thread dsq:id="{n}"/></post>'
        for n in (1, 3, 77)
    )
    pages = read(tmp_path, f"{head}{threads}{posts}</disqus>")
    assert [page.source.rpartition("#")[2] for page in pages] == ["1", "3", "77"]
    assert b"l3" in pages[1].body
    assert b"on 3" in pages[1].body
    assert b"on 77" in pages[2].body


def test_broken_xml_is_one_page(tmp_path):
    text = '<rss xmlns:wp="http://wordpress.org/export/1.2/"><item><<<'
    (page,) = read(tmp_path, text)
    assert page.body == text.encode()


def test_an_ordinary_page_is_left_as_it_is(tmp_path):
    (page,) = read(tmp_path, "<html><p>comments powered by http://disqus.com")
    assert page.source.endswith("export.xml")


def coral(number: int, story: int) -> dict[str, object]:
    return {"id": f"c{number}", "body": f"<p>On {story}</p>", "story": {"id": f"s{story}"}}


def read_json(tmp_path, value: object) -> list[Page]:
    (tmp_path / "export.json").write_text(json.dumps(value), encoding="utf-8")
    return list(open_source(str(tmp_path / "export.json"), Settings()))


def test_corals_stories_are_a_page_each(tmp_path):
    stories = [
        {"node": {"id": f"s{n}", "url": f"https://x.example/{n}", "comments": {"nodes": said}}}
        for n, said in enumerate([[coral(1, 0)], [], [coral(2, 2), coral(3, 2)]])
    ]
    pages = read_json(tmp_path, {"data": {"stories": {"edges": stories}}})
    assert [page.source.rpartition("#")[2] for page in pages] == ["s0", "s2"]
    thread = extract(pages[1])
    assert (thread.platform, thread.article.url) == ("coral-api", "https://x.example/2")
    assert [one.id for one in thread.comments] == ["c2", "c3"]


def test_corals_comments_are_sorted_by_the_story_they_name(tmp_path):
    nodes = [coral(1, 7), coral(2, 8), coral(3, 7)]
    pages = read_json(tmp_path, {"data": {"comments": {"nodes": nodes}}})
    assert [page.source.rpartition("#")[2] for page in pages] == ["s7", "s8"]
    assert [one.id for one in extract(pages[0]).comments] == ["c1", "c3"]


def test_an_answer_of_another_api_is_left_as_it_is(tmp_path):
    for value in ({"data": {"comments": [1]}}, {"data": {"stories": 7}}, {"data": {"stories": {}}}):
        (page,) = read_json(tmp_path, value)
        assert page.source.endswith("export.json")
