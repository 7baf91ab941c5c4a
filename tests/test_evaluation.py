"""The evaluation measures what is there, says what is not, and fails below a floor."""

import json
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

from moderation import datasets as sets
from moderation import evaluation
from moderation.errors import ModerationError
from moderation.evaluation import below_floors, evaluate

COMMENTS = ("They could have asked us first, I think.", "The ferry runs until ten, I am told.")
COMMENT = """<li class="comment" id="comment-{n}"><article class="comment-body"><footer>
<b class="fn">Reader {n}</b><time datetime="2024-05-0{n}T10:00:00Z">May {n}</time></footer>
<div class="comment-content"><p>{text}</p></div></article></li>"""
PAGE = f"""<html><head><title>Bridge shut - The Courier</title></head><body><article>
<h1>Bridge shut</h1><p>The bridge over the river will be shut for eight months.</p></article>
<ol class="comment-list">
{"".join(COMMENT.format(n=n, text=text) for n, text in enumerate(COMMENTS, 1))}
</ol></body></html>"""
GOLD = {
    "title": "Bridge shut",
    "platform": "wordpress (theme)",
    "comments": [{"author": "x", "text": text, "parent": None} for text in COMMENTS],
}
PROGRAM = '''"""Finds gold comments by their text and writes figures where it is told to."""
import json, sys
from pathlib import Path

gold, predicted, _, target = sys.argv[1:]
per_page = {}
for path in Path(gold).glob("*.gold.json"):
    name = path.name.removesuffix(".gold.json")
    found = Path(predicted) / f"{name}.pred.json"
    pred = json.loads(found.read_text()) if found.is_file() else {"comments": []}
    known = [comment["text"] for comment in json.loads(path.read_text())["comments"]]
    texts = [comment["text"] for comment in pred.get("comments", [])]
    match = sum(text in texts for text in known)
    per_page[name] = {"gold": len(known), "pred": len(texts), "match": match}
total = {key: sum(row[key] for row in per_page.values()) for key in ("gold", "pred", "match")}
f1 = 2 * total["match"] / (total["gold"] + total["pred"])
names = ["f1", "macro_f1", "author_accuracy", "date_accuracy", "parent_accuracy"]
names += ["reply_parent_accuracy", "token_precision", "token_recall", "token_f1"]
figures = dict.fromkeys([*names, "token_macro_f1"], f1)
figures |= {"gold": total["gold"], "pages": len(per_page), "pages_without": 1}
figures |= {"phantom_comments": 0, "phantom_pages": 0, "phantom_tokens": 0, "per_page": per_page}
Path(target).write_text(json.dumps(figures))
'''

FERRY = "the ferry sails late again because of wind and nobody told us about it today"


@pytest.fixture
def datasets(tmp_path):
    rows = {
        "text": [f"You are a stupid idiot, number {n}." for n in range(60)]
        + [f"The bridge has {n} lamps and a fine view." for n in range(60)],
        "toxic": [1] * 60 + [0] * 60,
    }
    path = sets.data_path("jigsaw_wiki_binary", tmp_path / "datasets")
    path.parent.mkdir(parents=True)
    pd.DataFrame(rows).to_csv(path, index=False)
    return tmp_path / "datasets"


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "pages"
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "score_extraction.py").write_text(PROGRAM)
    folder.mkdir()
    for name, body, gold in (("bridge", PAGE, GOLD), ("empty", "", {"comments": []})):
        (folder / f"{name}.html").write_text(body)
        (folder / f"{name}.gold.json").write_text(json.dumps(gold))
    return folder


@pytest.fixture(autouse=True)
def floors(tmp_path, monkeypatch):
    path = tmp_path / "floors.json"
    monkeypatch.setattr(evaluation, "FLOORS", path)
    return path


def result(folder, name="evaluation"):
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def test_sets_and_pages_are_measured_and_written_as_table_and_json(datasets, pages, tmp_path):
    evaluate(datasets=datasets, pages=pages, output=tmp_path / "out")
    row = result(tmp_path / "out")["scorers"][0]
    assert (row["set"], row["attribute"]) == ("jigsaw_wiki_binary", "toxicity")
    assert row["roc_auc"] > 0.9
    assert row["n"] < 120  # only the part that training does not see
    assert result(tmp_path / "out", "extraction")["html"]["f1"] == 1.0
    table = (tmp_path / "out" / "evaluation.md").read_text(encoding="utf-8")
    assert "| `jigsaw_wiki_binary` | toxicity |" in table


def test_a_made_up_desk_learns_its_own_word_and_the_labels_alone_mislead(tmp_path):
    chance = np.random.default_rng(1)
    rows = [
        {
            "text": " ".join([*chance.choice(FERRY.split(), 8), *(["lampreys"] * label)]),
            "offensive": label,
        }
        for label in (chance.random(260) < 0.5).astype(int)
    ]
    path = sets.data_path("hatebr", tmp_path / "datasets")
    path.parent.mkdir(parents=True)
    pd.DataFrame(rows).to_csv(path, index=False)
    evaluate(
        datasets=tmp_path / "datasets", pages=tmp_path, output=tmp_path / "out", only=["learning"]
    )
    (row,) = result(tmp_path / "out", "learning")["learning"]
    assert (row["set"], row["labels"], row["kept"]["words and level"]) == ("hatebr", 100, 5)
    assert row["used"]["roc_auc"] > row["shipped"]["roc_auc"] + 0.1
    assert row["alone"]["ece"] > row["used"]["ece"] + 0.1
    table = (tmp_path / "out" / "learning.md").read_text(encoding="utf-8")
    assert "| `hatebr`, toxicity | 100 |" in table
    assert "learning on c3_constructive: not measured" in table


def test_every_page_says_what_read_it_and_what_the_general_method_finds_alone(
    datasets, pages, tmp_path
):
    evaluate(datasets=datasets, pages=pages, output=tmp_path / "out", only=["extraction"])
    found = result(tmp_path / "out", "extraction")
    bridge, empty = found["rows"]
    assert (bridge["read_by"], bridge["f1"], bridge["gold"]) == ("wordpress", 1.0, 2)
    assert (empty["read_by"], empty["f1"]) == ("none", None)
    assert found["general"]["f1"] == bridge["general_f1"]
    table = (tmp_path / "out" / "extraction.md").read_text(encoding="utf-8")
    assert "| bridge | wordpress (theme) | wordpress | 2 | 2 | 1.000 |" in table


def test_titles_and_article_texts_are_measured(datasets, pages, tmp_path):
    evaluate(datasets=datasets, pages=pages, output=tmp_path / "out", only=["extraction"])
    article = result(tmp_path / "out", "extraction")["article"]
    assert (article["title_found"], article["titles"]) == (1.0, 1)
    assert (article["text_free"], article["texts"]) == (1.0, 1)


def test_what_is_asked_is_shown_beside_what_was_measured(datasets, pages, tmp_path):
    lines = evaluate(datasets=datasets, pages=pages, output=tmp_path / "out", only=["extraction"])
    shown = [" ".join(line.split()) for line in lines]
    assert "HTML: comment F1, micro ≥ 0.96 1.000 met" in shown
    assert "HTML: phantom comments on pages without any 0 0 met" in shown
    assert "Text dumps: comment F1, micro ≥ 0.85 not measured" in shown


def test_other_tools_are_measured_on_the_same_pages_where_they_are_installed(
    datasets, pages, tmp_path
):
    lines = evaluate(datasets=datasets, pages=pages, output=tmp_path / "out", only=["extraction"])
    found = result(tmp_path / "out", "extraction")
    assert any(name.startswith("resiliparse ") for name in found["peers"])
    if find_spec("trafilatura"):
        assert found["speed"]["ratio"] > 0
    else:
        assert found["speed"] is None
        assert any("trafilatura: not measured, not installed" in line for line in lines)


def test_measuring_one_thing_leaves_the_tables_of_the_other_alone(datasets, pages, tmp_path):
    evaluate(datasets=datasets, pages=pages, output=tmp_path / "out", only=["extraction"])
    assert not (tmp_path / "out" / "evaluation.json").exists()


def test_what_is_missing_is_not_measured_and_never_passed(datasets, tmp_path):
    missing = evaluate(datasets=datasets, pages=tmp_path / "none", output=tmp_path / "out")
    assert any(line.startswith("extraction from html: not measured") for line in missing)
    assert any(line.startswith("arc_relatedness: not measured") for line in missing)
    table = (tmp_path / "out" / "extraction.md").read_text(encoding="utf-8")
    assert "| html |  | not measured |" in table
    assert "| met |" not in table
    assert "passed" not in table


def test_pinned_floors_hold_on_the_next_run(datasets, pages, floors, tmp_path):
    evaluate(datasets=datasets, pages=pages, output=tmp_path / "out", pin=True)
    pinned = json.loads(floors.read_text())
    assert {f"jigsaw_wiki_binary/toxicity/{name}" for name in ("accurate", "bulk")} <= set(pinned)
    evaluate(datasets=datasets, pages=pages, output=tmp_path / "out")
    assert result(tmp_path / "out")["failures"] == []


def test_a_figure_below_its_floor_fails_after_the_tables_are_written(
    datasets, pages, floors, tmp_path
):
    evaluate(datasets=datasets, pages=pages, output=tmp_path / "out", pin=True)
    pinned = json.loads(floors.read_text())
    pinned["extraction/html/f1"]["value"] = 2.0
    floors.write_text(json.dumps(pinned))
    with pytest.raises(ModerationError, match="extraction/html/f1"):
        evaluate(datasets=datasets, pages=pages, output=tmp_path / "out")
    assert len(result(tmp_path / "out", "extraction")["failures"]) == 1


def test_pinning_never_lowers_a_floor(datasets, pages, floors, tmp_path):
    evaluate(datasets=datasets, pages=pages, output=tmp_path / "out", pin=True)
    pinned = json.loads(floors.read_text())
    pinned["extraction/html/f1"]["value"] = 2.5
    floors.write_text(json.dumps(pinned))
    with pytest.raises(ModerationError):
        evaluate(datasets=datasets, pages=pages, output=tmp_path / "out", pin=True)
    assert json.loads(floors.read_text())["extraction/html/f1"]["value"] == 2.5


def test_one_flipped_item_is_noise_and_more_is_a_fall():
    measured = {"a/b": {"value": 0.90, "noise": 0.01, "sha256": "x"}}
    assert below_floors(measured, {"a/b": {"value": 0.905, "sha256": "x"}}) == []
    assert below_floors(measured, {"a/b": {"value": 0.92, "sha256": "x"}}) != []


def test_figures_on_other_data_than_the_floors_are_failures():
    measured = {"a/b": {"value": 0.99, "noise": 0.01, "sha256": "new"}}
    (line,) = below_floors(measured, {"a/b": {"value": 0.9, "sha256": "old"}})
    assert "other data" in line


def test_a_scoring_program_that_fails_is_named(datasets, pages, tmp_path):
    (tmp_path / "tools" / "score_extraction.py").write_text("raise SystemExit('no gold')")
    with pytest.raises(ModerationError, match=r"score_extraction\.py: exit code 1 \(no gold\)"):
        evaluate(datasets=datasets, pages=pages, output=tmp_path / "out")


def test_other_scorers_of_toxicity_are_measured_on_the_same_rows(datasets, tmp_path):
    lines = evaluate(datasets=datasets, pages=tmp_path, output=tmp_path / "out", only=["peers"])
    peers = result(tmp_path / "out", "peers")["peers"]
    table = (tmp_path / "out" / "peers.md").read_text(encoding="utf-8")
    if find_spec("profanity_check"):
        (row,) = (row for row in peers if row["profile"].startswith("alt-profanity-check"))
        assert (row["set"], row["attribute"]) == ("jigsaw_wiki_binary", "toxicity")
        assert "| `jigsaw_wiki_binary` | toxicity | " in table
    else:
        assert any("alt-profanity-check: not measured, not installed" in line for line in lines)
        assert "\n\nNot measured.\n\n" in table
