"""An imported Detoxify checkpoint gives the library's scores, from files without code."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from moderation.cli import main
from moderation.errors import ModelError
from moderation.scorers.detoxify import FP32, INT8, DetoxifyScorer, _engine
from moderation.scorers.packaged import read_manifest
from moderation.testing import check_scorer

reason = "needs the extra detoxify: make test-detoxify"
torch = pytest.importorskip("torch", reason=reason)
pytest.importorskip("detoxify", reason=reason)
conversion = pytest.importorskip("moderation.conversion")
detoxify_checkpoints = pytest.importorskip("detoxify_checkpoints")

pytestmark = [pytest.mark.detoxify, pytest.mark.timeout(180)]
TEXTS = (
    "The council meets on Tuesday to talk about the new bus lane.",
    "You are a stupid idiot, shut up.",
    "What a fine day for a walk by the river!",
    "I will find you.",
    "you",
    "over 000 fools and 20000 000 more",
    "Naïve façade, 42 € & more … 여러분 😀",
)
LONG = " ".join(TEXTS) * 5


@pytest.fixture(autouse=True)
def nothing_loaded():
    yield
    _engine.cache_clear()


@pytest.fixture(scope="module", params=["bert", "roberta", "xlm_roberta"])
def imported(request, tmp_path_factory):
    """A checkpoint and the folder it was imported into."""
    folder = tmp_path_factory.mktemp("conversion")
    if request.param == "bert":
        checkpoint = detoxify_checkpoints.bert(folder / "made")
    elif request.param == "xlm_roberta":
        checkpoint = detoxify_checkpoints.xlm_roberta(folder / "made")
    else:
        classes = ("toxicity", "sexual_explicit", "obscene")
        checkpoint = detoxify_checkpoints.roberta(folder / "made", classes, outputs=5)
    conversion.import_detoxify(str(checkpoint), folder / "imported", [*TEXTS, LONG])
    return checkpoint, folder / "imported"


def scored(where, *texts):
    scorer = DetoxifyScorer(str(where))
    return scorer.score(pd.DataFrame({"text": pd.Series(texts, dtype=object)}))


@pytest.mark.parametrize(("graph", "tolerance"), [(FP32, 1e-4), (INT8, 0.02)])
def test_both_graphs_give_the_librarys_scores_of_long_texts_too(imported, graph, tolerance):
    checkpoint, folder = imported
    expected = scored(checkpoint, *TEXTS, LONG, "")
    np.testing.assert_allclose(
        scored(folder / graph, *TEXTS, LONG, ""), expected, rtol=0, atol=tolerance, equal_nan=True
    )
    assert expected[:-1].std(axis=0).min() > 0.01


def test_a_folder_means_its_8_bit_graph_and_the_version_says_which(imported):
    _, folder = imported
    np.testing.assert_array_equal(scored(folder, *TEXTS), scored(folder / INT8, *TEXTS))
    hashed = read_manifest(folder)["version"].removeprefix("detoxify-1-")
    assert DetoxifyScorer(str(folder)).version == f"detoxify-int8-1-{hashed}"
    assert DetoxifyScorer(str(folder / FP32)).version == f"detoxify-fp32-1-{hashed}"


def test_a_score_is_the_same_bits_alone_in_company_and_on_any_number_of_threads(imported):
    _, folder = imported
    batch = pd.DataFrame({"text": [*TEXTS, LONG]})
    together = DetoxifyScorer(str(folder)).score(batch)
    np.testing.assert_array_equal(DetoxifyScorer(str(folder), threads=1).score(batch), together)
    for row in range(len(batch)):
        alone = DetoxifyScorer(str(folder)).score(batch.iloc[[row]])
        np.testing.assert_array_equal(alone[0], together[row])


def test_it_keeps_the_contract(imported):
    batch = pd.DataFrame({"text": [*TEXTS, "", "😀", "nul\x00 and \u200b", LONG]})
    check_scorer(DetoxifyScorer(str(imported[1])), batch)


def test_half_a_surrogate_pair_is_read_as_a_question_mark(imported):
    half, mark = scored(imported[1], "you \ud800 fool", "you ? fool")
    np.testing.assert_array_equal(half, mark)


def test_scoring_with_an_imported_folder_loads_neither_torch_nor_transformers(imported):
    probe = (
        "import sys, pandas; from moderation.scorers.detoxify import DetoxifyScorer;"
        f"DetoxifyScorer({str(imported[1])!r}).score(pandas.DataFrame({{'text': ['a word']}}));"
        "print(*sorted({'torch', 'transformers', 'detoxify', 'onnx'} & set(sys.modules)))"
    )
    done = subprocess.run(  # noqa: S603 - this interpreter, our own words
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_the_folder_holds_no_pickle_and_says_where_it_came_from(imported):
    checkpoint, folder = imported
    names = {path.name for path in folder.iterdir()}
    assert names == {
        FP32, INT8, "model.safetensors", "config.json", "tokenizer.json", "manifest.json", "card.md"
    }  # fmt: skip
    manifest = read_manifest(folder)
    assert set(manifest["files"]) == names - {"manifest.json", "card.md"}
    assert manifest["source"] == checkpoint.name
    assert manifest["off"][FP32] < 1e-4
    assert manifest["version"] in (folder / "card.md").read_text(encoding="utf-8")


def test_the_weights_are_the_checkpoints(imported):
    safetensors = pytest.importorskip("safetensors.torch")
    checkpoint, folder = imported
    weights = safetensors.load_file(folder / "model.safetensors")
    expected = torch.load(checkpoint, weights_only=True)["state_dict"]
    assert set(weights) == set(expected)
    assert all(torch.equal(weights[name], expected[name]) for name in weights)


@pytest.mark.parametrize("name", [INT8, "tokenizer.json"])
def test_a_changed_file_is_refused(imported, tmp_path, name):
    folder = tmp_path / "copy"
    folder.mkdir()
    for path in imported[1].iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    with pytest.raises(ModelError, match="does not match the manifest"):
        scored(folder, "a word")


def test_a_model_of_another_kind_is_refused(tmp_path):
    manifest = {"format": 1, "version": "ngrams-1-0", "files": {}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="of kind None; expected one that import-detoxify wrote"):
        scored(tmp_path, "a word")


def test_an_8_bit_graph_that_is_too_far_off_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(conversion, "INT8_OFF", 0.0)
    checkpoint, told = detoxify_checkpoints.bert(tmp_path / "made"), []
    conversion.import_detoxify(str(checkpoint), tmp_path / "imported", TEXTS, tell=told.append)
    assert any("left out" in line for line in told)
    assert not (tmp_path / "imported" / INT8).exists()
    assert DetoxifyScorer(str(tmp_path / "imported")).version.startswith("detoxify-fp32-1-")


def test_a_graph_that_gives_other_scores_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(conversion, "FP32_OFF", 0.0)
    with pytest.raises(ModelError, match=r"graph's scores are .* off; expected 0\.0 at most"):
        conversion.import_detoxify(
            str(detoxify_checkpoints.bert(tmp_path / "made")), tmp_path / "imported", TEXTS
        )
    assert not (tmp_path / "imported").exists()


def test_a_trusted_checkpoint_may_hold_more_than_weights(tmp_path):
    path = detoxify_checkpoints.bert(tmp_path / "made")
    content = torch.load(path, weights_only=True)
    torch.save(content | {"written_by": Path("train.py")}, path)
    with pytest.raises(ModelError, match="holds more than weights"):
        conversion.import_detoxify(str(path), tmp_path / "imported", TEXTS)
    conversion.import_detoxify(str(path), tmp_path / "imported", TEXTS, trusted=True)


def test_the_command_imports_and_the_options_use_it(tmp_path):
    checkpoint = detoxify_checkpoints.bert(tmp_path / "made")
    folder, table = tmp_path / "imported", tmp_path / "comments.csv"
    runner = CliRunner()
    done = runner.invoke(main, ["models", "import-detoxify", str(checkpoint), str(folder)])
    assert done.exit_code == 0, done.output
    assert f"use it with --toxicity detoxify:{folder}" in done.stderr
    done = runner.invoke(main, ["models", "list", str(folder)])
    assert f"\t{folder}\n" in done.stdout
    table.write_text("text\nwhat a fine day\n")
    chosen = ["--toxicity", f"detoxify:{folder}"]
    done = runner.invoke(main, ["score", str(table), "-o", str(tmp_path / "out.jsonl"), *chosen])
    assert done.exit_code == 0, done.output
    row = json.loads((tmp_path / "out.jsonl").read_text())
    assert row["scorer_versions"].startswith("detoxify-int8-1-")
    assert 0 < row["toxicity"] < 1
