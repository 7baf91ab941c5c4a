"""WordPress and Disqus exports keep ids, replies and what waits for approval."""

import pytest

from moderation.errors import ExtractionError
from moderation.extractors import extract
from moderation.extractors.disqus_export import DisqusExportExtractor
from moderation.extractors.wordpress_export import WordpressExportExtractor
from moderation.schema import Page, Thread

WORDPRESS = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>The Mill Post</title>
<item><title>Ferry runs again</title><link>https://news.example/ferry/?utm_source=x</link>
  <dc:creator><![CDATA[Jana Holm]]></dc:creator>
  <content:encoded><![CDATA[<p>The ferry is back.</p><p>It was missed.</p>]]></content:encoded>
  <wp:post_id>7</wp:post_id><wp:post_date_gmt>2021-03-03 10:00:00</wp:post_date_gmt>
  {comments}
</item></channel></rss>"""


def wordpress_comment(number, text, *, parent=0, approved="1", kind="comment", author="Ada"):
    return f"""<wp:comment><wp:comment_id>{number}</wp:comment_id>
      <wp:comment_author><![CDATA[{author}]]></wp:comment_author>
      <wp:comment_date_gmt>2021-03-04 12:0{number}:00</wp:comment_date_gmt>
      <wp:comment_content><![CDATA[{text}]]></wp:comment_content>
      <wp:comment_approved>{approved}</wp:comment_approved>
      <wp:comment_type>{kind}</wp:comment_type>
      <wp:comment_parent>{parent}</wp:comment_parent></wp:comment>"""


def wordpress(*comments: str) -> Thread:
    body = WORDPRESS.replace("{comments}", "".join(comments)).encode()
    return extract(Page("export.xml", body), [WordpressExportExtractor()])


def test_a_wordpress_export_gives_article_comments_and_replies():
    thread = wordpress(
        wordpress_comment(1, "At <b>last</b>!\nFinally."), wordpress_comment(2, "Yes", parent=1)
    )
    assert thread.platform == "wordpress-export"
    assert thread.article.url == "https://news.example/ferry/"
    assert thread.article.title == "Ferry runs again"
    assert thread.article.author == "Jana Holm"
    assert thread.article.text == "The ferry is back.\nIt was missed."
    first, second = thread.comments
    assert (first.id, first.author, first.text) == ("1", "Ada", "At last!\nFinally.")
    assert first.posted_at.isoformat() == "2021-03-04T12:01:00+00:00"
    assert second.parent_id == "1"


def test_what_waits_for_approval_is_kept_and_spam_trash_and_pingbacks_are_not():
    thread = wordpress(
        wordpress_comment(1, "waits", approved="0"),
        wordpress_comment(2, "spam", approved="spam"),
        wordpress_comment(3, "trash", approved="trash"),
        wordpress_comment(4, "[…] linked", kind="pingback"),
        wordpress_comment(5, "[…] linked", kind="trackback"),
    )
    assert [comment.text for comment in thread.comments] == ["waits"]


def test_a_reply_to_a_comment_that_is_gone_stands_at_top_level():
    assert wordpress(wordpress_comment(2, "Yes", parent=1)).comments[0].parent_id is None


def test_a_cut_off_export_gives_what_was_there():
    body = WORDPRESS.replace("{comments}", wordpress_comment(1, "Here") + wordpress_comment(2, "x"))
    cut = body[: body.index("<wp:comment_id>2")].encode()
    thread = extract(Page("export.xml", cut), [WordpressExportExtractor()])
    assert thread.comments[0].text == "Here"


def test_entities_that_multiply_are_not_resolved():
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    )
    body = WORDPRESS.replace('<?xml version="1.0" encoding="UTF-8" ?>', bomb)
    body = body.replace("{comments}", wordpress_comment(1, "]]>&c;<![CDATA["))
    thread = extract(Page("export.xml", body.encode()), [WordpressExportExtractor()])
    assert "haha" not in "".join(comment.text for comment in thread.comments)


DISQUS = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<thread dsq:id="2"><link>https://news.example/ferry</link><title>Ferry runs again</title></thread>
<post dsq:id="4"><message><![CDATA[<p>At <b>last</b>!</p>]]></message>
  <createdAt>2021-03-04T12:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam>
  <author><name>Ada</name></author><thread dsq:id="2"/></post>
<post dsq:id="5"><message>Yes</message><createdAt>2021-03-04T12:05:00Z</createdAt>
  <isDeleted>false</isDeleted><isSpam>false</isSpam><author><username>otto</username></author>
  <thread dsq:id="2"/><parent dsq:id="4"/></post>
<post dsq:id="6"><message>buy</message><isDeleted>false</isDeleted><isSpam>true</isSpam>
  <thread dsq:id="2"/></post>
<post dsq:id="7"><message>gone</message><isDeleted>true</isDeleted><isSpam>false</isSpam>
  <thread dsq:id="2"/></post>
</disqus>"""


def test_a_disqus_export_gives_posts_and_replies_without_spam():
    thread = extract(Page("disqus.xml", DISQUS.encode()), [DisqusExportExtractor()])
    assert thread.platform == "disqus-export"
    assert (thread.article.url, thread.article.title) == (
        "https://news.example/ferry",
        "Ferry runs again",
    )
    first, second = thread.comments
    assert (first.id, first.author, first.text) == ("4", "Ada", "At last!")
    assert (second.author, second.parent_id) == ("otto", "4")


@pytest.mark.parametrize("extractor", [WordpressExportExtractor(), DisqusExportExtractor()])
def test_other_xml_is_left_to_others(extractor):
    with pytest.raises(ExtractionError):
        extract(Page("feed.xml", b'<?xml version="1.0"?><rss><channel/></rss>'), [extractor])
