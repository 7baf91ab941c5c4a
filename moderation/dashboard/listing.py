"""The queue as a dense list: a page of comments, one of them open below it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from moderation.dashboard import conversation, desk, resources
from moderation.dashboard.components import VERBS, notice
from moderation.dashboard.live import Node, thread_view
from moderation.schema import ATTRIBUTES

ROWS = 15
MOST = 600
"""Comments that can be paged through; filters find the others."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a view.

    Args:
        rows: The columns of ``Store.queue``.
        count: How many comments the view has, up to ``MOST``.
    """

    rows: pd.DataFrame
    count: int

    def draw(self, current: str) -> None:
        """Draw the list with one comment marked; a click on another opens it."""
        policy = resources.policy()
        nodes = [
            Node(
                id=str(row["comment_id"]),
                author=str(row["author"]),
                text=str(row["text"]),
                state=_state(row),
                top=conversation.top_score({name: row[name] for name in ATTRIBUTES}, policy),
                place=str(row["article_title"]),
                current=row["comment_id"] == current,
            )
            for row in self.rows.to_dict("records")
        ]
        opened = thread_view(
            nodes, key="listing", label="Comments of this view", open_label="Open", dense=True
        )
        if self.count > ROWS:
            st.pagination(-(-self.count // ROWS), key="page", bind="query-params")
        more = "or more " if self.count == MOST else ""
        notice(f"{self.count:,} {more}comments in this view", quiet=True)
        if opened and opened != current:
            desk.visit(opened)
            st.rerun(scope="fragment")


def listing(view: desk.View) -> Listing:
    """Read the page of the view that the address names, and lay it before the desk."""
    store, where = resources.store(), desk.waiting_for(view.where)
    count = store.count(where, most=MOST)
    pages = max(1, -(-count // ROWS))
    page = min(int(st.session_state.get("page") or 1), pages)
    rows = store.queue(where, limit=ROWS, offset=(page - 1) * ROWS)
    desk.desk().listed = [str(comment_id) for comment_id in rows["comment_id"]]
    return Listing(rows, count)


def _state(row: Mapping[Any, Any]) -> str:
    return "second look" if row["second_look"] else VERBS.get(row["action"], "waiting")
