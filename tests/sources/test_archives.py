"""Web archives are read record by record; what is broken in them costs one line."""

import gzip
import io
import json
import re
import tracemalloc
from datetime import UTC, datetime

import brotli
import pyarrow as pa
import pytest
from click.testing import CliRunner
from fastwarc import warc
from hypothesis import given
from hypothesis import strategies as st

from moderation.cli import main
from moderation.config import Settings
from moderation.errors import SourceError
from moderation.schema import Page
from moderation.sources import open_sources

MAX = 20_000
HTML = "text/html; charset=ISO-8859-1"
TEXTS = ("The tram was late again.", "Nobody asked us, as always.", "What a fine idea!")
DATE = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)


def record(
    body: bytes,
    number: int = 0,
    *,
    kind: warc.WarcRecordType = warc.response,
    headers: tuple[str, ...] = (f"Content-Type: {HTML}",),
    status: str = "200 OK",
    content_type: str = "application/http; msgtype=response",
) -> bytes:
    """One record of an archive, not compressed."""
    if kind == warc.response:
        head = "\r\n".join([f"HTTP/1.1 {status}", *headers])
        body = head.encode() + b"\r\n\r\n" + body
    written = warc.WarcRecord()
    written.init_headers(kind, record_urn=b"urn:uuid:0", content_length=len(body))
    written.headers["WARC-Target-URI"] = f"https://news.example/{number}"
    written.headers["Content-Type"] = content_type
    written.record_date = DATE
    written.set_bytes_content(body)
    out = io.BytesIO()
    written.write(out)
    return out.getvalue()


def page(number: int) -> bytes:
    return f"<html><title>Fährt {number}</title><p>Ja.</p></html>".encode("latin-1")


def records(count: int = 3) -> list[bytes]:
    return [record(page(number), number) for number in range(count)]


def zstd(body: bytes) -> bytes:
    return pa.Codec("zstd").compress(body).to_pybytes()


@pytest.fixture
def read(tmp_path):
    """Write an archive and read it: its pages and errors, and the lines told."""

    def run(content: bytes, name: str = "crawl.warc") -> tuple[list[Page | SourceError], list[str]]:
        (tmp_path / name).write_bytes(content)
        told: list[str] = []
        found = open_sources([str(tmp_path / name)], Settings(max_page_bytes=MAX), tell=told.append)
        return list(found), told

    return run


def bodies(found: list[Page | SourceError]) -> list[bytes]:
    return [one.body for one in found if isinstance(one, Page)]


def problems(found: list[Page | SourceError]) -> list[str]:
    lines = [one.problem for one in found if isinstance(one, SourceError)]
    assert not any("\n" in line for line in lines)
    return lines


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("crawl.warc", b"".join),
        ("crawl.warc.gz", lambda parts: b"".join(map(gzip.compress, parts))),
        ("CRAWL.WARC.GZ", lambda parts: gzip.compress(b"".join(parts))),
        ("crawl.warc.zst", lambda parts: b"".join(map(zstd, parts))),
        ("crawl.warc.zst", lambda parts: zstd(b"".join(parts))),
    ],
)
def test_an_archive_gives_its_pages_in_order_however_it_is_compressed(read, name, pack):
    found, told = read(pack(records()), name)
    assert bodies(found) == [page(0), page(1), page(2)]
    assert told == []


def test_a_page_keeps_its_address_encoding_and_the_time_it_was_fetched(read, tmp_path):
    (first, _, last), _ = read(b"".join(records()))
    assert first.url == "https://news.example/0"
    assert first.charset.lower() == "iso-8859-1"
    assert first.fetched_at == DATE
    assert first.source == f"{tmp_path / 'crawl.warc'}#0"
    assert last.source.endswith(f"#{len(b''.join(records(2)))}")


def test_the_texts_of_a_wet_file_are_pages(read):
    text = "Bus stop moved\n\nIt did, twice: hügelauf.\n".encode()
    found, _ = read(
        gzip.compress(record(text, kind=warc.conversion, content_type="text/plain")),
        "crawl.warc.wet.gz",
    )
    assert [(one.body, one.charset) for one in found] == [(text, "utf-8")]


def test_a_saved_resource_is_a_page_if_it_is_html(read):
    html = record(page(1), kind=warc.resource, content_type="text/html")
    image = record(b"GIF89a", kind=warc.resource, content_type="image/gif")
    found, told = read(html + image)
    assert bodies(found) == [page(1)]
    assert told[0].endswith("crawl.warc: records passed over: 1 not HTML")


def test_what_is_no_page_is_counted_and_told_once(read):
    others = [
        record(b"\x89PNG", headers=("Content-Type: image/png",)),
        record(b"a{}", headers=("Content-Type: text/css",)),
        record(b"gone", status="404 Not Found"),
        record(b"x", kind=warc.request),
        record(b"x", kind=warc.metadata),
    ]
    found, told = read(b"".join([*records(1), *others, *records(1)]))
    assert bodies(found) == [page(0), page(0)]
    assert [line.partition(": ")[2] for line in told] == [
        "records passed over: 2 not HTML, 1 not answered with 200"
    ]


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        ("gzip", gzip.compress),
        ("br", brotli.compress),
        ("zstd", zstd),
        ("gzip", lambda body: body),  # undone by the crawler, header left
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_what_http_did_to_a_body_is_undone(read, coding, encode, chunked):
    body = encode(page(1))
    headers = [f"Content-Type: {HTML}", f"Content-Encoding: {coding}"]
    if chunked:
        headers.append("Transfer-Encoding: chunked")
        body = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    found, _ = read(record(body, headers=tuple(headers)) * 2)
    assert bodies(found) == [page(1)] * 2


def test_a_body_whose_chunks_were_joined_already_is_left_alone(read):
    headers = (f"Content-Type: {HTML}", "Transfer-Encoding: chunked")
    found, _ = read(record(page(1), headers=headers))
    assert bodies(found) == [page(1)]


@pytest.mark.parametrize(("name", "pack"), [("a.warc", bytes), ("a.warc.gz", gzip.compress)])
def test_a_broken_record_is_one_line_and_the_next_is_read(read, name, pack):
    first, second, third = records()
    if name.endswith(".gz"):
        packed = pack(second)
        broken = packed[:40] + bytes(8) + packed[48:]
    else:
        broken = second.replace(b"WARC/1.1", b"WURC/1.1").replace(b"WARC/1.0", b"WURC/1.0")
    found, _ = read(pack(first) + broken + pack(third), name)
    assert bodies(found) == [page(0), page(2)]
    (line,) = problems(found)
    assert line.startswith("the archive is damaged after this offset")


def test_much_damage_in_a_row_is_one_line(read):
    broken = [re.sub(rb"Content-Length: \d+", b"Content-Length: x", one) for one in records(50)]
    found, _ = read(b"".join([*records(1), *broken, *records(1)]))
    assert bodies(found) == [page(0), page(0)]
    assert len(problems(found)) == 1


@pytest.mark.parametrize("missing", [1, 30, 200])
def test_an_archive_that_is_cut_off_keeps_what_was_whole(read, missing):
    whole = b"".join(records())
    found, _ = read(whole[: -4 - missing])
    assert bodies(found)[:2] == [page(0), page(1)]
    assert len(bodies(found)) == 2
    packed = b"".join(map(gzip.compress, records()))
    found, _ = read(packed[: -8 - missing], "crawl.warc.gz")
    assert bodies(found)[:2] == [page(0), page(1)]


def test_a_page_over_the_cap_is_refused_and_the_next_is_read(read):
    found, _ = read(record(bytes(MAX + 1)) + record(page(1)))
    assert bodies(found) == [page(1)]
    (line,) = problems(found)
    assert "is too large for a page" in line


@pytest.mark.parametrize(("coding", "encode"), [("gzip", gzip.compress), ("br", brotli.compress)])
def test_a_body_that_expands_without_end_costs_no_more_than_a_page(read, coding, encode):
    headers = (f"Content-Type: {HTML}", f"Content-Encoding: {coding}")
    bomb = record(encode(bytes(50_000_000))[:MAX], headers=headers)
    tracemalloc.start()
    found, _ = read(bomb + record(page(1)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert bodies(found)[-1] == page(1)
    assert peak < 50 * MAX


@pytest.mark.parametrize(("name", "pack"), [("b.warc.gz", gzip.compress), ("b.warc.zst", zstd)])
def test_an_archive_that_expands_without_end_is_given_up(read, name, pack):
    found, _ = read(pack(record(page(1)) + record(bytes(30_000_000))), name)
    assert bodies(found) == [page(1)]
    assert problems(found)[0].startswith("holds more than 300 times its size")


@pytest.mark.parametrize("content", [b"", b"no archive at all " * 100, bytes(500), b"WARC/1.0\r\n"])
def test_a_file_that_is_no_archive_gives_no_page(read, content):
    found, _ = read(content)
    assert bodies(found) == []
    assert len(problems(found)) <= 1


def test_a_missing_archive_is_one_line(tmp_path):
    (error,) = open_sources([str(tmp_path / "gone.warc")], Settings())
    assert "cannot be read (No such file or directory)" in str(error)


def test_archives_in_a_folder_are_read_with_the_pages(read, tmp_path):
    (tmp_path / "a.html").write_bytes(page(7))
    (tmp_path / "b.warc.gz").write_bytes(gzip.compress(records(1)[0]))
    found = list(open_sources([str(tmp_path)], Settings()))
    assert bodies(found) == [page(7), page(0)]


def test_extract_ingest_and_score_read_archives(tmp_path, monkeypatch):
    comments = "".join(
        f'<li class="comment" id="comment-{n}"><article class="comment-body"><footer>'
        f'<b class="fn">Reader {n}</b><time datetime="2021-03-04T0{n}:00:00Z">4 March</time>'
        f'</footer><div class="comment-content"><p>{text}</p>'
        "</div></article></li>"
        for n, text in enumerate(TEXTS)
    )
    body = f'<html><title>Tram</title><ol class="comment-list">{comments}</ol></html>'.encode()
    archive = tmp_path / "crawl.warc.gz"
    archive.write_bytes(gzip.compress(record(body)) + gzip.compress(record(b"", status="500 No")))
    monkeypatch.setenv("MODERATION_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    run = CliRunner().invoke
    extracted = run(main, ["extract", str(archive)])
    assert extracted.exit_code == 0
    assert [entry["author"] for entry in json.loads(extracted.stdout)["comments"]] == [
        "Reader 0",
        "Reader 1",
        "Reader 2",
    ]
    assert "records passed over: 1 not answered with 200" in extracted.stderr
    assert "3 comments (3 new)" in run(main, ["ingest", str(archive)]).output
    scored = run(main, ["score", str(archive), "-o", str(tmp_path / "out.csv")])
    assert "3 rows scored" in scored.output


@given(
    cuts=st.lists(st.tuples(st.integers(0, 1500), st.binary(max_size=20)), min_size=1, max_size=4),
    name=st.sampled_from(["a.warc", "a.warc.gz", "a.warc.zst"]),
)
def test_a_damaged_archive_is_read_to_its_end_whatever_the_damage(tmp_path_factory, cuts, name):
    pack = {"gz": gzip.compress, "zst": zstd}.get(name.rpartition(".")[2], bytes)
    content = bytearray(b"".join(map(pack, records())))
    for at, patch in cuts:
        content[at : at + len(patch)] = patch
    path = tmp_path_factory.mktemp("damaged") / name
    path.write_bytes(content)
    for found in open_sources([str(path)], Settings(max_page_bytes=MAX)):
        assert isinstance(found, (Page, SourceError))
        assert "\n" not in str(getattr(found, "problem", ""))
