"""Every recipe trains on small made-up sets, twice the same, and keeps its promises."""

import html
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from moderation import datasets as sets
from moderation.errors import InputError
from moderation.frames import text_key
from moderation.schema import Page
from moderation.scorers.off_topic import OffTopicScorer
from moderation.scorers.packaged import MODELS, read_manifest, read_model
from moderation.scorers.political_spam import PoliticalSpamScorer
from moderation.scorers.tagger import mark
from moderation.scorers.toxicity import ToxicityScorer
from moderation.training import RECIPES, records, threads, train
from moderation.training.invented import invent
from moderation.training.linear import fit_curve, fit_logistic
from moderation.training.words import distil, pack

SUBJECTS = {
    "soup": "onion broth kettle spoon lentil pumpkin cream bowl",
    "chess": "bishop rook pawn castle gambit queen knight board",
    "sailing": "mast harbour rudder anchor breeze sail deck rope",
    "astronomy": "comet telescope orbit planet galaxy moon crater star",
    "senate": "senator vote congress ballot election tax border bill",
    "parliament": "minister coalition budget treaty referendum party cabinet law",
}
POLITICAL = ("senate", "parliament")


ENCODERS = ("sentences", "sentences_multilingual")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Sets with the columns of the real ones and sentences made of word lists."""
    made = tmp_path_factory.mktemp("sets")
    generator = np.random.default_rng(5)
    _write(made, "jigsaw_wiki_six", _abuse(generator, 300))
    _write(made, "wiki_debias_nontoxic", _kind(generator, 80))
    _write(made, "convabuse", _chats(generator, 80))
    _write(made, "newsgroups", _posts(generator, 300))
    _write(made, "arc_relatedness", _debates(generator, 120))
    _write(made, "fox_news_hate", _judged(generator, 60))
    return made


@pytest.fixture(scope="module")
def rewrites(tmp_path_factory):
    """Sentences with a bad word, the same without, and sentences nobody found bad."""
    made = tmp_path_factory.mktemp("rewrites")
    generator = np.random.default_rng(6)
    _write(made, "paradetox_pairs", _rewritten(generator, 150))
    _write(made, "civil_comments_binary", _kind(generator, 60))
    return made


@pytest.fixture
def output(folder, tmp_path, monkeypatch):
    """Models to build on, and a few of the written threads."""
    for name in ("words", *ENCODERS):
        shutil.copytree(MODELS / name, tmp_path / name)
    few = tmp_path / "training" / "threads"
    few.mkdir(parents=True)
    for name in ("general.jsonl", "languages.jsonl"):
        lines = (threads.FOLDER / "threads" / name).read_text(encoding="utf-8").splitlines()
        (few / name).write_text("\n".join(lines[:8]), encoding="utf-8")
    texts = sets.read(sets.catalogue()["fox_news_hate"], folder)["text"]
    labels = pd.DataFrame({"key": texts.map(text_key), "off_topic": 0.0})
    labels.loc[::3, "off_topic"] = 1.0
    labels = labels.assign(political_spam=labels["off_topic"], meta=0.0)
    labels.to_csv(few.parent / "judged_fox_news.csv", index=False)
    monkeypatch.setattr(threads, "FOLDER", few.parent)
    return tmp_path


def test_toxicity_learns_the_words_that_were_judged_and_is_the_same_twice(folder, output):
    version = train("toxicity", datasets=folder, output=output)
    first = (output / "toxicity" / "weights.npz").read_bytes()
    assert train("toxicity", datasets=folder, output=output) == version
    assert (output / "toxicity" / "weights.npz").read_bytes() == first
    scorer = ToxicityScorer(output / "toxicity")
    scores = scorer.score(pd.DataFrame({"text": ["a zonk with rope", "a harbour with rope"]}))
    assert scores[0, 0] > scores[1, 0] + 0.2
    assert np.isfinite(scores).all()


def test_no_text_of_a_test_part_is_trained_on(folder, output):
    train("toxicity", datasets=folder, output=output)
    used = read_manifest(output / "toxicity")["data"]["jigsaw_wiki_six"]["rows"]
    frame = sets.read(sets.catalogue()["jigsaw_wiki_six"], folder)
    assert used == (frame["split"] != "test").sum()


def test_the_card_names_data_licences_and_figures(folder, output):
    version = train("toxicity", datasets=folder, output=output)
    card = (output / "toxicity" / "card.md").read_text(encoding="utf-8")
    for part in (version, "jigsaw_wiki_six", "CC0", "ROC-AUC"):
        assert part in card


def test_off_topic_learns_from_threads_and_political_spam_from_it(folder, output):
    drift = train("off_topic", datasets=folder, output=output)
    manifest = read_manifest(output / "off_topic")
    assert manifest["data"]["written"]["rows"] > 100
    assert manifest["requires"] == {
        name: read_manifest(output / name)["version"] for name in ENCODERS
    }
    row = {"text": "The telescope found a comet near the moon and a new crater on the planet, "
           "and every star of the galaxy was seen that night.",
           "article_text": "", "parent_text": "", "thread_text": "", "copies": 1}  # fmt: skip
    batch = pd.DataFrame([row | {"article_title": title} for title in ("orbit of a comet", "soup")])
    scorer = OffTopicScorer(output / "off_topic", *(output / name for name in ENCODERS))
    own, foreign = scorer.score(batch)[:, 0]
    assert own < foreign
    train("political_spam", datasets=folder, output=output)
    requires = read_manifest(output / "political_spam")["requires"]
    assert requires == manifest["requires"] | {"off_topic": drift}
    scores = PoliticalSpamScorer(output / "political_spam", scorer).score(batch)
    assert np.isfinite(scores).all()


def test_what_is_linked_to_the_development_set_is_not_trained_on(output, tmp_path):
    made = tmp_path / "linked"
    texts = ["one remark", "another remark", "an answer"]
    labels = [f"{text_key(text)},1,0,0" for text in texts]
    header = "key,off_topic,political_spam,meta"
    (threads.FOLDER / "judged_fox_news.csv").write_text("\n".join([header, *labels]))
    comments = {"text": texts, "parent": ["", "", "a judged one"], "hate": 0,
                "article_title": "t", "article_summary": "s"}  # fmt: skip
    _write(made, "fox_news_hate", pd.DataFrame(comments))
    judged = {"text": ["a judged one"], "parent": ["one remark"], "off_topic": 0, "source": "",
              "political_spam": 0, "article_title": "t", "article_summary": "s"}  # fmt: skip
    _write(made, "judged_news_comments", pd.DataFrame(judged))
    assert threads.read_judged(made)["text"].tolist() == ["another remark"]


def test_the_span_tagger_learns_what_was_taken_out_and_is_the_same_twice(rewrites, output):
    version = train("spans", datasets=rewrites, output=output)
    assert train("spans", datasets=rewrites, output=output) == version
    words = "your zonk is in the harbour".split()  # noqa: SIM905 - a sentence
    chances = dict(zip(words, mark(words, output / "spans").tolist(), strict=True))
    assert chances["zonk"] > 0.5 > 5 * chances["harbour"]
    manifest = read_manifest(output / "spans")
    assert manifest["cross_validated"]["f1"]["0.4"] > 0.9
    assert manifest["metrics"][0]["set"] == "paradetox_pairs"
    assert "paradetox_pairs" in (output / "spans" / "card.md").read_text(encoding="utf-8")


def test_a_shipped_model_is_never_written_to_by_tests(folder, output):
    before = read_model(MODELS / "off_topic").version
    train("off_topic", datasets=folder, output=output)
    assert read_model(MODELS / "off_topic").version == before


def test_an_unknown_recipe_is_named_with_the_known_ones(folder, output):
    with pytest.raises(InputError, match=f"soup: no such recipe.*{', '.join(RECIPES)}"):
        train("soup", datasets=folder, output=output)


@pytest.mark.parametrize("recipe", ["toxicity", "off_topic", "political_spam"])
def test_an_empty_folder_of_sets_is_one_clear_error(recipe, output, tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        train(recipe, datasets=tmp_path / "nowhere", output=output)


def test_graded_labels_are_met_on_average():
    generator = np.random.default_rng(0)
    matrix = generator.normal(size=(4000, 3))
    shares = 1 / (1 + np.exp(-(matrix @ np.array([1.0, -2.0, 0.0]) + 0.5)))
    weights, intercept = fit_logistic(matrix, shares, np.ones(4000), l2=0.0)
    np.testing.assert_allclose([*weights, intercept], [1, -2, 0, 0.5], atol=1e-3)


def test_an_offset_is_what_the_fitted_logits_are_added_to():
    generator = np.random.default_rng(8)
    matrix, offset = generator.normal(size=(400, 3)), generator.normal(size=400)
    chances = 1 / (1 + np.exp(-(offset + matrix @ [1.0, -0.5, 0.0] + 0.3)))
    labels = (generator.random(400) < chances).astype(float)
    weights, intercept = fit_logistic(matrix, labels, np.ones(400), l2=1e-6, offset=offset)
    assert weights == pytest.approx([1.0, -0.5, 0.0], abs=0.4)
    assert intercept == pytest.approx(0.3, abs=0.3)
    wide = np.column_stack([matrix, offset])
    start = (np.append(weights, 1.0), intercept)
    gap = labels - 1 / (1 + np.exp(-(wide @ start[0] + start[1])))
    assert np.abs(matrix.T @ gap / 400).max() < 1e-3  # nothing is left to learn


def test_a_calibration_curve_rises_strictly_and_meets_the_shares():
    generator = np.random.default_rng(0)
    logits = generator.normal(size=5000)
    labels = (generator.random(5000) < 1 / (1 + np.exp(-2 * logits))).astype(float)
    knots, values = fit_curve(logits, labels, np.ones(5000))
    assert (np.diff(knots) > 0).all()
    assert (np.diff(values) > 0).all()
    assert np.interp(0.0, knots, values) == pytest.approx(0.5, abs=0.08)


def test_word_vectors_come_near_a_teacher_who_adds_words_up(tmp_path):
    generator = np.random.default_rng(0)
    truth = generator.normal(size=(50, 200)).astype(np.float32)
    counts = (generator.random((400, 50)) < 0.1).astype(np.float32)
    counts /= np.sqrt(np.maximum(counts.sum(axis=1, keepdims=True), 1))
    whole = counts @ truth
    noise = generator.normal(size=truth.shape).astype(np.float32)
    vectors = distil(csr_matrix(counts), whole, truth + noise, np.ones(50, dtype=np.float32))
    made = counts @ vectors
    centred = whole - whole.mean(axis=0)
    assert np.corrcoef((made @ made.T).ravel(), (centred @ centred.T).ravel())[0, 1] > 0.9


def test_packed_vectors_lose_less_than_a_hundredth():
    vectors = np.random.default_rng(0).normal(size=(5, 128)).astype(np.float32)
    arrays = pack(["a", "b", "c", "d", "e"], vectors, np.ones(5, dtype=np.float32))
    unpacked = arrays["vectors"].astype(np.float32) * arrays["scales"][:, None]
    assert np.abs(unpacked - vectors).max() < 0.01 * np.abs(vectors).max()
    assert bytes(arrays["words"]).decode().split("\n") == ["a", "b", "c", "d", "e"]


def _write(folder, name, rows):
    path = sets.data_path(name, folder)
    path.parent.mkdir(parents=True)
    pd.DataFrame(rows).to_csv(path, index=False)


def _sentence(generator, subject, *more):
    words = [*generator.choice(SUBJECTS[subject].split(), 6), *more]
    return " ".join(generator.permutation(words))


def _any(generator):
    return str(generator.choice(list(SUBJECTS)))


def _abuse(generator, count):
    kinds = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
    for number in range(count):
        bad = number % 3 == 0
        text = _sentence(generator, _any(generator), *(["zonk", "zonk"] if bad else []))
        yield {"text": f"{text} {number}"} | dict.fromkeys(kinds, int(bad))


def _kind(generator, count):
    for number in range(count):
        yield {"text": f"{_sentence(generator, _any(generator))} {number}", "toxic": 0}


def _rewritten(generator, count):
    for number in range(count):
        words = _sentence(generator, _any(generator), str(number)).split()
        place = int(generator.integers(0, len(words)))
        bad = " ".join([*words[:place], "zonk", *words[place:]])
        yield {"text": bad, "toxic": 1, "pair": number}
        yield {"text": " ".join(words), "toxic": 0, "pair": number}


def _chats(generator, count):
    for number in range(count):
        bad = number % 4 == 0
        text = _sentence(generator, _any(generator), *(["zonk"] if bad else []))
        severity = -3 if bad else 1
        yield {"text": text + f" {number}", "abuse": int(bad), "sex_harassment": int(bad),
               "severity": severity}  # fmt: skip


def _posts(generator, count):
    for number in range(count):
        subject = _any(generator)
        title = " ".join(generator.choice(SUBJECTS[subject].split(), 2, replace=False))
        yield {"text": f"{_sentence(generator, subject)} {number}", "subject": title,
               "political": int(subject in POLITICAL)}  # fmt: skip


def _debates(generator, count):
    for number in range(count):
        subject = _any(generator)
        yield {"text": f"{_sentence(generator, subject)} {number}",
               "headline": f"{subject} {number % 30}", "related": 1}  # fmt: skip


def _judged(generator, count):
    """Every third one stands under an article on something else, as the labels say."""
    for number in range(count):
        subject, other = _any(generator), _any(generator)
        title = other if number % 3 == 0 else subject
        yield {"text": f"{_sentence(generator, subject)} {number} {number}", "hate": 0,
               "article_title": f"All about {title} {number % 9}", "article_summary": "a story",
               "parent": "an answer to this"}  # fmt: skip


# -- The records model -------------------------------------------------------------------------

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def pages(tmp_path):
    """Pages with gold threads, as the training reads them."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for case in ("records/details", "records/two-row-table", "none/live-ticker"):
        path = GOLDEN / case
        shutil.copy(path.with_suffix(".html"), folder / f"{path.name}.html")
        shutil.copy(path.with_suffix(".json"), folder / f"{path.name}.gold.json")
    return folder


def test_the_records_model_is_the_same_twice_and_tells_how_it_reads_sites_it_has_not_seen(
    pages, tmp_path, monkeypatch
):
    monkeypatch.setattr(records, "INVENTED", 8)
    version = train("records", datasets=pages, output=tmp_path)
    first = (tmp_path / "records" / "weights.json").read_bytes()
    assert train("records", datasets=pages, output=tmp_path) == version
    assert (tmp_path / "records" / "weights.json").read_bytes() == first
    manifest = read_manifest_json(tmp_path / "records")
    assert manifest["metrics"]["left out"] == {
        "f1": 1.0,
        "macro_f1": 1.0,
        "pages": 2,
        "empty_pages": 1,
        "phantoms": 0,
        "phantom_pages": 0,
    }
    assert version in (tmp_path / "records" / "card.md").read_text(encoding="utf-8")


def test_the_dumps_model_is_the_same_twice_and_tells_how_well_its_guesses_are_calibrated(tmp_path):
    texts = tmp_path / "pages" / "text"
    texts.mkdir(parents=True)
    for case in ("uk-borshch-wet", "de-tram-md", "de-kettle-none-wet"):
        path = GOLDEN / "plain-text" / case
        shutil.copy(path.with_suffix(".txt"), texts / f"{case}.txt")
        shutil.copy(path.with_suffix(".json"), texts / f"{case}.gold.json")
    spoilt = json.loads((texts / "de-tram-md.gold.json").read_text(encoding="utf-8"))
    spoilt["comments"][0] |= {"text": "Something else was said.", "author": "Nobody"}
    spoilt["comments"][1] |= {"author": "Nobody", "parent": 3}
    (texts / "de-tram-md.gold.json").write_text(json.dumps(spoilt), encoding="utf-8")
    version = train("dumps", datasets=texts.parent, output=tmp_path)
    first = (tmp_path / "dumps" / "weights.json").read_bytes()
    assert train("dumps", datasets=texts.parent, output=tmp_path) == version
    assert (tmp_path / "dumps" / "weights.json").read_bytes() == first
    manifest = read_manifest_json(tmp_path / "dumps")
    assert manifest["data"]["dumps"] == 3
    assert {name: one["guesses"] for name, one in manifest["metrics"].items()} == {
        name: manifest["metrics"]["comment"]["guesses"] - (name != "comment")
        for name in ("comment", "author", "parent")
    }
    assert version in (tmp_path / "dumps" / "card.md").read_text(encoding="utf-8")


def test_the_dumps_model_is_not_fitted_without_dumps(tmp_path):
    with pytest.raises(InputError, match=r"text/NAME\.txt"):
        train("dumps", datasets=tmp_path, output=tmp_path)


def read_manifest_json(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_a_group_is_right_when_each_record_holds_one_comment_and_its_writer():
    gold = {"comments": [{"author": "Ann", "text": "It rains."}, {"author": "Bo", "text": "Why?"}]}
    body = "".join(
        f"<li class=c><b>{one['author']}</b> <p class=t>{one['text']} Again.</p></li>"
        for one in gold["comments"]
    )
    page = Page("page.html", f"<html><body><ul class=all>{body}</ul></body></html>".encode())
    case = records.make_case("here", page, gold, is_real=True)
    assert case.right.max() == 1.0
    assert (case.right < 1.0).any()


def test_an_invented_page_is_the_same_twice_and_holds_its_comments():
    kinds = {bool(invent(seed).comments) for seed in range(40)}
    assert kinds == {True, False}
    for seed in range(40):
        made = invent(seed)
        assert made == invent(seed)
        shown = html.unescape(made.body.decode())
        assert all(one["author"] in shown and one["text"] in shown for one in made.comments)


def test_a_folder_without_gold_threads_is_one_clear_error(tmp_path):
    with pytest.raises(InputError, match=r"no \*\.gold\.json there"):
        train("records", datasets=tmp_path, output=tmp_path)
