import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.coral import PhaseRequest, is_signed, parse_phase, phase_reply
from moderation.perspective.errors import ApiError


def test_the_comments_html_becomes_text():
    body = {
        "action": "NEW",
        "comment": {"body": "<div>You &amp; me<br>fool</div><script>x</script>", "parentID": "p1"},
        "story": {"id": "s", "url": "https://daily.example/a"},
    }
    found = parse_phase(body)
    assert (found.parent_id, found.story_url) == ("p1", "https://daily.example/a")
    assert found.text.splitlines()[:2] == ["You & me", "foolx"] or found.text.startswith("You & me")


@pytest.mark.parametrize("body", [[], {"comment": "x"}, {"story": 7}, {"comment": {"body": 7}}])
def test_another_form_is_refused(body):
    with pytest.raises(ApiError):
        parse_phase(body)


@given(st.text())
def test_any_markup_is_read(markup):
    assert isinstance(parse_phase({"comment": {"body": markup}}), PhaseRequest)


def test_nothing_flagged_is_no_answer_and_reasons_are_named_once():
    assert phase_reply([], withhold=True) is None
    reply = phase_reply(["toxicity", "insult", "spam"], withhold=False)
    reasons = [action["reason"] for action in reply["actions"]]
    assert reasons == ["COMMENT_DETECTED_SPAM", "COMMENT_DETECTED_TOXIC"]
    assert "status" not in reply
    assert phase_reply(["toxicity"], withhold=True)["status"] == "SYSTEM_WITHHELD"


def test_one_right_signature_of_several_is_enough():
    right = "sha256=" + hmac.new(b"secret", b"{}", hashlib.sha256).hexdigest()
    assert is_signed(b"{}", right, "secret")
    assert is_signed(b"{}", f"sha256=00, {right}", "secret")
    for given_ in ("", "sha256=", right[:-1], right.upper(), "ä"):
        assert not is_signed(b"{}", given_, "secret")
    assert not is_signed(b"{ }", right, "secret")
