"""Every address: pages with the verbs that they declare, operations of the API with theirs; what stands in them.

An address without a verb, or with a name that is not known here, fails a test, which says the line to add.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from eirene_web.api.frame import OPERATIONS, Operation
from eirene_web.policy import Actor, Target, table
from web.security.stage import CODE, NATION, QUESTION, SECTION, Stage
from web.world import DEADLINE, OPENS

#: Addresses that are served to nobody, in whatever way they are asked.
CLOSED = "closed"


@dataclass(frozen=True)
class Address:
    route: str
    name: str
    verbs: tuple[str, ...]

    @property
    def parts(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.route)


def routes() -> dict[str, str]:
    """Verbs of addresses that no `@page` declares, from every app's policy."""
    found: dict[str, str] = {}
    for app in settings.INSTALLED_APPS:
        if app.startswith("eirene_web.") and find_spec(f"{app}.policy"):
            found |= getattr(importlib.import_module(f"{app}.policy"), "ROUTES", {})
    return found


def addresses() -> Iterator[Address]:
    """All of them but the operations of the API."""
    known = routes()
    for route, pattern in _walk(get_resolver().url_patterns, ""):
        if route.startswith("api/v1/") and pattern.name in OPERATIONS:
            continue
        verbs = getattr(pattern.callback, "verbs", None) or ()
        name = pattern.name or ""
        yield Address(route, name, tuple(verbs) or ((known[name],) if name in known else ()))


def _walk(patterns: list[Any], before: str) -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, before + str(one.pattern))
        else:
            yield before + str(one.pattern), one


# --- what stands in addresses ---------------------------------------------------------------------------------------

Value = Callable[[Stage], Any]
#: Name in an address → AAA's own.
PARTS: dict[str, Value] = {
    "slug": lambda s: s.world.alliance.pk,
    "alliance": lambda s: s.world.alliance.pk,
    "cycle": lambda s: CODE,
    "body": lambda s: s.nation,
    "nation": lambda s: s.nation,
    "code": lambda s: s.nation,
    "section": lambda s: SECTION,
    "question": lambda s: QUESTION,
    "number": lambda s: 1,
    "form": lambda s: "docx",
    "ending": lambda s: "csv",
    "uid": lambda s: "c1",
    "place": lambda s: "b2.text",
    "post": lambda s: s.things["post"],
    "person": lambda s: s.world.people[f"{s.nation}.reader"].pk,
    "holding": lambda s: s.things["holding"],
    "invitation": lambda s: s.things["invitation"],
    "entry": lambda s: s.things["import"],
    "step": lambda s: s.things["step"],
    "pk": lambda s: s.things["correction"],
    "correction": lambda s: s.things["correction"],
    "job": lambda s: s.things["job"],
    "notice": lambda s: s.things["notice"],
    "thread": lambda s: s.things["thread question"],
    "file": lambda s: s.things["evidence"],
    "release": lambda s: s.things["release"],
    "comment": lambda s: s.things["comment"],
    "suggestion": lambda s: s.things["suggestion"],
    "circulation": lambda s: s.things["circulation"],
    "extension": lambda s: s.things["extension"],
    "freeze": lambda s: s.things["freeze"],
    "position": lambda s: s.things["position"],
    "concern": lambda s: s.things["concern"],
    "audience": lambda s: "public",
}
#: Where a name means something else: (name of the address, name in it).
SPECIAL: dict[tuple[str, str], Value] = {
    ("review-thread", "pk"): lambda s: s.things["thread clarification"],
    ("flag_thread", "thread"): lambda s: s.things["thread clarification"],
    ("run_job_again", "job"): lambda s: s.things["failed job"],
    ("assign_section", "post"): lambda s: s.post(f"{NATION}.drafter"),
    ("unassign_section", "post"): lambda s: s.post(f"{NATION}.drafter"),
    ("submission-file", "name"): lambda s: "report.json",
    ("submission_file", "name"): lambda s: "report.json",
    ("edition-begin", "cycle"): lambda s: "2021",
    ("begin_edition", "cycle"): lambda s: "2021",
    ("cycle-set-up", "cycle"): lambda s: "2020",
}


#: What follows the address.
QUERIES = {"release_file": "?path=a.txt", "raise": f"?ref=cell:{QUESTION}"}
#: Lists that hold what is the caller's, which may be nothing; the planted words say that nothing else is in them.
FILTERED = frozenset({"bodies", "reports", "corrections", "check_receipt", "people", "check-receipt", "jobs",
                      "corrections-of", "draft", "designated"})  # fmt: skip
#: Operations whose verbs after the first stand beside one another: one of them is enough.
EITHER = frozenset({
    "job", "cancel_job", "run_job_again", "open_thread", "write_message", "close_thread", "evidence_content",
})  # fmt: skip
#: It says first that nothing is assigned, to whoever sees the section.
SAYS_NO = frozenset({"mark_done"})
#: Files that were handed in are there for fewer than the verb is for: whoever did, and who reads the whole report.
NARROWER = frozenset({"apply_import", "drop_import", "look_at_import", "import", "import-apply", "import-drop",
                      "import-again"})  # fmt: skip


def path_of(stage: Stage, address: Address) -> str:
    """The address with AAA's own in it. Raises KeyError with the name that is not known."""

    def value(match: re.Match[str]) -> str:
        known = SPECIAL.get((address.name, match[1])) or PARTS[match[1]]
        return str(known(stage))

    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", value, address.route).lstrip("/") + QUERIES.get(address.name, "")


# --- what verbs are asked of ----------------------------------------------------------------------------------------

#: Of which thing a verb is asked at an address, where it is not AAA's of the verb's kind.
TARGETS: dict[str, Callable[[Stage, Actor], Target]] = {
    "edition-begin": lambda s, a: Target("edition", str(s.world.alliance.pk), state="unbegun"),
    "begin_edition": lambda s, a: Target("edition", str(s.world.alliance.pk), state="unbegun"),
    "editions": lambda s, a: Target("edition", str(s.world.alliance.pk), state="unbegun"),
    "clearance": lambda s, a: s.answer_in(""),
    "histories": lambda s, a: Target("journal", str(s.world.alliance.pk), nation="".join(a.nations[:1])),
    "history": lambda s, a: Target("journal", str(s.world.alliance.pk), nation=NATION),
    "history-file": lambda s, a: Target("journal", str(s.world.alliance.pk), nation=NATION),
    "quarantine": lambda s, a: Target("concern", str(s.world.alliance.pk), person=a.person),
    "set_up_cycle": lambda s, a: Target("cycle", str(s.world.alliance.pk), state="planned"),
    "cycle-set-up": lambda s, a: Target("cycle", str(s.world.alliance.pk), state="planned"),
}


def target_of(stage: Stage, name: str, verb: str, actor: Actor) -> Target:
    kind = table().verbs[verb].kind
    if kind in ("job", "office_job", "notice"):
        return stage.own(kind, name, actor)
    if name in TARGETS and TARGETS[name](stage, actor).kind == kind:
        return TARGETS[name](stage, actor)
    if kind == "release":
        return stage.release_for(actor)
    return stage.target(kind)


# --- bodies of operations -------------------------------------------------------------------------------------------

LATER = "2023-06-30T12:00:00Z"
WHY = {"why": "Because."}
#: What an operation is sent, where an empty object is not enough.
BODIES: dict[str, Callable[[Stage], Any]] = {
    "open_thread": lambda s: {"kind": "question", "question": QUESTION, "text": "Words."},
    "write_message": lambda s: {"text": "Words."},
    "flag_thread": lambda s: {"flag": True},
    "mark_evidence": lambda s: {"releasability": "office"},
    "mark_done": lambda s: {"done": True},
    "add_body": lambda s: {"kind": "unit", "name": {"en": "Unit"}, "parent": NATION},
    "move_body": lambda s: {"since": "2023-02-02", "name": {"en": "Aaa"}},
    "set_time_zone": lambda s: {"time_zone": "Europe/Paris"},
    "add_post": lambda s: {"title": {"en": "Post"}, "roles": {"reader": []}},
    "fill_post": lambda s: {"email": s.world.people["outsider"].email},
    "hand_over": lambda s: {"email": s.world.people["outsider"].email, "on": "2023-02-02"},
    "invite": lambda s: {"email": "new@aaa.example"},
    "close_body": lambda s: {"until": "2023-02-02"},
    "end_holding": lambda s: {**WHY, "until": "2023-02-02"},
    "set_up_cycle": lambda s: {"code": "2020", "opens": OPENS.isoformat(), "deadline": DEADLINE.isoformat()},
    "change_cycle": lambda s: {**WHY, "deadline": LATER},
    "close_cycle": lambda s: WHY,
    "reopen_cycle": lambda s: WHY,
    "extend_deadline": lambda s: {**WHY, "deadline": LATER},
    "reopen_report": lambda s: {**WHY, "deadline": LATER},
    "remind": lambda s: {"bodies": [NATION]},
    "ask_body": lambda s: {"body": "EEE", **WHY},
    "save_answers": lambda s: {"edits": [{"question": QUESTION, "part": "value.fr", "value": "Rien."}]},
    "declare_minutes": lambda s: {"minutes": 60},
    "choose_chain": lambda s: {"steps": [[s.post(f"{NATION}.head")]], **WHY},
    "start_clearance": lambda s: {"steps": [[s.post(f"{NATION}.head")]]},
    "send_back": lambda s: WHY,
    "withdraw": lambda s: WHY,
    "record_paper": lambda s: {
        "post": s.post(f"{NATION}.head"), "office": "Office", "reference": "1/23", "date": "2023-01-05"
    },
    "check_receipt": lambda s: {"receipt": "XXXX-XXXX-XXXX"},
    "assign_review": lambda s: {"post": s.post("reviewer")},
    "accept": lambda s: {"submission": 1, "sections": [SECTION]},
    "return_report": lambda s: {"reason": "Because.", "questions": {QUESTION: "Which?"}},
    "request_correction": lambda s: {"question": QUESTION, "changes": {"value.en": "Else."}, "reason": "Because."},
    "decide_correction": lambda s: {"accept": False, "decision": "Because."},
    "apply_import": lambda s: {"stamp": "x"},
    "save_texts": lambda s: {"edits": [{"place": "b2.text", "lang": "en", "text": "Words."}]},
    "comment_on_edition": lambda s: {"place": "c1", "text": "Words."},
    "comment_on_part": lambda s: {"place": "c1", "text": "Words."},
    "suggest_wording": lambda s: {"place": "b2.text", "lang": "en", "text": "Words."},
    "suggest_for_part": lambda s: {"place": "b2.text", "lang": "en", "text": "Words."},
    "decide_suggestion": lambda s: {"accept": False},
    "circulate": lambda s: {"expires": LATER, "version": 1},
    "recall_circulation": lambda s: WHY,
    "extend_silence": lambda s: {**WHY, "until": LATER},
    "decide_extension": lambda s: {"grant": False},
    "decide_outcome": lambda s: {**WHY, "outcome": "noted"},
    "prepare_edition": lambda s: {"audiences": ["office"], "as_of": "2023-02-02"},
    "disclose_edition": lambda s: {"authority": "Council", "on": "2023-02-01"},
    "revise_edition": lambda s: WHY,
    "renew_edition": lambda s: WHY,
    "recall_freeze": lambda s: WHY,
    "withhold": lambda s: {"question": QUESTION, "reason": {"en": "Because."}},
    "footnote": lambda s: {"text": {"en": "Words."}},
    "reserve": lambda s: {"on": "c1", "text": {"en": "Words."}},
    "break_silence": lambda s: {
        "circulation": s.things["circulation"], "on": NATION, "reason": "Because.", "wording": {"en": "Words."}
    },
    "ask_time": lambda s: {"circulation": s.things["circulation"], "until": LATER, "reason": "Because."},
}  # fmt: skip


def api_path(stage: Stage, one: Operation) -> str:
    route = re.sub(r"\{(\w+)\}", r"<\1>", one.path)
    return "/api/v1" + path_of(stage, Address(route, one.name, one.verbs))
