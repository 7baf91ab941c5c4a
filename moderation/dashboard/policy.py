"""The policy page: thresholds and rules as a draft, what it would do, and all versions."""

import math
from dataclasses import replace
from itertools import zip_longest

import altair as alt
import pandas as pd
import streamlit as st

from moderation import review, rules
from moderation.dashboard import resources
from moderation.dashboard.components import NAMES, VERBS, empty_state, notice, table
from moderation.dashboard.inert import one_line
from moderation.errors import ModerationError
from moderation.moderators import may, role_of
from moderation.policy import Policy, Rule
from moderation.rules import LEAST_EVIDENCE, DryRun, Share, policy_of
from moderation.schema import ATTRIBUTES, Action, PolicyVersion, Role

SURVEY_AGE_S = 60
SECONDS = 15
"""What a decision by hand is taken to take, until the moderator says otherwise."""
VERSIONS = 20
LANGUAGES = ("", "en", "de", "ko", "es", "fr", "it", "nl", "pl", "pt", "ru", "tr", "ar", "zh", "ja")


def policy_page() -> None:
    """Edit the policy as a draft, with a dry run beside it; saving puts it in force."""
    st.title("Policy")
    now = resources.policy()
    if not rules.is_ranked(resources.store(), now):
        with st.spinner("Putting the queue into the order of this policy …"):
            rules.rank(resources.store(), now)
    versions = resources.store().policies()
    _in_force(now, versions)
    _said()
    allowed = may(role_of(resources.store(), resources.moderator()), Role.SENIOR)
    if not allowed:
        notice("Only senior moderators and admins change the policy; a draft can be tried by all.")
    with st.container(key="stacked"):
        edit, effect = st.columns([6, 5], gap="large")
    with edit:
        draft = _draft(now)
    run = _dry_run(draft, now)
    with effect:
        _effect(run, draft)
    with edit:
        _save(draft, now, run, allowed=allowed)
    _versions(versions, allowed=allowed)


def rule_sentence(rule: Rule) -> str:
    """Say what a rule does."""
    where = f", section {rule.section}" if rule.section else ""
    language = f", in {rule.language}" if rule.language else ""
    return (
        f"{rule.action.capitalize()} where {NAMES[rule.attribute].lower()} is "
        f"{rule.low:.2f} to {rule.high:.2f}{where}{language}"
    )


def changes(before: Policy, after: Policy) -> str:
    """Say what one policy has changed of another."""
    said = [
        f"{NAMES[name]} {before.thresholds[name]:.2f} → {after.thresholds[name]:.2f}"
        for name in ATTRIBUTES
        if not math.isclose(before.thresholds[name], after.thresholds[name])
    ]
    said += [f"new: {rule_sentence(rule)}" for rule in after.rules if rule not in before.rules]
    said += [f"gone: {rule_sentence(rule)}" for rule in before.rules if rule not in after.rules]
    if before.automatic != after.automatic:
        said.append("rules decide by themselves" if after.automatic else "rules only advise")
    return "; ".join(said) or "nothing changed"


def _in_force(now: Policy, versions: list[PolicyVersion]) -> None:
    does = (
        f"Its {len(now.rules)} rules decide by themselves what is scored from now on."
        if now.automatic
        else "Nothing is decided automatically."
    )
    if not versions:
        notice(f"No policy has been saved: the setting review_threshold holds. {does}")
        return
    newest = versions[0]
    note = f": {newest.note}" if newest.note else ""
    notice(
        f"Version {newest.number}, saved by {newest.saved_by} on "
        f"{newest.saved_at:%d %b %Y %H:%M} UTC{note}. {does}",
        title="In force",
    )


def _said() -> None:
    said = st.session_state.get("policy-said", "")
    if said:
        notice(said)


def _draft(now: Policy) -> Policy:
    """Draw the editor; return what it holds."""
    st.header("Draft")
    turn = st.session_state.setdefault("policy-turn", 0)  # new keys: the editor starts anew
    start: Policy = st.session_state.setdefault(f"policy-start-{turn}", now)
    kept: list[Rule] = st.session_state.setdefault(f"policy-rules-{turn}", list(start.rules))
    st.subheader("Rules")
    if not kept:
        notice("No rules yet. Where rules disagree, and where none matches, a person looks.",
               quiet=True)  # fmt: skip
    for place, rule in enumerate(kept):
        with st.container(horizontal=True, vertical_alignment="center"):
            notice(rule_sentence(rule), quiet=True)
            st.space("stretch")
            st.button(
                "Remove",
                key=f"remove-{turn}-{place}-{len(kept)}",
                type="tertiary",
                icon=":material/delete:",
                on_click=kept.remove,
                args=(rule,),
            )
    _add_rule(kept, turn)
    st.toggle(
        "Let the rules decide by themselves",
        value=start.automatic,
        key=f"automatic-{turn}",
        help="Off: rules only show here what they would do. On: comments are decided as soon as "
        "they are scored, signed policy:VERSION, and can be taken back together.",
    )
    with st.expander("Thresholds: from which score an attribute asks for a look"):
        columns = st.columns(3)
        for place, name in enumerate(ATTRIBUTES):
            columns[place % 3].number_input(
                NAMES[name],
                0.0,
                1.0,
                float(start.thresholds[name]),
                step=0.05,
                key=f"threshold-{turn}-{name}",
            )
    return _drafted(turn)


def _drafted(turn: int) -> Policy:
    """Return the draft as the editor holds it at this moment."""
    state = st.session_state
    thresholds = {name: float(state[f"threshold-{turn}-{name}"]) for name in ATTRIBUTES}
    rules_ = tuple(state[f"policy-rules-{turn}"])
    return Policy("draft", thresholds, rules_, bool(state[f"automatic-{turn}"]))


def _add_rule(kept: list[Rule], turn: int) -> None:
    with st.form(f"rule-{turn}", clear_on_submit=True):
        first, second, third = st.columns([3, 3, 4])
        action = first.selectbox("Do", [str(one) for one in Action], format_func=str.capitalize)
        attribute = second.selectbox("where", list(ATTRIBUTES), format_func=NAMES.__getitem__)
        low, high = third.slider("scores from, to", 0.0, 1.0, (0.9, 1.0), step=0.01)
        first, second, third = st.columns([4, 3, 3], vertical_alignment="bottom")
        section = first.text_input("in section (empty: all)", max_chars=80)
        language = second.selectbox(
            "in language", LANGUAGES, format_func=lambda code: code or "any"
        )
        if third.form_submit_button("Add the rule", icon=":material/add:", key=f"add-{turn}"):
            kept.append(Rule(attribute, low, high, Action(action), section.strip(), language))
            st.rerun()


@st.cache_data(ttl=SURVEY_AGE_S, max_entries=2, show_spinner="Reading a sample …")
def _survey(store_url: str) -> tuple[pd.DataFrame, pd.DataFrame, int]:  # noqa: ARG001 - the key
    store = resources.store()
    counts = store.counts()
    return (
        store.survey(decided=False, limit=rules.SAMPLE),
        store.survey(decided=True, limit=rules.SAMPLE),
        counts["waiting"] - counts["escalated"],
    )


def _dry_run(draft: Policy, now: Policy) -> DryRun:
    return rules.dry_run(draft, now, *_survey(resources.settings().store_url))


def _effect(run: DryRun, draft: Policy) -> None:
    """Say what the draft would do, and how often moderators have decided otherwise."""
    st.header("What it would do")
    if not run.tried:
        empty_state("No undecided comments", "There is nothing to try the draft on.")
        return
    sampled = f", counted on {run.tried:,} drawn at random" if run.tried < run.undecided else ""
    notice(f"Of {run.undecided:,} undecided comments{sampled}:", quiet=True)
    rows: list[tuple[str, int]] = [
        (f"would be {VERBS[action]} by a rule", run.says[action]) for action in Action
    ]
    rows += [
        ("would be treated otherwise than now", run.changed),
        ("ask for a look at a threshold", run.flagged),
    ]
    table(("", "Comments"), rows)
    seconds = st.number_input(
        "Seconds a decision by hand takes", 1, 600, SECONDS, key="seconds", width=260
    )
    notice(
        f"Saves {run.hours_saved(seconds):,.1f} hours of moderators' time, if each decision takes "
        f"{seconds} s.",
        quiet=True,
    )
    if draft.rules:
        _agreement(run)


def _agreement(run: DryRun) -> None:
    st.subheader("Against what moderators decided")
    basis = "the random audit" if run.random else "all decided comments"
    for action, doing in ((Action.REJECT, "rejected"), (Action.APPROVE, "approved")):
        precision, recall = run.precision[action], run.recall[action]
        if precision.of:
            notice(
                f"Of {precision.of:,} comments the rules would have {doing}, moderators {doing} "
                f"{_share(precision)}. Of {recall.of:,} that moderators {doing}, the rules find "
                f"{_share(recall)}."
            )
    if not run.evidence:
        notice("Moderators have decided no comment that these rules speak of.")
        return
    caution = (
        ""
        if run.random
        else " They were chosen by their scores, so the figures flatter or punish the rules; "
        "a random audit of 50 comments and more takes their place."
    )
    notice(f"Compared with {basis}; intervals are Wilson's, 95 %.{caution}", quiet=True)
    _bars(run)


def _bars(run: DryRun) -> None:
    shares = [
        (f"{name}, {action}", *share.interval, share.value)
        for action in (Action.REJECT, Action.APPROVE)
        for name, share in (("precision", run.precision[action]), ("recall", run.recall[action]))
        if share.of
    ]
    frame = pd.DataFrame(shares, columns=["what", "low", "high", "share"])
    base = alt.Chart(frame).encode(y=alt.Y("what:N", title=None, sort=None))
    scale = alt.Scale(domain=[0, 1])
    interval = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title="share", scale=scale), x2="high:Q"
    )
    point = base.mark_point(filled=True, size=80).encode(x="share:Q")
    number = base.mark_text(dy=-10).encode(
        x="share:Q", text=alt.Text("share:Q", format=".0%"), color=alt.value("gray")
    )
    said = "; ".join(f"{what} {share:.0%}" for what, _, _, share in shares)
    st.altair_chart(interval + point + number, width="stretch", key="agreement", alt=said)


def _share(share: Share) -> str:
    low, high = share.interval
    return f"{share.value:.0%} ({low:.0%} to {high:.0%})"


def _save(draft: Policy, now: Policy, run: DryRun, *, allowed: bool) -> None:
    unchanged = replace(draft, version=now.version) == now
    short = draft.automatic and run.evidence < LEAST_EVIDENCE
    st.text_input("Why it changes, for colleagues", key="policy-note", max_chars=300)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Put the draft in force",
            key="policy-save",
            type="primary",
            disabled=unchanged or short or not allowed,
            on_click=_put_draft_in_force,
        )
        st.button(
            "Discard the draft", key="policy-discard", disabled=unchanged, on_click=_start_anew
        )
    if short:
        notice(
            f"By themselves rules decide only after {LEAST_EVIDENCE} decisions of moderators on "
            f"comments they speak of; there are {run.evidence}."
        )
    if now.automatic and allowed:
        _automatic(now)


def _automatic(now: Policy) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Decide what waits already", key="policy-act", on_click=_act, args=(now,))
        st.button(
            "Take back all this version decided",
            key="policy-undo",
            on_click=_take_back,
            args=(now,),
        )


def _versions(versions: list[PolicyVersion], *, allowed: bool) -> None:
    if not versions:
        return
    st.header("Versions")
    first = Policy.from_settings(resources.settings())
    for version, before in zip_longest(versions[:VERSIONS], versions[1 : VERSIONS + 1]):
        saved = policy_of(version)
        with st.container(horizontal=True, vertical_alignment="center"):
            notice(
                f"{version.number} · {one_line(version.saved_by, limit=80)} · "
                f"{version.saved_at:%d %b %Y %H:%M} UTC"
                + (f" · {one_line(version.note)}" if version.note else "")
                + f" · {changes(policy_of(before) if before else first, saved)}",
                quiet=True,
            )
            st.space("stretch")
            st.button(
                "Go back to this",
                key=f"back-to-{version.number}",
                disabled=version is versions[0] or not allowed,
                on_click=_put_in_force,
                args=(saved, f"back to version {version.number}"),
            )


def _put_draft_in_force() -> None:
    """Save what stands in the editor: what was typed last may be newer than what was drawn."""
    _put_in_force(_drafted(st.session_state["policy-turn"]), st.session_state["policy-note"])


def _put_in_force(policy: Policy, note: str) -> None:
    store, name = resources.store(), resources.moderator()
    try:
        saved = rules.save(store, policy, name, note.strip())
    except ModerationError as error:
        st.session_state["policy-said"] = f"Not saved: {error}"
        return
    st.session_state["policy-said"] = f"Version {saved.version} is in force."
    resources.forget_policy()
    _survey.clear()
    _start_anew()


def _start_anew() -> None:
    st.session_state["policy-turn"] += 1


def _act(policy: Policy) -> None:
    count = rules.act_on_waiting(resources.store(), policy)
    st.session_state["policy-said"] = f"{count:,} waiting comments decided by the rules."
    _survey.clear()


def _take_back(policy: Policy) -> None:
    batch = f"{rules.SIGNATURE}{policy.version}"
    count = review.undo_batch(resources.store(), batch, resources.moderator())
    st.session_state["policy-said"] = f"{count:,} decisions of {batch} taken back."
    _survey.clear()
