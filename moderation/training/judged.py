"""What moderators said of comments, as a table to learn from.

What a comment counts as, for an attribute A:

- a label of A counts as it is: rejected for A, or said to apply, 1; approved in spite of its
  flag, or said not to apply, 0. Of several decisions on a comment the one that stands counts, so
  that second looks and overruled decisions make no comment count twice;
- a comment that a person approved without a label of A counts as 0: it was read, and nobody
  rejected it for A. Such comments lie below A's threshold, where rejections are the only labels;
  learnt from those alone, every low score would seem too low;
- a comment that was decided otherwise says nothing of A. It counts as its shipped score, and so
  holds the correction back: comments rejected as insults would else be missing among the toxic
  ones, and those approved would stand for all of their kind.

Bulk decisions are left out, as most of their comments were not read, and so is what policies
decide. Labels of the HTTP API, where they are asked for, count by their text; of several of one
text the newest.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from moderation.frames import CONTEXT_COLUMNS, text_key
from moderation.schema import ATTRIBUTES, Action, Sampling
from moderation.store import Store

MOST_DECISIONS: Final = 20_000
"""The newest that are read."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Comments that people have decided.

    Args:
        comments: A row a comment: ``CONTEXT_COLUMNS`` (``text`` as it was judged), ``approved``,
            ``sampling``, ``source`` (``desk`` or ``api``) and a column an attribute: what was
            said of it, in [0, 1], NaN: nothing.
        newest: When the newest label in use was given; NaT: there is none.
        in_bulk: Labels of bulk decisions, which are left out.
    """

    comments: pd.DataFrame
    newest: pd.Timestamp
    in_bulk: int


def read_judged(store: Store, *, api: bool) -> Judged:
    """Read what moderators decided.

    Args:
        store: Where decisions and labels are kept.
        api: Also count labels that came through the HTTP API.
    """
    events = store.labels(api=api)
    made = store.judgements(limit=MOST_DECISIONS)
    settled = made["stands"] & (made["action"] != Action.ESCALATE)
    stands = made[settled & (made["sampling"] != Sampling.BATCH)]
    at_desk = events["decision_id"].isin(set(stands["decision_id"]))
    said = events[at_desk | (events["source"] == "api")]
    desk = _decided(store, stands, said[said["source"] == "desk"])
    sent = _sent(said[said["source"] == "api"], known=set(desk["text"].map(text_key)))
    comments = pd.concat([desk, sent], ignore_index=True)
    has_words = comments["text"].map(text_key) != ""  # what was erased has none
    kept = comments[has_words].sort_values(["comment_id", "text"], ignore_index=True)
    in_bulk = int((events["sampling"] == Sampling.BATCH).sum())
    return Judged(kept, said["decided_at"].max(), in_bulk)


def labels_of(comments: pd.DataFrame, attribute: str) -> pd.Series:
    """Return what each comment says of an attribute, in [0, 1]; NaN: nothing."""
    return comments[attribute].fillna(comments["approved"].map({True: 0.0, False: np.nan}))


def _decided(store: Store, stands: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    context = store.context(stands["comment_id"].tolist()).set_index("comment_id", drop=False)
    context.index.name = None
    texts = labels.drop_duplicates("comment_id").set_index("comment_id")["text"]
    context["text"] = texts.reindex(context.index).fillna(context["text"])
    decision = stands.set_index("comment_id").reindex(context.index)
    context = context.assign(
        approved=decision["action"] == Action.APPROVE,
        sampling=decision["sampling"],
        source="desk",
    )
    return context.join(_by_attribute(labels, "comment_id"))


def _sent(labels: pd.DataFrame, known: set[str]) -> pd.DataFrame:
    """Lay the API's labels out, a row a text; those of the desk's own comments are left out."""
    labels = labels.assign(key=labels["text"].map(text_key))
    labels = labels[~labels["key"].isin(known)]
    rows = labels.drop_duplicates("key", keep="last").set_index("key")["text"]
    empty = dict.fromkeys((*CONTEXT_COLUMNS, "sampling"), "")
    made = pd.DataFrame(empty, index=rows.index).assign(
        text=rows, parent_id=None, copies=1, approved=False, source="api"
    )
    return made.join(_by_attribute(labels, "key"))


def _by_attribute(labels: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the newest value by ``key`` and attribute; a column an attribute, NaN: none."""
    newest = labels.drop_duplicates([key, "attribute"], keep="last")
    table = newest.pivot_table(index=key, columns="attribute", values="value", aggfunc="last")
    return table.reindex(columns=list(ATTRIBUTES)).astype("float64")
