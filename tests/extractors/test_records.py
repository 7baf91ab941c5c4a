"""What the general method makes of shapes that many sites share, platform or not."""

import pytest

from moderation import extractors
from moderation.schema import Comment, Page

SAID = (
    ("Ann Lee", "The bridge was closed for longer than the council told us in spring."),
    ("Bo Kim", "The vote on the second bridge is on 7 May, and nobody will tell us what it costs."),
    ("Cy Okoro", "My bus takes the long way round, twenty minutes every morning since."),
    ("Dee Marsh", "They could have opened the footpath at least."),
    ("Ed Novak", "It opens again in June."),
    ("Flo Ives", "Walk, it is good for you."),
)


def read(body: str) -> tuple[Comment, ...]:
    page = f"<html><body><h1>A bridge is closed</h1><p>It is old.</p>{body}</body></html>"
    return extractors.extract(Page("page.html", page.encode())).comments


def flat(record: str) -> str:
    return "".join(
        record.format(who=who, said=said, number=number, day=number + 10)
        for number, (who, said) in enumerate(SAID)
    )


def who_said(comments: tuple[Comment, ...]) -> list[tuple[str, str]]:
    return [(one.author, one.text) for one in comments]


@pytest.mark.parametrize("date", ["<i>{day} March 2026, 10:00</i>", ""])
def test_a_date_among_the_words_is_neither_lost_nor_taken_for_the_comments_own(date):
    comments = read(
        "<h2>Comments</h2><ol class=comments>"
        + flat(
            f"<li class=comment><b class=author>{{who}}</b>{date}"
            "<div class=words>{said}</div></li>"
        )
        + "</ol>"
    )
    assert who_said(comments) == list(SAID)
    assert "7 May" not in [one.published for one in comments]


def test_permalinks_that_lead_through_another_address_are_no_links_to_other_pages():
    comments = read(
        "<section class=comments>"
        + flat(
            '<article class=comment id="comment-{number}"><p class=author>{who}</p>'
            '<p>Tue, {day}/03/2026 - 10:00</p><h3><a href="/c/{number}#comment-{number}">Title'
            " {number}</a></h3><div class=text><p>{said}</p></div></article>"
        )
        + "</section>"
    )
    assert who_said(comments) == list(SAID)
    assert comments[0].published == "Tue, 10/03/2026 - 10:00"


def test_lists_of_answers_do_not_hide_the_comments_they_stand_in():
    (first, second, third), rest = SAID[:3], SAID[3:]
    note = '<div class="x-note"><b class="x-who">{}</b> <i>1{} March 2026</i><div>{}</div>{}</div>'
    nested = ""
    for who, said in (third, second):
        inner = note.format(who, 1, said, nested)
        nested = f'<div class="x-answers">{inner}</div>'
    page = note.format(first[0], 1, first[1], nested)
    page += "".join(note.format(who, 2, said, "") for who, said in rest)
    comments = read(f"<div id=talk>{page}</div>")
    assert who_said(comments) == list(SAID)
    by_id = {one.id: one.author for one in comments}
    answered = [by_id.get(one.parent_id or "") for one in comments]
    assert answered == [None, first[0], second[0], None, None, None]


def test_a_button_that_shows_the_writers_profile_is_the_name():
    comments = read(
        "<section class=comments>"
        + flat(
            '<div class=comment><button class="username">{who}</button>'
            "<time>{day} March 2026</time><div class=content>{said}</div>"
            "<button>Reply</button></div>"
        )
        + "</section>"
    )
    assert who_said(comments) == list(SAID)


def test_a_comment_that_reads_like_a_button_is_kept():
    short = (*SAID[:3], ("Gil Orr", "+1"), *SAID[3:])
    record = (
        "<li class=comment><b class=author>{}</b><i>3 March 2026</i><div class=words>{}</div>"
        "<a>Like</a> · <a>Reply</a> · <span>3</span> · <i>2d</i></li>"
    )
    comments = read(f"<ol class=comments>{''.join(record.format(*one) for one in short)}</ol>")
    assert who_said(comments) == list(short)


def test_a_row_of_buttons_in_one_line_is_no_part_of_the_words():
    comments = read(
        "<table>"
        + flat(
            '<tr><td class="h"><a class="user">{who}</a> <i>10:00 On Mar {day}, 2026</i></td></tr>'
            "<tr><td><div>{said}</div><p>(<a>Quote</a>) (<a>Report</a>) <b>{day} Likes</b>"
            " (<a>Share</a>)</p></td></tr>"
        )
        + "</table>"
    )
    assert who_said(comments) == list(SAID)


def test_a_place_beside_the_name_is_no_part_of_the_words():
    comments = read(
        "<h3>Comments 6</h3>"
        + flat(
            '<div class="css-qa"><div class="css-qb"><span class="css-qc">{who}</span>'
            '<span class="css-qd">Aske</span></div><a class="css-qe">March {day}, 2026</a>'
            '<div class="css-qf"><p>{said}</p></div><button class="css-qg">Reply</button></div>'
        )
    )
    assert who_said(comments) == list(SAID)


def test_a_signature_under_a_ruler_is_no_part_of_the_words():
    comments = read(
        flat(
            '<table id="p{number}"><tr><td><b class="postauthor">{who}</b></td>'
            '<td>Posted: Mar {day}, 2026 9:12 am</td></tr><tr><td><div class="postbody">{said}'
            '</div><div class="postbody"><br>_________________<br>Built to last, and to be walked'
            " on by everybody who comes along here</div><a>Quote</a></td></tr></table>"
        )
    )
    assert who_said(comments) == list(SAID)


def test_a_number_at_the_end_of_the_name_is_no_part_of_the_date():
    comments = read(
        "<h2>Comments</h2>"
        + flat(
            "<div class=comment><a class=author>{who} 77</a> <i>{day} years ago</i>"
            "<p>{said}</p></div>"
        )
    )
    assert [one.author for one in comments] == [f"{who} 77" for who, _ in SAID]
    assert comments[0].published == "10 years ago"


def test_a_list_of_articles_with_links_to_their_comments_is_no_thread():
    assert not read(
        flat(
            '<div class="post"><h3><a href="/{number}">Title {number}</a></h3>'
            '<span class="author">By {who}</span> <i>March {day}, 2026</i><p>{said}</p>'
            '<a href="/{number}#comments">{day} comments</a></div>'
        )
    )


def test_a_live_blog_by_one_writer_is_no_thread():
    assert not read(
        "<h2>As it happened</h2>"
        + flat(
            '<div class="update"><time datetime="2026-03-{day}">{day}</time>'
            '<span class="by">Ed Holm</span><p>{said}</p></div>'
        )
    )


def test_a_number_before_the_name_is_no_part_of_it():
    comments = read(
        "<h3>Kommentare</h3>"
        + flat(
            "<table><tr><td><b>{number}) {who}</b> schrieb am {day}.03.2026 um 10:00 Uhr:</td></tr>"
            "<tr><td>{said}</td></tr></table>"
        )
    )
    assert [one.author for one in comments] == [who for who, _ in SAID]


def test_sentences_that_differ_in_a_number_are_no_labels():
    rows = "".join(
        f'<li class="comment"><b class="author">Reader {n}</b> '
        f'<time datetime="2021-03-04T0{n}:00Z">4 March</time>'
        f"<p>The tram was late again, number {n}.</p></li>"
        for n in range(3)
    )
    page = Page("x.html", f"<title>Tram</title><ol class='comments'>{rows}</ol>".encode())
    texts = [one.text for one in extractors.extract(page).comments]
    assert texts == [f"The tram was late again, number {n}." for n in range(3)]


def test_names_and_words_without_dates_or_reply_buttons_are_people_and_no_thread():
    name = '<a class="name" href="/user/{number}">{who}</a>'
    item = f'<li class="x1">{name}<p>I bake. {{said}}</p>{{{{}}}}</li>'
    people = flat(item)
    assert not read(f"<ul>{people.format(*[''] * len(SAID))}</ul>")
    answered = read(f"<ul>{people.format(*['<a>Reply</a>'] * len(SAID))}</ul>")
    assert [one.author for one in answered] == [who for who, _ in SAID]


def test_lists_in_lists_without_a_class_name_are_one_thread():
    items = [
        f"<li><b>{who}</b><div><time>2026-03-1{number} 10:00</time></div><div><p>{said}</p></div>"
        '<div><a href="#">Reply</a></div>'
        for number, (who, said) in enumerate(SAID)
    ]
    a, b, c, d, e, f = items
    comments = read(
        f"<div><h2>Comments</h2><ul>{a}<ul>{b}<ul>{c}</li></ul></li></ul></li>"
        f"{d}</li>{e}<ul>{f}</li></ul></li></ul></div>"
    )
    assert who_said(comments) == list(SAID)
    ids = [None, *(one.id for one in comments)]
    assert [ids.index(one.parent_id) for one in comments] == [0, 1, 2, 0, 0, 5]


def test_a_signature_named_so_is_no_part_of_the_words():
    comments = read(
        "<h2>Comments</h2>"
        + flat(
            "<div class=post><b class=author>{who}</b> <i>{day} March 2026, 10:00</i>"
            "<div>{said}</div><div class=signature>Walks {number} dogs, by night</div></div>"
        )
    )
    assert who_said(comments) == list(SAID)


def test_a_signature_with_the_date_is_who_wrote():
    comments = read(
        "<h2>Comments</h2>"
        + flat(
            "<div class=letter><div>{said}</div>"
            "<p class=signature>{who}, {day} March 2026</p></div>"
        )
    )
    assert who_said(comments) == list(SAID)


def test_a_subject_above_the_name_is_no_part_of_the_words():
    comments = read(
        "<h2>Comments</h2>"
        + flat(
            "<div class=comment><u>Thing {number} of mine</u><br>"
            "by {who} on {day} March 2026<br>{said}</div>"
        )
    )
    assert who_said(comments) == list(SAID)


def test_two_posts_by_the_same_person_keep_their_writer():
    post = "<li class=comment><b>Ann Lee</b> <i>{} March 2026</i><p>{}</p></li>"
    comments = read(
        "<h2>Comments</h2><ul>"
        + "".join(post.format(day + 10, said) for day, (_, said) in enumerate(SAID[:2]))
        + "</ul>"
    )
    assert who_said(comments) == [("Ann Lee", said) for _, said in SAID[:2]]


def test_a_list_that_nobody_talks_in_is_no_thread():
    release = (
        "<div class=item><h2>4.{number}</h2>"
        "<p><a href=/user/{number}>{who}</a> {day} March 2026</p>"
        "<p>Repairs the lock of door {number} and the bell above it.</p></div>"
    )
    assert not read(flat(release))


def test_columns_with_portraits_lead_to_other_pages_and_are_no_thread():
    column = (
        '<div class=opinion-item><img class=avatar src="{number}.jpg">'
        "<span class=author>{who}</span>"
        "<h4><a href=/{number}.html>The ferry we deserve</a></h4><p>{said}</p>"
        "<i>{day} March 2026</i></div>"
    )
    assert not read("<h2>Opinion</h2>" + flat(column))


def test_a_weekday_before_the_date_is_no_part_of_the_name():
    comments = read(
        "<h2>Comentários</h2>"
        + flat(
            "<div class=c1><p>Enviado por {who} em qua, {day}/03/2026 - 10:00.</p>"
            "<p>{said}</p></div>"
        )
    )
    assert who_said(comments) == list(SAID)
    assert comments[0].published == "qua, 10/03/2026 - 10:00"


def test_a_badge_that_few_have_is_no_part_of_the_name():
    record = (
        "<div class=x1><div class=x2><span class=x3>{who}</span>%s<span class=x5>{day} May 2026"
        "</span></div><p class=x6>{said}</p><button>Reply</button></div>"
    )
    plain = flat(record % "").replace("Ed Novak", "Bo Kim")  # who writes twice, once as a guest
    badged = plain.replace("Bo Kim</span>", "Bo Kim</span><span class=x4>Subscriber</span>", 1)
    comments = read(f"<h2>Comments</h2>{badged}")
    assert [one.author for one in comments] == [
        who.replace("Ed Novak", "Bo Kim") for who, _ in SAID
    ]


def test_a_name_without_letters_stands_where_the_others_have_theirs():
    record = "<dt>{number}: <a href=mailto:x><b>{who}</b></a>: 2026/05/{day} 21:02<dd>{said}<br>"
    comments = read(f"<h2>Comments</h2><dl>{flat(record).replace('Cy Okoro', '...')}</dl>")
    assert [one.author for one in comments] == [who.replace("Cy Okoro", "...") for who, _ in SAID]


def test_today_s_posts_may_show_the_time_alone():
    row = (
        "<tr><td class=head>Re: A bridge by <a class=user>{who}</a>: <span class=s><b>7:{day}am</b>"
        " On <b>Oct 14</b>, <b>2022</b></span></td></tr><tr><td class=said>{said}</td></tr>"
    )
    rows = flat(row).replace("<b>7:15am</b> On <b>Oct 14</b>, <b>2022</b>", "<b>7:15am</b>")
    comments = read(f"<h2>Replies</h2><table>{rows}</table>")
    assert who_said(comments) == list(SAID)
    shown = [one.published for one in comments]
    assert (shown[0], shown[-1]) == ("7:10am On Oct 14, 2022", "7:15am")


def test_a_row_of_links_that_differs_in_its_counts_is_no_part_of_the_words():
    comments = read(
        "<h3>Keskustelu</h3>"
        + flat(
            "<section class=x1><h4>{who}</h4><time>{day}.5.2026 klo 13.07</time><p>{said}</p>"
            "<footer><a>Kirjoita vastaus</a> <a>Kerro ylläpidolle viestistä</a>"
            " <span>{day} tykkäystä</span></footer></section>"
        )
    )
    assert who_said(comments) == list(SAID)


@pytest.mark.parametrize(
    ("heading", "reply"),
    [
        ("Diskuse", "Reagovat"),
        ("Hozzászólások", "Válasz"),
        ("Keskustelu", "Vastaa"),
        ("Gästebuch", ""),
    ],
)
def test_talk_is_told_in_the_words_of_its_language(heading, reply):
    record = (
        "<div class=x1><a href=/u/{number}>{who}</a> <i>{day}.3.2026 10:21</i>"
        f"<p>{{said}}</p><a>{reply}</a></div>"
    )
    assert who_said(read(f"<h2>{heading}</h2>{flat(record)}")) == list(SAID)


def test_what_every_record_says_beside_its_date_is_no_name():
    comments = read(
        "<h2>6 respuestas</h2>"
        + flat(
            "<div class=x1><div class=x2><p class=nom><a href=/p/{number}>{who}</a></p></div>"
            "<div class=x3><p>{said}</p><p>Respondido el <b>{day}/03/2026</b> · "
            "<a>Útil ({day})</a></p></div></div>"
        )
    )
    assert who_said(comments) == list(SAID)


def test_the_day_somebody_joined_is_not_when_he_wrote():
    comments = read(
        "<h2>Reacties</h2>"
        + flat(
            "<li class=comment><b class=author>{who}</b><dl><dt>Lid geworden:</dt>"
            "<dd>4 jan 2014</dd></dl><p>{said}</p><i>Dinsdag om 14:{day}</i></li>"
        )
    )
    assert [one.published for one in comments] == [f"Dinsdag om 14:{n + 10}" for n in range(6)]


def test_a_live_blog_by_several_writers_is_no_thread_under_a_menu_that_says_opinion():
    block = (
        "<div class=block><time datetime=2026-03-10T17:{day}:00Z>17.{day}</time>"
        "<div><img src=b.png><span class=x-name>{who}</span></div><p>{said} I see.</p>"
        "<a>Share</a></div>"
    )
    menu = "<ul><li><a href=/news>News</a></li><li><a href=/opinion>Opinion</a></li></ul>"
    assert not read(f"{menu}<div class=liveblog>{flat(block)}</div>")


def test_a_heading_that_says_who_wrote_and_when_is_no_headline():
    comments = read(
        "<h4>6 comentarios</h4>"
        + flat("<h5>{who} dijo el {day} de marzo de 2010:</h5><p>{said}</p>")
    )
    assert who_said(comments) == list(SAID)


def test_names_beside_the_words_are_read_whatever_they_are_called():
    comments = read(
        "<div>网友评论</div><ul>"
        + flat(
            "<li><img src={number}.png><div class=x0><div class=x1><a class=x2>{who}</a>"
            "<span>{number}楼</span></div><div class=x4>{said}</div>"
            "<div class=x5><span>2023-11-{day} 20:14</span> <a>顶[2]</a> <a>回复</a></div>"
            "</div></li>"
        )
        + "</ul>"
    )
    assert who_said(comments) == list(SAID)


def test_answers_that_look_likelier_than_all_comments_are_not_taken_for_all():
    record = (
        "<div class='c{}'><div class=x1>({{day}} March 2026, 10:22)</div><div class=x2>"
        "<b>{{who}}</b> <i>{}</i></div><div class=x3>{{said}}</div><div class=x4>{}</div></div>"
    )
    plain, answer = (flat(record.format(*one)).split("<div class='c") for one in _ANSWERS)
    rows = [(answer if at % 2 == 0 else plain)[at] for at in range(1, len(plain))]
    said = "<div class='c".join(["", *rows])
    comments = read(f"<h2>6 comments</h2><div id=x>{said}</div>")
    assert [one.author for one in comments] == [who for who, _ in SAID]


_ANSWERS = (("", "member", "1 vote"), (" sub", "member, to you", "1 vote"))
