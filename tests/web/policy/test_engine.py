"""Deciding: relations, states, sections, tokens, second factors; and that reach and decide say the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eirene.errors import UsageError
from eirene_web.policy import Actor, Grant, Kind, Reach, Row, Table, Target, Verb, decide, rows
from eirene_web.policy import engine as policy_engine

pytestmark = pytest.mark.one_engine

KIND = Kind("boat", "the boat", {"afloat": "afloat", "sunk": "sunk"})
VERBS = [
    Verb("boat.see", "see boats", "boat", "boat.see", scope="read"),
    Verb("boat.sail", "sail a boat", "boat", "boat.see"),
    Verb("boat.sink", "sink a boat", "boat", "boat.see", decides=True),
    Verb("boat.paint", "paint a boat", "boat", "boat.see", scope=""),
]


def table(*some: Row) -> Table:
    return Table.of([KIND], VERBS, some)


def boat(**more: object) -> Target:
    return Target("boat", "harbour", **{"state": "afloat", "nation": "ALF", **more})  # type: ignore[arg-type]


def actor(*grants: Grant, **more: object) -> Actor:
    return Actor(person=1, alliance="harbour", grants=grants, **more)  # type: ignore[arg-type]


def grant(role: str = "rapporteur", nation: str = "ALF", **more: object) -> Grant:
    return Grant(role, nation, 7, 70, **more)  # type: ignore[arg-type]


SEEN = rows("boat.see", "rapporteur coordinator reader", "any")


@pytest.mark.parametrize(
    ("relation", "held", "target", "allowed"),
    [
        ("own", grant(), boat(), True),
        ("own", grant(), boat(nation="BRA"), False),
        ("own", grant(nation=""), boat(nation=""), False),
        ("own", grant("coordinator"), boat(), False),
        ("office", grant("coordinator", ""), boat(), True),
        ("office", grant("coordinator", "ALF"), boat(), False),
        ("other", grant(), boat(nation="BRA"), True),
        ("other", grant(), boat(), False),
        ("any", grant(), boat(nation="BRA"), True),
        ("assigned", grant(), boat(posts=frozenset({70})), True),
        ("assigned", grant(), boat(posts=frozenset({71})), False),
        ("assigned", grant(sections=frozenset({"3"})), boat(section="3"), True),
        ("assigned", grant(sections=frozenset({"3"})), boat(section="4"), False),
        ("assigned", grant(sections=frozenset({"3"})), boat(section="3", nation="BRA"), False),
        ("assigned", grant(), boat(section="3"), False),
        ("self", grant(), boat(person=1), True),
        ("self", grant(), boat(person=2), False),
        ("self", grant(), boat(), False),
    ],
)
def test_a_relation_holds_or_not(relation: str, held: Grant, target: Target, allowed: bool) -> None:
    role = "coordinator" if relation == "office" else "rapporteur"
    rules = table(*SEEN, *rows("boat.sail", role, relation))  # type: ignore[arg-type]
    assert decide(actor(held), "boat.sail", target, within=rules).allowed is allowed


def test_a_role_limited_to_sections_does_its_own_sections_alone() -> None:
    rules = table(*SEEN, *rows("boat.sail", "rapporteur", "own"))
    limited = actor(grant(sections=frozenset({"3"})))
    assert decide(limited, "boat.sail", boat(section="3"), within=rules).allowed
    assert not decide(limited, "boat.sail", boat(section="4"), within=rules).allowed
    assert decide(limited, "boat.sail", boat(), within=rules).allowed


def test_what_is_locked_says_in_which_states_it_is_not() -> None:
    rules = table(*SEEN, *rows("boat.sail", "rapporteur", "own", "afloat"))
    refused = decide(actor(grant()), "boat.sail", boat(state="sunk"), within=rules)
    assert (refused.allowed, refused.seen) == (False, True)
    assert "the boat is “sunk”" in refused.why
    assert "“afloat”" in refused.why


def test_what_is_locked_names_only_states_in_which_the_same_role_could_do_it() -> None:
    rules = table(*SEEN, *rows("boat.sail", "rapporteur", "own", "afloat"), *rows("boat.sail", "reader", "own", "sunk"))
    refused = decide(actor(grant()), "boat.sail", boat(state="sunk"), within=rules)
    assert "the boat is “sunk”. It can be done while it is: “afloat”." in refused.why


def test_the_right_role_is_told_that_it_lies_with_another_post() -> None:
    rules = table(*SEEN, *rows("boat.sail", "rapporteur", "assigned"))
    refused = decide(actor(grant()), "boat.sail", boat(), within=rules)
    assert "This does not lie with your post now." in refused.why


def test_a_role_that_does_not_do_it_is_told_who_does() -> None:
    rules = table(*SEEN, *rows("boat.sail", "rapporteur", "own"))
    refused = decide(actor(grant("reader")), "boat.sail", boat(), within=rules)
    assert "It is done by: Rapporteur." in refused.why


def test_what_one_does_not_see_is_not_there() -> None:
    rules = table(*rows("boat.see", "rapporteur", "own"), *rows("boat.sail", "rapporteur", "own"))
    assert not decide(actor(grant()), "boat.sail", boat(nation="BRA"), within=rules).seen
    assert not decide(actor(grant()), "boat.see", boat(nation="BRA"), within=rules).seen
    assert not decide(actor(), "boat.see", boat(), within=rules).seen


def test_nothing_of_another_alliance_is_there() -> None:
    rules = table(*SEEN, *rows("boat.sail", "rapporteur", "any"))
    there = replace(boat(), alliance="elsewhere")
    assert not decide(actor(grant()), "boat.sail", there, within=rules).seen


def test_what_is_open_to_everybody_is_open_to_nobody_in_particular() -> None:
    rules = table(*rows("boat.see", "public", "any"))
    assert decide(Actor(), "boat.see", boat(), within=rules).allowed


def test_deciding_asks_for_a_second_factor() -> None:
    rules = table(*SEEN, *rows("boat.sink", "rapporteur", "own"))
    weak = decide(actor(grant()), "boat.sink", boat(), within=rules)
    assert (weak.allowed, weak.weak, weak.seen) == (False, True, True)
    assert decide(actor(grant(), strong=True), "boat.sink", boat(), within=rules).allowed


def test_a_weak_session_is_not_told_of_a_factor_for_what_it_could_not_do_anyway() -> None:
    rules = table(*SEEN, *rows("boat.sink", "coordinator", "office"))
    assert not decide(actor(grant()), "boat.sink", boat(), within=rules).weak


@pytest.mark.parametrize(
    ("verb", "scopes", "allowed"),
    [
        ("boat.see", {"read"}, True),
        ("boat.see", set(), False),
        ("boat.see", {"write"}, False),
        ("boat.sail", {"read"}, False),
        ("boat.sail", {"read", "write"}, True),
        ("boat.paint", {"read", "write"}, False),
    ],
)
def test_a_token_does_what_its_scopes_say(verb: str, scopes: set[str], allowed: bool) -> None:
    rules = table(*rows(verb, "rapporteur", "own"), *(SEEN if verb != "boat.see" else []))
    by_token = actor(grant(), scopes=frozenset(scopes), strong=True)
    assert decide(by_token, verb, boat(), within=rules).allowed is allowed


def test_a_verb_is_asked_of_its_own_kind_alone() -> None:
    with pytest.raises(UsageError, match="acts on boat"):
        decide(actor(), "boat.see", Target("report", "harbour"), within=table(*SEEN))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Row("boat.fly", "rapporteur", "own"), "no verb"),
        (Row("boat.sail", "pirate", "own"), "pirate"),
        (Row("boat.sail", "rapporteur", "beside"), "beside"),  # type: ignore[arg-type]
        (Row("boat.sail", "rapporteur", "own", frozenset({"ashore"})), "ashore"),
    ],
)
def test_a_row_that_names_what_does_not_exist_is_refused(row: Row, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        table(row)


def test_the_same_row_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="twice"):
        table(*SEEN, SEEN[0])


# --- against a naive model -------------------------------------------------------------------------------------------

_NATIONS, _SECTIONS, _POSTS = ["", "ALF", "BRA"], ["", "3", "4"], [70, 71]
_ROLES = ["rapporteur", "contributor", "reader"]
_grants = st.builds(
    Grant, role=st.sampled_from(_ROLES), nation=st.sampled_from(_NATIONS), body=st.just(7),
    post=st.sampled_from([None, *_POSTS]), sections=st.frozensets(st.sampled_from(_SECTIONS[1:])),
)  # fmt: skip
_actors = st.builds(
    Actor, person=st.sampled_from([None, 1, 2]), alliance=st.sampled_from(["harbour", "elsewhere"]),
    grants=st.lists(_grants, max_size=3).map(tuple), strong=st.booleans(),
    scopes=st.one_of(st.none(), st.frozensets(st.sampled_from(["read", "write"]))),
)  # fmt: skip
_targets = st.builds(
    Target, kind=st.just("boat"), alliance=st.just("harbour"), state=st.sampled_from(["afloat", "sunk"]),
    nation=st.sampled_from(_NATIONS), section=st.sampled_from(_SECTIONS),
    posts=st.frozensets(st.sampled_from(_POSTS)), person=st.sampled_from([None, 1, 2]),
)  # fmt: skip
_rows = st.lists(
    st.builds(
        Row, verb=st.sampled_from([v.name for v in VERBS]), role=st.sampled_from([*_ROLES, "public"]),
        relation=st.sampled_from(["office", "own", "assigned", "other", "self", "any"]),
        states=st.sampled_from([frozenset(), frozenset({"afloat"}), frozenset({"afloat", "sunk"})]),
    ),
    max_size=6, unique=True,
)  # fmt: skip


def naive(actor: Actor, verb: Verb, target: Target, table_rows: list[Row]) -> bool:
    """What the table says, written out: some row of the verb fits some grant, in the state, signed in well enough."""
    public = any(row.verb == verb.name and row.role == "public" for row in table_rows)
    if actor.alliance != target.alliance and not public:
        return False
    if actor.scopes is not None and verb.scope not in {*actor.scopes} - {""}:
        return False
    if verb.decides and not actor.strong:
        return False
    return any(
        row.verb == verb.name and (not row.states or target.state in row.states) and _fits(actor, row, target)
        for row in table_rows
    )


def _fits(actor: Actor, row: Row, target: Target) -> bool:
    if row.role == "public":
        return True
    for held in actor.grants:
        if held.role != row.role:
            continue
        own = held.nation != "" and held.nation == target.nation
        in_section = target.section in held.sections
        fits = {
            "office": held.nation == "" and held.post is not None,
            "own": own and (not held.sections or not target.section or in_section),
            "assigned": held.post in target.posts or (own and in_section and bool(held.sections)),
            "other": held.nation != "" and held.nation != target.nation,
            "self": target.person is not None and target.person == actor.person,
            "any": True,
        }[row.relation]
        if fits:
            return True
    return False


@settings(max_examples=500, deadline=None)
@given(actor=_actors, verb=st.sampled_from(VERBS), target=_targets, some=_rows)
def test_deciding_is_what_the_table_says(actor: Actor, verb: Verb, target: Target, some: list[Row]) -> None:
    assert decide(actor, verb.name, target, within=Table.of([KIND], VERBS, some)).allowed is naive(
        actor, verb, target, some
    )


@settings(max_examples=500, deadline=None)
@given(actor=_actors, verb=st.sampled_from(VERBS), target=_targets, some=_rows)
def test_whoever_may_do_it_may_see_it_or_is_told_nothing(
    actor: Actor, verb: Verb, target: Target, some: list[Row]
) -> None:
    """A refusal with a reason goes to those alone who see the thing: it tells others not even that it is there."""
    rules = Table.of([KIND], VERBS, some)
    decision = decide(actor, verb.name, target, within=rules)
    if not decision.allowed and decision.why and not decision.weak and actor.scopes is None:
        assert decide(actor, verb.see, target, within=rules).allowed


#: No public rows; and what is one's own is so in every state, for a query asks no more than whose it is.
_reaching = st.lists(
    st.builds(
        lambda verb, role, relation, states: Row(verb, role, relation, frozenset() if relation == "self" else states),
        verb=st.sampled_from(["boat.see", "boat.sail"]), role=st.sampled_from(_ROLES[:2]),
        relation=st.sampled_from(["office", "own", "assigned", "other", "self", "any"]),
        states=st.sampled_from([frozenset(), frozenset({"afloat"})]),
    ),
    min_size=1, max_size=3, unique=True,
)  # fmt: skip
_here = st.builds(
    Actor, person=st.sampled_from([1, 2]), alliance=st.just("harbour"),
    grants=st.lists(
        st.builds(
            Grant, role=st.sampled_from(_ROLES[:2]), nation=st.sampled_from(_NATIONS), body=st.just(7),
            post=st.sampled_from(_POSTS), sections=st.frozensets(st.sampled_from(_SECTIONS[1:])),
        ),
        min_size=1, max_size=2,
    ).map(tuple),
)  # fmt: skip


@settings(max_examples=2000, deadline=None)
@given(actor=_here, verb=st.sampled_from(["boat.see", "boat.sail"]), target=_targets, some=_reaching)
def test_a_list_holds_what_may_be_done_and_nothing_else(
    actor: Actor, verb: str, target: Target, some: list[Row]
) -> None:
    rules = Table.of([KIND], VERBS, some)
    before = policy_engine._table
    policy_engine.install(rules)
    try:
        found = policy_engine.reach(actor, verb)
    finally:
        policy_engine._table = before
    allowed = any(_fits(actor, row, target) and (not row.states or target.state in row.states)
                  for row in some if row.verb == verb)  # fmt: skip
    if target.section:
        assert _reached(found, actor, target) is allowed
    elif allowed:
        # What lies in no section is reached by whoever is limited to some; a query for such things leaves them in.
        assert _reached(found, actor, target, sectionless=True)


def _reached(found: Reach, actor: Actor, target: Target, *, sectionless: bool = False) -> bool:
    def state(states: frozenset[str]) -> bool:
        return not states or target.state in states

    return bool(
        any(state(s) for s in found.everything)
        or any(state(s) for s in found.nations.get(target.nation, []))
        or any(
            nation == target.nation and (sectionless or target.section in sections) and state(s)
            for nation, sections, s in found.sections
        )
        or any(post in target.posts and state(s) for post, s in found.posts)
        or any(target.nation not in nations and state(s) for nations, s in found.others)
        or (found.self_ and target.person is not None and target.person == actor.person)
    )
