"""The roles, with the words that pages and the guide print. A post holds a role; a person holds a post for a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    """`office`: held at the alliance's office; `body`: held inside a nation or partner. `person`, `public`: by all."""

    code: str
    title: Any
    description: Any
    at: tuple[str, ...]


_ALL = (
    Role("coordinator", _("Coordinator"),
         _("Runs the cycle: opens it, asks, reviews, accepts, writes the Summary and publishes it."), ("office",)),
    Role("reviewer", _("Reviewer"), _("Reads reports that came in, asks for clarification, returns and accepts."),
         ("office",)),
    Role("rapporteur", _("Rapporteur"), _("Answers for the nation's report: fills it in, assigns sections, submits."),
         ("body",)),
    Role("contributor", _("Contributor"), _("Fills in the sections assigned to the post, and sees no others."),
         ("body",)),
    Role("clearing_officer", _("Clearing officer"), _("Reads the report on its way through the capital and clears it."),
         ("body",)),
    Role("authorised_officer", _("Authorised officer"),
         _("Authorises the report on behalf of the nation; objects to a draft and breaks silence."), ("body",)),
    Role("reader", _("Reader"), _("Reads, and changes nothing."), ("office", "body")),
    Role("observer", _("Observer"), _("Sees how far the cycle is, and what was released; no draft, no answer."),
         ("office", "body")),
    Role("administrator", _("Administrator"),
         _("Keeps bodies, posts, people and roles. Has no right to any content."), ("office", "body")),
    Role("person", _("Everybody signed in"), _("Whoever holds a post in the alliance."), ("office", "body")),
    Role("public", _("Everybody"), _("Whoever comes along."), ()),
)  # fmt: skip
ROLES: dict[str, Role] = {role.code: role for role in _ALL}
