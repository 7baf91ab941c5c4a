import gzip
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.errors import InputError
from moderation.tables import cell_made_inert, check_writable, open_table, open_writer, replacing
from moderation.tables.lines import MAX_LINE_CHARS


def read(path, rows=100):
    """All records and all rejects of a table."""
    chunks = list(open_table(path).chunks(rows))
    return (
        [record for chunk in chunks for record in chunk.records],
        [reject for chunk in chunks for reject in chunk.rejects],
    )


def texts(path):
    return [record["text"] for record in read(path)[0]]


def write(tmp_path, content, name="in.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_delimiter_is_told_by_the_header(tmp_path, delimiter):
    path = write(
        tmp_path, f"id{delimiter}text\n1{delimiter}a, b; c\n".replace("a, b; c", '"a, b; c"')
    )
    assert read(path)[0] == [{"id": "1", "text": "a, b; c"}]


@pytest.mark.parametrize(
    ("encoding", "text", "note"),
    [
        ("utf-8", "Füße 한국어", ""),
        ("utf-8-sig", "Füße 한국어", ""),
        ("utf-16", "Füße 한국어", "utf-16"),
        ("utf-16-le", "plain words only", "utf-16-le"),
        ("cp949", "이 기사는 정말 좋은 기사입니다 감사합니다", "cp949"),
        ("latin-1", "Die Straße ist für Fußgänger gesperrt wie schön wäre es", "cp1252|iso8859-1"),
    ],
)
def test_encoding_is_detected_and_named(tmp_path, encoding, text, note):
    path = write(tmp_path, f"text\n{text}\n".encode(encoding))
    assert texts(path) == [text]
    if not note:
        assert open_table(path).note == ""
    else:
        assert any(name in open_table(path).note for name in note.split("|"))


def test_latin_1_letter_on_the_last_line_is_seen(tmp_path):
    path = write(
        tmp_path, b"text\n" + b"plain words here\n" * 200_000 + "schöne Grüße\n".encode("latin-1")
    )
    assert texts(path)[-1] == "schöne Grüße"


def test_damaged_row_of_a_utf8_file_is_a_reject_that_keeps_its_bytes(tmp_path):
    path = write(tmp_path, "text\nschön für alle Füße\n".encode() + b"bad \xe9\n" + b"good\n")
    records, rejects = read(path)
    assert [record["text"] for record in records] == ["schön für alle Füße", "good"]
    assert rejects[0].line == 3
    assert "encoding" in rejects[0].problem
    assert json.loads(rejects[0].raw)["text"].encode("utf-8", "surrogateescape") == b"bad \xe9"


def test_gzip_is_read_through(tmp_path):
    assert texts(write(tmp_path, gzip.compress(b"text\nhello\n"), "in.csv.gz")) == ["hello"]


def test_truncated_gzip_is_one_error(tmp_path):
    path = write(tmp_path, gzip.compress(b"text\n" + b"hello\n" * 100)[:-20], "in.csv.gz")
    with pytest.raises(InputError, match="is no complete gzip file"):
        read(path)


def test_cells_stay_as_they_stand(tmp_path):
    path = write(tmp_path, 'text,n\nNA,007\n"a ""b""\r\nc",1e5\nnull, x \n')
    assert read(path)[0] == [
        {"text": "NA", "n": "007"},
        {"text": 'a "b"\r\nc', "n": "1e5"},
        {"text": "null", "n": " x "},
    ]


def test_row_with_too_many_or_few_cells_is_a_reject_with_its_line(tmp_path):
    records, rejects = read(write(tmp_path, "id,text\n1,a\n2\n3,b,c\n4,d\n"))
    assert [record["id"] for record in records] == ["1", "4"]
    assert [(r.line, r.problem, r.raw) for r in rejects] == [
        (3, "has 1 cell; expected 2", "2\n"),
        (4, "has 3 cells; expected 2", "3,b,c\n"),
    ]


def test_stray_quote_costs_its_line_and_not_the_rest_of_the_file(tmp_path):
    rows = "".join(f'{n},"row {n}"\n' for n in range(5, 2000))
    records, rejects = read(write(tmp_path, f'id,text\n1,a\n2,"oops\n3,"x"\n4,y\n{rows}'))
    assert [reject.line for reject in rejects] == [3]
    assert [record["id"] for record in records] == ["1", *map(str, range(3, 2000))]


def test_quote_that_is_never_closed_costs_its_line(tmp_path):
    records, rejects = read(write(tmp_path, 'id,text\n1,a\n2,"oops\n3,b\n4,c\n'))
    assert [record["id"] for record in records] == ["1", "3", "4"]
    assert [reject.line for reject in rejects] == [3]


def test_line_without_end_is_a_reject_and_the_next_is_read(tmp_path):
    path = write(tmp_path, "text\n" + "x" * (MAX_LINE_CHARS + 10) + "\nnext\n")
    records, rejects = read(path)
    assert [record["text"] for record in records] == ["next"]
    assert "is longer than" in rejects[0].problem


def test_word_of_a_hundred_thousand_characters_is_read(tmp_path):
    assert texts(write(tmp_path, "text\n" + "x" * 200_000 + "\n")) == ["x" * 200_000]


def test_nul_in_a_cell_is_kept(tmp_path):
    assert texts(write(tmp_path, b"text,b\na\x00b,c\n")) == ["a\x00b"]


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "in.csv", "is empty"),
        (b" \n \n", "in.csv", "is empty"),
        (b"id,comment\n1,x\n", "in.csv", "has no column 'text'; its columns are: id, comment"),
        (b"text,text\n1,x\n", "in.csv", "has more than one column 'text'"),
        (bytes(range(256)) * 40, "in.csv", "is binary|is no text"),
        (b"\x00" * 400, "in.csv", "is binary"),
        (b"PAR1 no", "in.parquet", "is no Parquet file"),
        (b"text\n", "in.xlsx", "ends in '.xlsx'; expected"),
        (b"text\n", "in", "ends in ''; expected"),
    ],
)
def test_file_that_is_no_table_is_one_error(tmp_path, content, name, message):
    path = write(tmp_path, content, name)
    with pytest.raises(InputError, match=message):
        open_table(path)


def test_missing_file_is_one_error(tmp_path):
    for name in ("gone.csv", "gone.jsonl", "gone.parquet"):
        with pytest.raises(InputError, match="cannot be read"):
            open_table(tmp_path / name)


def test_json_line_that_cannot_be_read_is_a_reject_with_its_line(tmp_path):
    bad = ["{", "[1]", '{"text": 3}', r'{"text": "\ud83d"}', "[" * 100_000, '{"n": 1e999}',
           '{"text": "x", "comment_id": [1]}']  # fmt: skip
    lines = ['{"text": "first"}', "", *bad, '{"text": null, "n": NaN}']
    records, rejects = read(write(tmp_path, "\n".join(lines), "in.jsonl"))
    assert records == [{"text": "first"}, {"text": None, "n": None}]
    assert [reject.line for reject in rejects] == list(range(3, 10))
    assert all(reject.raw for reject in rejects)


def test_parquet_row_that_is_no_utf8_is_a_reject(tmp_path):
    text = pa.array([b"good", b"bad \xff", b"fine"], pa.binary())
    unchecked = pa.StringArray.from_buffers(3, *text.buffers()[1:])
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"text": unchecked, "n": [1, 2, 3]}), path)
    for rows in (1, 2, 100):
        records, rejects = read(path, rows)
        assert records == [{"text": "good", "n": 1}, {"text": "fine", "n": 3}]
        assert [reject.line for reject in rejects] == [2]


def test_parquet_text_must_be_text(tmp_path):
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"text": [1, 2]}), path)
    with pytest.raises(InputError, match="column 'text' is int64; expected text"):
        open_table(path)


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_chunks_hold_the_same_rows_whatever_their_size(tmp_path, rows):
    path = write(tmp_path, "text,n\na,1\nb\nc,3\nd,4\n")
    assert read(path, rows) == read(path)


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+SUM(A1)", "-2+3", "@x", "\t=1", "\r=1", " =1", '"=1', "'=1", "\uff1d1+1", "\uff20x",
     "=HYPERLINK(\"http://evil.example\")"],
)  # fmt: skip
def test_formula_is_made_inert(cell):
    assert cell_made_inert(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "a", "-5", "+1.5", "-1e-05", "a=b", "1-2"])
def test_plain_cell_stays(cell):
    assert cell_made_inert(cell) == cell


SCHEMA = pa.schema(
    [("text", pa.string()), ("n", pa.string()), ("score", pa.float32()), ("note", pa.string())]
)


def write_rows(source, path, *, safe_csv=True):
    table = open_table(source)
    with open_writer(path, SCHEMA, safe_csv=safe_csv) as writer:
        for chunk in table.chunks(2):
            scores = np.full(len(chunk.records), 0.1, np.float32)
            scores[0] = np.nan
            writer.write(chunk, {"score": scores}, {"note": [f"{n}" for n in chunk.lines]})


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_written_rows_read_back_unchanged(tmp_path, suffix):
    source = write(tmp_path, 'text,n\n=1,1\n"a\r\n""b"", c",2\nx\u2028y,3\n')
    path = tmp_path / f"out{suffix}"
    write_rows(source, path, safe_csv=False)
    records = [{"text": r["text"], "n": r["n"]} for r in read(path)[0]]
    assert records == read(source)[0]
    notes = [int(record["note"]) for record in read(path)[0]]
    assert notes == sorted(set(notes))
    scores = [record["score"] for record in read(path)[0]]
    assert [np.float32(score) if score else None for score in scores] == [
        None, np.float32(0.1), None,
    ]  # fmt: skip


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1))
def test_raw_csv_keeps_every_text(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("csv")
    source = folder / "in.jsonl"
    lines = [json.dumps({"text": text, "n": "x"}) for text in texts]
    source.write_text("\n".join(lines))
    write_rows(source, folder / "out.csv", safe_csv=False)
    assert [record["text"] for record in read(folder / "out.csv")[0]] == texts


def test_interrupted_file_never_has_its_name(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("of yesterday")

    def write_half():
        with replacing(path) as part:
            part.write_text("half")
            (tmp_path / "gone").read_text()

    with pytest.raises(FileNotFoundError):
        write_half()
    assert path.read_text() == "of yesterday"
    assert list(tmp_path.iterdir()) == [path]


def test_output_that_cannot_be_written_is_found_out_before_the_work(tmp_path):
    with pytest.raises(InputError, match=r"ends in '\.xlsx'; expected"):
        check_writable(tmp_path / "out.xlsx")
    with pytest.raises(InputError, match="folder is missing"):
        check_writable(tmp_path / "gone" / "out.csv")
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        check_writable(tmp_path / "d.csv")
