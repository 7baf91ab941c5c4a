"""The places where replacements for the Perspective API go wrong, one test each."""

import json
from pathlib import Path

import pytest
from asking import batch_body, client_of, error_type, parts_of, settings_in

from moderation.server.intake import JsonLines

ANALYZE = "/v1alpha1/comments:analyze"


def test_01_span_offsets_are_utf16_units(analyze):
    text = "\U0001f600 you fool"
    scores = analyze(text, spanAnnotations=True).json()["attributeScores"]["TOXICITY"]
    whole, *words = scores["spanScores"]
    assert (whole["begin"], whole["end"]) == (0, 11)  # ten code points, the first takes two units
    assert whole["score"] == scores["summaryScore"]  # clients read the first span as the score
    units = text.encode("utf-16-le")
    marked = [units[2 * one["begin"] : 2 * one["end"]].decode("utf-16-le") for one in words]
    assert any("fool" in one for one in marked)
    parts = [one["score"]["value"] for one in words]
    assert 0 < sum(parts) <= whole["score"]["value"] + 1e-6


@pytest.mark.parametrize("version", ["2", "6"])
def test_02_a_version_is_echoed_in_the_key(analyze, version):
    asked = f"TOXICITY@{version}"
    assert list(analyze(attributes=[asked]).json()["attributeScores"]) == [asked]


def test_01_spans_are_given_for_every_attribute_and_only_when_asked_for(analyze):
    names = ["TOXICITY", "INSULT", "POLITICAL_SPAM"]
    context = {"articleAndParentComment": {"article": {"text": "The ferry sails every hour."}}}
    asked = analyze(attributes=names, context=context, spanAnnotations=True).json()
    spans = {name: one["spanScores"] for name, one in asked["attributeScores"].items()}
    assert len(spans["TOXICITY"]) > 1
    assert len(spans["INSULT"]) > 1
    assert len(spans["POLITICAL_SPAM"]) == 1  # reads more than the text: no words made it
    plain = analyze(attributes=names, context=context).json()["attributeScores"]
    assert all(len(one["spanScores"]) == 1 for one in plain.values())


def test_02_versions_of_ours_are_served_by_name(analyze, client):
    listed = client.get("/v1alpha1/attributes").json()["attributes"]
    (toxicity,) = (one for one in listed if one["name"] == "TOXICITY")
    replies = {name: analyze(attributes=[name]) for name in toxicity["versions"]}
    assert len(replies) > 1
    for name, reply in replies.items():
        assert list(reply.json()["attributeScores"]) == [name]
        assert reply.headers["moderation-versions"] == name
    unknown = analyze(attributes=["TOXICITY@compact-0"])
    assert error_type(unknown) == "INVALID_REQUEST"


def test_03_an_empty_body_gives_details(client):
    response = client.post(ANALYZE, params={"key": "k"})
    assert response.status_code == 400
    assert response.json()["error"]["details"][0]["errorType"] == "COMMENT_EMPTY"


def test_04_one_bad_part_of_a_batch_leaves_the_others_alone(client):
    good = {"comment": {"text": "You fool"}, "requestedAttributes": {"TOXICITY": {}}}
    bad = {"comment": {"text": ""}, "requestedAttributes": {"TOXICITY": {}}}
    content, content_type = batch_body([good, bad, good])
    reply = client.post("/batch", content=content, headers={"content-type": content_type})
    parts = parts_of(reply)
    assert [part.status for part in parts] == [200, 400, 200]
    assert [part.content_id for part in parts] == [f"<response-id + {n}>" for n in range(3)]
    assert parts[1].body["error"]["details"][0]["errorType"] == "COMMENT_EMPTY"
    assert parts[0].body["attributeScores"] == parts[2].body["attributeScores"]


@pytest.mark.parametrize("name", ["FLIRTATION", "TOXICITY_EXPERIMENTAL", "toxicity"])
def test_05_an_unknown_attribute_fails_the_whole_request(analyze, name):
    response = analyze(attributes=["TOXICITY", name])
    assert response.status_code == 400
    assert response.json()["error"]["message"] == f"Unknown requested attribute: {name}"
    assert error_type(response) == "INVALID_REQUEST"


def test_06_one_unsupported_language_fails_the_whole_request(analyze):
    response = analyze(attributes=["TOXICITY", "THREAT"], languages=["en", "om"])
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["message"] == "Attribute TOXICITY does not support request languages: en, om"
    assert error["details"][0]["errorType"] == "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"
    named = error["details"][0]["languageNotSupportedByAttributeError"]
    assert named == {"detectedLanguages": ["en", "om"], "attribute": "TOXICITY"}


def test_07_a_threshold_of_0_keeps_the_score_and_one_above_it_does_not(client):
    def scores(parameters):
        body = {
            "comment": {"text": "A fine day."},
            "requestedAttributes": {"TOXICITY": parameters},
        }
        return client.post(ANALYZE, json=body).json()["attributeScores"]["TOXICITY"]

    assert scores({"scoreThreshold": 0}) == scores({}) == scores({"scoreThreshold": None})
    assert "summaryScore" in scores({})
    assert scores({"scoreThreshold": 0.99}) == {}


def test_08_both_kinds_of_context_are_one_too_many(analyze):
    pair = {"article": {"text": "a"}, "parentComment": {"text": "b"}}
    context = {"entries": [{"text": "c"}], "articleAndParentComment": pair}
    response = analyze(context=context)
    assert error_type(response) == "INVALID_REQUEST"
    assert response.json()["error"]["message"] == (
        "Context can have either entries or article_and_parent_comment, "
        "but both fields were populated."
    )


@pytest.mark.parametrize(
    ("text", "status"),
    [("a " * 10_240, 200), ("a " * 10_240 + "a", 400), ("ä" * 10_240, 200), ("ä" * 10_241, 400)],
)
def test_09_the_limit_is_20480_bytes_not_characters(analyze, text, status):
    response = analyze(text, languages=["en"])
    assert response.status_code == status
    if status == 400:
        assert error_type(response) == "COMMENT_TOO_LONG"
        assert response.json()["error"]["message"] == "Comment text too long."


def test_10_standard_parameters_are_taken(analyze):
    asked = {"key": "k", "alt": "json", "quotaUser": "u", "$.xgafv": "2", "prettyPrint": "false"}
    plain = analyze(params=asked)
    assert plain.text.count("\n") == 1
    assert analyze(params={"key": "k"}).text == json.dumps(plain.json(), indent=2) + "\n"
    fields = "attributeScores/TOXICITY/summaryScore/value,languages"
    cut = analyze(params={"key": "k", "fields": fields}).json()
    value = plain.json()["attributeScores"]["TOXICITY"]["summaryScore"]["value"]
    assert cut == {
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": value}}},
        "languages": ["en"],
    }
    assert analyze(params={"key": "k", "fields": "rubbish"}).status_code == 400
    assert analyze(params={"key": "k", "alt": "proto"}).status_code == 400


def test_10_unknown_fields_are_passed_over(analyze):
    assert analyze(someNewField={"a": 1}).status_code == 200


def test_11_the_client_token_is_echoed(analyze):
    assert analyze(clientToken="comment:7").json()["clientToken"] == "comment:7"
    assert "clientToken" not in analyze().json()


@pytest.mark.parametrize("asked", [True, False])
def test_12_there_is_a_span_even_for_one_word(analyze, asked):
    scores = analyze("Fool", spanAnnotations=asked).json()["attributeScores"]["TOXICITY"]
    assert scores["spanScores"][0]["score"] == scores["summaryScore"]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("HTML", "Currently, only 'PLAIN_TEXT' comments are supported"),
        ("MARKDOWN", "Unknown text type"),
    ],
)
def test_13_only_plain_text_is_taken(analyze, kind, message):
    response = analyze(comment={"text": "<b>hi</b>", "type": kind})
    assert response.status_code == 400
    assert (error_type(response), response.json()["error"]["message"]) == (
        "INVALID_REQUEST",
        message,
    )


def test_14_the_quota_error_is_perspectives(tmp_path):
    settings = settings_in(tmp_path, api_keys="one,two", api_per_minute=2)
    body = {"comment": {"text": "hi you"}, "requestedAttributes": {"TOXICITY": {}}}
    with client_of(settings) as client:
        answers = [client.post(ANALYZE, params={"key": "two"}, json=body) for _ in range(3)]
        other = client.post(ANALYZE, params={"key": "one"}, json=body)
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert other.status_code == 200
    error = answers[-1].json()["error"]
    assert error["status"] == "RESOURCE_EXHAUSTED"
    assert error["message"] == (
        "Quota exceeded for quota metric 'Analysis requests (AnalyzeComment)' and limit "
        "'Analysis requests (AnalyzeComment) per minute' of service "
        "'commentanalyzer.googleapis.com' for consumer 'project_number:2'."
    )
    info, helped = error["details"]
    assert (info["reason"], info["domain"]) == ("RATE_LIMIT_EXCEEDED", "googleapis.com")
    assert info["metadata"]["quota_limit_value"] == "2"
    assert helped["links"]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_15_the_discovery_document_follows_a_host_only_where_configured(tmp_path, client):
    path = "/$discovery/rest?version=v1alpha1&key=k"
    evil = {
        "host": "evil.example",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
    }
    assert "evil" not in client.get(path, headers=evil).text
    for public_url, root in [
        ("https://scores.example/", "https://scores.example/"),
        ("forwarded", "https://evil.example/"),
    ]:
        with client_of(settings_in(tmp_path, public_url=public_url)) as configured:
            document = configured.get(path, headers=evil).json()
        assert {document["rootUrl"], document["baseUrl"]} == {root}


@pytest.mark.parametrize("do_not_store", [True, False])
def test_16_what_is_analysed_is_stored_nowhere(tmp_path, caplog, do_not_store):
    caplog.set_level("DEBUG")
    marker = "Zyzzyvaquux"
    body = {
        "comment": {"text": f"{marker} you fool"},
        "context": {"entries": [{"text": f"{marker} in an article"}]},
        "requestedAttributes": {"TOXICITY": {}, "OFF_TOPIC": {}},
        "doNotStore": do_not_store,
        "clientToken": marker,
        "communityId": marker,
    }
    with client_of(settings_in(tmp_path)) as client:
        assert client.post(ANALYZE, params={"key": marker}, json=body).status_code == 200
        body["requestedAttributes"] = {"NONE": {}}
        assert client.post(ANALYZE, params={"key": marker}, json=body).status_code == 400
        during = _files_holding(tmp_path, marker)
        assert marker not in client.get("/metrics").text
    assert during == _files_holding(tmp_path, marker) == []
    lines = [JsonLines().format(one) for one in caplog.records if not one.name.startswith("httpx")]
    assert any('"route": "analyze_comment"' in line for line in lines)
    assert marker not in "".join(lines)


def test_16_a_suggestion_that_should_not_be_stored_is_answered_and_not_stored(tmp_path):
    body = {
        "comment": {"text": "Zyzzyvaquux, you fool"},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
        "clientToken": "t",
        "doNotStore": True,
    }
    with client_of(settings_in(tmp_path)) as client:
        answer = client.post("/v1alpha1/comments:suggestscore", json=body)
        assert answer.json()["clientToken"] == "t"
        assert client.app.state.server.service.store.labels(api=True).empty
    assert _files_holding(tmp_path, "Zyzzyvaquux") == []


def _files_holding(folder: Path, marker: str) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    needles = [marker.encode(), marker.encode("utf-16-le")]
    return [path for path in files if any(one in path.read_bytes() for one in needles)]
