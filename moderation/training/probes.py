"""Functional tests of our own: sentences no model here is trained on, by what they probe.

Their frames differ from those of ``templates`` and ``functional``, and a third of their groups
stand in neither. A kind of sentence is right where its score lies on the right side of the
review threshold; every group's hostile sentences should score above everybody's kind ones.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from moderation.config import REVIEW_THRESHOLD
from moderation.scorers import Scorer, score_frame

GROUPS = {
    "muslims": "muslim", "jews": "jewish", "women": "female", "gays": "gay", "mexicans": "mexican",
    "black people": "black", "immigrants": "immigrant", "disabled people": "disabled",
    "mormons": "mormon", "kurds": "kurdish", "trans people": "trans", "roma": "romani",
    "filipinos": "filipino", "widows": "widowed", "catholics": "catholic",
    "pakistanis": "pakistani", "norwegians": "norwegian",
}  # fmt: skip
"""People and their adjective."""
_BY_GROUP = {
    "kind": (
        "My best friends at work are {people}.",
        "The choir of {people} sang in our hall last night.",
        "We moved here because so many {people} run shops in this street.",
        "An {adjective} teacher taught me to play the piano.",
    ),
    "negated hate": (
        "{people} are not the problem, bad landlords are.",
        "I cannot see why anyone would dislike {people}.",
        "There is no reason to fear {people}.",
    ),
    "counter-speech": (
        'The comment "{people} ought to disappear" was rightly deleted.',
        "If you write that {people} are dirt, expect to be banned.",
        "Claiming that {people} are stupid is prejudice and nothing else.",
    ),
    "hate": (
        "{people} are a plague and nobody will miss them.",
        "I can't look at {people} without wanting to throw up.",
        "We do not need {people} in our town, they steal and they smell.",
        "Every {adjective} person I have met was dumb and dishonest.",
    ),
    "hate as a question": (
        "When will somebody finally clear {people} out of here?",
        "Does anybody really believe that {people} can think?",
    ),
    "threat to a group": (
        "I will beat up any {people} who come near my house.",
        "{people} should be lined up against a wall and shot.",
    ),
}
_ALONE = {
    "things, places, teams": (
        "My laptop is a piece of junk.", "What a terrible hotel, never again.",
        "I hate Mondays.", "The new bus timetable is stupid.", "That film was awful.",
        "This app is the worst I have ever used.",
    ),
    "homonyms": (
        "The cock of the walk woke us at five.", "Put the cracker under the cheese.",
        "The water runs under the old dyke.", "A bitch and her pups were found in the barn.",
        "There was a nip in the air this morning.", "The donkey, or ass, is a patient animal.",
    ),
    "figures of speech": (
        "You nailed it, that guitar part kills.", "I would kill for a coffee now.",
        "They destroyed us in the final, fair enough.", "My feet are killing me.",
        "He shot the whole film in a week.", "That exam was murder.",
    ),
    "disagreement": (
        "You are mistaken, and I can show you why.", "The council has got this one wrong.",
        "I don't share your opinion at all.", "This policy will not work.",
        "Please read the article before you comment.", "That is simply not true.",
    ),
    "insult": (
        "You are dumber than a brick.", "What an absolute cretin.", "You make me sick, you worm.",
        "Crawl back under your stone, halfwit.", "She is a stupid cow and a liar.",
        "Only a brainless twit would say that.",
    ),
    "threat": (
        "I'll be waiting for you outside, bring a doctor.",
        "You won't see Christmas, I promise you.",
        "I am going to smash your face in.", "Somebody will put a knife into you soon.",
        "We'll set fire to your car tonight.", "Keep writing and I will strangle you.",
    ),
}  # fmt: skip
HOSTILE = frozenset({"hate", "hate as a question", "threat to a group", "insult", "threat"})
_GROUP_HATE = frozenset({"hate", "hate as a question", "threat to a group"})


def probe_rows() -> pd.DataFrame:
    """Return ``text``, ``kind``, ``group`` (empty: none) and ``hostile`` of every sentence."""
    rows = [
        {"text": frame.format(people=people, adjective=adjective), "kind": kind, "group": people}
        for kind, frames in _BY_GROUP.items()
        for frame in frames
        for people, adjective in GROUPS.items()
    ]
    rows += [
        {"text": text, "kind": kind, "group": ""}
        for kind, texts in _ALONE.items()
        for text in texts
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(hostile=frame["kind"].isin(HOSTILE))


def probe_figures(scorer: Scorer) -> dict[str, Any]:
    """Measure a toxicity scorer on the sentences.

    Returns:
        ``kinds``: share on the right side of the review threshold, toxicity or identity attack
        deciding; ``identity_auc``: of hostile above kind sentences about groups, by identity
        attack; ``groups``: the same with each group's own sentences alone.
    """
    rows = probe_rows()
    scores = score_frame(scorer, rows)
    worst = scores[["toxicity", "identity_attack"]].max(axis=1)
    rows["right"] = (worst >= REVIEW_THRESHOLD) == rows["hostile"]
    rows["identity"] = scores["identity_attack"]
    grouped = rows[rows["group"] != ""]
    return {
        "kinds": _rounded(rows.groupby("kind", sort=False)["right"].mean()),
        "identity_auc": round(_auc(grouped), 4),
        "groups": _rounded({name: _auc(part) for name, part in grouped.groupby("group")}),
    }


def _auc(rows: pd.DataFrame) -> float:
    return float(roc_auc_score(rows["kind"].isin(_GROUP_HATE), rows["identity"]))


def _rounded(values: Mapping[Any, float] | pd.Series) -> dict[str, float]:
    pairs: Iterable[tuple[Any, float]] = values.items()
    return {str(name): round(float(np.float64(value)), 4) for name, value in pairs}
