"""Exports: CSV that nothing runs in, JSON Lines and Parquet that change nothing."""

import csv
import json
import math
import re
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.errors import ModerationError
from moderation.exporters import BUILTIN, exporter_for

FORMULAS = (
    '=HYPERLINK("http://127.0.0.1/","x")', "+1+1", "-1+1", "@SUM(A1)", "\tx", "\rx", "\n=1+1",
    "  =1+1", '"=1+1', "'=1+1", "\u3000=1+1", "\uff1d1+1", "\uff0b1", "\uff0d1+1", "\uff20x",
    "harmless;=1+1", "harmless\t=1+1", 'harmless; "=1+1', "a;\uff1d1", ";;=1",
)  # fmt: skip
RUNS = re.compile(r"""(^|[;\t])[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]""")
"""What a spreadsheet would run, if the cell were split at semicolons and tabs as well."""


def make_labels(*texts: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "label_id": pd.Series([f"{n}:threat" for n in range(len(texts))], dtype=object),
            "text": pd.Series(texts, dtype=object),
            "value": 1.0,
            "score": [0.25 if n % 2 else math.nan for n in range(len(texts))],
            "parent_id": pd.Series([None] * len(texts), dtype=object),
            "undone": False,
        }
    )
    times = [datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)] * len(texts)
    frame["decided_at"] = pd.to_datetime(times, utc=True)
    return frame


def written(name: str, labels: pd.DataFrame, folder: Path) -> Path:
    path = folder / f"labels{BUILTIN[name].suffix}"
    BUILTIN[name].write(labels, path)
    return path


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_csv_cell_begins_as_a_formula(text, tmp_path):
    cell = csv_rows(written("csv", make_labels(text), tmp_path))[0]["text"]
    assert not RUNS.search(cell)
    assert cell.replace("'", "") == text.replace("'", "")


@given(
    text=st.lists(
        st.sampled_from([*"=+-@;\t\r\n '\",x1", "\uff1d", "\u3000", "\xa0"]), max_size=8
    ).map("".join)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_mix_of_signs_begins_as_a_formula(text, tmp_path):
    cell = csv_rows(written("csv", make_labels(text), tmp_path))[0]["text"]
    for piece in re.split("[;\t]", cell):
        number = re.fullmatch(r"[+-]?\d+([.,]\d+)*", piece)
        assert number or not re.match(r"""[ \xa0\u3000"]*[=+\-@\uff1d]""", piece)


def test_ordinary_text_is_left_alone(tmp_path):
    texts = ("a = b", "well - no", "x@example.org", "3.5", "-3.5", "a, b; c", "2\n- one\n- two")
    rows = csv_rows(written("csv", make_labels(*texts), tmp_path))
    assert tuple(row["text"] for row in rows) == texts


def test_csv_of_a_hostile_length_is_written_quickly(tmp_path):
    for text in ("\t" * 200_000, "; " * 100_000, " " * 200_000, '"' * 200_000, ";" + " '" * 90_000):
        written("csv", make_labels(text), tmp_path)


def test_csv_says_what_is_missing_by_an_empty_cell(tmp_path):
    row = csv_rows(written("csv", make_labels("x"), tmp_path))[0]
    assert row == {
        "label_id": "0:threat", "text": "x", "value": "1.0", "score": "", "parent_id": "",
        "undone": "false", "decided_at": "2026-01-02T03:04:05+00:00",
    }  # fmt: skip


anything = st.text(st.characters() | st.sampled_from(["\ud800", "\udfff", "\0"]), max_size=30)


@given(texts=st.lists(anything, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_json_lines_hold_every_text_exactly(texts, tmp_path):
    path = written("jsonl", make_labels(*texts), tmp_path)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    assert [line["text"] for line in lines] == texts


def test_json_lines_keep_types(tmp_path):
    path = written("jsonl", make_labels("x", "y"), tmp_path)
    first, second = map(json.loads, path.read_text().splitlines())
    assert (first["score"], second["score"]) == (None, 0.25)
    assert (first["undone"], first["value"], first["parent_id"]) == (False, 1.0, None)
    assert first["decided_at"] == "2026-01-02T03:04:05+00:00"


@given(texts=st.lists(st.text(max_size=30), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parquet_holds_every_unicode_text_exactly(texts, tmp_path):
    labels = make_labels(*texts)
    table = pq.read_table(written("parquet", labels, tmp_path))
    assert table.column("text").to_pylist() == texts
    types = {field.name: str(field.type) for field in table.schema}
    assert types == {
        "label_id": "string", "text": "string", "value": "double", "score": "double",
        "parent_id": "string", "undone": "bool", "decided_at": "timestamp[us, tz=UTC]",
    }  # fmt: skip


def test_parquet_writes_a_lone_surrogate_as_its_number(tmp_path):
    table = pq.read_table(written("parquet", make_labels("a\ud83d"), tmp_path))
    assert table.column("text").to_pylist() == ["a\\ud83d"]


@pytest.mark.parametrize("name", list(BUILTIN))
def test_no_labels_are_a_whole_file_too(name, tmp_path):
    path = written(name, make_labels(), tmp_path)
    assert path.is_file()
    assert list(tmp_path.iterdir()) == [path]


class _BreaksOff(pd.DataFrame):
    def itertuples(self, *_arguments, **_options):
        raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["csv", "jsonl"])
def test_an_interrupted_export_leaves_the_old_file(name, tmp_path):
    path = written(name, make_labels("old"), tmp_path)
    before = path.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        BUILTIN[name].write(_BreaksOff(make_labels("new")), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", list(BUILTIN))
def test_a_file_that_cannot_be_written_is_named(name, tmp_path):
    path = tmp_path / "none" / "labels"
    with pytest.raises(ModerationError, match=r"none/labels: cannot be written"):
        BUILTIN[name].write(make_labels("x"), path)


def test_the_suffix_picks_the_format_unless_one_is_named():
    assert exporter_for(Path("labels.JSONL")).name == "jsonl"
    assert exporter_for(Path("labels.txt"), "parquet").name == "parquet"


def test_an_unknown_format_is_answered_with_those_there_are():
    with pytest.raises(ModerationError, match=r"'\.xls'; expected \.csv, \.jsonl, \.parquet"):
        exporter_for(Path("labels.xls"))
    with pytest.raises(ModerationError, match="'xls'; expected csv, jsonl, parquet"):
        exporter_for(Path("labels.csv"), "xls")
