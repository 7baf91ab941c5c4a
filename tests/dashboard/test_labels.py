"""The labels page, run by AppTest on a real store."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st
from newsroom import BATHS, BATHS_THREAD, fill
from streamlit.testing.v1 import AppTest

from moderation import review
from moderation.dashboard.labels import _file
from moderation.exporters import BUILTIN
from moderation.frames import comment_key
from moderation.schema import Action, Suggestion
from moderation.scorers.packaged import write_folder
from moderation.store import Store

Run = Callable[..., AppTest]
COMMENT = {"community": "Coral:daily", "client_token": "c:7"}
INSULT = comment_key(BATHS.url, "c3")


def html(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def reject(store: Store) -> None:
    fill(store, BATHS_THREAD)
    review.decide(
        store, INSULT, Action.REJECT, moderator="Ana", reason="insult", overrides={"threat": 0.0}
    )


def test_without_labels_the_page_says_where_they_come_from(store: Store, labels: Run) -> None:
    assert "No labels yet" in html(labels())


def test_the_page_says_how_many_labels_the_scores_have_not_learnt_from(
    store: Store, labels: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reject(store)
    assert "Labels the scores have not learnt from yet: 2 (moderation learn)." in html(labels())
    until = store.labels()["decided_at"].max().isoformat()
    facts = {"newest_label": until, "over": {}}
    write_folder(tmp_path / "m", prefix="desk-1", files={"weights.npz": b""}, facts=facts, card="")
    monkeypatch.setenv("MODERATION_DESK_MODEL", str(tmp_path / "m"))
    st.cache_resource.clear()
    assert "The scores have learnt from all" in html(labels())


def test_labels_are_counted_shown_and_pseudonymous(store: Store, labels: Run) -> None:
    reject(store)
    app = labels()
    shown = app.dataframe[0].value
    assert list(shown["Attribute"]) == ["Threat", "Insult"]
    assert list(shown["Value"]) == [0.0, 1.0]
    assert "Ana" not in html(app) + shown.to_csv()
    assert '<td class="number">2</td>' in html(app)


def test_taken_back_labels_are_shown_on_request_only(store: Store, labels: Run) -> None:
    reject(store)
    review.undo(store, "Ana")
    assert "No labels yet" in html(labels())
    assert len(labels(undone="true").dataframe[0].value) == 2


def test_the_download_is_the_export(store: Store, labels: Run) -> None:
    reject(store)
    rows = [json.loads(line) for line in _file(BUILTIN["jsonl"], undone=False).splitlines()]
    assert {(row["attribute"], row["value"]) for row in rows} == {("insult", 1.0), ("threat", 0.0)}


def test_what_the_http_api_was_told_is_a_label_like_others(store: Store, labels: Run) -> None:
    sent = Suggestion(
        id="s1", text="Sent by Coral <b>", attribute="insult", value=1.0,
        received_at=datetime.now(UTC), sender="coral", **COMMENT,
    )  # fmt: skip
    store.add_suggestions([sent])
    shown = labels().dataframe[0].value.iloc[0]
    assert (shown["Attribute"], shown["Value"], shown["Came by"]) == ("Insult", 1.0, "api")
    assert shown["Moderator"] == "coral"
    assert shown["Comment"] == "Sent by Coral <b>"
    (row,) = map(json.loads, _file(BUILTIN["jsonl"], undone=False).splitlines())
    assert (row["source"], row["client_token"], row["text"]) == ("api", "c:7", "Sent by Coral <b>")
