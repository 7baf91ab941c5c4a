"""A sentence encoder learns what comments are about, keeps its other places, and resumes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from moderation.training.plan import Plan
from moderation.training.starts import MINILM

TITLES = ("The ferry to the islands", "A new oven for the bakery", "Rain ends the cup final")
SAID = ("the boat was late again", "bread is dear enough", "they should have played on")


def pairs(copies=20):
    rows = [
        {"text": f"{text} {number}", "about": title, "language": "en"}
        for title, text in zip(TITLES, SAID, strict=True)
        for number in range(copies)
    ]
    return pd.DataFrame(rows)


@pytest.mark.detoxify  # runs where torch is
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore")  # of torch's and transformers' own parts
def test_comments_come_nearer_to_what_they_are_about_than_to_the_rest(tmp_path):
    torch = pytest.importorskip("torch")
    meaning = pytest.importorskip("moderation.training.meaning")

    def vectors(net):
        with torch.inference_mode():
            return net(*tokens(meaning)).numpy()

    def margin(found):
        nearness = found[:3] @ found[3:6].T
        return np.diag(nearness).mean() - nearness[~np.eye(3, dtype=bool)].mean()

    before = vectors(meaning.Meaning(MINILM).eval())
    checkpoint = tmp_path / "meaning.pt"
    plan = Plan(minutes=0.3)
    body, seen = meaning.tune(pairs(), MINILM, "", plan, checkpoint)
    net = meaning.Meaning(MINILM).eval()
    net.body = body
    after = vectors(net)
    assert margin(after) > margin(before)
    assert before[-1] @ after[-1] > 0.9  # what it has not read about keeps its place
    again = replace(plan, resume=True)  # its minutes are over
    assert meaning.tune(pairs(), MINILM, "", again, checkpoint)[1] == seen > 0


def tokens(meaning):
    texts = [*SAID, *TITLES, "A comet was seen over the desert"]
    return meaning.encode(MINILM.tokenizer(), texts, MINILM.padding, meaning.MAX_TOKENS)


def test_a_batch_is_in_one_language_and_no_two_of_it_stand_under_the_same():
    meaning = pytest.importorskip("moderation.training.meaning", exc_type=ImportError)
    about = np.repeat(range(12), 5)
    languages = np.array([0, 1, 1] * 4)
    rows = [np.flatnonzero(about == number) for number in range(12)]
    places = meaning._Places(rows, np.eye(12, dtype=np.float32), languages)
    batches = places.batches(seed=1, skip=0)
    drawn = [next(batches) for _ in range(20)]
    assert all(len(set(about[batch])) == len(batch) for batch in drawn)
    spoken = [set(languages[about[batch]]) for batch in drawn]
    assert all(len(one) == 1 for one in spoken)
    assert set().union(*spoken) == {0, 1}
    later = places.batches(seed=1, skip=3)
    np.testing.assert_array_equal(next(later), drawn[3])
