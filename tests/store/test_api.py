"""What the HTTP API keeps: suggestions, keys, facts, and the log as others follow it."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from samples import comment_ids, decide, make_thread, take_back

from moderation.errors import ModerationError
from moderation.keys import KeyRing, RateLimit, add_key, digest_of, revoke_key, rotate_key
from moderation.schema import Suggestion
from moderation.store import open_store

HOSTILE = "nul \x00, surrogate \ud800, \U0010fffe"


def suggestion(value=1.0, **own):
    usual = {"id": uuid.uuid4().hex, "text": HOSTILE, "attribute": "toxicity"}
    return Suggestion(value=value, received_at=datetime.now(UTC), **(usual | own))


def test_suggestions_are_labels_for_those_who_ask(store):
    one, part = suggestion(0.5), suggestion(begin=4, end=5)
    store.add_suggestions([one, part])
    store.add_suggestions([one])
    assert store.labels().empty
    labels = store.labels(api=True)
    assert labels["label_id"].tolist() == [f"api:{one.id}", f"api:{part.id}"]
    assert labels["text"].tolist() == [HOSTILE, "\x00"]
    assert labels["value"].tolist() == [0.5, 1.0]
    assert store.labels(api=True).dtypes.to_dict() == store.labels().dtypes.to_dict()


def test_of_several_suggestions_about_one_comment_the_newest_counts(store):
    same = {"community": "c", "client_token": "t"}
    store.add_suggestions([suggestion(1.0, **same), suggestion(0.0, **same)])
    store.add_suggestions([suggestion(1.0, **same | {"attribute": "insult"}), suggestion()])
    store.add_suggestions([suggestion(1.0, **same, sender="another"), suggestion()])
    labels = store.labels(api=True, undone=True)
    assert labels["undone"].tolist() == [True, False, False, False, False, False]
    assert len(store.labels(api=True)) == 5


def test_what_was_suggested_about_a_comment_can_be_erased(store):
    same = {"community": "c", "client_token": "t"}
    store.add_suggestions([suggestion(1.0, **same), suggestion(0.0, **same)])
    store.add_suggestions([suggestion(**same | {"client_token": "another"})])
    assert store.erase_suggestions(**same) == 2
    assert store.erase_suggestions(**same) == 0
    assert store.labels(api=True, undone=True)["client_token"].tolist() == ["another"]


def test_no_byte_of_an_erased_suggestion_stays_in_sqlites_files(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'own.db'}")
    same = {"community": "", "client_token": "t"}
    store.add_suggestions([suggestion(text="Zyzzyvaquux " * 500, **same)])
    store.add_suggestions([suggestion(text="Zyzzyvaquux once more", **same)])
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    assert any(b"Zyzzyvaquux" in path.read_bytes() for path in files)
    assert store.erase_suggestions(**same) == 2
    assert not any(b"Zyzzyvaquux" in path.read_bytes() for path in tmp_path.iterdir())
    store.close()


def test_no_suggestions_change_nothing(store):
    store.add_suggestions([])
    assert store.labels(api=True).empty


def test_a_key_is_kept_as_its_hash_and_found_again(store):
    key = add_key(store, "coral", per_minute=60)
    (kept,) = store.api_keys()
    assert (kept.name, kept.per_minute, kept.digest) == ("coral", 60, digest_of(key))
    ring = KeyRing(store, ["configured"], per_minute=5)
    ring.refresh()
    assert ring.find(key) == kept
    assert ring.find("configured").name == "settings-1"
    assert ring.find(key + "x") is None
    assert (ring.limit(kept), ring.limit(ring.find("configured"))) == (60, 5)


@pytest.mark.parametrize("name", ["", " ", "a\nb"])
def test_a_key_needs_a_name(store, name):
    with pytest.raises(ModerationError, match="needs a name"):
        add_key(store, name)


def test_a_name_has_one_usable_key_until_it_is_rotated(store):
    old = add_key(store, "coral")
    with pytest.raises(ModerationError, match="there is a key 'coral' already"):
        add_key(store, "coral")
    new = rotate_key(store, "coral", grace_h=0)
    ring = KeyRing(store, [])
    ring.refresh()
    assert (ring.find(old), ring.find(new).name) == (None, "coral")
    assert revoke_key(store, "coral") == 1
    ring.refresh()
    assert ring.find(new) is None
    assert not ring.is_open
    with pytest.raises(ModerationError, match="no usable key 'coral'"):
        rotate_key(store, "coral", grace_h=1)


def test_keys_expire_by_name_and_never_come_back(store):
    add_key(store, "a")
    add_key(store, "b")
    now = datetime.now(UTC)
    assert store.expire_api_keys("a", now) == 1
    assert store.expire_api_keys("a", now + timedelta(days=1)) == 0
    assert [key.expires_at for key in store.api_keys()] == [now, None]


def test_a_limit_is_a_minutes_worth_that_comes_back():
    now = [0.0]
    limit = RateLimit(lambda: now[0])
    assert [limit.take("a", 2) for _ in range(3)] == [True, True, False]
    assert limit.take("b", 2)
    now[0] = 31
    assert [limit.take("a", 2) for _ in range(2)] == [True, False]
    now[0] = 10_000
    assert [limit.take("a", 2) for _ in range(3)] == [True, True, False]


def test_facts_are_noted_and_replaced(store):
    assert store.fact("cursor") is None
    store.set_fact("cursor", "1")
    store.set_fact("cursor", "2")
    assert store.fact("cursor") == "2"


def test_the_log_is_followed_by_number_without_names_and_conflicts(store):
    thread = make_thread("first", "second")
    store.add_thread(thread, source="p")
    first, second = comment_ids(thread)
    one = decide(store, first, decided_by="anna")
    with pytest.raises(ModerationError):
        decide(store, first, decided_by="bert")  # did not see the other
    take_back(store, one, by="anna")
    two = decide(store, second, decided_by="anna")
    found = store.decisions(after=0, limit=10)
    assert [entry.id for _, entry in found][::2] == [one.id, two.id]
    assert found[1][1].undoes == one.id
    assert {entry.decided_by for _, entry in found} != {"anna"}
    assert all(entry.decided_by.startswith("moderator-") for _, entry in found)
    assert store.decisions(after=found[0][0], limit=1) == [found[1]]
