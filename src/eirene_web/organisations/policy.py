"""Who may do what with alliances, bodies, posts and people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from eirene_web.policy import Kind, Row, Verb, rows

KINDS = [
    Kind("alliance", _("the alliance"), {"": _("in service")}),
    Kind("body", _("the body"), {"current": _("current"), "past": _("past")}),
    Kind("person", _("the person"), {"active": _("active"), "suspended": _("suspended")}),
]
VERBS = [
    Verb("desk.see", _("see one’s own desk"), "alliance", "desk.see", scope="read"),
    Verb("policy.see", _("read who may do what"), "alliance", "policy.see", scope="read"),
    Verb("bodies.see", _("see bodies, posts and who holds them"), "body", "bodies.see", scope="read"),
    Verb("bodies.change", _("add, rename and move bodies"), "body", "bodies.see", decides=True),
    Verb("posts.change", _("add posts, give them roles"), "body", "bodies.see", decides=True),
    Verb("posts.fill", _("put people into posts, invite them, end their time"), "body", "bodies.see", decides=True),
    Verb("people.see", _("see people and their sign-ins"), "person", "people.see", scope="read"),
    Verb("people.suspend", _("suspend and reinstate people"), "person", "people.see", decides=True, scope=""),
]
ROWS: list[Row] = [
    *rows("desk.see", "person", "any"),
    *rows("policy.see", "person", "any"),
    *rows("bodies.see", "coordinator reviewer administrator reader", "office"),
    *rows("bodies.see", "rapporteur contributor clearing_officer authorised_officer reader administrator", "own"),
    *rows("bodies.change", "administrator", "office"),
    *rows("bodies.change", "administrator", "own"),
    *rows("posts.change", "administrator", "office"),
    *rows("posts.change", "administrator", "own"),
    *rows("posts.fill", "administrator", "office"),
    *rows("posts.fill", "administrator rapporteur", "own"),
    *rows("people.see", "administrator", "office"),
    *rows("people.see", "administrator", "own"),
    *rows("people.see", "person", "self"),
    *rows("people.suspend", "administrator", "office"),
    *rows("people.suspend", "administrator", "own"),
]
