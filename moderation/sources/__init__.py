"""Sources: where pages come from; each is an iterator of ``Page``.

| target | pages |
|---|---|
| ``page.html``, any other file, also with gzip or zstd | that one |
| ``crawl.warc``, ``crawl.wet``, also with ``.gz`` or ``.zst`` | those in it (see ``archives``) |
| ``comments.csv``, ``.tsv``, ``.parquet``, ``.jsonl`` | one per article (see ``comment_tables``) |
| ``folder/`` | its files ending as ``files.PAGE_SUFFIXES`` say, at any depth, sorted |
| ``-`` | standard input, one page |
| ``https://…`` | fetched, politely |
| ``list.urls``, or a ``.txt`` of nothing but addresses | each address fetched |

A WordPress or Disqus export is one page per commented article (see ``exports``).

Nothing is fetched unless the user named the address or the list: a list found inside a
folder is reported, not followed.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from moderation.config import Settings
from moderation.errors import SourceError
from moderation.schema import Page
from moderation.sources import archives, comment_tables, exports, files
from moderation.sources.render import Renderer
from moderation.sources.web import Fetcher, is_address

__all__ = ["is_address", "open_source", "open_sources"]
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)


def open_source(target: str, settings: Settings) -> Iterator[Page | SourceError]:
    """Read the pages ``target`` names, one at a time.

    Args:
        target: A file, folder, ``-``, address or list of addresses, as the user gave it.
        settings: ``max_page_bytes`` caps each page, before and after decompression.

    Yields:
        A page, or, so that the rest goes on, the error that stands in for one.
    """
    return open_sources((target,), settings)


def open_sources(
    targets: Iterable[str],
    settings: Settings,
    *,
    fetcher: Fetcher | Renderer | None = None,
    tell: Callable[[str], None] = lambda _line: None,
) -> Iterator[Page | SourceError]:
    """Read the pages of several targets as ``open_source`` does, sharing one ``Fetcher``.

    Args:
        targets: Read in this order.
        settings: As for ``open_source``.
        fetcher: How addresses are fetched, closed at the end; keeps the pauses between
            requests to one host across targets.
        tell: Called with one line about what was passed over, such as an archive's images.
    """
    with fetcher or Fetcher(settings.max_page_bytes) as web:
        for target in targets:
            for page in _open(target, settings.max_page_bytes, web, tell):
                yield from exports.parts(page) if isinstance(page, Page) else (page,)


def _open(
    target: str, max_bytes: int, web: Fetcher | Renderer, tell: Callable[[str], None]
) -> Iterator[Page | SourceError]:
    if is_address(target):
        yield web.fetch(target)
    elif _SCHEME.match(target):
        yield SourceError(target, "is no address that is read; expected http://… or https://…")
    elif target == "-":
        yield files.read_stdin(max_bytes)
    elif Path(target).is_dir():
        yield from files.read_folder(Path(target), max_bytes, tell)
    elif archives.is_archive_name(target):
        yield from archives.read_archive(Path(target), max_bytes, tell)
    elif comment_tables.is_table(target):
        yield from comment_tables.read_table(Path(target), max_bytes)
    else:
        page = files.read_file(Path(target), max_bytes)
        addresses = files.address_list(page) if isinstance(page, Page) else None
        if addresses is None:
            yield page
        else:
            yield from map(web.fetch, addresses)
