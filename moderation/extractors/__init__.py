"""Extractors: each reads the threads of one comment platform out of a page.

``BUILTIN`` is ordered, most specific first, the general ones last; ``extract`` runs the
first that matches and finds something, and keeps for all of them what a thread promises:
unique ids, known parents, no circles, no empty comments.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache
from typing import Protocol

from moderation import interchange, plugins
from moderation.errors import ExtractionError
from moderation.extractors.api_answers import API_ANSWERS
from moderation.extractors.article import made_up_address, read_article
from moderation.extractors.blogger import BLOGGER
from moderation.extractors.clock import dated
from moderation.extractors.commento import COMENTARIO, COMMENTO
from moderation.extractors.coral import CORAL
from moderation.extractors.daum import DAUM
from moderation.extractors.discourse import DISCOURSE
from moderation.extractors.disqus import DISQUS
from moderation.extractors.disqus_export import DisqusExportExtractor
from moderation.extractors.document import Document
from moderation.extractors.drupal import DRUPAL_6, DRUPAL_7, DRUPAL_8
from moderation.extractors.embedded_state import EmbeddedStateExtractor
from moderation.extractors.epoch import EPOCH
from moderation.extractors.evidence import evidence_of
from moderation.extractors.explanation import Attempt, Candidate, Explanation, weighed
from moderation.extractors.facebook import FACEBOOK
from moderation.extractors.fluxbb import FLUXBB
from moderation.extractors.giscus import GISCUS, UTTERANCES
from moderation.extractors.hacker_news import HACKER_NEWS
from moderation.extractors.hyvor import HYVOR
from moderation.extractors.identity import comment_id
from moderation.extractors.interchange_json import InterchangeExtractor
from moderation.extractors.invision import INVISION, IP_BOARD_2
from moderation.extractors.isso import ISSO
from moderation.extractors.json_comments import JsonCommentsExtractor
from moderation.extractors.judging import weights
from moderation.extractors.kinja import KINJA
from moderation.extractors.linkedin import LINKEDIN
from moderation.extractors.livefyre import LIVEFYRE
from moderation.extractors.livejournal import LIVEJOURNAL
from moderation.extractors.microformats import MicroformatsExtractor
from moderation.extractors.mybb import MYBB
from moderation.extractors.naver import NAVER
from moderation.extractors.openweb import OPENWEB
from moderation.extractors.outline import tidy
from moderation.extractors.phpbb import PHPBB, SUBSILVER
from moderation.extractors.plain_text import PlainTextExtractor
from moderation.extractors.records import RecordsExtractor
from moderation.extractors.reddit import OLD_REDDIT, REDDIT_2018, SHREDDIT
from moderation.extractors.remark42 import REMARK42
from moderation.extractors.schema_org import SchemaOrgExtractor
from moderation.extractors.smf import SMF
from moderation.extractors.spip import SPIP
from moderation.extractors.stack_exchange import STACK_EXCHANGE
from moderation.extractors.typo3 import TYPO3
from moderation.extractors.vanilla import VANILLA
from moderation.extractors.vbulletin import VBULLETIN
from moderation.extractors.viafoura import VIAFOURA
from moderation.extractors.woltlab import WOLTLAB, WOLTLAB_COMMENTS
from moderation.extractors.wordpress import WORDPRESS
from moderation.extractors.wordpress_export import WordpressExportExtractor
from moderation.extractors.wpdiscuz import WPDISCUZ
from moderation.extractors.xenforo import XENFORO
from moderation.schema import Article, Comment, Page, Thread


class Extractor(Protocol):
    """Reads the threads of one comment platform.

    The module docstring of an implementation states the markup it relies on and the
    platform versions seen.

    Attributes:
        name: What ``platform`` says in the output, such as ``"wordpress"``.
    """

    @property
    def name(self) -> str:
        """Registry key; a class or instance attribute does."""
        ...

    def matches(self, document: Document) -> bool:
        """Tell cheaply whether this platform may be on the page; never raises."""
        ...

    def extract(self, document: Document) -> Thread:
        """Read the thread; raises ExtractionError if there is none after all."""
        ...


BUILTIN: tuple[Extractor, ...] = (
    WPDISCUZ,
    EPOCH,
    DISQUS,
    LIVEFYRE,
    DISCOURSE,
    STACK_EXCHANGE,
    HACKER_NEWS,
    OLD_REDDIT,
    REDDIT_2018,
    SHREDDIT,
    KINJA,
    XENFORO,
    WOLTLAB,
    VBULLETIN,
    FLUXBB,
    PHPBB,
    SUBSILVER,
    INVISION,
    IP_BOARD_2,
    VANILLA,
    MYBB,
    SMF,
    ISSO,
    CORAL,
    REMARK42,
    COMMENTO,
    COMENTARIO,
    GISCUS,
    UTTERANCES,
    FACEBOOK,
    OPENWEB,
    VIAFOURA,
    HYVOR,
    NAVER,
    DAUM,
    LINKEDIN,
    LIVEJOURNAL,
    BLOGGER,
    SPIP,
    TYPO3,
    DRUPAL_8,
    DRUPAL_7,
    WOLTLAB_COMMENTS,
    WORDPRESS,
    DRUPAL_6,
    InterchangeExtractor(),
    WordpressExportExtractor(),
    DisqusExportExtractor(),
    *API_ANSWERS,
    JsonCommentsExtractor(),
    SchemaOrgExtractor(),
    MicroformatsExtractor(),
    EmbeddedStateExtractor(),
    RecordsExtractor(),
    PlainTextExtractor(),
)
NO_PLATFORM = "none"
"""What ``platform`` says of a page on which nobody found a comment."""


@cache
def load() -> tuple[Extractor, ...]:
    """Return the plug-ins' extractors and the built-in ones, in the order they are tried."""
    made = tuple(part() if isinstance(part, type) else part for part in plugins.load("extractors"))
    return (*made, *BUILTIN)


def extract(
    page: Page,
    extractors: Iterable[Extractor] | None = None,
    *,
    tell: Callable[[str], None] = lambda _line: None,
) -> Thread:
    """Read the article and its comments out of a page of any kind.

    A page without comments is a thread without comments, not an error.

    Args:
        page: What a source read.
        extractors: Tried in this order; by default all that are installed.
        tell: Called with one line about each thing that had to be guessed or mended.

    Raises:
        ExtractionError: The page is empty, binary, or no document this package reads.
    """
    document = Document(page)
    if document.guessed:
        tell(f"names no encoding; read as {document.guessed}")
    problems: list[str] = []
    empty: Thread | None = None
    for _, thread, problem in _attempts(document, extractors):
        if thread is None:
            problems.append(problem)
            continue
        sound = mended_thread(thread)
        if sound.comments:
            if mended := interchange.oddities(thread.comments):
                tell(mended)
            return dated(sound, document)
        empty = empty or replace(sound, platform=NO_PLATFORM)
    return empty or _without_comments(document, problems)


def mended_thread(thread: Thread) -> Thread:
    """Keep what a thread promises: unique ids, known parents, no circles, no empty comments."""
    return replace(thread, comments=_sound(thread.comments))


def explain(page: Page, extractors: Iterable[Extractor] | None = None) -> Explanation:
    """Tell how ``extract`` reads a page: who tried, what was weighed and what left out.

    Args:
        page: What a source read.
        extractors: As for ``extract``.

    Raises:
        ExtractionError: The page is empty or binary.
    """
    document = Document(page)
    attempts: list[Attempt] = []
    found, silent = 0, 0
    for name, thread, problem in _attempts(document, extractors):
        every = () if thread is None else thread.comments
        found = len(_sound(every))
        silent = len(every) - found
        attempts.append(Attempt(name, found, problem or None))
        if found:
            break
    candidates: tuple[Candidate, ...] = ()
    left_out: dict[str, int] = {"comments without words": silent} if silent else {}
    if attempts and attempts[-1].extractor == RecordsExtractor.name:
        candidates, others = weighed(evidence_of(document), weights())
        left_out |= others
    reader = attempts[-1].extractor if found else NO_PLATFORM
    return Explanation(reader, found, tuple(attempts), candidates, left_out)


def _attempts(
    document: Document, extractors: Iterable[Extractor] | None
) -> Iterator[tuple[str, Thread | None, str]]:
    """Yield the name of each extractor that matches and its thread, or else its problem."""
    for extractor in load() if extractors is None else extractors:
        if extractor.matches(document):
            try:
                yield extractor.name, extractor.extract(document), ""
            except ExtractionError as error:
                yield extractor.name, None, error.problem


def _without_comments(document: Document, problems: Sequence[str]) -> Thread:
    if document.kind == "html":
        return Thread(read_article(document), (), NO_PLATFORM)
    if document.kind == "text":
        text = tidy(document.text)
        title = text.partition("\n")[0]
        url = document.page.url or made_up_address(title, text)
        return Thread(Article(url, title, text), (), NO_PLATFORM)
    reason = problems[0] if problems else f"no extractor reads this {document.kind} document"
    raise ExtractionError(document.page.source, reason)


def _sound(comments: Sequence[Comment]) -> tuple[Comment, ...]:
    """Return the comments that say something, with unique ids and parents that make a forest."""
    kept: list[Comment] = []
    parents: dict[str, str | None] = {}
    for comment in comments:
        parents.setdefault(comment.id, comment.parent_id)
        if comment.text.strip():
            kept.append(comment)
    speaking = {comment.id for comment in kept}
    circular = _on_circles(parents)
    heard: dict[str, str | None] = {}
    taken: dict[str, int] = {}
    sound: list[Comment] = []
    for comment in kept:
        known = None if comment.id in circular else comment.parent_id
        parent = _speaking(known, parents, speaking, heard)
        sound.append(replace(comment, id=_unused(comment, taken), parent_id=parent))
    return tuple(sound)


def _on_circles(parents: Mapping[str, str | None]) -> set[str]:
    """Return the comments that are their own ancestors."""
    walk_of: dict[str, str] = {}
    circular: set[str] = set()
    for start in parents:
        at: str | None = start
        while at is not None and at not in walk_of:
            walk_of[at] = start
            at = parents.get(at)
        while at is not None and walk_of[at] == start and at not in circular:
            circular.add(at)
            at = parents.get(at)
    return circular


def _speaking(
    at: str | None,
    parents: Mapping[str, str | None],
    speaking: AbstractSet[str],
    heard: dict[str, str | None],
) -> str | None:
    """Climb from ``at`` to the nearest comment that says something; ``heard`` keeps the way."""
    silent: list[str] = []
    while at is not None and at not in speaking and at not in heard:
        heard[at] = None
        silent.append(at)
        at = parents.get(at)
    found = at if at in speaking else heard.get(at or "")
    heard.update(dict.fromkeys(silent, found))
    return found


def _unused(comment: Comment, taken: dict[str, int]) -> str:
    """Return the comment's id, with ``-2``, ``-3`` … where it was given out before."""
    base = comment.id or comment_id(comment.author, comment.text)
    name = base
    while name in taken:
        taken[base] += 1
        name = f"{base}-{taken[base]}"
    taken[name] = 1
    return name
