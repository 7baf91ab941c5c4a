"""A small store of invented articles and comments for the dashboard's tests and screenshots.

Scores are stored by hand, so that tests know which comment comes first; one test and the
browser journey run the real pipeline instead.
"""

import math
from datetime import UTC, datetime, timedelta

import pandas as pd

from moderation.frames import comment_key
from moderation.schema import ATTRIBUTES, Article, Comment, Thread
from moderation.store import Store

START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
VERSIONS = dict.fromkeys(ATTRIBUTES, "by-hand-1")

BATHS = Article(
    url="https://news.example/town/river-baths",
    title="Council votes to close the river baths after 90 years",
    text="The council voted on Tuesday to close the river baths at the end of the season.\n"
    "Repairs to the wooden piers would cost 4.1 million, the works department said.\n"
    "A citizens' group has collected 6,000 signatures and wants to run the baths itself.",
    author="Mira Olsen",
    published="2026-11-20",
)
TRAMS = Article(
    url="https://news.example/town/night-trams",
    title="Night trams will run every half hour from January",
    text="The transport company will run four lines through the night.\nTickets stay the same.",
    author="Jonas Weir",
    published="2026-11-19",
)
PORT = Article(
    url="https://news.example/world/port-strike",
    title="부산항 파업 사흘째 · إضراب الميناء يدخل يومه الثالث",
    text="Dockers have stopped work for the third day; ships wait outside the port.",
    published="2026-11-21",
)
HOSTILE = Article(
    url="https://news.example/hostile?<script>window.hacked=1</script>",
    title="<script>window.hacked=1</script> **bold** :material/home: `code` $x^2$",
    text="<img src='https://outside.example/a.png' onerror='window.hacked=1'> "
    "[link](https://outside.example/) :red[red]\n# heading",
    author="<b onmouseover='window.hacked=1'>Author</b>",
)
RUDE_AND_HIDDEN = (
    "<b>\U0001f600 \u202eWhat an id\u200biot you are,</b> <mark>so</mark> stupid a moron!\r\n"
    "<script>window.hacked=1</script>"
)
"""Rude enough to be explained, with marks nobody sees and markup around the words."""
HOSTILE_TEXTS = (
    "<script>window.hacked=1;alert(1)</script>",
    "<img src=x onerror=\"window.hacked=1;fetch('https://outside.example/')\">",
    "<svg onload='window.hacked=1'><a href='javascript:alert(1)'>x</a></svg>",
    "![pic](https://outside.example/p.png) **bold** :material/home: $x^2$ [a](javascript:b)",
    "</li></ol></style><style>*{display:none}</style>&lt;b&gt; &amp; {{ 7*7 }} ${7*7}",
    '=HYPERLINK("https://outside.example/","click")',
    "abc\u202egnp.exe zero\u200bwidth \u0007bell",
    "w" * 100_000,
    RUDE_AND_HIDDEN,
)


def comment(number: int, author: str, text: str, parent: int | None = None) -> Comment:
    """Make a comment posted ``number`` minutes into the morning."""
    posted_at = START + timedelta(minutes=number)
    return Comment(
        id=f"c{number}",
        parent_id=None if parent is None else f"c{parent}",
        author=author,
        text=text,
        published=posted_at.isoformat(),
        posted_at=posted_at,
    )


BATHS_THREAD = Thread(
    BATHS,
    (
        comment(1, "Hanne B.", "I learned to swim there. Four million over ten years is nothing."),
        comment(2, "tollkeeper", "Ten years? The piers rot again in five, read the report.", 1),
        comment(
            3,
            "Rasmus",
            "You are a clueless idiot and so is everyone who signed that petition.",
            2,
        ),
        comment(4, "Hanne B.", "No need for that. The report says fifteen years with oak.", 3),
        comment(
            5,
            "truth_2026",
            "VOTE THEM ALL OUT!!! Only the Harbour Party will save this country, share everywhere",
        ),
        comment(6, "Ada", "Does anyone know where to buy good winter tyres?"),
        comment(7, "Q. Lind", "The citizens' group should get two seasons to show they can do it."),
    ),
    "wordpress",
)
TRAMS_THREAD = Thread(
    TRAMS,
    (
        comment(1, "Noor", "Finally. The last bus at 23:40 was a joke."),
        comment(
            2,
            "truth_2026",
            "VOTE THEM ALL OUT!!! Only the Harbour Party will save this country, share everywhere",
        ),
        comment(3, "Per", "Who pays the drivers? Nobody asked them.", 1),
    ),
    "isso",
)
PORT_THREAD = Thread(
    PORT,
    (
        comment(1, "김하늘", "파업을 지지합니다. 야간 근무 수당이 십 년째 그대로라고 들었습니다."),
        comment(2, "سلمى", "أتفهم مطالب العمال، لكن من سيعوض أصحاب المتاجر الصغيرة؟", 1),
        comment(3, "이준", "작은 가게 걱정도 맞지만, 먼저 안전 문제를 해결해야 합니다.", 2),
    ),
    "disqus",
)


def deep_thread(levels: int = 34) -> Thread:
    """Make a thread in which every comment answers the one before."""
    article = Article("https://news.example/deep", "Should the clocks still change?", "They did.")
    texts = ("Summer time all year.", "Winter time, for the children.", "Noon is noon, please.")
    comments = tuple(
        comment(level, f"Reader {level % 5}", texts[level % 3], level - 1 if level else None)
        for level in range(levels)
    )
    return Thread(article, comments, "coral")


def long_thread() -> Thread:
    """Make a thread with one comment of 10,000 characters."""
    sentence = "The timetable was changed without asking a single passenger on the island. "
    article = Article(
        "https://news.example/ferry", "Ferry timetable cut by a third", "Fewer trips."
    )
    text = (sentence * 140)[:10_000]
    return Thread(article, (comment(1, "Islander", text), comment(2, "Per", "Agreed.", 1)), "isso")


def hostile_thread() -> Thread:
    """Make a thread whose every text tries to be more than text."""
    comments = tuple(
        comment(number, f"<b>evil</b> **{number}** :smile:", text, 0 if number else None)
        for number, text in enumerate(HOSTILE_TEXTS)
    )
    return Thread(HOSTILE, comments, "isso")


FLAGS: dict[str, dict[str, float]] = {
    "clueless idiot": {
        "toxicity": 0.94,
        "insult": 0.97,
        "profanity": 0.31,
        "severe_toxicity": 0.12,
    },
    "VOTE THEM ALL OUT": {"political_spam": 0.91, "off_topic": 0.83, "toxicity": 0.22},
    "winter tyres": {"off_topic": 0.88},
    "was a joke": {"toxicity": 0.36, "insult": 0.28},
    "window.hacked": {"toxicity": 0.55},
}
"""Scores by a phrase of the text; everything else scores low."""


def fill(store: Store, *threads: Thread) -> None:
    """Put threads in and score them by hand; a comment's worth is its highest score."""
    for thread in threads:
        store.add_thread(thread, source="made by the tests")
        rows = {
            comment_key(thread.article.url, one.id): hand_scores(one.text)
            for one in thread.comments
        }
        scores = pd.DataFrame.from_dict(rows, orient="index", columns=list(ATTRIBUTES))
        scores = scores.astype("float32").rename_axis("comment_id")
        store.add_scores(scores, VERSIONS, scores.max(axis=1).rename("worth"))


def hand_scores(text: str) -> dict[str, float]:
    """Score a text by its phrases; a little by its length, so that the order is fixed."""
    base = 0.02 + 0.1 * math.tanh(len(text) / 500)
    known = next((scores for phrase, scores in FLAGS.items() if phrase in text), {})
    return {name: known.get(name, base) for name in ATTRIBUTES}
