"""The joined table, and the questions asked of it.

decide(actor, verb, target)   whether, and if not why
ask(…)                        nothing, or the refusal raised
can(…)                        yes or no, for a page that offers only what can be done
reach(actor, verb)            everywhere the actor may do it, for a query
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.policy.errors import NotAllowed, NotThere, SecondFactorNeeded
from eirene_web.policy.model import RELATIONS, Actor, Grant, Kind, Reach, Row, Target, Verb
from eirene_web.policy.roles import ROLES


@dataclass(frozen=True)
class Table:
    """All verbs and rows. A row that names what does not exist is refused when the table is made."""

    kinds: dict[str, Kind]
    verbs: dict[str, Verb]
    rows: tuple[Row, ...]
    by_verb: dict[str, tuple[Row, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, kinds: Iterable[Kind], verbs: Iterable[Verb], rows: Iterable[Row]) -> Table:
        all_kinds, all_verbs, all_rows = {k.code: k for k in kinds}, {v.name: v for v in verbs}, tuple(rows)
        problems = [*_verb_problems(all_kinds, all_verbs), *_row_problems(all_kinds, all_verbs, all_rows)]
        if problems:
            raise UsageError("\n".join(problems))
        by_verb = {name: tuple(r for r in all_rows if r.verb == name) for name in all_verbs}
        return cls(all_kinds, all_verbs, all_rows, by_verb)


def _verb_problems(kinds: dict[str, Kind], verbs: dict[str, Verb]) -> Iterable[str]:
    for verb in verbs.values():
        if verb.kind not in kinds:
            yield f"The verb {verb.name!r} acts on {verb.kind!r}, which is no kind."
        if verb.see not in verbs:
            yield f"The verb {verb.name!r} is seen by {verb.see!r}, which is no verb."


def _row_problems(kinds: dict[str, Kind], verbs: dict[str, Verb], rows: tuple[Row, ...]) -> Iterable[str]:
    seen: set[Row] = set()
    for row in rows:
        if row in seen:
            yield f"The row {row} stands twice."
        seen.add(row)
        if row.verb not in verbs:
            yield f"A row speaks of {row.verb!r}, which is no verb."
            continue
        if row.role not in ROLES:
            yield f"A row of {row.verb!r} speaks of the role {row.role!r}, which does not exist."
        if row.relation not in RELATIONS:
            yield f"A row of {row.verb!r} speaks of the relation {row.relation!r}, which does not exist."
        kind = kinds.get(verbs[row.verb].kind)
        unknown = sorted(row.states - set(kind.states)) if kind else []
        if unknown:
            yield f"A row of {row.verb!r} speaks of the state {unknown[0]!r}, which {verbs[row.verb].kind} never is in."


_table: Table | None = None


def install(table: Table) -> None:
    """Sets the table of this process; `config` does it once, when all apps are loaded."""
    global _table
    _table = table


def table() -> Table:
    if _table is None:
        raise RuntimeError("The policy table is not joined yet.")
    return _table


@dataclass(frozen=True, slots=True)
class Decision:
    """`allowed`; else `seen` says whether the thing exists for the actor, and `why` what to tell them."""

    allowed: bool
    seen: bool = True
    why: str = ""
    weak: bool = False


def decide(actor: Actor, verb: str, target: Target, *, within: Table | None = None) -> Decision:
    rules = within or table()
    what = rules.verbs[verb]
    if what.kind != target.kind:
        raise UsageError(f"{verb!r} acts on {what.kind}, not on {target.kind}.")
    if target.alliance != actor.alliance and not _is_public(rules, verb):
        return Decision(False, seen=False)
    fitting = [row for row in rules.by_verb[verb] if _held(actor, row, target)]
    if any(_in_state(row, target) for row in fitting):
        return _signed_in_well_enough(actor, what)
    if (verb != what.see and not decide(actor, what.see, target, within=rules).allowed) or verb == what.see:
        return Decision(False, seen=False)
    return Decision(False, why=_why_state(rules, what, fitting, target) if fitting else _why_role(rules, what, actor))


def _signed_in_well_enough(actor: Actor, verb: Verb) -> Decision:
    if actor.scopes is not None and (not verb.scope or verb.scope not in actor.scopes):
        needed = _("The token lacks the scope “%(scope)s”.") % {"scope": verb.scope}
        return Decision(False, why=needed if verb.scope else _("This is done on the page, not by token."))
    if verb.decides and not actor.strong:
        return Decision(False, why=_("This asks for a second factor. Set one up, sign in with it, and do it again."),
                        weak=True)  # fmt: skip
    return Decision(True)


def _is_public(rules: Table, verb: str) -> bool:
    return any(row.role == "public" for row in rules.by_verb[verb])


def _held(actor: Actor, row: Row, target: Target) -> bool:
    if row.role == "public":
        return True
    if row.relation == "self" and (target.person is None or target.person != actor.person):
        return False
    return any(g.role == row.role and _related(g, row, target, actor) for g in actor.grants)


def _related(grant: Grant, row: Row, target: Target, actor: Actor) -> bool:
    match row.relation:
        case "office":
            return grant.nation == "" and grant.post is not None
        case "own":
            return bool(grant.nation) and grant.nation == target.nation and _in_sections(grant, target)
        case "assigned":
            if grant.post is not None and grant.post in target.posts:
                return True
            named = bool(grant.sections) and target.section in grant.sections
            return named and bool(grant.nation) and grant.nation == target.nation
        case "other":
            return bool(grant.nation) and target.nation != grant.nation
        case _:
            return True


def _in_sections(grant: Grant, target: Target) -> bool:
    return not grant.sections or not target.section or target.section in grant.sections


def _in_state(row: Row, target: Target) -> bool:
    return not row.states or target.state in row.states


def _why_state(rules: Table, verb: Verb, rows: Sequence[Row], target: Target) -> str:
    """`rows`: those that fit the actor; in what states others could is not theirs to wait for."""
    states = rules.kinds[verb.kind].states
    allowed = sorted({s for row in rows for s in row.states}, key=list(states).index)
    now = states.get(target.state, target.state)
    return _("This is locked now: %(kind)s is “%(now)s”. It can be done while it is: %(allowed)s.") % {
        "kind": rules.kinds[verb.kind].title, "now": now, "allowed": ", ".join(f"“{states[s]}”" for s in allowed),
    }  # fmt: skip


def _why_role(rules: Table, verb: Verb, actor: Actor) -> str:
    """Somebody of the right role is told that it lies with another post: now, or altogether."""
    roles = dict.fromkeys(row.role for row in rules.by_verb[verb.name])
    if actor.holds(*roles):
        return _("This does not lie with your post now. Whoever it waits for, or is assigned to, does it.")
    return _("Your role does not include this. It is done by: %(roles)s.") % {
        "roles": ", ".join(str(ROLES[role].title) for role in roles)
    }


def ask(actor: Actor, verb: str, target: Target) -> None:
    """Raises NotThere, SecondFactorNeeded or NotAllowed; else the actor may."""
    decision = decide(actor, verb, target)
    if decision.allowed:
        return
    if not decision.seen:
        raise NotThere(_("There is no such page, or it is not for you."))
    raise (SecondFactorNeeded if decision.weak else NotAllowed)(decision.why)


def can(actor: Actor, verb: str, target: Target) -> bool:
    return decide(actor, verb, target).allowed


def reach(actor: Actor, verb: str) -> Reach:
    """Where the actor may do `verb`. A token or sign-in that is not good enough reaches nothing."""
    rules = table()
    found = Reach()
    if not _signed_in_well_enough(actor, rules.verbs[verb]).allowed:
        return found
    for row in rules.by_verb[verb]:
        if row.role == "public":
            found.everything.append(row.states)
            continue
        for grant in actor.grants:
            if grant.role == row.role:
                _reach_by(found, grant, row)
    return found


def _reach_by(found: Reach, grant: Grant, row: Row) -> None:
    match row.relation:
        case "office":
            if grant.nation == "" and grant.post is not None:
                found.everything.append(row.states)
        case "any":
            found.everything.append(row.states)
        case "own":
            if grant.nation and grant.sections:
                found.sections.append((grant.nation, grant.sections, row.states))
            elif grant.nation:
                found.nations.setdefault(grant.nation, []).append(row.states)
        case "assigned":
            if grant.post is not None:
                found.posts.append((grant.post, row.states))
            if grant.nation and grant.sections:
                found.sections.append((grant.nation, grant.sections, row.states))
        case "other":
            if grant.nation:
                found.others.append(((grant.nation,), row.states))
        case "self":
            found.self_ = True
