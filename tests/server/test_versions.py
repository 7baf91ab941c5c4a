"""Old versions beside the new one, scorers that fail, and the moments after the start."""

import os
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from asking import client_of, settings_in

from moderation.perspective import float32
from moderation.scorers import ToxicityScorer, load
from moderation.scorers.packaged import MODELS, read_model, write_model
from moderation.scorers.scales import read_scales

ANALYZE = "/v1alpha1/comments:analyze"
TEXT = "You utter fool, what a stupid idea."


def ask(client, key="TOXICITY"):
    body = {"comment": {"text": TEXT}, "requestedAttributes": {key: {}}}
    return client.post(ANALYZE, json=body)


def test_an_old_release_stays_served_beside_the_new_one(tmp_path):
    folder = _earlier_release(tmp_path / "archive" / "0.0.9")
    old = ToxicityScorer(folder, ToxicityScorer.attributes[:7])
    own = float(old.score(pd.DataFrame({"text": [TEXT]}))[0, 0])
    asked = f"TOXICITY@{old.version}"

    def served():
        with client_of(settings_in(tmp_path, model_archive=str(tmp_path / "archive"))) as client:
            listed = client.get("/v1alpha1/attributes").json()["attributes"]
            return listed, ask(client, asked), ask(client)

    listed, reply, newest = served()
    (toxicity,) = (one for one in listed if one["name"] == "TOXICITY")
    assert asked in toxicity["versions"][1:]
    assert all("SPAM@" + old.version not in one["versions"] for one in listed)  # it gave none
    assert reply.headers["moderation-versions"] == asked
    value = reply.json()["attributeScores"][asked]["summaryScore"]["value"]
    assert value == float32(own)  # to the bit, and no scale of a later release's
    assert newest.headers["moderation-versions"] != asked
    assert newest.json()["attributeScores"]["TOXICITY"]["summaryScore"]["value"] != value
    assert served()[1].content == reply.content  # after a restart
    shutil.rmtree(tmp_path / "archive")
    assert served()[1].status_code == 400


def test_a_desks_corrections_are_served_on_the_old_scale_beside_what_is_shipped(tmp_path):
    scorer = load("bulk")[0]
    size = np.zeros(len(scorer.attributes), dtype=np.float32)
    arrays = {"scores": size, "numbers": size[:0].astype(np.int32), "words": size[:0]}
    arrays = {f"toxicity.{name}": value for name, value in arrays.items()}
    arrays["toxicity.constant"] = np.array(-1.0, dtype=np.float32)
    facts = {"over": {"toxicity": scorer.version}, "metrics": []}
    folder = tmp_path / "desk"
    version = write_model(folder, prefix="desk-1", arrays=arrays, facts=facts, card="# {version}")
    settings = settings_in(tmp_path, toxicity="bulk", desk_model=str(folder))
    with client_of(settings) as client:
        own, shipped = ask(client), ask(client, f"TOXICITY@{scorer.version}")
        told = client.get(f"/v1/cards/{scorer.version}+{version}").text
    assert own.headers["moderation-versions"] == f"TOXICITY@{scorer.version}+{version}"
    assert told.strip() == f"# {version}"
    values = [
        one.json()["attributeScores"][key]["summaryScore"]["value"]
        for one, key in ((own, "TOXICITY"), (shipped, f"TOXICITY@{scorer.version}"))
    ]
    score = float(scorer.score(pd.DataFrame({"text": [TEXT]}))[0, 0])
    scale = read_scales()[(scorer.version, "toxicity")]
    assert values[1] == float32(scale.to_perspective(score))
    lowered = 1 / (1 + np.exp(1 - np.log(score / (1 - score))))
    assert abs(values[0] - scale.to_perspective(lowered)) < 1e-5


def test_an_archive_with_a_changed_file_is_not_served(tmp_path):
    folder = _earlier_release(tmp_path / "archive" / "0.0.9")
    version = ToxicityScorer(folder).version
    weights = folder / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with client_of(settings_in(tmp_path, model_archive=str(tmp_path / "archive"))) as client:
        assert ask(client, f"TOXICITY@{version}").status_code == 400
        assert ask(client).status_code == 200


def test_a_scorer_that_hangs_costs_callers_their_time_limit_and_the_rest_goes_on(tmp_path):
    with client_of(settings_in(tmp_path, api_timeout_s=0.5)) as client:
        (pid,) = client.app.state.server.service.pool.pids
        os.kill(pid, signal.SIGSTOP)
        started = time.monotonic()
        late = ask(client)
        taken = time.monotonic() - started
        stored = client.get("/v1/comments")
        os.kill(pid, signal.SIGCONT)
    assert (late.status_code, late.headers["retry-after"]) == (503, "1")
    assert late.json()["error"]["status"] == "UNAVAILABLE"
    assert taken < 30
    assert stored.status_code == 200


def test_a_full_queue_is_told_before_a_request_is_read_and_all_is_well_when_it_is_not(tmp_path):
    with client_of(settings_in(tmp_path, api_queue=1)) as client, ThreadPoolExecutor() as callers:
        pool = client.app.state.server.service.pool
        (pid,) = pool.pids
        os.kill(pid, signal.SIGSTOP)
        waiting = [callers.submit(ask, client)]
        _await(lambda: "moderation_batch_rows_count 1.0" in client.get("/metrics").text)
        waiting.append(callers.submit(ask, client))
        _await(lambda: pool.is_full)
        refused = client.post(ANALYZE, content=b"not even JSON")
        shed = client.get("/metrics").text
        os.kill(pid, signal.SIGCONT)
        answers = [one.result() for one in waiting]
        after = ask(client)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert refused.json()["error"]["status"] == "UNAVAILABLE"
    assert refused.json()["error"]["details"]
    assert "moderation_shed_total 1.0" in shed
    assert 'route="analyze_comment",status="503"' in shed
    assert [one.status_code for one in (*answers, after)] == [200, 200, 200]


def test_who_comes_while_the_models_load_is_answered_when_they_have(tmp_path):
    async def nothing(scope, receive, send):
        raise AssertionError("no request of this test is the desk's")

    settings = settings_in(tmp_path, api_timeout_s=0.01)
    with client_of(settings, desk=nothing) as client:
        assert ask(client).status_code == 200
        assert client.get("/readyz").status_code == 200


def _await(is_so):
    deadline = time.monotonic() + 60
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert is_so()


def _earlier_release(root):
    """Write a model that says less than today's, of fewer attributes; returns its folder."""
    arrays = dict(read_model(MODELS / "toxicity").arrays)
    arrays["weights"] = arrays["weights"][:, :7]
    for name in ("curve_x", "curve_y", "intercepts"):
        arrays[name] = arrays[name][:7]
    arrays["intercepts"] = arrays["intercepts"] - 1
    facts = {"attributes": list(ToxicityScorer.attributes[:7])}
    write_model(root / "toxicity", prefix="ngrams-1", arrays=arrays, facts=facts, card="old")
    return root / "toxicity"
