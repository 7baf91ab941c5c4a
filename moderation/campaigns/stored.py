"""Campaigns among the comments of a store, with what is needed to look at them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from moderation.campaigns.clusters import LEAST_COMMENTS, Groups
from moderation.store import Store

CHUNK = 1000
"""Comments between two reports of progress."""
KEPT = ("comment_id", "article_url", "article_title", "author", "published", "text")


@dataclass(frozen=True)
class Found:
    """What a search found.

    Args:
        table: As ``Campaigns.table``, and ``first_comment``: the id of the earliest member,
            which names a campaign from one search to the next.
        members: A row a member, by campaign, then by time: ``campaign, shared`` as in
            ``Campaigns.members`` and ``comment_id, article_url, article_title, author,
            published, text``.
        searched: How many comments were searched.
        at: When.
    """

    table: pd.DataFrame
    members: pd.DataFrame
    searched: int
    at: datetime


def search(store: Store, progress: Callable[[float], None]) -> Found:
    """Find the campaigns among all comments of a store.

    Args:
        store: Read once, whole; a comment takes about 0.15 ms.
        progress: Called with the share that is done, in [0, 1].
    """
    comments = store.comments()
    groups = Groups()
    for start in range(0, len(comments), CHUNK):
        groups.add(comments.iloc[start : start + CHUNK])
        progress(min(1.0, (start + CHUNK) / len(comments)))
    found = groups.campaigns(comments, least_comments=LEAST_COMMENTS)
    members = comments.loc[found.members["row"].astype(int), list(KEPT)].reset_index(drop=True)
    for column in ("campaign", "shared"):
        members[column] = found.members[column].to_numpy()
    first = members.drop_duplicates("campaign")["comment_id"].to_numpy()
    table = found.table.assign(first_comment=first)
    return Found(table, members, len(comments), datetime.now(UTC))
