"""Pages on disk: single files, folders, standard input.

A file compressed with gzip or zstd is one page, decompressed whatever it is called. Nothing is
read beyond the size cap, so that a device, a pipe without end or a bomb costs no more than a
page. Web archives hold many pages: see ``archives``.
"""

import gzip
import io
import os
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from fastwarc.stream_io import ZstdReader

from moderation.errors import SourceError
from moderation.schema import Page
from moderation.sources import archives
from moderation.sources.web import is_address, too_large

PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".txt", ".json", ".xml")
"""What counts as a page in a folder, each also with ``.gz`` or ``.zst``; so do web archives.
Other files are passed over."""
_READ_ALONE = tuple(suffix for suffix in PAGE_SUFFIXES if suffix != ".json")
"""What JSON may lie beside: how a page was read, or what is right."""
STDIN = "-"


def read_file(path: Path, max_bytes: int) -> Page | SourceError:
    """Read one file.

    Args:
        path: Any readable file; a named pipe too.
        max_bytes: The most a page may hold, before and after decompression.
    """
    try:
        with path.open("rb") as stream:
            return _read(stream, str(path), max_bytes)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or "no usable file name"
        return SourceError(str(path), f"cannot be read ({reason}); expected a file or folder")


def read_stdin(max_bytes: int) -> Page | SourceError:
    """Read standard input as one page, whose source is ``-``."""
    return _read(sys.stdin.buffer, STDIN, max_bytes)


def read_folder(
    folder: Path, max_bytes: int, tell: Callable[[str], None]
) -> Iterator[Page | SourceError]:
    """Read the pages of a folder and the folders in it, sorted by name.

    Hidden files and folders and links to folders are passed over, and so is, quietly, what
    does not end as ``PAGE_SUFFIXES`` say and is no archive. JSON beside a page of the same name
    (``story.json`` or ``story.gold.json`` beside ``story.html``) is about it and passed over, too.

    Args:
        folder: Where to look.
        max_bytes: As for ``read_file``.
        tell: As for ``archives.read_archive``.
    """
    problems: list[OSError] = []
    empty = True
    for parent, folders, names in os.walk(folder, onerror=problems.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        beside = _beside_pages(names)
        if beside:
            told = f"{parent}: {len(beside)} JSON files beside pages of the same name passed over"
            tell(f"{told} ({min(beside)}); name one itself to have it read")
        for name in sorted(filter(_is_page_name, set(names) - beside)):
            empty = False
            path = Path(parent, name)
            if archives.is_archive_name(name):
                yield from archives.read_archive(path, max_bytes, tell)
            else:
                yield _unless_list(read_file(path, max_bytes))
    for error in problems:
        yield SourceError(str(error.filename), f"cannot be read ({error.strerror})")
    if empty and not problems:
        endings = ", ".join(PAGE_SUFFIXES)
        yield SourceError(str(folder), f"holds no page; expected files ending in {endings}")


def address_list(page: Page) -> list[str] | None:
    """Return the lines of a list of addresses, or None if the file is something else.

    A ``.urls`` file is a list whatever it holds; a ``.txt`` file if every line is an
    address. Empty lines and those starting with ``#`` are no part of either.
    """
    if not page.source.endswith((".urls", ".txt")):
        return None
    lines = [line.strip() for line in page.body.decode("utf-8", "replace").splitlines()]
    entries = [line for line in lines if line and not line.startswith("#")]
    is_list = page.source.endswith(".urls") or (entries and all(map(is_address, entries)))
    return entries if is_list else None


def _read(stream: BinaryIO, source: str, max_bytes: int) -> Page | SourceError:
    try:
        body = stream.read(max_bytes + 1)
    except OSError as error:
        return SourceError(source, f"cannot be read ({error.strerror})")
    if len(body) <= max_bytes:
        try:
            body = _decompressed(body, max_bytes)
        except (EOFError, zlib.error, OSError):
            return SourceError(source, "is damaged or cut off; expected a whole compressed file")
    return Page(source, body) if len(body) <= max_bytes else too_large(source, max_bytes)


def _decompressed(body: bytes, max_bytes: int) -> bytes:
    if body.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=io.BytesIO(body)).read(max_bytes + 1)
    if body.startswith(b"\x28\xb5\x2f\xfd"):
        return ZstdReader(io.BytesIO(body)).read(max_bytes + 1)
    return body


def _is_page_name(name: str) -> bool:
    if name.startswith("."):
        return False
    return _unpacked(name).endswith(PAGE_SUFFIXES) or archives.is_archive_name(name)


def _unpacked(name: str) -> str:
    return name.lower().removesuffix(".gz").removesuffix(".zst")


def _beside_pages(names: Iterable[str]) -> set[str]:
    """Return the JSON files that are called as another page, or as it and one word more."""
    plain = {name: _unpacked(name) for name in names if not name.startswith(".")}
    alone = [one for one in plain.values() if one.endswith(_READ_ALONE)]
    pages = {*alone, *(one.rpartition(".")[0] for one in alone)}
    stems = {name: one[:-5] for name, one in plain.items() if one.endswith(".json")}
    return {
        name
        for name, stem in stems.items()
        if not pages.isdisjoint({stem, stem.rpartition(".")[0]})
    }


def _unless_list(page: Page | SourceError) -> Page | SourceError:
    if isinstance(page, Page) and address_list(page) is not None:
        return SourceError(page.source, "is a list of addresses; name it itself to have it fetched")
    return page
