import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.perspective import (
    Context,
    Served,
    analyze_reply,
    code_points,
    effective_languages,
    float32,
    parse_analyze,
    parse_suggestion,
    suggestion_reply,
    utf16_units,
)
from moderation.perspective.errors import ApiError

SERVED = {
    "TOXICITY": Served("toxicity", ("a-2", "a-1"), ("en", "de")),
    "OFF_TOPIC": Served("off_topic", ("o-1",)),
}


def analyze_body(**fields):
    body = {"comment": {"text": "You fool"}, "requestedAttributes": {"TOXICITY": {}}}
    return body | fields


def refused(body, parse=parse_analyze):
    with pytest.raises(ApiError) as caught:
        parse(body, SERVED)
    error = caught.value.body()["error"]
    assert error["details"]
    assert all(detail["@type"] for detail in error["details"])
    return error


def test_both_spellings_of_a_field_are_taken():
    body = {
        "comment": {"text": "hi"},
        "requested_attributes": {"TOXICITY@a-1": {"score_threshold": 0.5, "score_type": 1}},
        "client_token": "t",
        "span_annotations": True,
        "context": {"article_and_parent_comment": {"article": {"text": "a"}}},
    }
    request = parse_analyze(body, SERVED)
    (asked,) = request.requested
    assert (asked.key, asked.version, asked.threshold) == ("TOXICITY@a-1", "a-1", 0.5)
    assert (request.client_token, request.wants_spans) == ("t", True)
    assert request.context == Context(article="a")


def test_entries_are_article_thread_and_parent():
    entries = [{"text": text} for text in ("article", "first", "second", "parent")]
    request = parse_analyze(analyze_body(context={"entries": entries}), SERVED)
    assert request.context == Context("article", "parent", ("first", "second"))
    request = parse_analyze(analyze_body(context={"entries": entries[:1]}), SERVED)
    assert request.context == Context("article")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"comment": None}, "Comment must be non-empty."),
        ({"comment": {"text": ""}}, "Comment must be non-empty."),
        ({"requestedAttributes": {}}, "Missing requested_attributes"),
        ({"requestedAttributes": None}, "Missing requested_attributes"),
        ({"requestedAttributes": {"SPAM": {}}}, "Unknown requested attribute: SPAM"),
        (
            {"requestedAttributes": {"TOXICITY": {"scoreType": "RAW"}}},
            "Requested score type RAW is not supported by attribute TOXICITY",
        ),
        ({"requestedAttributes": {"TOXICITY": {"scoreType": "NEW"}}}, "Unknown score type"),
        ({"context": {"entries": [{"text": "a", "type": "HTML"}]}}, "Currently, only 'PLAIN_TEXT'"),
        ({"comment": "hi"}, "Invalid value at 'comment': must be an object"),
        ({"comment": {"text": 7}}, "Invalid value at 'text': must be a string"),
        ({"languages": "en"}, "Invalid value at 'languages': must be a list"),
        ({"languages": ["<en>"]}, "Invalid value at 'languages': must be language codes"),
        ({"spanAnnotations": 1}, "Invalid value at 'spanAnnotations': must be true or false"),
        (
            {"requestedAttributes": {"TOXICITY": {"scoreThreshold": math.inf}}},
            "Invalid value at 'score_threshold': must be a number",
        ),
    ],
)
def test_what_is_wrong_is_said_in_perspectives_words(fields, message):
    error = refused(analyze_body(**fields))
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert error["message"].startswith(message)


@pytest.mark.parametrize("body", [None, [], "x", 7, {}])
def test_a_body_that_is_no_request_is_refused(body):
    refused(body)
    refused(body, parse_suggestion)


def test_languages_given_are_effective_and_the_likeliest_detected_otherwise():
    given_ = parse_analyze(analyze_body(languages=["de-AT"]), SERVED)
    assert effective_languages(given_, ["en"]) == ["de-AT"]
    open_ = parse_analyze(analyze_body(), SERVED)
    assert effective_languages(open_, ["en", "fr"]) == ["en"]
    with pytest.raises(ApiError, match="Unable to detect language"):
        effective_languages(open_, [])
    with pytest.raises(ApiError, match="does not support request languages: fr"):
        effective_languages(open_, ["fr", "en"])


def test_an_attribute_whose_languages_nobody_has_stated_takes_any():
    request = parse_analyze(analyze_body(requestedAttributes={"OFF_TOPIC": {}}), SERVED)
    assert effective_languages(request, ["om"]) == ["om"]


def test_nothing_to_score_is_an_error_not_a_number():
    request = parse_analyze(analyze_body(), SERVED)
    with pytest.raises(ApiError, match="TOXICITY found nothing to score"):
        analyze_reply(request, {"TOXICITY": math.nan}, languages=["en"], detected=["en"])


def test_a_text_that_is_surely_in_another_language_than_given_is_refused_as_such():
    request = parse_analyze(analyze_body(languages=["en"]), SERVED)
    with pytest.raises(ApiError, match="does not support request languages: fr"):
        analyze_reply(request, {"TOXICITY": math.nan}, languages=["en"], detected=["fr"])


def test_spans_are_counted_in_utf16_and_left_out_below_the_threshold():
    asked = {"TOXICITY": {"scoreThreshold": 0.5}}
    body = analyze_body(comment={"text": "\U0001f600\U0001f600 bad"}, requestedAttributes=asked)
    request = parse_analyze(body, SERVED)
    spans = {"TOXICITY": [(0, 2, 0.1), (3, 6, 0.7)]}
    reply = analyze_reply(
        request, {"TOXICITY": 0.8}, languages=["en"], detected=["en"], spans=spans
    )
    found = reply["attributeScores"]["TOXICITY"]["spanScores"]
    assert [(one["begin"], one["end"], one["score"]["value"]) for one in found] == [
        (0, 8, 0.8),  # the whole text, whoever asks
        (5, 8, 0.7),
    ]


@given(st.text(), st.data())
def test_offsets_go_to_utf16_and_back(text, data):
    point = data.draw(st.integers(0, len(text)))
    units = utf16_units(text, point)
    assert units == len(text[:point].encode("utf-16-le", "surrogatepass")) // 2
    assert code_points(text, units) == point


@given(st.floats(0, 1, width=32))
def test_scores_look_like_32_bit_numbers(value):
    assert float32(value) == pytest.approx(value, rel=1e-6)
    assert len(repr(float32(value)).replace("0.", "", 1).partition("e")[0]) <= 10


def test_a_suggestion_says_what_each_attribute_should_have_been():
    body = {
        "comment": {"text": "\U0001f600 You fool"},
        "attributeScores": {
            "TOXICITY": {
                "summaryScore": {"value": 1},
                "spanScores": [{"begin": 3, "end": 11, "score": {"value": 0.5}}],
            },
            "OFF_TOPIC": {"summaryScore": {"type": "PROBABILITY"}},
        },
        "communityId": "Coral:x",
        "clientToken": "comment:7",
        "languages": ["en"],
    }
    request = parse_suggestion(body, SERVED)
    told = [(one.attribute, one.value, one.begin, one.end) for one in request.suggested]
    assert told == [
        ("toxicity", 1.0, None, None),
        ("toxicity", 0.5, 2, 10),
        ("off_topic", 0.0, None, None),
    ]
    assert (request.community, request.client_token) == ("Coral:x", "comment:7")
    assert suggestion_reply(request, ["en"]) == {
        "clientToken": "comment:7",
        "detectedLanguages": ["en"],
        "requestedLanguages": ["en"],
    }


@pytest.mark.parametrize(
    "scores",
    [
        {},
        {"TOXICITY": {}},
        {"SPAM": {"summaryScore": {"value": 1}}},
        {"TOXICITY": {"summaryScore": {"value": 1.5}}},
        {"TOXICITY": {"summaryScore": {"value": "much"}}},
        {"TOXICITY": {"summaryScore": {"value": 1, "type": "RAW"}}},
        {"TOXICITY": {"spanScores": [{"end": 3, "score": {"value": 1}}]}},
        {"TOXICITY": {"spanScores": [{"begin": 3, "end": 3, "score": {"value": 1}}]}},
        {"TOXICITY": {"spanScores": [{"begin": 9, "end": 1 << 40, "score": {"value": 1}}]}},
    ],
)
def test_a_malformed_suggestion_is_refused(scores):
    body = {"comment": {"text": "You fool"}, "attributeScores": scores}
    assert refused(body, parse_suggestion)["status"] == "INVALID_ARGUMENT"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
FIELDS = (
    "comment",
    "requestedAttributes",
    "context",
    "languages",
    "attributeScores",
    "clientToken",
)


@given(st.dictionaries(st.sampled_from(FIELDS), json_values), st.sampled_from(["a", "s"]))
def test_any_json_is_a_request_or_one_error_that_can_be_written(fields, kind):
    parse = parse_analyze if kind == "a" else parse_suggestion
    body = {"comment": {"text": "x"}} | fields
    told = _told(lambda: parse(body, SERVED))
    assert told is None or json.loads(json.dumps(told))["error"]["details"]


def _told(call):
    try:
        call()
    except ApiError as error:
        return error.body()
    return None
