"""The threads page: articles, one article's thread as a tree, and putting pages in."""

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd
import streamlit as st

from moderation.dashboard import conversation, resources
from moderation.dashboard.components import (
    VERBS,
    Node,
    article_head,
    article_row,
    empty_state,
    notice,
    table,
    thread_view,
)
from moderation.dashboard.inert import one_line
from moderation.dashboard.verdict import widget_key
from moderation.frames import comment_key
from moderation.pipeline import PageReport, ingest
from moderation.schema import Comment, Page
from moderation.store import QueueFilter

ARTICLES_PER_PAGE = 25
COMMENTS_PER_PAGE = 200
REPORT_COLUMNS = ("Page", "Platform", "Comments", "New", "Edited", "To know")


def threads_page() -> None:
    """Show one article's thread if the URL names it, else the articles."""
    article = st.query_params.get("article")
    if article:
        _article_page(article)
    else:
        _articles_page()


def _articles_page() -> None:
    st.title("Threads")
    articles = resources.store().articles()
    with st.expander("Add pages", expanded=articles.empty, icon=":material/upload_file:"):
        _add_pages()
    _reports()
    if articles.empty:
        empty_state("No articles yet", "Upload saved article pages, or paste one, to begin.")
        return
    start = _page_start(len(articles), ARTICLES_PER_PAGE, key="articles-page")
    for row in articles.iloc[start : start + ARTICLES_PER_PAGE].itertuples():
        _article_row(row)


def _article_row(row: Any) -> None:
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        article_row(
            title=str(row.title),
            platform=str(row.platform),
            counts=(int(row.comments), int(row.waiting), int(row.decided)),
            off_topic=float(row.off_topic_share),
        )
        article_url = str(row.article_url)
        st.button(
            "Open",
            key=widget_key("open", article_url),
            on_click=_show_article,
            args=(article_url,),
            icon=":material/account_tree:",
        )


# A page link to the page it stands on leaves the URL as it was (Streamlit 1.67); these write it.
def _show_article(article_url: str) -> None:
    st.query_params["article"] = article_url


def _show_articles() -> None:
    st.query_params.clear()


def _article_page(article_url: str) -> None:
    st.button(
        "All articles",
        key="articles",
        type="tertiary",
        on_click=_show_articles,
        icon=":material/arrow_back:",
    )
    thread = resources.thread(article_url)
    article_head(thread.article, level=1)
    comments = conversation.tree(thread)
    if not comments:
        empty_state("No comments", "The page had no comments when it was read.")
        return
    waiting = resources.store().queue(
        QueueFilter(article_url=article_url), limit=len(thread.comments)
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        notice(f"{len(comments):,} comments · {len(waiting):,} waiting", quiet=True)
        if len(waiting):
            label = "Review those waiting"
            resources.link("queue", label, {"article": article_url}, icon=":material/inbox:")
    start = _page_start(len(comments), COMMENTS_PER_PAGE, key="comments-page")
    shown = comments[start : start + COMMENTS_PER_PAGE]
    nodes = _nodes(article_url, shown, _waiting_states(waiting))
    opened = thread_view(nodes, key="tree", label="Thread", open_label="Review", fold=True)
    if opened:
        resources.go("queue", {"comment": opened})


def _nodes(
    article_url: str, shown: list[tuple[Comment, int]], waiting: dict[str, str]
) -> list[Node]:
    ids = [comment_key(article_url, comment.id) for comment, _ in shown]
    scores = resources.scores(ids)
    policy = resources.policy()
    return [
        conversation.node(
            comment,
            comment_id,
            depth=depth,
            top=conversation.top_score(scores.get(comment_id, {}), policy),
            state=waiting.get(comment_id) or _decided_state(comment_id),
        )
        for (comment, depth), comment_id in zip(shown, ids, strict=True)
    ]


def _waiting_states(waiting: pd.DataFrame) -> dict[str, str]:
    states = waiting["escalated"].map({True: "escalated", False: "waiting"})
    return dict(zip(waiting["comment_id"].astype(str), states, strict=True))


def _decided_state(comment_id: str) -> str:
    standing = resources.store().standing(comment_id)
    return VERBS[standing.action] if standing else "waiting"


def _page_start(count: int, size: int, *, key: str) -> int:
    """Draw a pager if there is more than one page; return where the chosen page starts."""
    if count <= size:
        return 0
    pages = -(-count // size)
    return (st.pagination(pages, key=key, bind="query-params") - 1) * size


def _add_pages() -> None:
    """Take pages by upload or paste, ingest them with progress, say per page what was found."""
    turn = st.session_state.setdefault("ingests", 0)  # new keys empty both boxes
    files = st.file_uploader(
        "Saved article pages: HTML, text dumps or thread files",
        accept_multiple_files=True,
        key=f"files-{turn}",
    )
    pasted = st.text_area(
        "Or paste one page: its HTML, or the text as copied from a browser", key=f"paste-{turn}"
    )
    if st.button("Read the pages", key="ingest", type="primary"):
        pages = [Page(file.name, file.getvalue()) for file in files]
        if pasted.strip():
            pages.append(Page("pasted page", pasted.encode(), charset="utf-8"))
        if pages:
            st.session_state["reports"] = _ingest(pages)
            st.session_state["ingests"] = turn + 1
            st.rerun()
        notice("Choose a file or paste a page first.")


def _reports() -> None:
    """Say what became of the pages put in last, until the moderator has seen it."""
    reports: list[PageReport] = st.session_state.get("reports", [])
    if reports:
        table(REPORT_COLUMNS, [_report_row(report) for report in reports])
        st.button("Hide this report", key="hide", type="tertiary", on_click=_hide_reports)


def _hide_reports() -> None:
    st.session_state.pop("reports", None)


def _ingest(pages: list[Page]) -> list[PageReport]:
    bar = st.progress(0.0, text="Reading …")
    reports: list[PageReport] = []

    def scored(done: int) -> None:
        bar.progress(1.0, text=f"Scored {done:,} comments")

    for report in _run(pages, scored):
        reports.append(report)
        bar.progress(len(reports) / len(pages), text=f"Read {len(reports)} of {len(pages)} pages")
    resources.forget_threads()
    return reports


def _run(pages: Iterable[Page], progress: Callable[[int], None]) -> Iterable[PageReport]:
    return ingest(
        pages,
        resources.store(),
        resources.scorers(),
        timeout_s=resources.settings().page_timeout_s,
        progress=progress,
    )


def _report_row(report: PageReport) -> tuple[str | int, ...]:
    told = report.problem or "; ".join(report.notes)
    counts = (report.comments, report.new, report.changed)
    return (one_line(report.source), report.platform, *counts, one_line(told))
