"""Web archives: the pages of WARC and WET files, one after the other.

Format: WARC 1.0 and 1.1 (ISO 28500) and Common Crawl's WET, plain, gzipped or zstd-compressed,
read with FastWARC. HTML pages of ``response`` and ``resource`` records and the texts of
``conversion`` records are pages; what else the archive holds is counted, not read.

A page's source is the archive's with ``#`` and the record's offset in the file. A record that
cannot be read is one error; reading goes on at the next one that can be found. One record at a
time is in memory, of which no more than a page may hold is kept.
"""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from fastwarc import stream_io, warc

from moderation.errors import SourceError
from moderation.schema import Page
from moderation.sources.web import is_address, too_large

SUFFIXES = (".warc", ".wet")
"""What an archive is called, each also with ``.gz`` or ``.zst``."""
MAX_RATIO = 300
"""How many times its size an archive may hold; real ones hold 4 to 10 times."""
_KINDS = warc.response | warc.resource | warc.conversion
_HTML = re.compile(r"text/html|application/xhtml\+xml")
_TEXT = re.compile(r"text/plain")
_OK = 200
_STARTS = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]|\x28\xb5\x2f\xfd|(?<=\n)WARC/1\.")
"""Where a record may start: a gzip member, a zstd frame, a line naming the format."""
_CHUNK = re.compile(rb"[0-9a-fA-F]{1,8}[ \t]*(?:;[^\r\n]*)?\r\n")
_READ_BYTES = 1 << 20
_ENCODINGS: dict[str, Callable[[BinaryIO], stream_io.WarcReader]] = {
    "gzip": stream_io.GzipReader,
    "x-gzip": stream_io.GzipReader,
    "deflate": lambda stream: stream_io.GzipReader(stream, zlib=True),
    "br": stream_io.BrotliReader,
    "zstd": stream_io.ZstdReader,
}


def is_archive_name(name: str) -> bool:
    """Tell whether a file is called as archives are."""
    return name.lower().removesuffix(".gz").removesuffix(".zst").endswith(SUFFIXES)


def read_archive(
    path: Path, max_bytes: int, tell: Callable[[str], None]
) -> Iterator[Page | SourceError]:
    """Read the pages of a WARC or WET file, in its order.

    Args:
        path: The file.
        max_bytes: The most a page may hold, before and after decompression.
        tell: Called once at the end, if there are any, with how many records are no pages.

    Yields:
        A page, or the error that stands in for a record; both say at which offset it lies.
    """
    skipped: Counter[str] = Counter()
    try:
        with path.open("rb") as file:
            yield from _pages(file, path, max_bytes, skipped)
    except OSError as error:
        yield SourceError(str(path), f"cannot be read ({error.strerror}); expected an archive")
    if skipped:
        counts = ", ".join(f"{count:,} {reason}" for reason, count in skipped.most_common())
        tell(f"{path}: records passed over: {counts}")


def _pages(
    file: BinaryIO, path: Path, max_bytes: int, skipped: Counter[str]
) -> Iterator[Page | SourceError]:
    allowed = max(max_bytes, MAX_RATIO * path.stat().st_size)
    start: int | None = 0
    damaged = False
    while start is not None:
        file.seek(start)
        try:
            for record in warc.ArchiveIterator(file, record_types=_KINDS):
                start = record.stream_pos
                allowed -= record.content_length
                if allowed < 0:
                    problem = f"holds more than {MAX_RATIO} times its size; the rest is not read"
                    yield SourceError(str(path), problem)
                    return
                found = _page(record, f"{path}#{start}", max_bytes)
                damaged = damaged and not isinstance(found, Page)
                if isinstance(found, str):
                    skipped[found] += 1
                else:
                    yield found
        except OSError as error:
            if not damaged:
                where = f"{path}#{start}"
                yield SourceError(where, f"the archive is damaged after this offset ({error})")
            damaged = True
            start = _next_start(file, start + 1)
        else:
            return


def _next_start(file: BinaryIO, start: int) -> int | None:
    """Return the offset from which on a record may start; None if there is none."""
    file.seek(start)
    before = b""
    while block := file.read(_READ_BYTES):
        found = _STARTS.search(before + block)
        if found:
            return start - len(before) + found.start()
        start += len(block)
        before = (before + block)[-8:]
    return None


def _page(record: warc.WarcRecord, source: str, max_bytes: int) -> Page | SourceError | str:
    """Return the page of a record, what is wrong with it, or why it is none."""
    reason = _no_page(record)
    if reason:
        return reason
    expected = record.content_length
    if expected > max_bytes:
        return too_large(source, max_bytes)
    body = record.reader.read(expected)
    if len(body) < expected:
        return SourceError(source, "the record is cut off; expected a whole one")
    if record.is_http:
        body = _decoded(record.http_headers, body, max_bytes)
        if len(body) > max_bytes:
            return too_large(source, max_bytes)
    is_text = record.record_type == warc.conversion
    return Page(
        source,
        body,
        url=_address(record),
        charset="utf-8" if is_text else record.http_charset,
        fetched_at=_moment(record),
    )


def _no_page(record: warc.WarcRecord) -> str | None:
    """Say what a record is that is no page."""
    if record.record_type == warc.conversion:
        kind = record.headers.get("Content-Type") or ""
        return None if _TEXT.match(kind) else "not text"
    if record.is_http:
        answer = record.http_headers if record.is_http_parsed else None
        if answer is None or answer.status_code != _OK:
            return "not answered with 200"
        kind = record.http_content_type or ""
    else:
        kind = record.headers.get("Content-Type") or ""
    return None if _HTML.match(kind.strip().lower()) else "not HTML"


def _decoded(headers: warc.HeaderMap, body: bytes, max_bytes: int) -> bytes:
    """Undo what HTTP did to a body on its way; some crawlers have undone it already."""
    if _CHUNK.match(body) and "chunked" in (headers.get("Transfer-Encoding") or "").lower():
        body = stream_io.ChunkedReader(io.BytesIO(body)).read(len(body))
    coding = (headers.get("Content-Encoding") or "").strip().lower()
    reader = _ENCODINGS.get(coding)
    if reader is None:
        return body
    try:
        return reader(io.BytesIO(body)).read(max_bytes + 1)
    except OSError:
        return body  # undone already, or damaged: then it is no document, which is told later


def _address(record: warc.WarcRecord) -> str | None:
    """Return the page's address; early crawlers wrote it in angle brackets."""
    address = (record.headers.get("WARC-Target-URI") or "").strip().strip("<>")
    return address if is_address(address) else None


def _moment(record: warc.WarcRecord) -> datetime | None:
    date = record.record_date
    return None if date is None else date.astimezone(UTC)
