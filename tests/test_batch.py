import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from moderation import scorers
from moderation.batch import (
    LANGUAGE_COLUMN,
    SPANS_COLUMN,
    VERSIONS_COLUMN,
    BatchOptions,
    score_pages,
    score_table,
)
from moderation.batch.index import Index, Row
from moderation.errors import InputError, SourceError
from moderation.extraction import Extracted
from moderation.frames import thread_frame
from moderation.schema import ATTRIBUTES, Article, Comment, Thread
from moderation.scorers.political_spam import PARTS, PoliticalSpamScorer

ARTICLE = "https://news.example/harbour"


class ContextScorer:
    """Gives away in its scores what context a row was scored with."""

    name: ClassVar[str] = "context"
    version: ClassVar[str] = "context-1"
    inputs: ClassVar[tuple[str, ...]] = ("text", "parent_text", "thread_text", "copies")
    attributes: ClassVar[tuple[str, ...]] = ATTRIBUTES

    def score(self, batch):
        scores = np.zeros((len(batch), len(ATTRIBUTES)), np.float32)
        scores[:, 0] = batch["text"].str.len() / 1e6
        scores[:, 1] = batch["parent_text"].str.len() / 1e6
        scores[:, 2] = batch["thread_text"].str.len() / 1e6
        scores[:, 3] = batch["copies"].astype(float) / 1e6
        scores[~batch["text"].str.contains(r"\w").to_numpy(bool)] = np.nan
        return scores


SCORERS = (ContextScorer(),)
PARENT, THREAD, COPIES = ATTRIBUTES[1:4]


def seen(value):
    """What ContextScorer counted."""
    return round(value * 1e6)


def run(tmp_path, content, *, name="in.csv", out="out.jsonl", **options):
    """Score a table given as text; return the rows written and the lines told."""
    source, output = tmp_path / name, tmp_path / out
    if isinstance(content, bytes):
        source.write_bytes(content)
    else:
        source.write_text(content)
    told = []
    report = score_table(source, output, SCORERS, BatchOptions(**options), tell=told.append)
    return report, output, told


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def rows(output):
    return [json.loads(line) for line in output.read_text().splitlines()]


def test_output_has_the_input_the_scores_and_their_versions(tmp_path):
    report, output, told = run(tmp_path, "id,text,extra\n7,hello,=x\n")
    (row,) = rows(output)
    assert list(row) == ["id", "text", "extra", *ATTRIBUTES, VERSIONS_COLUMN, LANGUAGE_COLUMN]
    assert row[LANGUAGE_COLUMN] == "en"
    assert (row["id"], row["extra"], row[VERSIONS_COLUMN]) == ("7", "=x", "context-1")
    assert (report.rows, report.rejected, report.rejects, told) == (1, 0, None, [])


@pytest.mark.parametrize("out", ["out.csv", "out.jsonl", "out.parquet"])
def test_which_words_made_a_score_is_written_beside_it(tmp_path, out):
    source, output = tmp_path / "in.csv", tmp_path / out
    source.write_text("text\n\U0001f600 What an idiot you are.\nThe bus is late.\n?!\n")
    options = BatchOptions(("toxicity", "insult"), prefix="m_", explain="insult")
    score_table(source, output, scorers.load("bulk"), options)
    table = {".csv": pd.read_csv, ".parquet": pd.read_parquet}.get(
        output.suffix, lambda path: pd.read_json(path, lines=True)
    )(output)
    first, second, nothing = table["m_" + SPANS_COLUMN].fillna("")
    assert json.loads(first)["attribute"] == "insult"
    (span,) = json.loads(first)["spans"]
    assert {name: span[name] for name in ("start", "end", "start_utf16", "end_utf16")} == {
        "start": 10, "end": 15, "start_utf16": 11, "end_utf16": 16,
    }  # fmt: skip
    assert 0 < span["score"] <= 1
    assert json.loads(second) == {"attribute": "insult", "spans": []}
    assert nothing == ""
    assert "tagger-1-" in table["m_" + VERSIONS_COLUMN][0]


def test_what_cannot_be_explained_is_told_before_the_work(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("text\nhello\n")
    options = BatchOptions(explain="off_topic")
    with pytest.raises(InputError, match="off_topic: cannot be explained; expected highest or tox"):
        score_table(source, tmp_path / "out.csv", scorers.load("bulk"), options)
    assert names(tmp_path) == ["in.csv"]


def test_nothing_to_score_is_empty_and_never_zero(tmp_path):
    content = 'text\n"  "\n!!!\nfine\n'
    _, output, _ = run(tmp_path, content)
    assert [row["toxicity"] is None for row in rows(output)] == [True, True, False]
    _, output, _ = run(tmp_path, content, out="out.csv")
    table = pd.read_csv(output)
    assert table["toxicity"].isna().tolist() == [True, True, False]
    _, output, _ = run(tmp_path, content, out="out.parquet")
    assert pq.read_table(output)["toxicity"].null_count == 2


@pytest.mark.parametrize("rows_at_a_time", [1, 2, 1000])
def test_neighbours_are_found_across_chunks(tmp_path, rows_at_a_time):
    content = (
        "comment_id,parent_id,article_url,text\n"
        f"1,,{ARTICLE},first\n"
        "1,,https://news.example/other,elsewhere\n"
        f"2,1,{ARTICLE},answer\n"
        f"3,9,{ARTICLE},FIRST!\n"
        f"9,,{ARTICLE},parent below\n"
    )
    _, output, _ = run(tmp_path, content, chunk_rows=rows_at_a_time)
    found = rows(output)
    assert [seen(row[PARENT]) for row in found] == [0, 0, len("first"), len("parent below"), 0]
    assert [seen(row[THREAD]) for row in found] == [
        0, 0, len("first"), len("first\n\nanswer"), len("first\n\nanswer\n\nFIRST!"),
    ]  # fmt: skip
    assert [seen(row[COPIES]) for row in found] == [2, 1, 1, 2, 1]


def test_parent_text_of_the_row_wins_over_the_one_looked_up(tmp_path):
    content = "comment_id,parent_id,parent_text,text\n1,,,one\n2,1,given,two\n3,1,,three\n"
    _, output, _ = run(tmp_path, content)
    assert [seen(row[PARENT]) for row in rows(output)] == [0, len("given"), len("one")]


def test_rows_without_an_article_are_no_thread(tmp_path):
    _, output, _ = run(tmp_path, "text\none\ntwo\n")
    assert [seen(row[THREAD]) for row in rows(output)] == [0, 0]


def test_article_without_address_is_known_by_its_words(tmp_path):
    _, output, _ = run(tmp_path, "article_title,text\nTide,one\nTide,two\nEbb,three\n")
    assert [seen(row[THREAD]) for row in rows(output)] == [0, len("one"), 0]


def test_numeric_ids_meet_across_gaps(tmp_path):
    lines = [{"comment_id": 1, "text": "one"}, {"comment_id": 2, "parent_id": 1.0, "text": "two"}]
    _, output, _ = run(tmp_path, "\n".join(map(json.dumps, lines)), name="in.jsonl")
    assert [seen(row[PARENT]) for row in rows(output)] == [0, len("one")]


def test_table_of_a_thread_gets_the_context_of_the_thread(tmp_path):
    """A laptop, a batch and a store give a comment the same neighbours."""
    comments = [Comment(str(n), None, "", f"text {n % 7} " * (n % 5 + 1)) for n in range(60)]
    comments += [Comment(f"r{n}", str(n), "", f"reply {n}") for n in range(20)]
    thread = Thread(Article(ARTICLE, "T", "Body"), tuple(comments), "test")
    expected = scorers.score_all(SCORERS, thread_frame(thread))
    output = tmp_path / "out.parquet"
    score_pages([Extracted("p", thread)], output, SCORERS, BatchOptions(chunk_rows=7))
    table = pq.read_table(output).to_pandas()
    for name in ATTRIBUTES:
        np.testing.assert_array_equal(table[name].to_numpy(), expected[name].to_numpy())


@pytest.mark.parametrize("out", ["out.csv", "out.jsonl", "out.parquet"])
def test_bad_rows_are_named_and_kept_apart_and_the_rest_is_scored(tmp_path, out):
    report, _, told = run(tmp_path, 'id,text\n1,a\n2\n3,"x\n4,b\n', out=out)
    assert (report.rows, report.rejected) == (2, 2)
    assert report.rejects == tmp_path / f"{out}.rejects.jsonl"
    assert [row["line"] for row in rows(report.rejects)] == [3, 4]
    assert [row["raw"] for row in rows(report.rejects)] == ["2\n", '3,"x\n']
    assert told[0] == f"{tmp_path / 'in.csv'}:3: has 1 cell; expected 2; not scored"
    assert told[-1] == f"rows that were not scored are in {report.rejects}"


def test_many_bad_rows_are_named_some_and_counted(tmp_path):
    report, _, told = run(tmp_path, "id,text\n" + "x\n" * 50 + "1,a\n")
    assert report.rejected == 50
    assert len(told) == 22
    assert "30 more rows not scored" in told


def test_rejects_of_an_earlier_run_do_not_stay(tmp_path):
    report, _, _ = run(tmp_path, "id,text\nx\n1,a\n")
    assert report.rejects.exists()
    again, _, _ = run(tmp_path, "id,text\n1,a\n")
    assert again.rejects is None
    assert names(tmp_path) == ["in.csv", "out.jsonl"]


def test_repeated_ids_and_circles_are_one_line_each_and_scored(tmp_path):
    content = (
        "comment_id,parent_id,text\n"
        "a,b,one\nb,a,two\nc,c,self\nd,,fine\nd,,again\ne,d,reply\nf,g,up\ng,d,below\n"
    )
    report, _, told = run(tmp_path, content)
    source = tmp_path / "in.csv"
    assert report.rows == 8
    assert told == [
        f"{source}:6: repeats the comment_id of line 5; scored all the same",
        f"{source}: parents in a circle, lines 2, 3; scored all the same",
        f"{source}: line 4 is its own parent; scored all the same",
    ]


def test_no_row_is_its_own_context():
    with Index() as index:
        index.add([Row(2, "page", "c", "c", "self"), Row(3, "page", "d", "c", "reply")])
        index.finish()
        assert index.context(0).parent_text == ""
        assert index.context(1).parent_text == "self"


def test_chain_of_parents_upwards_is_followed_once():
    count = 20_000
    with Index() as index:
        index.add(Row(n, "", str(n), str(n + 1), "x") for n in range(count))
        index.finish()
        assert list(index.parent_circles()) == []


@pytest.mark.parametrize("out", ["out.csv", "out.jsonl", "out.parquet"])
def test_scores_are_the_same_bytes_whatever_the_chunk(tmp_path, out):
    words = ["harbour", "vote", "idiot", "thanks", "tax", "tram"]
    content = "comment_id,parent_id,article_url,text\n" + "".join(
        f"{n},{n - 3},https://news.example/{n % 4},{' '.join(words[: n % 6 + 1])} {n % 11}\n"
        for n in range(200)
    )
    (tmp_path / "in.csv").write_text(content)
    columns = []
    for chunk_rows in (1, 1000):
        output = tmp_path / f"{chunk_rows}-{out}"
        loaded = scorers.load()
        score_table(tmp_path / "in.csv", output, loaded, BatchOptions(chunk_rows=chunk_rows))
        read = {".csv": pd.read_csv, ".parquet": pd.read_parquet}.get(
            output.suffix, lambda path: pd.read_json(path, lines=True)
        )
        columns.append(read(output))
    pd.testing.assert_frame_equal(columns[0], columns[1], check_exact=True)


def test_column_that_would_be_overwritten_is_refused(tmp_path):
    content = "text,toxicity\nhello,0.5\n"
    with pytest.raises(InputError, match=r"column\(s\) toxicity already; choose a --prefix"):
        run(tmp_path, content)
    _, output, _ = run(tmp_path, content, prefix="new_")
    (row,) = rows(output)
    assert row["toxicity"] == "0.5"
    added = [*ATTRIBUTES, VERSIONS_COLUMN, LANGUAGE_COLUMN]
    assert list(row)[2:] == [f"new_{name}" for name in added]


def test_only_the_attributes_asked_for_are_written(tmp_path):
    _, output, _ = run(tmp_path, "text\nhello\n", attributes=("threat", "toxicity"))
    (row,) = rows(output)
    assert list(row) == ["text", "threat", "toxicity", VERSIONS_COLUMN, LANGUAGE_COLUMN]


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        ("comment\nhello\n", "in.csv", "no column 'text'; its columns are: comment"),
        ('{"body": "x"}\n', "in.jsonl", "no column 'text'; its columns are: body"),
        ("\n", "in.jsonl", "is empty"),
    ],
)
def test_table_without_text_is_one_error_and_leaves_nothing(tmp_path, content, name, message):
    with pytest.raises(InputError, match=message):
        run(tmp_path, content, name=name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_header_alone_is_a_table_without_rows(tmp_path):
    report, output, _ = run(tmp_path, "id,text\n", out="out.csv")
    assert report.rows == 0
    assert output.read_text().startswith("id,text,toxicity")


def test_json_values_keep_their_types(tmp_path):
    line = {"text": "x", "n": 1, "f": 1.5, "deep": {"a": [1, None]}, "flag": True, "none": None}
    _, output, _ = run(tmp_path, json.dumps(line) + '\n{"text": "y", "n": "two"}', name="in.jsonl")
    first, second = rows(output)
    assert {name: first[name] for name in line} == line
    assert second["n"] == "two"
    _, output, _ = run(tmp_path, json.dumps(line), name="in.jsonl", out="out.parquet")
    schema = pq.read_schema(output)
    assert schema.field("n").type == pa.int64()
    assert schema.field("f").type == pa.float64()
    assert schema.field("flag").type == pa.bool_()
    assert pq.read_table(output)["deep"].to_pylist() == ['{"a": [1, null]}']


def test_parquet_types_pass_through(tmp_path):
    table = pa.table(
        {
            "text": pa.array(["a", None, "b"]).dictionary_encode(),
            "when": pa.array([1, 2, None], pa.timestamp("ns", "UTC")),
            "tags": pa.array([["x"], [], None]),
        }
    )
    pq.write_table(table, tmp_path / "in.parquet")
    output = tmp_path / "out.parquet"
    score_table(tmp_path / "in.parquet", output, SCORERS, BatchOptions(chunk_rows=2))
    assert pq.read_table(output).select(table.column_names).equals(table)


def test_formulas_are_inert_in_csv_unless_raw_is_asked_for(tmp_path):
    content = 'text,n\n"=HYPERLINK(""http://evil.example"")",-5\n'
    _, output, _ = run(tmp_path, content, out="out.csv")
    assert pd.read_csv(output)["text"][0].startswith("'=HYPERLINK")
    assert pd.read_csv(output)["n"][0] == -5
    _, output, _ = run(tmp_path, content, out="out.csv", safe_csv=False)
    assert pd.read_csv(output)["text"][0].startswith("=HYPERLINK")


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "a\x00b", "\u202egnp.exe", "x" * 100_000, "e" + "\u0301" * 1000],
)
def test_hostile_text_is_scored_and_kept_as_it_stands(tmp_path, text):
    content = json.dumps({"text": text})
    for out in ("out.jsonl", "out.parquet"):
        report, output, _ = run(tmp_path, content, name="in.jsonl", out=out)
        assert report.rows == 1
        kept = rows(output)[0]["text"] if out == "out.jsonl" else pq.read_table(output)["text"][0]
        assert str(kept) == text


def test_input_cannot_be_its_own_output(tmp_path):
    with pytest.raises(InputError, match="is the input itself"):
        run(tmp_path, "text\nx\n", out="in.csv")


def test_input_that_changes_while_it_is_read_is_refused(tmp_path):
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("text\nhello\n")

    def grow(_done, _total):
        with source.open("a") as file:
            file.write("more\n")

    with pytest.raises(InputError, match="changed while it was read; nothing was written"):
        score_table(source, output, SCORERS, progress=grow)
    assert not output.exists()


def test_interrupted_run_leaves_nothing(tmp_path):
    source, output = tmp_path / "in.csv", tmp_path / "out.parquet"
    source.write_text("text,id\n" + "hello,1\n" * 30 + "bad\n")

    def interrupt(_done, total):
        if total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_table(source, output, SCORERS, BatchOptions(chunk_rows=10), progress=interrupt)
    assert names(tmp_path) == ["in.csv"]


def test_table_of_nothing_but_bad_lines_is_one_error_that_names_the_first(tmp_path):
    told = []
    (tmp_path / "in.jsonl").write_text("[1]\n[2]\n")
    with pytest.raises(InputError, match="holds no row that can be read"):
        score_table(tmp_path / "in.jsonl", tmp_path / "o.csv", SCORERS, tell=told.append)
    assert told == [f"{tmp_path / 'in.jsonl'}:1: is no JSON object"]
    assert names(tmp_path) == ["in.jsonl"]


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from test_batch import SCORERS
from moderation.batch import BatchOptions, score_table

def progress(done, total):
    if total:
        os.kill(os.getpid(), signal.SIGKILL)

score_table(Path(sys.argv[1]), Path(sys.argv[2]), SCORERS, BatchOptions(chunk_rows=10),
            progress=progress)
"""


def test_killed_run_leaves_no_file_with_the_final_name(tmp_path):
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("text\n" + "hello\n" * 1000)
    command = [sys.executable, "-c", KILLED, source, output, Path(__file__).parent]
    child = subprocess.run(command, check=False)  # noqa: S603 - this interpreter, our own words
    assert child.returncode == -signal.SIGKILL
    assert names(tmp_path) == ["in.csv", "out.csv.part"]
    score_table(source, output, SCORERS)
    assert names(tmp_path) == ["in.csv", "out.csv"]


def test_pages_that_cannot_be_read_are_told_and_the_rest_is_scored(tmp_path):
    article = Article(ARTICLE, "Harbour", "Body")
    thread = Thread(article, (Comment("1", None, "ann", "hello"),), "test")
    told = []
    report, failed = score_pages(
        [SourceError("gone.html", "cannot be read"), Extracted("page.html", thread)],
        tmp_path / "out.jsonl",
        SCORERS,
        tell=told.append,
    )
    assert (report.rows, failed, told) == (1, 1, ["gone.html: cannot be read"])
    (row,) = rows(tmp_path / "out.jsonl")
    assert (row["source"], row["platform"]) == ("page.html", "test")
    assert row["comment_id"] == f"{ARTICLE}#1"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_pages_without_comments_are_one_error(tmp_path):
    with pytest.raises(SourceError, match="none of the pages holds a comment"):
        score_pages([], tmp_path / "out.csv", SCORERS)
    assert list(tmp_path.iterdir()) == []


def test_what_political_spam_is_made_of_is_written_when_asked_for(tmp_path):
    source, output = tmp_path / "in.csv", tmp_path / "out.parquet"
    source.write_text(
        "text,article_title\n"
        "Vote the liberals out of Congress in November!,Three soups for the evening\n"
        "!!!,Three soups for the evening\n",
        encoding="utf-8",
    )
    scorer = PoliticalSpamScorer()
    options = BatchOptions(attributes=("political_spam",), prefix="m_", parts=True)
    score_table(source, output, [scorer], options)
    rows = pd.read_parquet(output)
    parts = [f"m_political_spam_{name}" for name in PARTS]
    assert list(rows) == [
        "text", "article_title", "m_political_spam", *parts, "m_scorer_versions",
        "m_detected_language",
    ]  # fmt: skip
    assert rows[parts].iloc[0].between(0, 1).all()
    assert rows["m_political_spam_political"].iloc[0] > 0.5
    assert np.isnan(rows["m_political_spam_political"].iloc[1])
    table = rows[parts].set_axis(list(PARTS), axis=1)
    np.testing.assert_array_equal(scorer.combine(table)[:, 0], rows["m_political_spam"])
