"""The threads page: the articles, and one article's thread as a tree with its drift."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from moderation.dashboard import conversation, resources
from moderation.dashboard.charts import drift_chart
from moderation.dashboard.components import VERBS, article_head, article_row, empty_state, notice
from moderation.dashboard.intake import add_pages, reports
from moderation.dashboard.live import Node, thread_view
from moderation.dashboard.verdict import widget_key
from moderation.frames import comment_key
from moderation.schema import Comment
from moderation.store import ArticleOrder, QueueFilter

ARTICLES_PER_PAGE = 25
COMMENTS_PER_PAGE = 200
ORDERS: tuple[ArticleOrder, ...] = ("newest", "waiting", "off topic")


def threads_page() -> None:
    """Show one article's thread if the URL names it or a comment of it, else the articles."""
    article = st.query_params.get("article") or _article_of(st.query_params.get("comment", ""))
    if article:
        _article_page(article)
    else:
        _articles_page()


def _article_of(comment_id: str) -> str:
    """Return the address of a comment's article; empty if the store does not have it.

    Leaving a thread for one of its comments, Streamlit 1.67 notes the comment under this page's
    address first: the browser's back button comes by there.
    """
    family = resources.store().family(comment_id, replies=0) if comment_id else None
    return family.thread.article.url if family else ""


def _articles_page() -> None:
    st.title("Threads")
    store = resources.store()
    known = store.count_articles()
    with st.expander("Add pages", expanded=not known, icon=":material/upload_file:"):
        add_pages()
    reports()
    if not known:
        empty_state("No articles yet", "Upload saved article pages, or paste one, to begin.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Find articles", key="title", bind="query-params", placeholder="Part of the title"
        )
        order = st.segmented_control(
            "First", ORDERS, default=ORDERS[0], required=True, key="order", bind="query-params"
        )
    found = store.count_articles(search)
    if not found:
        empty_state("No such article", "No title holds these words.")
        return
    counts = store.counts()
    parts = (f"{found:,} articles", f"{counts['comments']:,} comments in the store")
    notice(" · ".join(parts), quiet=True)
    start = _page_start(found, ARTICLES_PER_PAGE, key="articles-page")
    page = store.articles(search=search, order=order, limit=ARTICLES_PER_PAGE, offset=start)
    for row in page.itertuples():
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
    drift = resources.store().drift(article_url)
    _numbers(article_url, len(comments))
    with st.expander("Drift over the thread", icon=":material/timeline:"):
        drift_chart(drift, resources.policy().thresholds["off_topic"])
    start = _page_start(len(comments), COMMENTS_PER_PAGE, key="comments-page")
    starts = conversation.drift_starts(
        comments,
        [comment_key(article_url, comment.id) for comment, _ in comments],
        dict(zip(drift["comment_id"], drift["off_topic"], strict=True)),
        resources.policy().thresholds["off_topic"],
    )
    nodes = _nodes(article_url, comments[start : start + COMMENTS_PER_PAGE], starts)
    opened = thread_view(nodes, key="tree", label="Thread", open_label="Review", fold=True)
    if opened:
        resources.go("queue", {"comment": opened})


def _numbers(article_url: str, count: int) -> None:
    """Say how much of a thread waits, and lead to it."""
    waiting = resources.store().count(QueueFilter(article_url=article_url), most=count)
    with st.container(horizontal=True, vertical_alignment="center"):
        parts = (f"{count:,} comments", f"{waiting:,} waiting", f"{count - waiting:,} decided")
        notice(" · ".join(parts), quiet=True)
        if waiting:
            label = "Review those waiting"
            resources.link("queue", label, {"article": article_url}, icon=":material/inbox:")


def _nodes(
    article_url: str, shown: list[tuple[Comment, int]], starts: Mapping[str, str]
) -> list[Node]:
    ids = [comment_key(article_url, comment.id) for comment, _ in shown]
    scores = resources.scores(ids)
    actions = resources.store().actions(ids)
    policy = resources.policy()
    return [
        replace(
            conversation.node(
                comment,
                comment_id,
                depth=depth,
                top=conversation.top_score(scores.get(comment_id, {}), policy),
                state=VERBS.get(actions.get(comment_id, ""), "waiting"),
            ),
            mark=starts.get(comment_id, ""),
        )
        for (comment, depth), comment_id in zip(shown, ids, strict=True)
    ]


def _page_start(count: int, size: int, *, key: str) -> int:
    """Draw a pager if there is more than one page; return where the chosen page starts."""
    if count <= size:
        return 0
    pages = -(-count // size)
    return (st.pagination(pages, key=key, bind="query-params") - 1) * size
