"""Files, folders and standard input become pages; what cannot be read becomes one clear line."""

import gzip
import io
import os
import sys
import tracemalloc

import pyarrow as pa
import pytest

from moderation.config import Settings
from moderation.errors import SourceError
from moderation.schema import Page
from moderation.sources import open_source, open_sources

SETTINGS = Settings(max_page_bytes=10_000)
PAGE = b"<html><title>Bus stop moved</title><p>It did.</p></html>"


def zstd(body: bytes) -> bytes:
    return pa.Codec("zstd").compress(body).to_pybytes()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "b.html").write_bytes(PAGE)
    (tmp_path / "a.txt").write_bytes(b"A page dump")
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "table.csv").write_bytes(b"text\nx\n")
    (tmp_path / ".hidden.html").write_bytes(PAGE)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "d.HTM.gz").write_bytes(gzip.compress(PAGE))
    (tmp_path / "c" / "e.json").write_bytes(b"{}")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "f.html").write_bytes(PAGE)
    return tmp_path


def read(target) -> list[Page | SourceError]:
    return list(open_source(str(target), SETTINGS))


def only_error(target) -> str:
    (error,) = read(target)
    assert isinstance(error, SourceError)
    assert "\n" not in error.problem
    return str(error)


def test_a_file_is_one_page_named_as_the_user_named_it(folder):
    assert read(folder / "b.html") == [Page(str(folder / "b.html"), PAGE)]


def test_a_named_file_counts_whatever_its_suffix(folder):
    assert read(folder / "notes.pdf") == [Page(str(folder / "notes.pdf"), b"%PDF-1.7")]


def test_a_folder_gives_its_pages_sorted_and_passes_over_the_rest(folder):
    names = [os.path.relpath(page.source, folder) for page in read(folder)]
    assert names == ["a.txt", "b.html", "c/d.HTM.gz", "c/e.json"]


def test_json_beside_a_page_of_the_same_name_is_passed_over_and_that_is_said(tmp_path):
    for name in ("a.html", "a.json", "a.gold.json", "a.html.json", "b.json", "b.x.json", "a2.json"):
        (tmp_path / name).write_bytes(PAGE)
    told: list[str] = []
    pages = list(open_sources([str(tmp_path)], SETTINGS, tell=told.append))
    assert [os.path.relpath(page.source, tmp_path) for page in pages] == [
        *("a.html", "a2.json", "b.json", "b.x.json")
    ]
    (line,) = told
    assert line.startswith(f"{tmp_path}: 3 JSON files beside pages of the same name")
    assert [page.source for page in read(tmp_path / "a.json")] == [str(tmp_path / "a.json")]


def test_gzipped_pages_are_decompressed_whatever_they_are_called(folder):
    (folder / "plain.html").write_bytes(gzip.compress(PAGE))
    assert [page.body for page in read(folder / "plain.html")] == [PAGE]
    assert [page.body for page in read(folder / "c" / "d.HTM.gz")] == [PAGE]


def test_a_gzip_bomb_costs_no_more_than_a_page(tmp_path):
    (tmp_path / "bomb.html.gz").write_bytes(gzip.compress(bytes(5_000_000)))
    assert "too large" in only_error(tmp_path / "bomb.html.gz")


def test_a_zstd_bomb_costs_no_more_than_a_page(tmp_path):
    (tmp_path / "bomb.html.zst").write_bytes(zstd(bytes(50_000_000)))
    tracemalloc.start()
    assert "too large" in only_error(tmp_path / "bomb.html.zst")
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_zstd_pages_are_decompressed_whatever_they_are_called(tmp_path):
    (tmp_path / "plain.html").write_bytes(zstd(PAGE))
    (tmp_path / "two.htm.zst").write_bytes(zstd(PAGE) + zstd(PAGE))
    assert [page.body for page in read(tmp_path)] == [PAGE, PAGE + PAGE]


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: data[:12] + b"\xff" * 30])
@pytest.mark.parametrize("compress", [gzip.compress, zstd])
def test_a_damaged_compressed_file_is_named(tmp_path, compress, damage):
    (tmp_path / "cut.html.gz").write_bytes(damage(compress(PAGE * 9)))
    assert "expected a whole compressed file" in only_error(tmp_path / "cut.html.gz")


def test_a_page_over_the_cap_is_refused_with_the_cap(tmp_path):
    (tmp_path / "big.html").write_bytes(b"x" * 10_001)
    assert "expected at most 10,000 bytes" in only_error(tmp_path / "big.html")


def test_a_device_without_end_is_read_up_to_the_cap():
    assert "too large" in only_error("/dev/zero")


def test_a_missing_file_is_an_error_value():
    assert only_error("/no/such/page.html").startswith(
        "/no/such/page.html: cannot be read (No such"
    )


def test_a_name_with_a_nul_is_an_error_value():
    assert "no usable file name" in only_error("page\0.html")


def test_an_unreadable_file_does_not_stop_the_folder(folder):
    (folder / "ab.html").symlink_to(folder / "gone.html")
    kinds = [type(entry) for entry in read(folder)]
    assert kinds == [Page, SourceError, Page, Page, Page]


def test_links_in_a_circle_end(folder):
    (folder / "c" / "up").symlink_to(folder)
    assert len(read(folder)) == 4


def test_a_folder_without_pages_says_what_was_expected(tmp_path):
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.7")
    assert "holds no page; expected files ending in .html" in only_error(tmp_path)


def test_standard_input_is_one_page_called_dash(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(PAGE))))
    assert read("-") == [Page("-", PAGE)]


def test_a_list_of_addresses_in_a_folder_is_not_followed(folder):
    (folder / "list.txt").write_bytes(b"https://news.example/a\nhttps://news.example/b\n")
    (error,) = [entry for entry in read(folder) if isinstance(entry, SourceError)]
    assert "name it itself to have it fetched" in error.problem


def test_a_text_that_begins_with_an_address_is_a_page(tmp_path):
    (tmp_path / "dump.txt").write_bytes(b"https://news.example/a\n\nBus stop moved\n")
    assert isinstance(read(tmp_path / "dump.txt")[0], Page)


def test_an_empty_text_file_is_a_page_for_the_extractor_to_refuse(tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    assert isinstance(read(tmp_path / "empty.txt")[0], Page)


def test_several_targets_are_read_in_order_past_a_bad_one(folder):
    targets = [str(folder / "b.html"), "/no/such", str(folder / "a.txt")]
    kinds = [type(entry) for entry in open_sources(targets, SETTINGS)]
    assert kinds == [Page, SourceError, Page]


@pytest.mark.parametrize("target", ["ftp://example.org/page", "file:///etc/hostname"])
def test_an_address_of_another_scheme_is_told_from_a_path(target):
    (refused,) = open_source(target, Settings())
    assert isinstance(refused, SourceError)
    assert target in str(refused)
    assert "expected http://" in str(refused)
