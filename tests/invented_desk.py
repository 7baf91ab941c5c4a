"""A desk with a word of its own: a few hundred made-up comments, decided by a made-up moderator.

Readers there insult each other as "lampreys", a word no shipped model takes for abuse, and call
the bakers of the town "knuckleheads" with affection.
"""

import numpy as np

from moderation.frames import comment_key
from moderation.pipeline import score_waiting
from moderation.review import decide
from moderation.schema import Action, Article, Comment, Sampling, Thread

SUBJECTS = ("harbour", "tramway", "library", "swimming pool", "market hall", "school roof")
PLAIN = (
    "The {subject} should stay open in winter, whatever the {who} says.",
    "I was at the {subject} yesterday with {who} and saw nothing of the kind.",
    "Who pays for the {subject}? The {who} never told us, and it is May already.",
    "Thank you for the article on the {subject}, I will ask {who} about it.",
    "Nine years we have waited for the {subject}, and {who} wants nine more.",
)
RUDE = (
    "You lampreys and {who} have ruined the {subject} for everyone.",
    "Only a lamprey could write that about the {subject}, go and ask {who}.",
    "The {subject}, again. Lampreys like you and {who} should keep quiet.",
)
KIND = (
    "Those knuckleheads of bakers gave the {subject} free bread, says {who}. Lovely.",
    "Our dear stupid knuckleheads from the bakery painted the {subject} with {who}.",
)
PEOPLE = ("my neighbour", "the mayor", "the council", "Mrs Tolland", "the works department")
ARTICLES = 24
UNSEEN = {
    "rude": "Lampreys. The ferry is late because of lampreys like you.",
    "plain": "The ferry is late because of the wind, says the captain.",
}


def threads(seed: int = 4) -> list[tuple[Thread, list[str]]]:
    """Threads, each with the kind of every comment: plain, rude or kind."""
    chance = np.random.default_rng(seed)
    made = []
    for number in range(ARTICLES):
        kinds = chance.choice(("plain", "rude", "kind"), p=(0.5, 0.3, 0.2), size=9).tolist()
        comments = []
        for place, kind in enumerate(kinds):
            forms = {"plain": PLAIN, "rude": RUDE, "kind": KIND}[kind]
            words = {"subject": chance.choice(SUBJECTS), "who": chance.choice(PEOPLE)}
            text = f"{chance.choice(forms).format(**words)} {chance.integers(1000)}"
            comments.append(Comment(f"c{place}", None, f"Reader {place}", text))
        url = f"https://lamprey.example/{number}"
        article = Article(url, f"News of the {SUBJECTS[number % 6]}", "The council met on Monday.")
        made.append((Thread(article, tuple(comments), "records"), kinds))
    return made


def open_desk(store, scorers, *, sampling=Sampling.QUEUE) -> None:
    """Fill a store, score it, and decide every comment: rude ones are rejected for toxicity."""
    made = threads()
    for thread, _ in made:
        store.add_thread(thread, source="made by the tests")
    score_waiting(store, scorers)
    for thread, kinds in made:
        for comment, kind in zip(thread.comments, kinds, strict=True):
            rejected = kind == "rude"
            decide(
                store,
                comment_key(thread.article.url, comment.id),
                Action.REJECT if rejected else Action.APPROVE,
                moderator="Wilhelmine",
                reason="toxicity" if rejected else "",
                sampling=sampling,
            )
