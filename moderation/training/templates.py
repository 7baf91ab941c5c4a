"""Sentences written for this project that name groups of people kindly, plainly or with hatred.

Sets of abuse name groups mostly in abuse, so that a model of words takes the names themselves
for a sign of it. Every name here stands in every frame, kind and hostile alike: the names
tell nothing, the frames do.
"""

import hashlib

import pandas as pd

from moderation.frames import text_key

NAME = "templates"
"""What the manifest calls these rows."""
WEIGHT = 2.0
GROUP_ADJECTIVES = (
    "gay lesbian bisexual transgender queer straight muslim jewish christian hindu buddhist sikh "
    "catholic protestant atheist black white brown asian african latino hispanic arab mexican "
    "chinese indian turkish polish russian ukrainian korean japanese american european irish "
    "nigerian pakistani syrian afghan iranian israeli palestinian roma indigenous foreign "
    "immigrant refugee homeless poor deaf blind disabled autistic elderly old young female male"
)
GROUP_NOUNS = (
    "gays lesbians muslims jews christians hindus buddhists sikhs catholics atheists blacks whites "
    "asians africans latinos arabs mexicans turks poles russians koreans americans foreigners "
    "immigrants refugees migrants women men girls boys feminists pensioners"
)
_KIND_ADJECTIVES = (
    "My neighbour is {} and the best cook in our street.",
    "I am a {} man and I teach mathematics.",
    "I am a {} woman and I like to read.",
    "She is proud to be {}.",
    "He grew up in a {} family near the coast.",
    "The mayor met {} families at the town hall on Friday.",
    "A {} doctor saved my father's life.",
    "Many {} people live in this part of the city.",
    "It is hard to be {} in this country.",
    "The new {} students play in the school band.",
    "They are a lovely {} couple with two children.",
    "Being {} is nothing to be ashamed of.",
    "Nobody should be hated for being {}.",
    "Stop calling {} people names, it is wrong.",
    "Has anybody seen the film about the {} sailors?",
    "The law protects {} workers like everybody else.",
    "What do {} voters think of the new tax?",
    "I have many {} friends and love them all.",
)
_KIND_NOUNS = (
    "Two {} opened a bakery on our square.",
    "The survey asked {} about the price of bread.",
    "We welcome {} in our choir.",
    "It is wrong to say that {} are criminals.",
    "Most {} I know work hard and pay their taxes.",
    "The museum shows letters written by {} a hundred years ago.",
    "I disagree with those who hate {}.",
    "Why were {} not invited to the meeting?",
)
_HOSTILE_ADJECTIVES = (
    "All {} people are filth and should be thrown out.",
    "I hate {} people, they make me sick.",
    "Another {} parasite living off our money.",
    "{} people are not fully human.",
    "Keep those dirty {} animals out of our schools.",
    "Never trust a {} person, they are born liars.",
    "That {} scum has no place here.",
    "{} people are the cancer of this country.",
)
_HOSTILE_NOUNS = (
    "{} are vermin and must be wiped out.",
    "I can't stand {}, they are disgusting.",
    "Send all {} back where they came from.",
    "{} are stupid, lazy and worthless.",
    "We would be better off if there were no {}.",
)
_JUDGED = ("toxicity", "identity_attack", "insult", "threat", "profanity", "severe_toxicity")
_HOSTILE_VALUES = {"toxicity": 1.0, "identity_attack": 1.0}


def template_rows() -> pd.DataFrame:
    """Return the sentences as rows of a set.

    Returns:
        ``text``, ``key``, ``set``, ``family``, ``weight``, ``split`` and the attributes: kind
        sentences are 0 on all of them but ``sexually_explicit``, hostile ones 1 on toxicity
        and identity attack; what they are on the others is not judged (NaN).
    """
    kind = _fill(_KIND_ADJECTIVES, GROUP_ADJECTIVES) + _fill(_KIND_NOUNS, GROUP_NOUNS)
    hostile = _fill(_HOSTILE_ADJECTIVES, GROUP_ADJECTIVES) + _fill(_HOSTILE_NOUNS, GROUP_NOUNS)
    rows = [{"text": text} | dict.fromkeys(_JUDGED, 0.0) for text in kind]
    rows += [{"text": text} | _HOSTILE_VALUES for text in hostile]
    frame = pd.DataFrame(rows)
    frame["key"] = [text_key(text) for text in frame["text"]]
    return frame.assign(set=NAME, family=NAME, weight=WEIGHT, split="train")


def template_facts() -> dict[str, object]:
    """Describe the sentences as a manifest describes a set."""
    texts = template_rows()["text"]
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    licence = "Apache-2.0, written for this project"
    return {"licence": licence, "terms": "clean", "sha256": digest, "rows": len(texts)}


def _fill(frames: tuple[str, ...], names: str) -> list[str]:
    return [frame.format(name) for frame in frames for name in names.split()]
