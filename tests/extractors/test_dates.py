"""Dates in text and attributes, and the moments they name."""

from datetime import UTC, datetime

import pytest
from lxml import html

from moderation.extractors import dates


@pytest.mark.parametrize(
    "text",
    [
        "2021-11-18T17:03:00+01:00",
        "18.11.2021, 17:03 Uhr",
        "November 18, 2021 at 5:03 pm",
        "18 de noviembre de 2021",
        "Jun 20th at 2:41 am",
        "vor 8 Stunden",
        "il y a 3 jours",
        "3 hours ago",
        "3시간 전",
        "2021年11月18日",
        "gestern, 14:05",
        "4 octobre 2023 à 9 h 12 min",
        "2024년 3월 1일 오후 3:12",
        "2021年11月18日 午後3時12分",
        "for 3 timer siden",
        "för 2 dagar sedan",
        "3 saat önce",
        "před 3 hodinami",
        "3 tuntia sitten",
        "3 години тому",
        "3 giờ trước",
        "3 jam yang lalu",
        "3 yr. ago",
        "Oct 14 , 2022",
        "5.2.2019 klo 13:07",
    ],
)
def test_a_date_is_found_whole(text):
    found = dates.find(f"Ann {text}")
    assert found is not None
    assert found[0].strip() == text


@pytest.mark.parametrize(
    "text",
    [
        "qua, 12/01/2011 - 22:41",
        "\u0412\u0441 Янв 21, 2007 10:15 pm",
        "Monday at 9:15 AM",
        "Dinsdag om 14:02",
    ],
)
def test_a_weekday_belongs_to_its_date(text):
    found = dates.find(f"1: {text}")
    assert found is not None
    assert found[0].strip() == text


def test_a_weekday_in_a_sentence_or_a_name_like_one_is_no_date():
    assert dates.find("we meet Monday at 9:15") is None
    found = dates.find("Sam, 3 May 2019")
    assert found is not None
    assert found[0] == "3 May 2019"


@pytest.mark.parametrize(
    "text",
    ["in may we go", "1,200 votes", "chapter 3.1.4", "call 555-1234", "Absatz 12 des Artikels"],
)
def test_what_is_no_date_is_not_found(text):
    assert dates.find(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-11-18T17:03:00+01:00", datetime(2021, 11, 18, 16, 3, tzinfo=UTC)),
        ("18.11.2021, 17:03 Uhr", datetime(2021, 11, 18, 17, 3, tzinfo=UTC)),
        ("November 18, 2021 at 5:03 pm", datetime(2021, 11, 18, 17, 3, tzinfo=UTC)),
        ("1637254980", datetime(2021, 11, 18, 17, 3, tzinfo=UTC)),
        ("2024년 3월 1일 오후 3:12", datetime(2024, 3, 1, 15, 12, tzinfo=UTC)),
        ("2024年3月1日 午前12:05", datetime(2024, 3, 1, 0, 5, tzinfo=UTC)),
        ("4 octobre 2023 à 9 h 12 min", datetime(2023, 10, 4, 9, 12, tzinfo=UTC)),
        ("2019. április 7. 10:15", datetime(2019, 4, 7, 10, 15, tzinfo=UTC)),
        ("7 aprilie 2019", datetime(2019, 4, 7, tzinfo=UTC)),
        ("03/04/2020", None),
        ("vor 8 Stunden", None),
        ("31.02.2021", None),
        ("", None),
    ],
)
def test_a_moment_is_told_only_where_its_day_is_certain(text, expected):
    assert dates.moment(text) == expected


def test_an_attribute_comes_before_the_text():
    element = html.fragment_fromstring('<time datetime="2021-11-18">yesterday</time>')
    assert dates.stamp(element) == "2021-11-18"


def test_a_title_that_is_no_date_is_no_stamp():
    assert dates.stamp(html.fragment_fromstring('<span title="See profile">Ann</span>')) is None


def test_a_title_that_says_how_long_ago_the_shown_day_is_is_no_stamp():
    link = '<a title="vor 2 Jahren">{}</a>'
    assert dates.stamp(html.fragment_fromstring(link.format("17. Mai 2007"))) is None
    assert dates.stamp(html.fragment_fromstring(link.format("#"))) == "vor 2 Jahren"
