"""The wire format of the Perspective API (Comment Analyzer v1alpha1), without any transport.

``parse_analyze`` and ``parse_suggestion`` read request bodies that a JSON parser has made,
``analyze_reply`` and ``suggestion_reply`` make replies; when something is wrong they raise the
``ApiError`` of ``moderation.perspective.errors``, Google's envelope. Field names are taken in
``camelCase`` and ``snake_case``, unknown fields are passed over, null means not given, as in
Google's own JSON reader. No message quotes a comment.

Where we differ from Google, and why: docs/perspective.md. Source: Comment Analyzer API
v1alpha1, discovery document of 2020-03-01, and error bodies recorded by its users.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from moderation.perspective.errors import Json, invalid_field, refusal
from moderation.perspective.fields import (
    as_list,
    as_number,
    as_object,
    boolean,
    enum,
    field,
    string,
)

MAX_TEXT_BYTES = 20_480
"""Of a comment's text in UTF-8."""
MAX_CONTEXT_BYTES = 1 << 20
"""Of one context entry in UTF-8."""
PROBABILITY = "PROBABILITY"
_SCORE_TYPES = ("SCORE_TYPE_UNSPECIFIED", PROBABILITY, "STD_DEV_SCORE", "PERCENTILE", "RAW")
_TEXT_TYPES = ("TEXT_TYPE_UNSPECIFIED", "PLAIN_TEXT", "HTML")


@dataclass(frozen=True, slots=True)
class Served:
    """What a server offers under one of Perspective's names.

    Args:
        attribute: Our name of it.
        versions: Those that can be asked for, the standing one first.
        languages: Those it is known to read, as BCP-47 codes; empty: nobody has said.
    """

    attribute: str
    versions: tuple[str, ...]
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Requested:
    """One requested attribute.

    Args:
        key: As asked for, which is the key of the reply: ``TOXICITY`` or ``TOXICITY@version``.
        attribute: Our name of it.
        version: The scorer version that gives it.
        languages: As ``Served.languages``.
        threshold: Scores below it are left out; None means none is.
    """

    key: str
    attribute: str
    version: str
    languages: tuple[str, ...] = ()
    threshold: float | None = None

    @property
    def name(self) -> str:
        """The key without its version."""
        return self.key.partition("@")[0]


@dataclass(frozen=True, slots=True)
class Context:
    """What was sent along with a comment; empty where nothing was."""

    article: str = ""
    parent: str = ""
    thread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnalyzeRequest:
    """A checked AnalyzeComment request; ``languages`` are as given."""

    text: str
    requested: tuple[Requested, ...]
    context: Context
    languages: tuple[str, ...]
    wants_spans: bool
    client_token: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """One score of a SuggestCommentScore request; code points, None for the whole text."""

    attribute: str
    value: float
    begin: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class SuggestRequest:
    """A checked SuggestCommentScore request; ``is_kept``: not sent with ``doNotStore``."""

    text: str
    suggested: tuple[Suggested, ...]
    context: Context
    languages: tuple[str, ...]
    community: str
    client_token: str
    is_kept: bool = True


def attribute_key(attribute: str) -> str:
    """Return Perspective's name of one of our attributes."""
    return attribute.upper()


def parse_analyze(body: object, served: Mapping[str, Served]) -> AnalyzeRequest:
    """Check an AnalyzeComment request.

    Args:
        body: Parsed JSON; None stands for an empty body.
        served: What may be asked for, by Perspective's names.

    Raises:
        ApiError: With Perspective's message, in the order in which it would notice.
    """
    fields = as_object(body, "")
    text = _text_entry(fields, "comment", MAX_TEXT_BYTES, required=True)
    asked = as_object(field(fields, "requestedAttributes"), "requested_attributes")
    if not asked:
        raise refusal("NO_REQUESTED_ATTRIBUTES", "Missing requested_attributes")
    requested = tuple(_requested(key, value, served) for key, value in asked.items())
    boolean(fields, "doNotStore")  # nothing of a request is ever stored
    string(fields, "sessionId")
    string(fields, "communityId")
    return AnalyzeRequest(
        text=text,
        requested=requested,
        context=_context(fields),
        languages=_languages(fields),
        wants_spans=boolean(fields, "spanAnnotations"),
        client_token=string(fields, "clientToken"),
    )


def effective_languages(request: AnalyzeRequest, detected: Sequence[str]) -> list[str]:
    """Return the languages a comment is scored as: those given, else the likeliest detected.

    Raises:
        ApiError: None was given and none detected, or an attribute does not read one.
    """
    languages = list(request.languages or detected[:1])
    if not languages:
        raise refusal("LANGUAGE_DETECTION_FAILED", "Unable to detect language")
    for one in request.requested:
        _refuse_unread(one, languages)
    return languages


def analyze_reply(
    request: AnalyzeRequest,
    scores: Mapping[str, float],
    *,
    languages: Sequence[str],
    detected: Sequence[str],
    spans: Mapping[str, Sequence[tuple[int, int, float]]] | None = None,
) -> Json:
    """Return the body of a reply.

    Args:
        request: What was asked.
        scores: Requested key -> score in [0, 1]; NaN: nothing to score.
        languages: As ``effective_languages``.
        detected: Detected languages, most likely first.
        spans: Requested key -> (begin, end, score) in code points. Before them stands one that
            holds the whole text and its score: there are clients that read the first alone.

    Raises:
        ApiError: An attribute has nothing to score: no words, no context to compare with, or a
            text that is surely not in the language that was given.
    """
    found, text = {}, request.text
    whole = utf16_units(text, len(text))
    for one in request.requested:
        value = scores[one.key]
        if math.isnan(value):
            _refuse_unread(one, detected[:1])
            message = f"Attribute {one.name} found nothing to score: it needs words, or context"
            raise refusal("INVALID_REQUEST", message)
        parts = (spans or {}).get(one.key, ())
        units = [
            (utf16_units(text, begin), utf16_units(text, end), own) for begin, end, own in parts
        ]
        found[one.key] = _attribute_scores(value, [(0, whole, value), *units], one.threshold)
    reply: Json = {"attributeScores": found, "languages": list(languages)}
    reply["detectedLanguages"] = list(detected)
    return reply | ({"clientToken": request.client_token} if request.client_token else {})


def parse_suggestion(body: object, served: Mapping[str, Served]) -> SuggestRequest:
    """Check a SuggestCommentScore request; raises ApiError."""
    fields = as_object(body, "")
    text = _text_entry(fields, "comment", MAX_TEXT_BYTES, required=True)
    named = as_object(field(fields, "attributeScores"), "attribute_scores")
    if not named:
        raise invalid_field("attribute_scores", "must not be empty")
    suggested: list[Suggested] = []
    for key, value in named.items():
        attribute = _known(key, served).attribute
        suggested += _suggested(attribute, as_object(value, "attribute_scores.value"), text)
    return SuggestRequest(
        text=text,
        suggested=tuple(suggested),
        context=_context(fields),
        languages=_languages(fields),
        community=string(fields, "communityId"),
        client_token=string(fields, "clientToken"),
        is_kept=not boolean(fields, "doNotStore"),  # of analyze alone, but its meaning is plain
    )


def suggestion_reply(request: SuggestRequest, detected: Sequence[str]) -> Json:
    """Return the body of the reply to a suggestion."""
    reply: Json = {"clientToken": request.client_token} if request.client_token else {}
    reply["detectedLanguages"] = list(detected)
    return reply | {"requestedLanguages": list(request.languages)}


def utf16_units(text: str, end: int) -> int:
    """Return how many UTF-16 code units the first ``end`` code points take."""
    return len(text[:end].encode("utf-16-le", "surrogatepass")) // 2


def code_points(text: str, units: int) -> int:
    """Return how many code points begin before UTF-16 offset ``units``."""
    seen = points = 0
    while seen < units and points < len(text):
        seen += 2 if text[points] > "\uffff" else 1
        points += 1
    return points


def float32(value: float) -> float:
    """Return the shortest decimal that is this 32-bit number, as Google prints scores."""
    return float(str(np.float32(value)))


def _attribute_scores(
    value: float, spans: Sequence[tuple[int, int, float]], threshold: float | None
) -> Json:
    """Return what is told of one attribute; ``spans`` in UTF-16 units."""
    kept = [span for span in spans if threshold is None or span[2] >= threshold]
    found: Json = {}
    if kept:
        found["spanScores"] = [
            {"begin": begin, "end": end, "score": _score(own)} for begin, end, own in kept
        ]
    if threshold is None or value >= threshold:
        found["summaryScore"] = _score(value)
    return found


def _score(value: float) -> Json:
    return {"value": float32(value), "type": PROBABILITY}


def _known(name: str, served: Mapping[str, Served]) -> Served:
    if name not in served:
        raise refusal("INVALID_REQUEST", f"Unknown requested attribute: {name[:100]}")
    return served[name]


def _refuse_unread(one: Requested, languages: Sequence[str]) -> None:
    """Raise ApiError where an attribute does not read every one of some languages."""
    if not one.languages or all(_base(language) in one.languages for language in languages):
        return
    listed = ", ".join(languages)
    raise refusal(
        "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
        f"Attribute {one.name} does not support request languages: {listed}",
        languageNotSupportedByAttributeError={
            "detectedLanguages": list(languages),
            "attribute": one.name,
        },
    )


def _requested(key: str, value: object, served: Mapping[str, Served]) -> Requested:
    name, _, version = key.partition("@")
    offer = _known(name, served)
    # A bare number is one of Google's own versions: the key is echoed, ours stands in.
    if not version or version.isdigit():
        version = offer.versions[0]
    if version not in offer.versions:
        raise refusal("INVALID_REQUEST", f"Unknown requested attribute: {key[:100]}")
    fields = as_object(value, "requested_attributes.value")
    score_type = enum(fields, "scoreType", _SCORE_TYPES, "score type")
    if score_type not in {_SCORE_TYPES[0], PROBABILITY}:
        message = f"Requested score type {score_type} is not supported by attribute {name}"
        raise refusal("INVALID_REQUEST", message)
    raw = field(fields, "scoreThreshold")
    threshold = None if raw is None else as_number(raw, "score_threshold")
    return Requested(key, offer.attribute, version, offer.languages, threshold)


def _context(fields: Json) -> Context:
    context = as_object(field(fields, "context"), "context")
    entries = as_list(field(context, "entries"), "context.entries")
    both = field(context, "articleAndParentComment")
    if entries and both is not None:
        message = (
            "Context can have either entries or article_and_parent_comment, "
            "but both fields were populated."
        )
        raise refusal("INVALID_REQUEST", message)
    if both is not None:
        pair = as_object(both, "context.article_and_parent_comment")
        article = _text_entry(pair, "article", MAX_CONTEXT_BYTES)
        return Context(article, _text_entry(pair, "parentComment", MAX_CONTEXT_BYTES))
    texts = [_text_entry({"entry": one}, "entry", MAX_CONTEXT_BYTES) for one in entries]
    if not texts:
        return Context()
    # As OSMod sends them: the article first, then the thread, the answered comment last.
    parent = texts[-1] if len(texts) > 1 else ""
    return Context(texts[0], parent, tuple(texts[1:-1]))


def _text_entry(fields: Json, name: str, most_bytes: int, *, required: bool = False) -> str:
    entry = as_object(field(fields, name), name)
    text = string(entry, "text")
    if required and not text:
        raise refusal("COMMENT_EMPTY", "Comment must be non-empty.")
    if len(text.encode("utf-8", "surrogatepass")) > most_bytes:
        message = "Comment text too long." if required else "Context text too long."
        raise refusal("COMMENT_TOO_LONG", message)
    if enum(entry, "type", _TEXT_TYPES, "text type") == "HTML":
        message = "Currently, only 'PLAIN_TEXT' comments are supported"
        raise refusal("INVALID_REQUEST", message)
    return text


def _suggested(attribute: str, scores: Json, text: str) -> list[Suggested]:
    summary = field(scores, "summaryScore")
    spans = as_list(field(scores, "spanScores"), "span_scores")
    if summary is None and not spans:
        raise invalid_field("attribute_scores.value", "must not be empty")
    found = [] if summary is None else [Suggested(attribute, _value(summary))]
    for span in spans:
        fields = as_object(span, "span_scores")
        ends = [field(fields, "begin"), field(fields, "end")]
        begin, end = (code_points(text, _offset(one)) for one in ends)
        if begin >= end:
            raise invalid_field("span_scores", "must have begin before end, inside the text")
        found.append(Suggested(attribute, _value(field(fields, "score")), begin, end))
    return found


def _value(score: object) -> float:
    fields = as_object(score, "score")
    if enum(fields, "type", _SCORE_TYPES, "score type") not in {_SCORE_TYPES[0], PROBABILITY}:
        raise invalid_field("score.type", "must be PROBABILITY")
    raw = field(fields, "value")
    value = 0.0 if raw is None else as_number(raw, "score.value")
    if not 0 <= value <= 1:
        raise invalid_field("score.value", "must be from 0 to 1")
    return value


def _offset(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw < 1 << 31:
        raise invalid_field("span_scores", "must have begin and end")
    return raw


def _languages(fields: Json) -> tuple[str, ...]:
    listed = as_list(field(fields, "languages"), "languages")
    if not all(isinstance(one, str) and re.fullmatch(r"[A-Za-z0-9-]{1,35}", one) for one in listed):
        raise invalid_field("languages", "must be language codes")
    return tuple(str(one) for one in listed)


@lru_cache(maxsize=1024)
def _base(language: str) -> str:
    """Return a code without its region: ``en`` of ``en-GB``; scripts such as hi-Latn stay."""
    return re.sub(r"-([A-Za-z]{2}|\d{3})$", "", language).lower()
