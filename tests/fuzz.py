"""Fuzzes extraction and sources with atheris, starting from the sample and golden pages.

`make fuzz` runs every target in turn, `make fuzz ARGS="--minutes 60"` for so long in total.
A finding is anything but a page or one of our own errors, a thread that breaks its contract,
or an input that takes longer than ``HANG_S``. Each is kept in build/fuzz/findings, and what
is mended becomes a test.
"""

import gzip
import hashlib
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import atheris
import click

with atheris.instrument_imports(include=["moderation"]):
    from moderation import extractors
    from moderation.config import Settings
    from moderation.errors import ModerationError
    from moderation.schema import Page
    from moderation.sources import open_source
    from moderation.testing import check_thread

ROOT = Path(__file__).parents[1]
SEEDS = (ROOT / "data" / "sample", ROOT / "tests" / "golden")
HANG_S = 10
MAX_BYTES = 40_000
PAGE_KINDS = ("html", "txt", "json", "xml")
SOURCE_SUFFIXES = (".warc", ".warc.gz", ".wet", ".html.gz", ".html.zst", ".xml", ".txt", ".urls")
TARGETS = (*PAGE_KINDS, "sources")


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--minutes", default=5.0, show_default=True, help="For all targets together.")
@click.option("--target", type=click.Choice(TARGETS), help="Run this one here, until it hangs.")
@click.option("--folder", default=Path("build/fuzz"), type=Path, show_default=True)
def main(minutes: float, target: str | None, folder: Path) -> None:
    """Fuzz for a while; exit code 1 if there are findings."""
    findings = folder / "findings"
    findings.mkdir(parents=True, exist_ok=True)
    if target:
        _fuzz(target, folder, int(minutes * 60))
        return
    for name in TARGETS:
        ends_at = time.monotonic() + minutes * 60 / len(TARGETS)
        while (left_s := ends_at - time.monotonic()) > 5:
            # A hang ends libFuzzer; what is left of the time is for the next inputs.
            command = [sys.executable, __file__, "--target", name, "--folder", str(folder)]
            subprocess.run([*command, "--minutes", str(left_s / 60)], check=False)  # noqa: S603 - this very file
    found = sorted(path for path in findings.iterdir() if path.suffix != ".why")
    click.echo("\n".join([f"{len(found)} findings", *map(str, found)]))
    sys.exit(bool(found))


def _fuzz(target: str, folder: Path, seconds: int) -> None:
    corpus = folder / f"corpus-{target}"
    corpus.mkdir(exist_ok=True)
    for seed in _seeds(target):
        (corpus / hashlib.sha256(seed).hexdigest()).write_bytes(seed)
    words = folder / "words.dict"
    words.write_text("".join(f'"{word}"\n' for word in sorted(_words())), encoding="ascii")
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={HANG_S}",
        f"-max_len={MAX_BYTES}",
        f"-dict={words}",
        f"-artifact_prefix={folder / 'findings'}/{target}-",
        "-rss_limit_mb=4096",
        "-print_final_stats=1",
    ]
    check = _check_source if target == "sources" else lambda body: _check_page(body, target)
    atheris.Setup([sys.argv[0], *options, str(corpus)], _keeping(check, folder, target))
    atheris.Fuzz()


def _check_page(body: bytes, kind: str) -> None:
    try:
        check_thread(extractors.extract(Page(f"page.{kind}", body)))
    except ModerationError:
        return


def _check_source(body: bytes) -> None:
    """Read ``body`` from a file whose suffix its first byte names; nothing is fetched."""
    suffix = SOURCE_SUFFIXES[body[0] % len(SOURCE_SUFFIXES)] if body else ".html"
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"page{suffix}").write_bytes(body[1:])
        for _ in open_source(folder, Settings(max_page_bytes=1_000_000)):
            pass


def _keeping(check: Callable[[bytes], None], folder: Path, target: str) -> Callable[[bytes], None]:
    """Keep the first input of each kind of failure, and go on."""
    known: set[str] = set()

    def test(body: bytes) -> None:
        try:
            check(body)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{target}-{type(error).__name__}-{Path(where.filename).stem}-{where.lineno}"
            if place not in known:
                known.add(place)
                (folder / "findings" / place).write_bytes(body)
                why = "".join(traceback.format_exception(error))
                (folder / "findings" / f"{place}.why").write_text(why, encoding="utf-8")

    return test


def _seeds(target: str) -> Iterator[bytes]:
    if target == "sources":
        pages = [path.read_bytes() for path in (ROOT / "data" / "sample").glob("*.html")]
        for number, suffix in enumerate(SOURCE_SUFFIXES):
            body = pages[number % len(pages)][:2_000]
            yield bytes([number]) + (gzip.compress(body) if suffix.endswith(".gz") else body)
        return
    for folder in SEEDS:
        for path in folder.rglob(f"*.{target}"):
            body = path.read_bytes()
            if len(body) <= MAX_BYTES:
                yield body


def _words() -> set[str]:
    """Tags, class names and keys of the golden pages: what extractors look for."""
    text = "".join(path.read_text("utf-8", "replace") for path in SEEDS[1].rglob("*.html"))
    found = re.findall(r"</?[a-z0-9-]+|[a-z-]+=|(?<=[ \"'])[a-zA-Z][\w-]{3,40}(?=[ \"'])", text)
    return {word for word in found if word.isascii()}


if __name__ == "__main__":
    main()
