"""The learning loop, from decisions in a store to scores that follow them."""

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import invented_desk
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from strategies import batches

from moderation import review
from moderation.cli import main
from moderation.erasure import erase_comments
from moderation.errors import ModelError
from moderation.frames import CONTEXT_COLUMNS
from moderation.pipeline import score_waiting
from moderation.schema import Action, Moderator, Role, Sampling, Suggestion
from moderation.scorers import BUILTIN, TOXICITY, Explaining, load, score_frame
from moderation.scorers.desk import DeskScorer, corrected
from moderation.scorers.offered import calibration, card, languages, offered
from moderation.scorers.packaged import MODELS, read_manifest, write_model
from moderation.scorers.scales import Scale, with_desk
from moderation.store import open_store
from moderation.testing import check_scorer
from moderation.training.correction import LEAST, choose, fit, judge, lay_out
from moderation.training.correction import corrected as corrected_scores
from moderation.training.desk import ALL, AUDIT, learn
from moderation.training.judged import labels_of, read_judged

BULK = TOXICITY["bulk"]
TEXTS = list(invented_desk.UNSEEN.values())


def batch_of(*texts):
    rows = pd.DataFrame({"text": list(texts)}, dtype=object)
    return rows.reindex(columns=list(CONTEXT_COLUMNS), fill_value="").assign(copies=1)


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    """A store in which every comment is decided."""
    path = tmp_path_factory.mktemp("desk") / "store.db"
    with closing(open_store(f"sqlite:///{path}")) as store:
        invented_desk.open_desk(store, [BULK])
    return path


@pytest.fixture(scope="module")
def learnt(decided, tmp_path_factory):
    """What is learnt from it."""
    with closing(open_store(f"sqlite:///{decided}")) as store:
        return learn(store, [BULK], tmp_path_factory.mktemp("models"))


@pytest.fixture
def store(decided, tmp_path):
    """A copy of the store, to change."""
    shutil.copy(decided, tmp_path / "store.db")
    with closing(open_store(f"sqlite:///{tmp_path}/store.db")) as opened:
        yield opened


@pytest.fixture
def taught(learnt):
    (scorer,) = corrected([BULK], learnt.folder)
    return scorer


def outcome_of(found, attribute="toxicity"):
    return next(one for one in found.outcomes if one.attribute == attribute)


def comment_ids(store):
    return store.comments()["comment_id"].tolist()


# -- what is learnt ----------------------------------------------------------------------------


def test_a_word_of_the_desks_own_is_learnt_and_plain_comments_stay_low(taught):
    before = score_frame(BULK, batch_of(*TEXTS))["toxicity"].tolist()
    after = score_frame(taught, batch_of(*TEXTS))["toxicity"].tolist()
    assert before[0] < 0.5 < after[0]
    assert after[1] < 0.3


def test_the_outcome_says_what_it_rests_on_and_what_it_gains(learnt):
    toxicity = outcome_of(learnt)
    assert toxicity.measured_on == ALL
    assert toxicity.applies > LEAST
    assert toxicity.verdict.after.roc_auc > toxicity.verdict.before.roc_auc + 0.1
    assert toxicity.verdict.change.log_loss_high < 0
    assert toxicity.line.startswith(
        f"toxicity: words and level learnt ({toxicity.applies} labels say it applies"
    )
    spam = outcome_of(learnt, "spam")
    assert spam.line.startswith("spam: nothing learnt (0 labels say it applies")


def test_other_attributes_keep_their_scores_to_the_bit(taught):
    batch = batch_of(*TEXTS)
    shipped, own = score_frame(BULK, batch), score_frame(taught, batch)
    others = [name for name in shipped if name != "toxicity"]
    pd.testing.assert_frame_equal(shipped[others], own[others], check_exact=True)


def test_the_same_labels_give_the_same_files(learnt, decided, tmp_path):
    with closing(open_store(f"sqlite:///{decided}")) as store:
        again = learn(store, [BULK], tmp_path)
    assert again.version == learnt.version == again.folder.name
    for path in sorted(learnt.folder.iterdir()):
        assert (again.folder / path.name).read_bytes() == path.read_bytes()


def test_no_word_name_or_id_of_a_comment_is_in_the_folder(learnt):
    content = b"".join(path.read_bytes() for path in learnt.folder.iterdir()).lower()
    with np.load(learnt.folder / "weights.npz", allow_pickle=False) as arrays:
        content += b"".join(arrays[name].tobytes() for name in arrays.files).lower()
    assert len(content) > 10_000
    for said in (b"lamprey", b"knucklehead", b"tolland", b"reader 1", b"wilhelmine"):
        assert said not in content


def test_the_card_and_the_manifest_say_where_it_comes_from(learnt):
    manifest = read_manifest(learnt.folder)
    assert manifest["over"] == {"toxicity": BULK.version}
    assert manifest["attributes"] == ["toxicity"]
    assert manifest["by_source"] == {"desk": manifest["comments"]}
    (row,) = manifest["metrics"]
    assert row["roc_auc"] > row["shipped"]["roc_auc"]
    text = (learnt.folder / "card.md").read_text(encoding="utf-8")
    assert learnt.version in text
    assert "| toxicity |" in text
    assert "too few |" in text


def test_what_the_shipped_score_knows_already_is_not_kept():
    chance = np.random.default_rng(6)
    words = [" ".join(chance.choice(TEXTS[1].split(), 8)) + f" {n}" for n in range(600)]
    shipped = chance.uniform(0.02, 0.98, (600, 2)).astype(np.float32)
    labels = (chance.random(600) < shipped[:, 0]).astype(float)
    comments = pd.DataFrame({"text": words, "article_url": [f"a{n % 50}" for n in range(600)]})
    table = lay_out(comments, shipped)
    everything = np.ones(600, dtype=bool)
    kind, verdict = choose(table, 0, labels, everything)
    assert (kind, verdict.is_better) == ("", False)
    assert choose(table, 0, 1 - labels, everything)[0] != ""  # the other way round it is


def test_where_words_say_nothing_the_level_alone_is_learnt_and_the_order_stays():
    chance = np.random.default_rng(7)
    texts = [" ".join(chance.choice(TEXTS[0].split(), 9)) + f" {n}" for n in range(900)]
    truth = chance.uniform(0.01, 0.6, 900)
    logits = np.log(truth / (1 - truth)) + 2  # ordered well, far too high
    other = chance.normal(size=900)
    shipped = (1 / (1 + np.exp(-np.column_stack([logits, other])))).astype(np.float32)
    labels = (chance.random(900) < truth).astype(float)
    comments = pd.DataFrame({"text": texts, "article_url": [f"a{n % 50}" for n in range(900)]})
    table = lay_out(comments, shipped)
    verdict = judge(table, 0, labels, np.ones(900, dtype=bool), "level alone")
    assert verdict.is_better
    assert verdict.after.ece < 0.05 < verdict.before.ece
    by = fit(table, 0, labels, "level alone")
    assert not by.words.any()
    assert (np.diff(corrected_scores(table, 0, by)[np.argsort(logits)]) >= 0).all()


def test_few_decisions_teach_nothing_and_write_nothing(store, tmp_path):
    for own in comment_ids(store)[20:]:
        review.decide(
            store, own, Action.ESCALATE, moderator="Wilhelmine", expected=store.standing(own).id
        )
    found = learn(store, [BULK], tmp_path / "models")
    assert found.folder is None
    assert not (tmp_path / "models").exists()
    assert "30 of either kind are needed" in outcome_of(found).line


# -- what counts -------------------------------------------------------------------------------


def redecide(store, own, action, moderator="Wilhelmine", **fields):
    standing = store.standing(own)
    return review.decide(
        store, own, action, moderator=moderator, expected=standing and standing.id, **fields
    )


def said(store, own, attribute="toxicity", *, api=False):
    comments = read_judged(store, api=api).comments
    rows = comments[comments["comment_id"] == own]
    return labels_of(rows, attribute).tolist()


def test_the_decision_that_stands_counts_once_and_the_others_do_not(store):
    own = comment_ids(store)[0]
    redecide(store, own, Action.REJECT, reason="toxicity")
    assert said(store, own) == [1.0]
    redecide(store, own, Action.APPROVE)  # no label: its score is low
    assert said(store, own) == [0.0]
    review.undo(store, "Wilhelmine")
    assert said(store, own) == [1.0]


def test_a_second_look_counts_in_the_place_of_the_first(store):
    own = comment_ids(store)[0]
    redecide(store, own, Action.APPROVE, second_looks=1.0)
    redecide(
        store, own, Action.REJECT, "Bert", reason="insult", sampling=Sampling.SECOND
    )  # no senior: a second look is anybody's
    assert said(store, own, "insult") == [1.0]
    assert np.isnan(said(store, own, "toxicity")).all()


def test_who_rejects_for_another_reason_says_nothing_of_the_rest(store):
    own = comment_ids(store)[0]
    redecide(store, own, Action.REJECT, reason="spam")
    assert said(store, own, "spam") == [1.0]
    assert np.isnan(said(store, own)).all()


def test_what_was_decided_in_bulk_escalated_or_erased_is_left_out(store):
    first, second, third = comment_ids(store)[:3]
    redecide(store, first, Action.ESCALATE)
    review.undo(store, "Wilhelmine")
    assert said(store, first) != []
    redecide(store, first, Action.ESCALATE)
    assert said(store, first) == []
    store.appoint(Moderator("Ada", Role.ADMIN, "Ada", datetime.now(UTC)))
    erase_comments(store, [second], by="Ada")
    assert said(store, second) == []
    thread, _ = invented_desk.threads(seed=9)[0]
    article = replace(thread.article, url="https://lamprey.example/bulk")
    store.add_thread(replace(thread, article=article), source="made by the tests")
    new = [own for own in comment_ids(store) if own.startswith(article.url)]
    review.decide_all(store, new, Action.REJECT, moderator="Ada", reason="toxicity")
    judged = read_judged(store, api=False)
    assert judged.in_bulk == len(new)
    assert not judged.comments["comment_id"].isin(new).any()
    assert third in set(judged.comments["comment_id"])


def test_labels_of_the_api_count_only_where_asked_for(store):
    text = "A lamprey wrote to us from another site."
    sent = Suggestion("s1", text, "toxicity", 1.0, datetime.now(UTC))
    later = Suggestion("s2", text, "toxicity", 0.25, datetime.now(UTC))
    store.add_suggestions([sent, later])
    assert text not in set(read_judged(store, api=False).comments["text"])
    comments = read_judged(store, api=True).comments
    (row,) = comments[comments["text"] == text].to_dict("records")
    assert (row["source"], row["toxicity"], row["approved"]) == ("api", 0.25, False)


def test_comments_approved_without_a_flag_hold_low_scores_down(store, tmp_path):
    # Labels alone: below the threshold there are rejections and nothing else.
    judged = read_judged(store, api=False).comments
    scores = score_frame(BULK, judged)["toxicity"]
    low = judged[(scores < 0.3).to_numpy()]
    assert low["toxicity"].dropna().eq(1.0).all()
    assert (labels_of(low, "toxicity") == 0.0).sum() > LEAST


def test_the_random_audit_is_what_figures_are_of_where_it_is_large_enough(tmp_path):
    with closing(open_store(f"sqlite:///{tmp_path}/store.db")) as store:
        invented_desk.open_desk(store, [BULK], sampling=Sampling.RANDOM)
        assert outcome_of(learn(store, [BULK], tmp_path)).measured_on == AUDIT


# -- at work -----------------------------------------------------------------------------------


@given(batch=batches())
@settings(suppress_health_check=list(HealthCheck), max_examples=4)
def test_a_corrected_scorer_keeps_the_contract(taught, batch):
    check_scorer(taught, batch)


def test_the_version_names_both_and_old_scores_keep_theirs(store, learnt):
    (scorer,) = corrected([BULK], learnt.folder)
    own = comment_ids(store)[0]
    assert store.scores_of(own)["toxicity"].version == BULK.version
    assert score_waiting(store, [BULK]) == 0
    assert score_waiting(store, [scorer]) == len(comment_ids(store))
    assert store.scores_of(own)["toxicity"].version == f"{BULK.version}+{learnt.version}"
    before = store.labels()
    assert set(before["scorer_version"].dropna()) == {BULK.version}
    score_waiting(store, [BULK])  # going back
    assert store.scores_of(own)["toxicity"].version == BULK.version


def test_learning_starts_from_the_shipped_scores_whatever_is_in_use(store, learnt, tmp_path):
    (scorer,) = corrected([BULK], learnt.folder)
    score_waiting(store, [scorer])
    assert learn(store, [BULK], tmp_path).version == learnt.version


def test_a_correction_of_another_version_is_left_out_and_the_log_says_so(learnt, caplog):
    (other,) = corrected([TOXICITY["fast"]], learnt.folder)
    assert other is TOXICITY["fast"]
    assert "its corrections are left out; `moderation learn` fits them again" in caplog.text


def test_a_folder_of_another_kind_or_with_another_file_is_refused(learnt, tmp_path):
    with pytest.raises(ModelError, match="expected one that moderation learn wrote"):
        load("bulk", str(MODELS / "toxicity"))
    with pytest.raises(ModelError, match="cannot be read"):
        load("bulk", str(tmp_path / "nothing"))
    folder = tmp_path / learnt.version
    shutil.copytree(learnt.folder, folder)
    (folder / "weights.npz").write_bytes(b"x")
    (scorer,) = corrected([BULK], folder)
    with pytest.raises(ModelError, match="does not match"):
        scorer.score(batch_of(*TEXTS))


def test_an_explaining_scorer_stays_one_and_says_what_moved(tmp_path):
    off_topic = BUILTIN[1]
    size = np.zeros(1, dtype=np.float32)
    arrays = {"scores": size, "numbers": size[:0].astype(np.int32), "words": size[:0]}
    arrays = {f"off_topic.{name}": value for name, value in arrays.items()}
    arrays["off_topic.constant"] = np.array(3.0, dtype=np.float32)
    facts = {"over": {"off_topic": off_topic.version}}
    write_model(tmp_path, prefix="desk-1", arrays=arrays, facts=facts, card="")
    (scorer,) = corrected([off_topic], tmp_path)
    assert isinstance(scorer, Explaining)
    assert scorer.made_of == off_topic.made_of
    batch = batch_of(
        "The ferry will sail again in spring, says the ferry's captain, and not before."
    )
    batch = batch.assign(
        article_title="Ferry", article_text="The ferry stays in port until spring."
    )
    pd.testing.assert_frame_equal(scorer.parts(batch), off_topic.parts(batch))
    old, new = (float(one.score(batch)[0, 0]) for one in (off_topic, scorer))
    assert scorer.explain(batch)[0].endswith(
        f"What moderators said here makes it {new:.2f} instead of {old:.2f}."
    )
    (beside,) = corrected([BULK], tmp_path)
    assert not isinstance(beside, (Explaining, DeskScorer))


def test_the_api_offers_it_with_card_calibration_languages_and_the_old_scale(learnt):
    found = offered("bulk", desk_model=str(learnt.folder))
    assert found[0].version == f"{BULK.version}+{learnt.version}"
    assert BULK.version in [one.version for one in found]
    assert learnt.version in card(found[0])
    assert languages(found[0]) == languages(BULK)
    (row,) = calibration(found[0])["toxicity"]
    assert row["set"] == f"desk, {ALL}"
    assert calibration(found[0])["insult"] == calibration(BULK)["insult"]
    scale = Scale("scales-1", (0.0, 1.0), (0.0, 1.0))
    scales = with_desk({(BULK.version, "toxicity"): scale}, found)
    assert scales[(found[0].version, "toxicity")] is scale


def test_the_command_learns_and_the_setting_puts_it_to_use(store, tmp_path, monkeypatch):
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path}/store.db",
        "TOXICITY": "bulk",
    }.items():
        monkeypatch.setenv(f"MODERATION_{name}", value)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["learn"])
    assert done.exit_code == 0, done.output
    folder = done.stdout.strip()
    assert folder.startswith(str(tmp_path / "desk-models" / "desk-1-"))
    assert "toxicity: words and level learnt" in done.stderr
    assert f'desk_model = "{folder}"' in done.stderr
    pd.DataFrame({"text": TEXTS}).to_csv("in.csv", index=False)
    score = ["score", "in.csv", "-o", "out.csv", "--attributes", "toxicity"]
    assert CliRunner().invoke(main, score).exit_code == 0
    shipped = pd.read_csv("out.csv")
    monkeypatch.setenv("MODERATION_DESK_MODEL", folder)
    assert CliRunner().invoke(main, score).exit_code == 0
    own = pd.read_csv("out.csv")
    assert shipped["toxicity"][0] < 0.5 < own["toxicity"][0]
    assert own["scorer_versions"][0] == f"{shipped['scorer_versions'][0]}+{folder[-15:]}"
