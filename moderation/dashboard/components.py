"""What several pages draw: notices, the article, score bars, tables."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import zip_longest
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from moderation.dashboard.inert import markup, one_line
from moderation.schema import Article, Decision

ASSETS = Path(__file__).parent / "assets"
NAMES: dict[str, str] = {
    "toxicity": "Toxicity",
    "severe_toxicity": "Severe toxicity",
    "identity_attack": "Identity attack",
    "insult": "Insult",
    "profanity": "Profanity",
    "threat": "Threat",
    "sexually_explicit": "Sexual content",
    "attack_on_commenter": "Attack on a commenter",
    "spam": "Advertising",
    "off_topic": "Off topic",
    "political_spam": "Political spam",
}
"""How each attribute is called on screen, in the order it is shown."""
STATEMENTS: dict[str, tuple[str, str]] = {
    "toxicity": ("not toxic", "is toxic"),
    "severe_toxicity": ("not severely toxic", "is severely toxic"),
    "identity_attack": ("no identity attack", "is an identity attack"),
    "insult": ("not an insult", "is an insult"),
    "profanity": ("not profane", "is profane"),
    "threat": ("not a threat", "is a threat"),
    "sexually_explicit": ("not sexual", "is sexual"),
    "attack_on_commenter": ("no attack on a commenter", "attacks a commenter"),
    "spam": ("no advertising", "is advertising"),
    "off_topic": ("on topic", "is off topic"),
    "political_spam": ("not political spam", "is political spam"),
}
"""What an override says, for the values 0 and 1."""
VERBS = {"approve": "approved", "reject": "rejected", "escalate": "escalated"}
_NUMBER = ' class="number"'


LEAD_CHARS = 220
"""Of an article's text, shown unasked."""


def style() -> None:
    """Add the desk's style sheet to the page."""
    st.html(f"<style>{asset('desk.css')}</style>")


def notice(text: str, *, title: str = "", quiet: bool = False) -> None:
    """Say something beside the work; ``text`` may hold other people's words.

    Args:
        text: What is said.
        title: A line above it.
        quiet: A line of small print instead of a box.
    """
    head = f"<strong>{markup(title)}</strong><br>" if title else ""
    look = "desk-muted" if quiet else "desk-notice"
    st.html(f'<div class="{look}" role="status">{head}{markup(text)}</div>')


def empty_state(title: str, text: str) -> None:
    """Fill a page that has nothing to show with why, and what to do next."""
    st.html(
        f'<div class="desk-empty"><h2>{markup(title)}</h2>'
        f'<div class="desk-muted">{markup(text)}</div></div>'
    )


def centred() -> DeltaGenerator:
    """Make a row for what can be done about an empty state."""
    return st.container(horizontal=True, horizontal_alignment="center")


def article_head(article: Article, *, level: int = 2) -> None:
    """Draw title (a heading of that level), byline and link; the text is folded away."""
    byline = " · ".join(filter(None, (article.author, day(article.published or ""))))
    body = article.text.strip()
    words = len(body.split())
    lead = one_line(body, limit=LEAD_CHARS)
    folded = (
        f'<div class="desk-lead" dir="auto">{markup(lead)}</div>'
        f"<details><summary>Article text, {words:,} words</summary>"
        f'<div class="desk-text" dir="auto" tabindex="0" role="region" aria-label="Article text">'
        f"{markup(body)}</div></details>"
        if body
        else '<div class="desk-muted">The page had no article text.</div>'
    )
    title = markup(one_line(article.title, limit=300) or "Untitled article")
    st.html(
        f'<div class="desk-article"><h{level} class="desk-title" dir="auto">{title}</h{level}>'
        f'<div class="desk-muted"><bdi>{markup(one_line(byline))}</bdi> {_link(article.url)}</div>'
        f"{folded}</div>"
    )


def article_row(
    *, title: str, platform: str, counts: tuple[int, int, int], off_topic: float
) -> None:
    """Draw one line of the article list.

    Args:
        title: Of the article.
        platform: Which extractor read it.
        counts: Comments, of those waiting, of those decided.
        off_topic: Share of comments off topic, in [0, 1]; NaN = none scored.
    """
    said = zip(counts, ("comments", "waiting", "decided"), strict=True)
    numbers = "".join(f"<span><b>{count:,}</b> {what}</span>" for count, what in said)
    share = "-" if math.isnan(off_topic) else f"{off_topic:.0%}"
    st.html(
        f'<div class="desk-row"><div><div class="desk-row-title" dir="auto">'
        f"{markup(one_line(title)) or 'Untitled article'}</div>"
        f'<span class="desk-muted">{markup(platform)}</span></div>'
        f"{numbers}<span><b>{share}</b> off topic</span></div>"
    )


def campaign_row(*, text: str, why: str, score: float, waiting: int) -> None:
    """Draw one line of the list of campaigns.

    Args:
        text: The most typical wording.
        why: What makes it one, in a sentence.
        score: In [0, 1].
        waiting: How many of its comments are undecided.
    """
    st.html(
        f'<div class="desk-row desk-campaign"><div><div class="desk-row-title" dir="auto">'
        f'{markup(one_line(text))}</div><span class="desk-muted">{markup(why)}</span></div>'
        f"<span><b>{score:.2f}</b> score</span><span><b>{waiting:,}</b> undecided</span></div>"
    )


def day(stamp: str) -> str:
    """Shorten a machine-readable time to its day; anything else stays as it was shown."""
    try:
        return datetime.fromisoformat(stamp).strftime("%d %b %Y")
    except ValueError:
        return stamp


def score_bars(scores: Mapping[str, float], thresholds: Mapping[str, float]) -> None:
    """Draw scores as bars with their numbers and a mark at the threshold, a row each.

    All in one: every element of a page costs the browser time, and these are many.

    Args:
        scores: Attribute -> score in [0, 1]; NaN = nothing to score.
        thresholds: Attribute -> the score from which it asks for a look.
    """
    st.html("".join(_score_bar(name, scores[name], thresholds[name]) for name in scores))


def _score_bar(attribute: str, score: float, threshold: float) -> str:
    known = not math.isnan(score)
    flagged = known and score >= threshold
    said = f"{score:.2f}, threshold {threshold:.2f}" if known else "not scored"
    fill = f'<span class="fill" style="width:{score * 100:.1f}%"></span>' if known else ""
    return (
        f'<div class="desk-score{" flagged" if flagged else ""}"><span>{NAMES[attribute]}</span>'
        f'<span class="track" role="img" aria-label="{NAMES[attribute]} {said}">{fill}'
        f'<span class="threshold" style="left:{threshold * 100:.1f}%"></span></span>'
        f'<span class="value">{f"{score:.2f}" if known else "none"}</span></div>'
    )


def history_list(decisions: Sequence[Decision]) -> None:
    """List the decisions on a comment, newest first, with names, reasons and notes."""
    rows = "".join(f"<li>{markup(describe(decision))}</li>" for decision in reversed(decisions))
    st.html(f'<ul class="desk-history" aria-label="Decisions so far">{rows}</ul>')


def describe(decision: Decision) -> str:
    """Say in one line who did what, when and why."""
    verb = VERBS[decision.action]
    if decision.undoes:
        verb = f"took back: {verb}"
    reason = NAMES.get(decision.reason, decision.reason).lower()
    said = [STATEMENTS[name][value >= 0.5] for name, value in decision.overrides.items()]
    when = decision.decided_at.strftime("%d %b %Y %H:%M UTC")
    note = f"“{decision.note}”" if decision.note else ""
    parts = (f"{decision.decided_by} {verb}", reason, ", ".join(said), when, note)
    return " · ".join(part for part in parts if part)


def table(columns: Sequence[str], rows: Sequence[Sequence[str | int]]) -> None:
    """Draw a small table; numbers align right, every cell is inert."""
    numeric = [isinstance(value, int) for value in rows[0]] if rows else []
    head = "".join(
        f'<th scope="col"{_NUMBER if right else ""}>{markup(name)}</th>'
        for name, right in zip_longest(columns, numeric)
    )
    body = "".join(f"<tr>{''.join(_cell(value) for value in row)}</tr>" for row in rows)
    st.html(
        f'<table class="desk-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def key_help(keys: Sequence[tuple[str, str]]) -> None:
    """List keys and what they do."""
    rows = "".join(f"<dt>{markup(key)}</dt><dd>{markup(what)}</dd>" for key, what in keys)
    st.html(f'<dl class="desk-keys">{rows}</dl>')


def side_by_side(
    one: str, ours: Sequence[tuple[int, int]], other: str, theirs: Sequence[tuple[int, int]]
) -> None:
    """Draw two texts beside each other, the parts that only one of them has marked.

    Args:
        one: The text on the left.
        ours: Its parts that the other has not, in code points, in order.
        other: The text on the right.
        theirs: The same of it.
    """
    sides = "".join(
        f'<div class="desk-side" dir="auto" role="group" aria-label="{label}">{text}</div>'
        for label, text in (
            ("Most typical wording", _marked(one, ours, "del")),
            ("This wording", _marked(other, theirs, "ins")),
        )
    )
    st.html(f'<div class="desk-pair">{sides}</div>')


def _marked(text: str, spans: Sequence[tuple[int, int]], tag: str) -> str:
    place, parts = 0, []
    for start, end in spans:
        parts += [markup(text[place:start]), f"<{tag}>{markup(text[start:end])}</{tag}>"]
        place = end
    return "".join([*parts, markup(text[place:])])


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f"<td{_NUMBER}>{value:,}</td>"
    return f'<td dir="auto">{markup(value)}</td>'


def _link(url: str) -> str:
    """Link to a web address; anything else is shown as text."""
    shown = markup(one_line(url, limit=90))
    if urlsplit(url).scheme not in {"http", "https"}:
        return f"<bdi>{shown}</bdi>"
    return (
        f'<a href="{markup(url)}" target="_blank" rel="noopener noreferrer"><bdi>{shown}</bdi></a>'
    )


@cache
def asset(name: str) -> str:
    """Return a style sheet or script of ours."""
    return (ASSETS / name).read_text(encoding="utf-8")
