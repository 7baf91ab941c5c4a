"""A packaged model is what its manifest says, or it is refused."""

import hashlib
import io
import json

import numpy as np
import pytest

from moderation.errors import ModelError
from moderation.scorers.packaged import MODELS, read_file, read_manifest, read_model, write_model

SHIPPED = (
    "toxicity", "toxicity_encoder", "toxicity_fast", "words", "off_topic", "political_spam",
    "spans",
)  # fmt: skip
ARRAYS = {"weights": np.arange(6, dtype=np.float32).reshape(3, 2), "bias": np.zeros(2)}


@pytest.fixture
def folder(tmp_path):
    write_model(tmp_path / "made", prefix="made-1", arrays=ARRAYS, facts={}, card="# {version}")
    return tmp_path / "made"


def test_what_was_written_is_read_back(folder):
    model = read_model(folder)
    np.testing.assert_array_equal(model["weights"], ARRAYS["weights"])
    assert model.version == read_manifest(folder)["version"]
    assert (folder / "card.md").read_text() == f"# {model.version}"


def test_the_same_arrays_give_the_same_bytes(folder, tmp_path):
    again = tmp_path / "again"
    write_model(again, prefix="made-1", arrays=dict(reversed(ARRAYS.items())), facts={}, card="")
    assert (again / "weights.npz").read_bytes() == (folder / "weights.npz").read_bytes()


def test_further_files_are_kept_checked_and_part_of_the_version(folder, tmp_path):
    other = tmp_path / "other"
    files = {"graph.bin": b"abc"}
    version = write_model(other, prefix="made-1", arrays=ARRAYS, facts={}, card="", files=files)
    assert version != read_model(folder).version
    assert read_file(other, "graph.bin") == b"abc"
    (other / "graph.bin").write_bytes(b"abd")
    with pytest.raises(ModelError, match="does not match the manifest"):
        read_file(other, "graph.bin")


def test_a_file_the_manifest_does_not_name_is_refused(folder):
    (folder / "stray.bin").write_bytes(b"")
    with pytest.raises(ModelError, match="does not match the manifest"):
        read_file(folder, "stray.bin")


def test_other_arrays_give_another_version(folder, tmp_path):
    other = {**ARRAYS, "bias": np.ones(2)}
    version = write_model(tmp_path / "other", prefix="made-1", arrays=other, facts={}, card="")
    assert version != read_model(folder).version
    assert version.startswith("made-1-")


def test_changed_weights_are_refused(folder):
    path = folder / "weights.npz"
    content = bytearray(path.read_bytes())
    content[-30] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match="does not match the manifest"):
        read_model(folder)


def test_weights_with_objects_are_refused_though_their_sum_is_right(tmp_path):
    hostile = io.BytesIO()
    np.savez(hostile, weights=np.array([{"a": 1}], dtype=object))
    folder = tmp_path / "objects"
    write_model(folder, prefix="made-1", arrays=ARRAYS, facts={}, card="")
    _replace_weights(folder, hostile.getvalue())
    with pytest.raises(ModelError, match="not an archive of plain arrays"):
        read_model(folder)


def test_weights_that_are_no_archive_are_refused_though_their_sum_is_right(folder):
    _replace_weights(folder, b"no archive")
    with pytest.raises(ModelError, match="not an archive of plain arrays"):
        read_model(folder)


@pytest.mark.parametrize("name", ["weights.npz", "manifest.json"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        read_model(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', "\udc80"])
def test_a_manifest_that_says_nothing_is_refused(folder, text):
    (folder / "manifest.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ModelError, match=r"manifest\.json"):
        read_manifest(folder)


def test_a_newer_layout_is_refused(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    with pytest.raises(ModelError, match="format 99"):
        read_manifest(folder)


def test_an_array_that_is_not_there_is_named(folder):
    with pytest.raises(ModelError, match="no array 'curve'"):
        read_model(folder)["curve"]


def test_weights_cannot_be_changed_in_memory(folder):
    with pytest.raises(ValueError, match="read-only"):
        read_model(folder)["weights"][0, 0] = 9


@pytest.mark.parametrize("name", SHIPPED)
def test_every_packaged_model_loads_and_has_a_card_with_its_version(name):
    model = read_model(MODELS / name)
    assert model.version in (MODELS / name / "card.md").read_text(encoding="utf-8")
    assert not any(array.dtype.hasobject for array in model.arrays.values())


@pytest.mark.parametrize(
    "name", ["toxicity_encoder", "toxicity_fast", "off_topic", "political_spam"]
)
def test_models_fit_the_models_they_were_trained_on(name):
    manifest = read_manifest(MODELS / name)
    for name, version in manifest.get("requires", {}).items():
        assert read_manifest(MODELS / name)["version"] == version


def test_no_shipped_model_was_trained_on_restricted_sets():
    for name in SHIPPED:
        terms = {entry["terms"] for entry in read_manifest(MODELS / name)["data"].values()}
        assert terms <= {"clean", "unstated"}


def test_the_packaged_models_are_small():
    size = sum(path.stat().st_size for path in MODELS.glob("*/weights.npz"))
    assert size < 15 * 2**20


def _replace_weights(folder, content):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["weights.npz"]["sha256"] = hashlib.sha256(content).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "weights.npz").write_bytes(content)
    read_manifest.cache_clear()
