"""Dates that only the page can settle: relative ones, ones without a year, 03/04/2020."""

from datetime import UTC, datetime

import pytest

from moderation.extractors import extract
from moderation.extractors.clock import Clock, moment
from moderation.schema import Page

NOW = datetime(2024, 5, 14, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "vor 8 Stunden", (2024, 5, 14, 12, 0)),
        ("de", "gestern, 14:05 Uhr", (2024, 5, 13, 14, 5)),
        ("ko", "3시간 전", (2024, 5, 14, 17, 0)),
        ("es", "hace 2 días", (2024, 5, 12, 20, 0)),
        ("es", "ayer a las 14:05", (2024, 5, 13, 14, 5)),
        ("en", "3 yr. ago", (2021, 5, 14, 20, 0)),
        ("en", "1 hour, 5 minutes ago", (2024, 5, 14, 18, 55)),
        ("en", "Jan 20th at 2:41 am", (2024, 1, 20, 2, 41)),
        ("fr", "il y a 5 minutes", (2024, 5, 14, 19, 55)),
        ("fr", "4 octobre 2023 à 9 h 12 min", (2023, 10, 4, 9, 12)),
        ("it", "3 marzo 2024 alle 10:12", (2024, 3, 3, 10, 12)),
        ("it", "3 giorni fa", (2024, 5, 11, 20, 0)),
        ("pt", "há 3 dias", (2024, 5, 11, 20, 0)),
        ("nl", "3 uur geleden", (2024, 5, 14, 17, 0)),
        ("pl", "2 dni temu", (2024, 5, 12, 20, 0)),
        ("ru", "3 часа назад", (2024, 5, 14, 17, 0)),
        ("uk", "3 години тому", (2024, 5, 14, 17, 0)),
        ("tr", "3 saat önce", (2024, 5, 14, 17, 0)),
        ("sv", "för 3 timmar sedan", (2024, 5, 14, 17, 0)),
        ("da", "for 3 timer siden", (2024, 5, 14, 17, 0)),
        ("fi", "3 tuntia sitten", (2024, 5, 14, 17, 0)),
        ("cs", "před 3 hodinami", (2024, 5, 14, 17, 0)),
        ("vi", "3 giờ trước", (2024, 5, 14, 17, 0)),
        ("id", "3 jam yang lalu", (2024, 5, 14, 17, 0)),
        ("ar", "منذ 3 ساعات", (2024, 5, 14, 17, 0)),
        ("zh", "2小时前", (2024, 5, 14, 18, 0)),
        ("ja", "3月1日", (2024, 3, 1, 0, 0)),
        ("ja", "3時間前", (2024, 5, 14, 17, 0)),
        ("ko", "2024년 3월 1일 오후 3:12", (2024, 3, 1, 15, 12)),
    ],
)
def test_dates_of_many_languages_are_told_by_the_page_s_time(language, text, expected):
    wanted = datetime(*expected, tzinfo=UTC)
    assert moment(text, Clock(NOW, languages=(language,))) == wanted
    if language != "ar":  # not among the languages tried where a page states none
        assert moment(text, Clock(NOW)) == wanted


@pytest.mark.parametrize("text", ["vor 8 Stunden", "yesterday at 5:03 PM", "3月1日", "Jan 20th"])
def test_without_the_page_s_time_a_relative_date_is_left_open(text):
    assert moment(text, Clock()) is None


@pytest.mark.parametrize("text", ["", "14:05", "soon", "31/31/2020", "5" * 500, "99999 years ago"])
def test_what_names_no_day_is_left_open(text):
    assert moment(text, Clock(NOW)) is None


def test_no_comment_is_told_older_than_its_article_or_newer_than_the_page():
    assert moment("vor 3 Jahren", Clock(NOW, since=datetime(2023, 1, 1, tzinfo=UTC))) is None
    assert moment("in 3 days", Clock(NOW)) is None


def page(dates: list[str], language: str = "", fetched_at: datetime | None = None) -> Page:
    items = "".join(
        f"<li id='comment-{n}'><cite class='fn'>Ann {n}</cite><span class='comment-date'>{date}"
        f"</span><div class='comment-content'><p>The tram stop floods every autumn, number {n}."
        f"</p></div></li>"
        for n, date in enumerate(dates)
    )
    body = (
        f"<html lang='{language}'><body><h1>The tram stop moves</h1><h2>3 Comments</h2>"
        f"<ol class='commentlist'>{items}</ol></body></html>"
    )
    return Page("page.html", body.encode(), charset="utf-8", fetched_at=fetched_at)


def days(read: Page) -> list[str | None]:
    return [one.posted_at and one.posted_at.date().isoformat() for one in extract(read).comments]


def test_which_number_is_the_day_is_told_by_other_dates_of_the_page():
    assert days(page(["03/04/2020", "13/04/2020", "05/04/2020"])) == [
        *("2020-04-03", "2020-04-13", "2020-04-05")
    ]
    assert days(page(["03/04/2020", "04/13/2020", "05/04/2020"])) == [
        *("2020-03-04", "2020-04-13", "2020-05-04")
    ]


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en-GB", "2020-04-03"), ("de", "2020-04-03"), ("en-US", "2020-03-04"), ("en", None)],
)
def test_which_number_is_the_day_is_told_by_the_page_s_language(language, expected):
    assert days(page(["03/04/2020", "05/04/2020", "05/06/2020"], language))[0] == expected


def test_relative_dates_count_from_when_the_page_was_fetched():
    shown = ["vor 3 Tagen", "vor 2 Tagen", "vor 8 Stunden"]
    assert days(page(shown, "de", NOW)) == ["2024-05-11", "2024-05-12", "2024-05-14"]
    assert days(page(shown, "de")) == [None] * 3
    assert extract(page(shown, "de", NOW)).comments[0].published == "vor 3 Tagen"


def test_the_newest_date_on_a_page_stands_in_for_the_time_it_was_fetched():
    assert days(page(["2 days ago", "12 March 2024", "10 March 2024"], "en"))[0] == "2024-03-10"


def test_a_page_in_a_language_nobody_knows_is_read_as_one_that_states_none():
    assert days(page(["3 days ago"] * 3, "tlh-x", NOW)) == ["2024-05-11"] * 3
