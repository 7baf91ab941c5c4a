"""Comments as a table: one row each, with the columns scorers read.

| column | content |
|---|---|
| comment_id | canonical article URL + ``#`` + the platform's id; the same on every crawl |
| parent_id | comment_id of the comment it answers, or missing |
| article_url, article_title, article_text | the page under discussion; empty where unknown |
| author, published | as shown; empty where unknown |
| text | the comment |
| parent_text | the parent's text; empty at top level |
| thread_text | up to ``THREAD_COMMENTS`` preceding comments of the thread, newest last |
| copies | how many comments of the whole input or store say the same, itself included |

Context is joined here, before scoring, so that a scorer can be row-wise and a cluster and
a laptop give the same numbers.
"""

import hashlib
import re
import unicodedata
from collections import Counter

import pandas as pd

from moderation.schema import Thread

CONTEXT_COLUMNS: tuple[str, ...] = (
    "comment_id",
    "parent_id",
    "article_url",
    "article_title",
    "article_text",
    "author",
    "published",
    "text",
    "parent_text",
    "thread_text",
    "copies",
)
THREAD_COMMENTS = 20
THREAD_COMMENT_CHARS = 500
"""How much of each preceding comment is kept: enough to tell its subject."""
THREAD_SEPARATOR = "\n\n"


def comment_key(article_url: str, comment_id: str) -> str:
    """Name a comment across crawls: its article's canonical URL, ``#``, the platform's id."""
    return f"{article_url}#{comment_id}"


def text_key(text: str) -> str:
    """Hash what a reader would call the same text; case, form, spacing and marks are gone.

    Returns:
        16 hex digits; the empty string for a text without letters or digits.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = re.sub(r"[\W_]+", " ", folded).strip()
    if not words:
        return ""
    return hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def thread_text(preceding: list[str]) -> str:
    """Join the last ``THREAD_COMMENTS`` of the comments that came before, newest last."""
    kept = preceding[-THREAD_COMMENTS:]
    return THREAD_SEPARATOR.join(text[:THREAD_COMMENT_CHARS] for text in kept)


def thread_frame(thread: Thread) -> pd.DataFrame:
    """Lay a thread out as ``CONTEXT_COLUMNS``; ``copies`` counts within this thread."""
    texts = {comment.id: comment.text for comment in thread.comments}
    keys = [text_key(comment.text) for comment in thread.comments]
    copies = Counter(keys)
    url = thread.article.url
    rows = []
    preceding: list[str] = []
    for comment, key in zip(thread.comments, keys, strict=True):
        rows.append(
            {
                "comment_id": comment_key(url, comment.id),
                "parent_id": comment.parent_id and comment_key(url, comment.parent_id),
                "article_url": url,
                "article_title": thread.article.title,
                "article_text": thread.article.text,
                "author": comment.author,
                "published": comment.published or "",
                "text": comment.text,
                "parent_text": texts.get(comment.parent_id or "", ""),
                "thread_text": thread_text(preceding),
                "copies": copies[key] if key else 1,
            }
        )
        preceding.append(comment.text)
        del preceding[:-THREAD_COMMENTS]
    return pd.DataFrame(rows, columns=list(CONTEXT_COLUMNS))
