"""Comments are told from everything else in text dumps of pages, by their template's rhythm."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import ExtractionError
from moderation.extractors import extract
from moderation.extractors.document import Document
from moderation.extractors.plain_text import PlainTextExtractor
from moderation.schema import Page, Thread

GOLDEN = sorted((Path(__file__).parents[1] / "golden" / "plain-text").glob("*.txt"))
TITLE_MISSED = {
    *("de-front-none-browser", "en-allotment-browser", "en-boots-md", "es-moto-ins"),
    "pl-piec-w3m",
}
"""Golden dumps of which another line is taken for the title: they have little or no prose."""
ARTICLE = """Quick access to the menu (top)  Quick access to the articles  Home  Region  Search

City council moves the Mill Street tram stop

Jana Holm Views

A tram waits at Mill Street on Friday. / Town archive
A tram waits at the Mill Street stop on Friday. / Town archive

The tram stop at Mill Street will move eighty metres north in May, the council said on Monday.

Residents had asked for a shelter and a level platform since the line was rebuilt ten years ago.

Work is to begin in April and will close one lane for three weeks, according to the plan.

Jana Holm
newsroom@news.example
"""
SIDEBARS = """
Popular Now

  • 1
    Harbour crane to be lit up for its hundredth birthday

    CULTURE

  • 2
    Three new bakeries open within a single week

    BUSINESS

Must-Reads

  • 1
    Why the old mill is still standing

Share it on...
"""
SAID = (
    ("Ada Lund", "The old stop floods every autumn, so this is overdue."),
    ("Bruno Keller", "Eighty metres further with a pram and two bags. Thanks a lot."),
    ("carla_99", "Does anyone know whether the shelter comes at the same time?"),
    ("Ada Lund", "Yes, the plan on the town's website has it for June."),
)


def read(text: str, url: str | None = None) -> Thread:
    return PlainTextExtractor().extract(Document(Page("dump.txt", text.encode(), url=url)))


def extracted(text: str) -> Thread:
    return extract(Page("dump.txt", text.encode()))


def page(block: str) -> str:
    return f"{ARTICLE}\n{block}\n{SIDEBARS}"


def said(thread: Thread) -> list[tuple[str, str]]:
    return [(comment.author, comment.text) for comment in thread.comments]


def items(heading: str, template: str, end: str = "") -> str:
    parts = [
        template.format(n=n, author=author, text=text, day=n + 2, ago=9 - n)
        for n, (author, text) in enumerate(SAID, 1)
    ]
    return "\n".join([heading, *parts, end])


TEMPLATES = {
    "list items without dates": (
        "Comments4\n\n400\n\nComments4\n",
        "  • {author}\n\n    {text}\n",
    ),
    "says, then the date": (
        "4 thoughts on “City council moves the Mill Street tram stop”\n",
        "  {n}. {author} says:\n    March {day}, 2021 at 4:05 pm\n\n    {text}\n\n    Reply",
    ),
    "German": (
        "4 Kommentare\n",
        "  {n}. {author} sagt:\n    {day}. März 2021 um 16:05 Uhr\n\n    {text}\n",
    ),
    "name and date in one line": ("Kommentare\n", "{author} / 0{day}.03.2021\n\n{text}\n"),
    "relative dates": (
        "댓글 4\n",
        "{author}\n{ago}시간 전\n{text}\n답글  좋아요 {n}  싫어요 0\n",
    ),
    "glued together": (
        "4 comments:\n",
        "  {n}. {author}March {day}, 2021 at 4:05 PM\n\n    {text}\n\n    ReplyDelete",
    ),
    "date below": (
        "4 comentarios\n",
        "  • {author} dijo:\n\n    {text}\n\n    {day} marzo 2021 a las 14:02\n    / Responder",
    ),
    "name and date below": (
        "Comments (4)\n",
        "  {n}. {text}\n\n    Comment by {author} — March {day}, 2021 @ 13:04\n",
    ),
    "forum with ranks": (
        "",
        "{author}\nSenior member\nJoined\n1{n} June 2014\n  • {day} March 2021\n  • #{n}\n{text}\n",
    ),
    "name and text in turn": ("Comments\n", "{author}\n{text}"),
    "name and text in turn, with blank lines": ("Reacties (4)\n", "{author}\n\n{text}\n"),
    "text before the date": (
        "댓글 4\n",
        "{author}\n{text}\n2024년 3월 {day}일 오후 3:12\n답글쓰기\n공감 {n} 비공감 0",
    ),
    "points and age": (
        "all 4 comments\n",
        "  • [-] {author} {n}1 points {ago} years ago\n\n    {text}\n\n    save report reply",
    ),
    "French time": (
        "4 réflexions sur « City council moves the Mill Street tram stop »\n",
        "{n}. {author} dit :\n{day} octobre 2023 à 9 h 12 min\n{text}\nRépondre",
    ),
}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_dump_is_read_whole(path):
    """Invented pages in 17 languages, as seven renderers show them; the last word is the name."""
    gold = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    thread = extract(Page(path.name, path.read_bytes()))
    position = {comment.id: index for index, comment in enumerate(thread.comments)}
    assert [
        (one.author, " ".join(one.text.split()), position.get(one.parent_id))
        for one in thread.comments
    ] == [(one["author"], " ".join(one["text"].split()), one["parent"]) for one in gold["comments"]]
    assert thread.platform == gold["platform"]
    assert (thread.article.title == gold["title"]) is (path.stem not in TITLE_MISSED)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_read_and_the_sidebars_are_not(name):
    heading, template = TEMPLATES[name]
    thread = read(page(items(heading, template)))
    assert said(thread) == list(SAID)
    assert thread.platform == "plain-text"


def test_a_badge_between_some_names_and_dates_is_not_the_name():
    block = items(
        "4 comments\n", "{author}\n{author}\nBADGE{n}{ago} hours ago\n{text}\nLike\nReply\n"
    )
    block = block.replace("BADGE1", "Top Contributor\n").replace("BADGE3", "Verified\n")
    block = block.replace("BADGE2", "").replace("BADGE4", "")
    assert said(read(page(block))) == list(SAID)


def test_a_language_nobody_knows_is_read_where_a_line_counts_the_comments():
    block = items("Qap (4)\n", "{author}\n2021-03-0{day}\n{text}\nJang\n")
    assert said(read(page(block))) == list(SAID)
    assert read(page(block.replace("(4)", ""))).comments == ()


def test_subjects_between_buttons_and_name_are_no_part_of_the_comment_before():
    entry = "{n}.\nSubject number {n} of many\n{author} · 0{day}.03.2021, 16:05 Uhr\n{text}\n"
    block = items("4 Leserkommentare\n", entry + "Antworten | Melden")
    assert said(read(page(block))) == list(SAID)


def test_dates_on_which_people_joined_are_not_those_of_their_posts():
    entry = "Post by {author} » Tue Mar 0{day}, 2021 8:14 pm\n{text}\n{author}\n"
    entry += "Joined: Jan 1{n}, 2012\n"
    block = items("4 posts • Page 1 of 1\n", entry + "Top")
    comments = read(page(block)).comments
    assert [comment.text for comment in comments] == [text for _, text in SAID]
    assert comments[0].published == "Tue Mar 03, 2021 8:14 pm"


def test_names_below_texts_in_lines_without_blanks_are_told_by_the_stated_count():
    block = items("4 Comments »\n", "{text}\nComment by {author} - 0{day}.03.2021 @ 13:04")
    assert said(read(page(block.replace("\n\n", "\n")))) == list(SAID)


@pytest.mark.parametrize(
    "block",
    [
        "Comments (1 posted)\n\nMapping for free\nBy Jana Holm\nMarch 25, 2021\nIt is new.\n",
        "By Jana Holm / 6 March 2021 / No comments\n\nMore\n\nIt is new.\n\nReply\n",
        "Summary\nThe council opens a tram stop on 8 March 2021\nIt has a shelter.\n\nReply\n",
        "Comment\n\nName*\nE-mail*\nWebsite\n28 October 2021\nAuction of furniture in town.\n",
    ],
)
def test_a_lone_article_is_no_comment(block):
    assert read(page(block)).comments == ()


def test_numbers_of_comments_in_a_list_of_articles_announce_none():
    teaser = (
        "{author} reports from the town\n{author}\nvor {n} Stunden\nThe rest is for subscribers.\n"
    )
    assert read(items("News\n", teaser + "{n} Kommentare\n")).comments == ()


@pytest.mark.parametrize(
    "answer",
    [
        "Bo ➤ Ann\n3 March 2021\nNo.\nReply",
        "Bo\n3 March 2021\nEm resposta a Ann\nNo.\nReply",
        "Bo\nIn reply to Ann\n3 March 2021\nNo.\nReply",
        "Bo\n3 March 2021\nIn reply to It floods every autumn. by Guest\nNo.\nReply",
        "Bo\n3 March 2021\n@Ann: No.\nReply",
        "Bo\n3 March 2021\n回复 @Ann: No.\nReply",
    ],
)
def test_whom_a_comment_says_it_answers_is_its_parent(answer):
    block = (
        "3 comments\n\nAnn\n2 March 2021\nIt floods every autumn.\nReply\n"
        f"Cleo\n2 March 2021\nIt is fine.\nReply\n{answer}\n"
    )
    ann, cleo, bo = read(page(block)).comments
    assert (ann.author, cleo.author, bo.author) == ("Ann", "Cleo", "Bo")
    assert (ann.parent_id, cleo.parent_id, bo.parent_id) == (None, None, ann.id)
    assert bo.text.endswith("No.")
    assert "reply" not in bo.text.casefold()


def test_how_sure_a_guess_is_follows_what_tells_it():
    first, *_ = read(page(items(*TEMPLATES["relative dates"]))).comments
    assert 0.9 < first.confidence.comment <= 1
    assert 0.9 < first.confidence.author <= 1
    told = "3 comments\n\n{}"
    block = "Ann\n2 March 2021\nIt floods every autumn.\nReply\n"
    other = "Ann\n2 March 2021\nAnd in spring.\nReply\n"
    named = read(
        page(told.format(block + other + "Bo\n3 March 2021\nIn reply to Ann\nNo.\nReply\n"))
    )
    called = read(page(told.format(block + other + "Bo\n3 March 2021\n@Ann No.\nReply\n")))
    assert named.comments[-1].parent_id == called.comments[-1].parent_id
    assert named.comments[-1].confidence.parent > called.comments[-1].confidence.parent
    torn = block.replace("It floods", "It floods\n\nReply\n\nLike")
    whole = read(page(told.format(block * 3))).comments[0].confidence.comment
    assert read(page(told.format(torn * 3))).comments[0].confidence.comment < whole


def test_what_a_page_states_is_no_guess():
    markup = Path(__file__).parents[1] / "golden" / "wordpress"
    path = next(markup.glob("*.html"))
    assert all(one.confidence is None for one in extract(Page("x", path.read_bytes())).comments)


def test_sidebars_without_a_heading_are_no_part_of_the_last_comment():
    block = items("Comments (4)\n", "{author} / 0{day}.03.2021\n\n{text}\n")
    end = "\nHarbour crane to be lit up\n\nThree new bakeries\n\nWhy the old mill still stands\n"
    assert said(read(f"{ARTICLE}\n{block}{end}")) == list(SAID)


MARKDOWN = """[Home](/) [News](/news) ![logo](logo.png)

# City council moves the Mill Street tram stop

By [Jana Holm](/people/holm)

The tram stop at **Mill Street** will move eighty metres north in May, the council said.

Residents had asked for a shelter and a level platform since the line was _rebuilt_ ten years ago.

## 2 Comments

  1. **[Ada Lund](https://ada.example/)** says:

[March 3, 2021 at 4:05 pm](#comment-1)

The old stop floods _every_ autumn, it is a \\*shame\\*.

[Reply](#respond)

    1. **bruno_k** says:

[March 4, 2021 at 9:15 am](#comment-2)

See [the plan](https://town.example/plan "Plan") for June.

[Reply](#respond)

## Leave a Reply
"""


def test_markdown_is_read_as_the_page_it_was_made_of():
    thread = read(MARKDOWN)
    assert thread.article.title == "City council moves the Mill Street tram stop"
    assert said(thread) == [
        ("Ada Lund", "The old stop floods every autumn, it is a *shame*."),
        ("bruno_k", "See the plan for June."),
    ]
    assert thread.comments[1].parent_id == thread.comments[0].id
    assert "will move eighty metres" in thread.article.text


WRAPPED = """City council moves the Mill Street tram stop

   [1]Home [2]News

   The tram stop at Mill Street will move eighty metres north in May, the
   council said on Monday after a meeting that lasted until midnight and
   had been put off twice.

2 Comments

   Ada Lund wrote on 3 March 2021, 16:05
   The old stop floods every autumn, so this is overdue, and I do not see
   why it took them ten years to find that out by themselves.

   [3]Reply

   Bruno Keller wrote on 4 March 2021, 09:15
   Eighty metres further with a pram and two bags. Thanks a lot for nothing
   at all!

   [4]Reply

References

   1. https://news.example/
   2. https://news.example/news
   3. https://news.example/tram#3
   4. https://news.example/tram#4
"""


def test_lines_broken_at_a_column_are_joined_and_link_numbers_are_gone():
    first, second = read(WRAPPED).comments
    assert first.text.endswith(
        "and I do not see why it took them ten years to find that out by themselves."
    )
    assert second.text.endswith("Thanks a lot for nothing at all!")
    assert len(second.text.splitlines()) == 1


def test_short_lines_of_a_poem_are_not_joined():
    block = items(*TEMPLATES["German"]).replace("Thanks a lot.", "Thanks\n    a\n    lot.")
    assert read(page(block)).comments[1].text.endswith("Thanks\na\nlot.")


def test_title_byline_and_text_are_kept_apart_from_comments_and_sidebars():
    article = read(page(items(*TEMPLATES["list items without dates"]))).article
    assert article.title == "City council moves the Mill Street tram stop"
    assert article.author == "Jana Holm"
    assert article.text.startswith("The tram stop at Mill Street")
    assert article.text.endswith("according to the plan.")
    assert len(article.text.splitlines()) == 3


def test_a_heading_that_quotes_the_title_settles_it():
    block = items(*TEMPLATES["says, then the date"]).replace("City council moves", "Council moves")
    assert read(page(block)).article.title == "Council moves the Mill Street tram stop"


def test_the_same_dump_from_anywhere_is_the_same_article():
    text = page(items(*TEMPLATES["German"]))
    assert read(text).article.url == read(ARTICLE).article.url
    assert read(text).article.url.startswith("urn:moderation:")
    assert read(text, "https://news.example/tram").article.url == "https://news.example/tram"


def test_dates_are_kept_as_shown_and_as_time_where_certain():
    first = extracted(page(items(*TEMPLATES["German"]))).comments[0]
    assert first.published.startswith("3. März 2021 um 16:05")
    assert first.posted_at.isoformat() == "2021-03-03T16:05:00+00:00"
    assert extracted(page(items(*TEMPLATES["relative dates"]))).comments[0].posted_at is None


NESTED = """3 Comments

  1. Ada Lund says:
    March 3, 2021 at 4:05 pm

    The old stop floods every autumn.

    Reply
    1. Bruno Keller says:
      March 3, 2021 at 5:10 pm

      It has not flooded since the drain was fixed.

      Reply
  2. carla_99 says:
    March 4, 2021 at 9:00 am

    Will there be a shelter?

    Reply

Leave a Reply Cancel reply

Your email address will not be published.
"""


def test_indentation_is_nesting():
    first, second, third = read(page(NESTED)).comments
    assert (first.parent_id, second.parent_id, third.parent_id) == (None, first.id, None)
    assert third.text == "Will there be a shelter?"


def test_a_mention_answers_the_nearest_comment_of_that_author_also_a_later_one():
    block = """Comments4

  • Otto

    @Ada Lund that is what the last mayor said too!

  • Ada Lund

    They will keep to the plan this time.

  • Otto

    @nobody here asked about that.

  • Ada

    @Ada Lund and who pays for it?
"""
    newest, ada, nobody, last = read(page(block)).comments
    assert newest.parent_id == ada.id
    assert (ada.parent_id, nobody.parent_id) == (None, None)
    assert last.parent_id == ada.id


def test_mentions_in_a_circle_make_no_circle():
    block = "Comments2\n\n  • Ada\n\n    @Otto no, wrong.\n\n  • Otto\n\n    @Ada no, you are.\n"
    first, second = read(page(block)).comments
    assert (first.parent_id, second.parent_id) == (second.id, None)


def test_an_answer_inside_a_comment_is_a_reply_of_its_own():
    entry = (
        "  • #{n} {author} 於 2021/03/0{n} 10:28\n\n  • {text}\n"
        "  • Thank you, {author}, we will see.\n\n    Town hall 於 2021/03/0{n} 12:00 回覆\n"
    )
    comments = read(page(items("留言列表 (4)\n", entry))).comments
    assert [comment.author for comment in comments[:3]] == ["Ada Lund", "Town hall", "Bruno Keller"]
    assert comments[1].text == "Thank you, Ada Lund, we will see."
    assert comments[1].parent_id == comments[0].id


def test_copies_of_the_same_comment_are_all_kept():
    spam = "Vote for the harbour party, they are the only ones who will stop all this nonsense now!"
    block = items("4 Comments\n", TEMPLATES["German"][1].replace("{text}", spam))
    comments = read(page(block)).comments
    assert [comment.text for comment in comments] == [spam] * 4
    assert len({comment.id for comment in comments}) == 4


def test_pingbacks_are_no_comments():
    block = NESTED.replace(
        "\nLeave", "  3. Pingback: Trams of the world, 9 May 2021, a blog\n\nLeave"
    )
    assert len(read(page(block)).comments) == 3


CAPTIONS = """Comments

A tram at the old stop in Mill Street, photographed on a wet day, 3 March 2021 (Town archive)
Why the old mill still stands
By Jana Holm
A boat is pulled out of the harbour basin by four volunteers and a dog, 5 March 2021 (J. Holm)
Three new bakeries open within a single week
"""


@pytest.mark.parametrize(
    "block",
    [
        "",
        "0 Comments\n\nLeave a Reply\n\nYour email address will not be published.",
        "Comments are loaded...\n\nSort by newest\n",
        "Kommentare\n\nDas Kommentieren ist geschlossen.\n",
        "Recent Comments\n\n  • Ada on Harbour crane\n  • Bruno on Three new bakeries\n",
        CAPTIONS,
        "Comments are closed\n\nLast updated 3 May 2021, 14:05\n\nA crane fell over.\n\nShare\n",
        "More news\n\n12 March 2021\nHarbour crane lit up\n\n11 March 2021\nThree bakeries open\n",
    ],
)
def test_a_page_without_comments_gives_none(block):
    assert read(page(block)).comments == ()


def test_comments_are_found_where_mark_up_is_quoted():
    block = items(*TEMPLATES["German"]).replace("Thanks a lot.", "<script>alert(1)</script> **x**")
    assert read(page(block)).comments[1].text.endswith("<script>alert(1)</script> **x**")


@pytest.mark.parametrize(
    "text",
    [
        "Comments\n" * 20_000,
        "3. March 2021\n" * 10_000,
        "Ada\n3 March 2021\n" * 5_000,
        "reply like share 5 " * 50_000,
        "x" * 1_000_000,
        "says: " * 100_000,
        "by " * 100_000,
        "Comments\n" + "  • x\n    y\n" * 10_000,
        "@Ada " * 100_000,
        "Comments\n" + "Ada\n3 March 2021\n@Ada no, it is not so at all.\nReply\n" * 5_000,
        "\n".join(f"A line of words that is said only once, number {n}" for n in range(20_000)),
        "\n".join(f"This is sentence number {n} of a long dump of prose." for n in range(20_000)),
    ],
)
def test_hostile_dumps_take_bounded_time(text):
    started = time.monotonic()
    read(text)
    assert time.monotonic() - started < 20


@given(
    st.lists(
        st.sampled_from(
            [
                *("Comments", "2 Comments", "Ada", "Ada says:", "3 March 2021", "vor 2 Tagen", ""),
                *("  • ", "Reply", "A longer sentence that somebody wrote.", "@Ada no", "  1. x"),
            ]
        )
        | st.text(max_size=30)
    )
)
def test_any_dump_gives_a_sound_thread(lines):
    text = "\n".join(["Some headline of today", *lines])
    try:
        document = Document(Page("x", text.encode("utf-8", "replace")))
    except ExtractionError:
        return
    if document.kind != "text":
        return
    comments = PlainTextExtractor().extract(document).comments
    ids = [comment.id for comment in comments]
    assert len(set(ids)) == len(ids)
    for comment in comments:
        seen = {comment.id}
        parent = comment.parent_id
        while parent is not None:
            assert parent not in seen
            seen.add(parent)
            parent = comments[ids.index(parent)].parent_id
