"""Extraction that a hostile page cannot stop: one worker process, killed when it hangs.

Pages are parsed in a child process that is started once and asked again and again. A page
that takes too long, eats too much memory or crashes the parser costs one clear line: the
child is killed, a new one started, and the next page goes on.

Both ends speak frames over the child's standard streams: 8 bytes of length, then JSON (and
for a page its bytes). Neither pickle nor the parent's ``__main__`` is involved, so it works
the same under the command, pytest and Streamlit.
"""

import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from moderation import interchange
from moderation.config import Settings
from moderation.errors import ExtractionError, ModerationError, SourceError
from moderation.schema import Article, Comment, Confidence, Page, Thread
from moderation.sources import open_sources
from moderation.sources.comment_tables import is_table
from moderation.sources.render import Renderer
from moderation.sources.web import Fetcher

MEMORY_BYTES = 4 * 2**30
"""Address space of the child: about ten times what a 100 MB page was seen to need."""
START_TIMEOUT_S = 60.0
_LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Extracted:
    """A thread and where it came from.

    Args:
        source: The path or address as the user named it.
        thread: What the page holds; without comments if it has none.
        explanation: Lines that tell how it was read, if that was asked for.
        notes: One line about each thing that had to be guessed or mended.
    """

    source: str
    thread: Thread
    explanation: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def open_targets(
    targets: Iterable[str],
    settings: Settings,
    *,
    render: bool = False,
    tell: Callable[[str], None] = lambda _line: None,
) -> Iterator[Page | Extracted | SourceError]:
    """Read pages as ``moderation.sources`` does, and threads out of thread files.

    Args:
        targets: As the user gave them.
        settings: ``max_page_bytes`` caps each page.
        render: Whether the scripts of fetched pages run, see ``moderation.sources.render``.
        tell: Called with one line about what was passed over, such as an archive's images.
    """
    for threads, group in groupby(targets, key=_is_thread_file):
        if not threads:
            fetcher = Fetcher(settings.max_page_bytes)
            web = Renderer(fetcher) if render else fetcher
            yield from open_sources(group, settings, fetcher=web, tell=tell)
            continue
        for target in group:
            for found in interchange.read_threads(Path(target)):
                yield found if isinstance(found, SourceError) else _extracted(*found)


def _extracted(source: str, thread: Thread) -> Extracted:
    mended = interchange.oddities(thread.comments)
    if not mended:
        return Extracted(source, thread)
    from moderation.extractors import mended_thread  # noqa: PLC0415 - heavy, and seldom needed

    return Extracted(source, mended_thread(thread), notes=(mended,))


def sample_folder() -> Path:
    """Return the folder of invented pages: inside an installed package, or in the repository.

    Raises:
        ModerationError: Neither is there.
    """
    package = Path(__file__).parent
    for folder in (package / "sample", package.parent / "data" / "sample"):
        if folder.is_dir():
            return folder
    msg = f"the sample pages are missing from {package}; install the package again"
    raise ModerationError(msg)


def extract_pages(
    pages: Iterable[Page | Extracted | SourceError], *, timeout_s: float, explain: bool = False
) -> Iterator[Extracted | SourceError]:
    """Read the thread out of each page; what fails is yielded as a value, in its place.

    Args:
        pages: As ``moderation.sources.open_source`` gives them; threads that are extracted
            already pass through.
        timeout_s: Seconds one page may take.
        explain: Whether to tell how each page was read, too.
    """
    with Worker(timeout_s=timeout_s) as worker:
        for page in pages:
            if isinstance(page, Page):
                try:
                    yield worker.read(page, explain=explain)
                except SourceError as error:
                    yield error
            else:
                yield page


class Worker:
    """A child process that extracts pages; started with the first page, restarted when it dies.

    Args:
        timeout_s: Seconds one page may take.
    """

    def __init__(self, *, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self._child: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def extract(self, page: Page) -> Thread:
        """Extract one page in the child; raises what ``read`` raises."""
        return self.read(page).thread

    def read(self, page: Page, *, explain: bool = False) -> Extracted:
        """Extract one page in the child.

        Args:
            page: What a source read.
            explain: Whether to tell how it was read, too.

        Raises:
            ExtractionError: The page is no document, took too long, or ended the child.
            ModerationError: No child can be started on this machine.
        """
        child = self._child or self._start()
        head: dict[str, Any] = {"source": page.source, "url": page.url, "charset": page.charset}
        head |= {"fetched_at": page.fetched_at.isoformat() if page.fetched_at else None}
        head |= {"explain": explain}
        try:
            _send(child.stdin, json.dumps(head).encode())
            _send(child.stdin, page.body)
            answer = self._answers.get(timeout=self.timeout_s)
        except queue.Empty:
            self.close()
            problem = (
                f"took longer than {self.timeout_s:g} s to extract; given up "
                "(page_timeout_s sets the limit)"
            )
            raise ExtractionError(page.source, problem) from None
        except OSError:
            answer = None
        except BaseException:
            self.close()  # an interrupted exchange would answer the next page with this one's
            raise
        if answer is None:
            self.close()
            problem = "extraction ran out of memory or crashed; given up"
            raise ExtractionError(page.source, problem)
        reply = json.loads(answer)
        if "problem" in reply:
            raise ExtractionError(page.source, reply["problem"])
        lines = tuple(reply["explanation"]), tuple(reply["notes"])
        return Extracted(page.source, _thread(reply["thread"]), *lines)

    def peak_bytes(self) -> int:
        """Return the most memory the running child has taken; 0 where the system does not tell."""
        status = Path(f"/proc/{self._child.pid}/status") if self._child else None
        if status is None or not status.is_file():
            return 0
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) * 1024

    def close(self) -> None:
        """End the child; the next page starts another."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):  # half a page may wait to be sent to the dead child
                    pipe.close()

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(  # noqa: S603 - this very module
            [sys.executable, "-m", "moderation.extraction", repr(self.timeout_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._child = child
        self._answers = queue.SimpleQueue()
        reader = threading.Thread(
            target=_read_answers, args=(child.stdout, self._answers), daemon=True
        )
        reader.start()
        try:
            ready = self._answers.get(timeout=START_TIMEOUT_S)
        except queue.Empty:
            ready = None
        if ready is None:
            self.close()
            msg = (
                "the extraction process cannot be started; "
                "`python -m moderation.extraction 1` tells why"
            )
            raise ModerationError(msg)
        return child


def serve(timeout_s: float) -> None:
    """Be the child: answer pages on standard input until it ends.

    Args:
        timeout_s: After twice as long on one page the system ends this process, should the
            parent be gone.
    """
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print must not break the framing
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _limit_memory()
    from moderation import extractors  # noqa: PLC0415 - loaded under the limits

    _send(answers, b"ready")
    while (head := _receive(requests)) is not None:
        body = _receive(requests)
        if body is None:
            return
        if hasattr(signal, "alarm"):
            signal.alarm(int(2 * timeout_s) + 5)
        asked = json.loads(head)
        explained = asked.pop("explain")
        page = _page(asked, body)
        try:
            notes: list[str] = []
            thread = extractors.extract(page, tell=notes.append)
            reply: dict[str, Any] = {"thread": asdict(thread), "notes": notes}
            reply["explanation"] = extractors.explain(page).lines() if explained else []
        except SourceError as error:
            reply = {"problem": error.problem}
        except MemoryError:
            return  # what is left of this process is not to be trusted
        except Exception as error:  # one page must not stop the batch
            reply = {"problem": f"extractor failed ({type(error).__name__}); please report it"}
        _send(answers, json.dumps(reply, default=datetime.isoformat).encode())


def _page(head: dict[str, Any], body: bytes) -> Page:
    fetched = head.pop("fetched_at")
    return Page(body=body, fetched_at=fetched and datetime.fromisoformat(fetched), **head)


def _is_thread_file(target: str) -> bool:
    named = target.lower().endswith(interchange.SUFFIXES) and Path(target).is_file()
    return named and not is_table(target)


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415 - POSIX only
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _read_answers(stream: BinaryIO | None, answers: "queue.SimpleQueue[bytes | None]") -> None:
    answer = _receive(stream)
    while answer is not None:
        answers.put(answer)
        answer = _receive(stream)
    answers.put(None)


def _send(stream: Any, content: bytes) -> None:
    stream.write(len(content).to_bytes(_LENGTH_BYTES, "big"))
    stream.write(content)
    stream.flush()


def _receive(stream: Any) -> bytes | None:
    """One frame, or None when the other end is gone."""
    try:
        size = stream.read(_LENGTH_BYTES)
        if len(size) < _LENGTH_BYTES:
            return None
        expected = int.from_bytes(size, "big")
        content: bytes = stream.read(expected)
    except (OSError, ValueError):  # closed under the reader
        return None
    return content if len(content) == expected else None


def _thread(value: dict[str, Any]) -> Thread:
    comments = tuple(_comment(entry) for entry in value["comments"])
    return Thread(Article(**value["article"]), comments, value["platform"])


def _comment(entry: dict[str, Any]) -> Comment:
    sure = entry.pop("confidence")
    posted_at = _time(entry.pop("posted_at"))
    return Comment(**entry, posted_at=posted_at, confidence=sure and Confidence(**sure))


def _time(stamp: str | None) -> datetime | None:
    return None if stamp is None else datetime.fromisoformat(stamp)


if __name__ == "__main__":
    serve(float(sys.argv[1]))
