"""One attribute's correction over a shipped score: its fit, and whether it is worth having.

The correction is what ``moderation.scorers.desk`` applies: a logistic regression that starts from
the shipped score's logit. Its weights are expected near 0 (a Gaussian prior, so that the penalty
of a row falls as rows grow in number): few labels move little.

It is measured by cross-validation, every comment by a fit that has seen neither it, nor another
comment under its article, nor a copy of it elsewhere. It is kept where its log-loss is
surely lower than the shipped score's and its ROC-AUC is not lower; where words would spoil the
order, a correction of the level alone may still be. Comments were chosen by their
scores, which figures depend on: they come from the random audit where that is large enough, and
else from all comments.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.model_selection import StratifiedGroupKFold

from moderation.frames import text_key
from moderation.measures import Change, Figures, change, figures
from moderation.scorers.desk import shipped_logits
from moderation.scorers.ngrams import FEATURES
from moderation.scorers.normalise import normalise
from moderation.training.linear import Floats, fit_logistic
from moderation.training.toxicity import count_matrix

LEAST: Final = 30
"""Comments to which an attribute applies, and to which it does not, that a correction takes; the
same of the random audit for its figures."""
FOLDS = 5
LEAST_ARTICLES = 20
"""With fewer, only comments are kept apart in cross-validation, not articles."""
LEAST_TEXTS = 3
"""An n-gram in fewer of the texts has no weight."""
AUC_SLACK = 0.005
"""Less of ROC-AUC than this is no loss."""
SEED = 0


@dataclass(frozen=True, slots=True)
class Spreads:
    """How far weights are expected to lie from 0; 0: they are 0.

    Args:
        own: Of the shipped logit of the attribute itself.
        others: Of the other logits of its scorer.
        words: Of n-grams, times their rarity.
    """

    own: float
    others: float
    words: float


KINDS: Final = {
    "words and level": Spreads(own=0.5, others=0.15, words=0.3),
    "level alone": Spreads(own=0.5, others=0.0, words=0.0),
}
"""What a correction may consist of; the first that is better than the shipped score is taken.
Level alone changes no order. Spreads were chosen as docs/learning.md says."""


@dataclass(frozen=True, slots=True)
class Table:
    """Comments that a scorer has scored, laid out to learn from.

    Args:
        shipped: (rows, attributes) scores, none of them NaN.
        logits: The same as logits.
        words: (rows, FEATURES) n-grams.
        groups: (rows,) numbers from 0 of what is kept together.
    """

    shipped: NDArray[np.float32]
    logits: NDArray[np.float32]
    words: Any
    groups: NDArray[np.intp]

    def __getitem__(self, rows: NDArray[np.intp]) -> "Table":
        """Return some of the rows."""
        _, groups = np.unique(self.groups[rows], return_inverse=True)
        return Table(self.shipped[rows], self.logits[rows], self.words[rows], groups)


@dataclass(frozen=True, slots=True)
class Correction:
    """Weights of one attribute, as ``moderation.scorers.desk`` reads them.

    Args:
        scores: (attributes of the scorer,) of the shipped logits.
        words: (FEATURES,) of n-grams.
        constant: Added to the shipped logit.
    """

    scores: Floats
    words: Floats
    constant: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a correction is worth.

    Args:
        before: The shipped scores.
        after: The corrected scores, each by a fit without the comment.
        change: From the one to the other, on the same comments.
    """

    before: Figures
    after: Figures
    change: Change

    @property
    def is_better(self) -> bool:
        """Whether log-loss is surely lower and ROC-AUC is not."""
        return self.change.log_loss_high < 0 and self.change.roc_auc > -AUC_SLACK


def lay_out(comments: pd.DataFrame, shipped: NDArray[np.float32]) -> Table:
    """Make a table of comments and their scores.

    Args:
        comments: ``text``, and ``article_url`` (empty: unknown): comments of an article are kept
            together, and copies of a text.
        shipped: (rows, attributes) scores.
    """
    keys = comments["text"].map(text_key)
    articles = comments["article_url"].where(comments["article_url"] != "", keys)
    if articles.nunique() < LEAST_ARTICLES:
        articles = keys
    groups, _ = pd.factorize(articles.groupby(keys).transform("first"))
    words = count_matrix(comments["text"].map(normalise))
    return Table(shipped, shipped_logits(shipped), words, groups)


def choose(
    table: Table, column: int, labels: Floats, measured: NDArray[np.bool_]
) -> tuple[str, Verdict]:
    """Say which of ``KINDS`` to fit, and what it is worth.

    Args:
        table: The comments.
        column: The attribute's place.
        labels: (rows,) in [0, 1].
        measured: (rows,) which of them figures are of.

    Returns:
        The first kind that is better than the shipped score, and its verdict; where none is, the
        empty string and the first kind's.
    """
    verdicts = {}
    for kind in KINDS:
        verdicts[kind] = judge(table, column, labels, measured, kind)
        if verdicts[kind].is_better:
            return kind, verdicts[kind]
    return "", next(iter(verdicts.values()))


def fit(table: Table, column: int, labels: Floats, kind: str) -> Correction:
    """Fit the correction of one attribute.

    Args:
        table: The comments.
        column: The attribute's place.
        labels: (rows,) in [0, 1].
        kind: One of ``KINDS``.
    """
    count, size = table.logits.shape
    seen = np.bincount(table.words.indices, minlength=FEATURES)
    rarity = np.log((1 + count) / (1 + seen)) + 1
    spreads = KINDS[kind]
    of_words = spreads.words * np.where(seen >= LEAST_TEXTS, rarity, 0.0)
    of_scores = np.full(size, spreads.others)
    of_scores[column] = spreads.own
    weights, constant = fit_logistic(
        sp.hstack([sp.csr_matrix(table.logits), table.words]).tocsr(),
        labels,
        np.ones(count),
        l2=1 / count,
        scale=np.append(of_scores, of_words),
        offset=table.logits[:, column].astype(float),
    )
    return Correction(weights[:size], weights[size:], constant)


def corrected(table: Table, column: int, by: Correction) -> Floats:
    """Return (rows,) corrected scores."""
    moved = table.logits @ by.scores + table.words @ by.words + by.constant
    return np.asarray(expit(table.logits[:, column] + moved))


def judge(
    table: Table, column: int, labels: Floats, measured: NDArray[np.bool_], kind: str
) -> Verdict:
    """Cross-validate one kind of correction of one attribute; arguments as for ``choose``."""
    scores = np.empty(len(labels))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for learnt, left_out in folds.split(labels, labels >= 0.5, table.groups):
        by = fit(table[learnt], column, labels[learnt], kind)
        scores[left_out] = corrected(table[left_out], column, by)
    before, after, said = (
        table.shipped[measured, column].astype(float),
        scores[measured],
        labels[measured],
    )
    _, groups = np.unique(table.groups[measured], return_inverse=True)
    return Verdict(figures(before, said), figures(after, said), change(before, after, said, groups))
