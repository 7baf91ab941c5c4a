"""The evaluation measures what is there, says what is not, and fails below a floor."""

import json

import pandas as pd
import pytest

from moderation import datasets as sets
from moderation import evaluation
from moderation.errors import ModerationError
from moderation.evaluation import below_floors, evaluate

PAGE = """<html><head><title>Bridge shut</title></head><body><article><h1>Bridge shut</h1>
<p>The bridge over the river will be shut for eight months.</p></article></body></html>"""
PROGRAM = '''"""Counts pages on both sides and writes figures where it is told to."""
import json, sys
from pathlib import Path

gold, predicted, _, target = sys.argv[1:]
names = [path.name.split(".")[0] for path in Path(gold).glob("*.gold.json")]
found = [name for name in names if (Path(predicted) / f"{name}.pred.json").is_file()]
share = len(found) / len(names)
figures = dict.fromkeys(
    ["f1", "macro_f1", "author_accuracy", "date_accuracy", "parent_accuracy"], share
)
Path(target).write_text(json.dumps(figures | {"gold": len(names), "per_page": {}}))
'''


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
    for name, body in (("bridge", PAGE), ("empty", "")):
        (folder / f"{name}.html").write_text(body)
        (folder / f"{name}.gold.json").write_text('{"comments": []}')
    return folder


@pytest.fixture(autouse=True)
def floors(tmp_path, monkeypatch):
    path = tmp_path / "floors.json"
    monkeypatch.setattr(evaluation, "FLOORS", path)
    return path


def result(folder):
    return json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))


def test_sets_and_pages_are_measured_and_written_as_table_and_json(datasets, pages, tmp_path):
    evaluate(datasets=datasets, pages=pages, output=tmp_path / "out")
    row = result(tmp_path / "out")["scorers"][0]
    assert (row["set"], row["attribute"]) == ("jigsaw_wiki_binary", "toxicity")
    assert row["roc_auc"] > 0.9
    assert row["n"] < 120  # only the part that training does not see
    assert result(tmp_path / "out")["extraction"]["html"]["f1"] == 1.0
    table = (tmp_path / "out" / "evaluation.md").read_text(encoding="utf-8")
    assert "| `jigsaw_wiki_binary` | toxicity |" in table


def test_what_is_missing_is_not_measured_and_never_passed(datasets, tmp_path):
    missing = evaluate(datasets=datasets, pages=tmp_path / "none", output=tmp_path / "out")
    assert any(line.startswith("extraction from html: not measured") for line in missing)
    assert any(line.startswith("arc_relatedness: not measured") for line in missing)
    table = (tmp_path / "out" / "evaluation.md").read_text(encoding="utf-8")
    assert "| html | not measured |" in table
    assert "passed" not in table


def test_pinned_floors_hold_on_the_next_run(datasets, pages, floors, tmp_path):
    evaluate(datasets=datasets, pages=pages, output=tmp_path / "out", pin=True)
    assert "jigsaw_wiki_binary/toxicity" in json.loads(floors.read_text())
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
    assert len(result(tmp_path / "out")["failures"]) == 1


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
