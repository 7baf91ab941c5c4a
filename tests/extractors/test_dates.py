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
    ],
)
def test_a_date_is_found_whole(text):
    found = dates.find(f"Ann {text}")
    assert found is not None
    assert found[0].strip() == text


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
