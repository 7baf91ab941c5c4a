"""Roles, claims, second looks and languages, on both databases."""

from datetime import UTC, datetime

import pytest
from samples import URL, comment_ids, decide, make_thread, take_back

from moderation import moderators
from moderation.errors import ModerationError, StoreError
from moderation.schema import Action, Moderator, Role, Sampling

FIRST, SECOND = f"{URL}#c0", f"{URL}#c1"


@pytest.fixture
def filled(store):
    store.add_thread(make_thread("first", "second"), source="page.html")
    return store


def test_everybody_may_do_everything_until_the_first_appointment(store):
    assert moderators.role_of(store, "anna") is Role.ADMIN
    moderators.appoint(store, "bert", Role.SENIOR, by="anna")
    roles = {one.name: (one.role, one.appointed_by) for one in store.moderators()}
    assert roles == {"anna": (Role.ADMIN, "anna"), "bert": (Role.SENIOR, "anna")}
    assert moderators.role_of(store, "chi") is Role.MODERATOR


def test_a_new_role_takes_the_place_of_the_old_one(store):
    moderators.appoint(store, "anna", Role.ADMIN, by="anna")
    moderators.appoint(store, " bert ", Role.SENIOR, by="anna")
    moderators.appoint(store, "bert", Role.ADMIN, by="anna")
    assert [one.name for one in store.moderators()] == ["anna", "bert"]
    moderators.dismiss(store, "anna", by="bert")
    assert moderators.role_of(store, "anna") is Role.MODERATOR


def test_only_admins_appoint_and_one_of_them_stays(store):
    moderators.appoint(store, "bert", Role.SENIOR, by="anna")
    for change in (
        lambda: moderators.appoint(store, "chi", Role.ADMIN, by="bert"),
        lambda: moderators.dismiss(store, "anna", by="bert"),
    ):
        with pytest.raises(ModerationError, match="'bert' is no admin"):
            change()
    for change in (
        lambda: moderators.appoint(store, "anna", Role.SENIOR, by="anna"),
        lambda: moderators.dismiss(store, "anna", by="anna"),
    ):
        with pytest.raises(ModerationError, match="'anna' is the only admin"):
            change()
    assert len(store.moderators()) == 2


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_a_name_that_is_none_gets_no_role(store, name):
    with pytest.raises(StoreError, match="expected 1 to 200"):
        store.appoint(Moderator(name, Role.ADMIN, "anna", datetime.now(UTC)))


def test_each_role_may_do_what_those_before_it_may():
    allowed = [[moderators.may(own, needed) for needed in Role] for own in Role]
    assert allowed == [[True, False, False], [True, True, False], [True, True, True]]


def test_what_is_given_back_is_free_for_others(filled):
    filled.claim(FIRST, "anna")
    filled.release([FIRST, "nowhere#1"], "bert")
    assert not filled.claim(FIRST, "bert")
    filled.release([FIRST], "anna")
    assert filled.claim(FIRST, "bert")


def test_a_second_look_is_somebody_elses_and_due_while_the_first_decision_stands(filled):
    first = decide(filled, FIRST, Action.APPROVE, decided_by="anna", second_look=True)
    decide(filled, SECOND, Action.APPROVE, decided_by="anna")
    assert filled.history(FIRST) == [first]
    assert filled.second_looks("anna", limit=9) == []
    assert filled.second_looks("bert", limit=9) == [FIRST]
    filled.claim(FIRST, "chi")
    assert filled.second_looks("bert", limit=9) == []
    assert filled.second_looks("chi", limit=9) == [FIRST]
    second = decide(filled, FIRST, decided_by="chi", expected=first.id, sampling=Sampling.SECOND)
    assert filled.second_looks("chi", limit=9) == []
    take_back(filled, second, by="chi")
    assert filled.second_looks("chi", limit=9) == [FIRST]
    take_back(filled, first, by="anna")
    assert filled.second_looks("chi", limit=9) == []


def test_a_language_is_kept_until_the_text_changes(filled):
    assert set(filled.without_language(limit=9)["comment_id"]) == {FIRST, SECOND}
    assert len(filled.without_language(limit=1)) == 1
    filled.set_languages({FIRST: "en", SECOND: "", "nowhere#1": "de"})
    assert filled.without_language(limit=9).empty
    filled.add_thread(make_thread("erste", "second"), source="page.html")
    assert filled.without_language(limit=9).to_numpy().tolist() == [[FIRST, "erste"]]


def test_names_of_any_length_can_be_authors(store):
    thread = make_thread("a")
    long = thread.comments[0].__class__("c9", None, "\u58eb" * 100_000, "text")
    store.add_thread(thread.__class__(thread.article, (long,), "records"), source="page.html")
    assert comment_ids(store.thread(URL)) == [f"{URL}#c9"]


def test_a_decision_ends_the_claim_of_its_moderator_only(filled):
    filled.claim(FIRST, "anna")
    filled.claim(SECOND, "anna")
    decide(filled, FIRST, decided_by="anna")
    decide(filled, SECOND, decided_by="bert")
    assert filled.claim(FIRST, "chi")
    assert not filled.claim(SECOND, "chi")


@pytest.mark.parametrize(
    ("claims", "allowed", "name"),
    [
        ({"email": "Marta@News.example"}, (), "marta@news.example"),
        (
            {"email": "marta@news.example", "email_verified": True},
            ("@news.example",),
            "marta@news.example",
        ),
        ({"email": "marta@news.example"}, ("MARTA@news.example",), "marta@news.example"),
        ({"email": "marta@news.example", "email_verified": False}, (), ""),
        ({"email": "eve@xnews.example"}, ("@news.example", "marta@news.example"), ""),
        ({"email": "policy:1@news.example"}, (), ""),
        ({"email": "a@b@news.example"}, ("@news.example",), ""),
        ({"email": ["marta@news.example"]}, ("@news.example",), ""),
        ({"sub": "7"}, (), ""),
    ],
)
def test_a_name_comes_from_a_verified_address_that_is_admitted(claims, allowed, name):
    assert moderators.name_from(claims, allowed) == name
