"""Whether what a page states about its comments may stand in for what its markup shows.

Structured data is often a sample: three of forty comments, each cut after a line. It is used
only if

1. nearly every comment the general method finds in the markup is in it, uncut, and it holds
   no fewer comments than the markup shows, and
2. it holds more than the markup, or tells at least as many replies from comments at top level.

Everything else is left to the extractors that read the markup. A page whose markup shows no
comments, because a script fills them in, has nothing to compare with.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from lxml import html

from moderation.errors import ExtractionError
from moderation.extractors.article import read_article
from moderation.extractors.document import Document
from moderation.extractors.evidence import evidence_of
from moderation.extractors.records import RecordsExtractor
from moderation.schema import Comment, Thread

_MISSING = 0.1
"""Share of the markup's comments that may read differently: signatures, edit marks, phantoms."""
_UNCUT = 0.9
"""Share of a comment's length from which it counts as whole."""
_HEAD_CHARS = 30
_WORD = re.compile(r"\w+")


def checked_thread(
    document: Document, platform: str, comments: Sequence[Comment], about: Iterable[str] = ()
) -> Thread:
    """Make a thread of structured comments if they cover what the page shows.

    Args:
        document: An HTML page.
        platform: Name of the extractor that read the comments.
        comments: What the structured data holds, in its order.
        about: Texts of what is commented on; the markup may show them as a first post.

    Raises:
        ExtractionError: The markup shows more, or says more about who answers whom.
    """
    shown = RecordsExtractor().extract(document)
    topics = [text for text in about if text]
    said = [form for one in comments for form in _forms(one)]
    missing = _missing(shown.comments, [*said, *topics])
    number = len(comments) + len(topics)
    if missing > _MISSING * len(shown.comments) or number < len(shown.comments):
        problem = (
            f"{platform}: holds {len(comments)} comments, but {missing} of the "
            f"{len(shown.comments)} on the page are not among them"
        )
        raise ExtractionError(document.page.source, problem)
    if len(comments) <= len(shown.comments) and _replies(comments) < _replies(shown.comments):
        problem = f"{platform}: the page says more about who answers whom"
        raise ExtractionError(document.page.source, problem)
    article = shown.article
    if any(one.text[:_HEAD_CHARS] in article.text for one in comments):
        article = read_article(document, _elements(document, comments))
    return Thread(article, tuple(comments), platform)


def _elements(document: Document, comments: Sequence[Comment]) -> list[html.HtmlElement]:
    """Return the elements with a line that begins as a line of a comment does."""
    evidence = evidence_of(document)
    heads = {_head(line) for one in comments for line in one.text.split("\n")}
    owners = (one.owner for one in evidence.segments if _head(one.text) in heads)
    return [evidence.outline.elements[owner] for owner in owners]


def _replies(comments: Sequence[Comment]) -> int:
    ids = {one.id for one in comments}
    return sum(one.parent_id in ids for one in comments)


def _missing(shown: Sequence[Comment], texts: Iterable[str]) -> int:
    """Count the shown comments that no text holds whole; what stands around them is ignored."""
    heads: dict[str, int] = {}
    for text in texts:
        folded = _folded(text)
        head = folded[:_HEAD_CHARS]
        heads[head] = max(heads.get(head, 0), len(folded))
    return sum(not any(_holds(heads, form) for form in _forms(one)) for one in shown)


def _forms(comment: Comment) -> set[str]:
    """Return a comment's text with and without what it quotes; not everybody tells them apart."""
    return {comment.text, f"{comment.quoted} {comment.text}"}


def _holds(heads: Mapping[str, int], said: str) -> bool:
    folded = _folded(said)
    return heads.get(folded[:_HEAD_CHARS], -1) >= _UNCUT * len(folded)


def _head(line: str) -> str:
    return _folded(line[: 2 * _HEAD_CHARS])[:_HEAD_CHARS]


def _folded(text: str) -> str:
    """Return the letters of a text; spacing, case, form and marks gone."""
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
