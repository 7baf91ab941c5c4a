"""Text files as lines: any encoding, any line length, no surprise.

UTF-8 unless the file says or shows otherwise. Bytes that do not fit the encoding become
lone surrogates (``surrogateescape``), which no valid text holds: the reader finds the row
they stand in and still has every byte of it.
"""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes
from resiliparse.parse.encoding import detect_encoding as detect_charset

from moderation.errors import InputError

MAX_LINE_CHARS = 10_000_000
"""Longest row that is read; a longer one is a quote that was never closed, or hostile."""
_SCAN_BYTES = 1 << 20
_SAMPLE_BYTES = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its end.

    Args:
        number: Counted from 1.
        text: As it stands; cut after ``MAX_LINE_CHARS``.
        whole: False if it was cut.
    """

    number: int
    text: str
    whole: bool = True


def read_lines(path: Path, encoding: str) -> Iterator[Line]:
    """Read a file line by line in bounded memory.

    Raises:
        InputError: The file cannot be read, or its compression is broken.
    """
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    try:
        with (
            _open(path) as raw,
            io.TextIOWrapper(raw, encoding=encoding, errors=errors, newline="") as file,
        ):
            number = 1
            while text := file.readline(MAX_LINE_CHARS):
                whole = len(text) < MAX_LINE_CHARS or text.endswith(("\n", "\r"))
                yield Line(number, text, whole)
                while not whole:
                    rest = file.readline(MAX_LINE_CHARS)
                    whole = len(rest) < MAX_LINE_CHARS or rest.endswith(("\n", "\r"))
                number += 1
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(str(path), _problem(error)) from error


def detect_encoding(path: Path) -> str:
    """Name the codec a text file is written in; ``"utf-8"`` where nothing speaks against it.

    The whole file is looked at, in bounded memory: a Latin-1 letter may stand on the last line.

    Raises:
        InputError: The file cannot be read, is empty, or holds no text in any known encoding.
    """
    try:
        with _open(path) as file:
            head = file.read(_SAMPLE_BYTES)
            sample = _first_invalid(file, head)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(str(path), _problem(error)) from error
    if not head.strip():
        raise InputError(str(path), "is empty")
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    if head[:200].count(0) > len(head[:200]) // 4:
        return _without_bom(head, path)
    if not sample or _mostly_utf8(sample):
        return "utf-8"
    encoding = _guess(sample)
    if not encoding:
        raise InputError(str(path), "is no text in a known encoding; expected UTF-8")
    return encoding


def _open(path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return path.open("rb")


def _problem(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read ({error.strerror})"
    return "is no complete gzip file"


def _first_invalid(file: BinaryIO, head: bytes) -> bytes:
    """A sample from around the first byte that is not UTF-8; nothing if there is none."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    before, block = b"", head
    while block:
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            around = before[-_SAMPLE_BYTES:] + block
            middle = len(before[-_SAMPLE_BYTES:]) + max(error.start, 0)
            return around[max(middle - _SAMPLE_BYTES, 0) : middle + _SAMPLE_BYTES]
        before, block = block, file.read(_SCAN_BYTES)
    return b""


def _mostly_utf8(sample: bytes) -> bool:
    """Whether more of the letters beyond ASCII are UTF-8 than not: a damaged UTF-8 file."""
    text = sample.decode("utf-8", "replace")
    beyond = sum(character > "\x7f" for character in text)
    return text.count("\ufffd") * 2 < beyond


def _guess(sample: bytes) -> str:
    """Try uchardet, best at one-byte encodings, then charset-normalizer; empty if neither knows."""
    encoding = detect_charset(sample) or ""
    try:
        sample.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        best = from_bytes(sample).best()
        return "" if best is None else best.encoding
    return encoding


def _without_bom(head: bytes, path: Path) -> str:
    """UTF-16 shows by zeros on every other byte; zeros elsewhere are no text."""
    even, odd = head[0:200:2].count(0), head[1:200:2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    if even > 4 * odd:
        return "utf-16-be"
    raise InputError(str(path), "is binary; expected text")
