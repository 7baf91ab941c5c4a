"""Comments in JSON of a form nobody described: answers of other APIs, dumps of other programs.

Found by their shape, as in a page's state (``comment_objects``); WordPress's REST API,
Disqus's, Viafoura's, Hyvor's and Mastodon's are read this way. Title and address are those of
the outermost object that has them.
"""

from collections import deque
from typing import Any, ClassVar

from moderation.errors import ExtractionError
from moderation.extractors.article import made_up_address, normal_address
from moderation.extractors.comment_objects import comments_in
from moderation.extractors.document import Document
from moderation.schema import Article, Thread

_TITLES = ("headline", "title", "name", "subject")
_ADDRESSES = ("url", "link", "permalink", "webUrl", "canonical")
_MAX_LOOKED_AT = 200


class JsonCommentsExtractor:
    """Comment-like objects in any JSON document."""

    name: ClassVar[str] = "json-comments"

    def matches(self, document: Document) -> bool:
        """Any JSON document may hold comments."""
        return isinstance(document.json, (dict, list))

    def extract(self, document: Document) -> Thread:
        """Read the thread; raises ExtractionError if there is none, or several."""
        comments, subjects = comments_in([document.json])
        if not comments:
            problem = "holds no comments in a form that is known; expected a comment API's answer"
            raise ExtractionError(document.page.source, problem)
        if subjects > 1:
            problem = "holds comments on several articles; expected those of one"
            raise ExtractionError(document.page.source, problem)
        title, url = _about(document.json)
        url = document.page.url or url
        address = normal_address(url) if url else made_up_address(title, comments[0].text)
        return Thread(Article(address, title, ""), tuple(comments), self.name)


def _about(data: Any) -> tuple[str, str]:
    """Return title and address of the outermost object that has a title; empty if none has."""
    waiting = deque([data])
    for _ in range(_MAX_LOOKED_AT):
        if not waiting:
            break
        value = waiting.popleft()
        if isinstance(value, dict):
            title, url = _text(value, _TITLES), _text(value, _ADDRESSES)
            if title:
                return title, url if url.startswith(("http://", "https://")) else ""
            waiting.extend(one for one in value.values() if isinstance(one, dict))
    return "", ""


def _text(value: dict[str, Any], keys: tuple[str, ...]) -> str:
    found = (value.get(key) for key in keys)
    return next((" ".join(one.split()) for one in found if isinstance(one, str) and one), "")
