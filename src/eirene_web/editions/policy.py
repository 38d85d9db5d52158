"""Who may do what with the draft of an edition, its silence, and releases.

The office writes; a nation sees its own part, then the draft that went out to it, and speaks for its own part alone.
Nobody, the office included, may change arithmetic (practice 12): there is no verb for it.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from eirene_web.editions.models import Draft
from eirene_web.policy import Kind, Row, Verb, rows

_STATES = dict(Draft.State.choices)
KINDS = [
    Kind("edition", _("the edition"), {"unbegun": _("not begun"), **_STATES}),
    #: What one nation has to do with an edition.
    Kind("edition_part", _("the nation’s part of the edition"), _STATES),
    Kind("release", _("the release"), {
        "office": _("for the office"), "mine": _("for one’s own audience"), "narrower": _("for a narrower audience"),
        "public": _("for the public"),
    }),
]  # fmt: skip
VERBS = [
    Verb("edition.see", _("read the draft of an edition"), "edition", "edition.see", scope="read"),
    Verb("edition.begin", _("begin the edition of a cycle"), "edition", "edition.see"),
    Verb("edition.write", _("write the texts of an edition, order and hide its parts"), "edition", "edition.see"),
    Verb("edition.suggest", _("suggest another wording"), "edition", "edition.see"),
    Verb("edition.comment", _("comment on the draft"), "edition", "edition.see"),
    Verb("edition.decide_suggestion", _("take a suggestion over or decline it"), "edition", "edition.see"),
    Verb("edition.circulate", _("send a draft out under silence, recall it"), "edition", "edition.see", decides=True),
    Verb("edition.extend_silence", _("extend silence, or decline to"), "edition", "edition.see", decides=True),
    Verb("edition.decide_outcome", _("decide how a broken silence ends"), "edition", "edition.see", decides=True),
    Verb("edition.prepare", _("set audiences, release list, date and embargo"), "edition", "edition.see"),
    Verb("edition.protect", _("have it examined what readers could work out, choose what is hidden"), "edition",
         "edition.see"),
    Verb("edition.disclose", _("record the decision to disclose publicly"), "edition", "edition.see", decides=True),
    Verb("edition.sign_off", _("sign an edition off, or take that back"), "edition", "edition.see", decides=True),
    Verb("edition.freeze", _("freeze an edition, or recall it before publication"), "edition", "edition.see",
         decides=True),
    Verb("edition.renew", _("begin the next release of an edition"), "edition", "edition.see"),
    Verb("part.see", _("see where the nation appears in an edition"), "edition_part", "part.see", scope="read"),
    Verb("part.comment", _("comment on a statement for the nation"), "edition_part", "part.see"),
    Verb("part.suggest", _("suggest another wording for the nation"), "edition_part", "part.see"),
    Verb("part.withhold", _("withhold an own answer, or take that back"), "edition_part", "part.see", decides=True),
    Verb("part.reserve", _("reserve the nation’s position, add a footnote to its chapter"), "edition_part",
         "part.see", decides=True),
    Verb("silence.break", _("break silence for the nation"), "edition_part", "part.see", decides=True),
    Verb("silence.ask_time", _("ask for more time"), "edition_part", "part.see"),
    Verb("release.read", _("read a release"), "release", "release.read", scope="read"),
    Verb("release.read_public", _("read what is published for everybody"), "release", "release.read_public",
         scope="read"),
    Verb("release.list", _("see the catalogue of releases"), "alliance", "release.list", scope="read"),
    Verb("release.verify", _("have a release checked against itself"), "release", "release.read"),
]  # fmt: skip

_OFFICE = "coordinator reviewer reader"
_NATION = "rapporteur clearing_officer authorised_officer reader"
#: While a nation’s word still changes what will be frozen.
_OPEN = "drafting silence broken agreed"
#: Once frozen, a withholding asks for the next release.
_WITHHOLD = f"{_OPEN} signed published"

ROWS: list[Row] = [
    *rows("edition.see", _OFFICE, "office"),
    *rows("edition.begin", "coordinator", "office", "unbegun"),
    *rows("edition.write", "coordinator", "office", "drafting"),
    *rows("edition.suggest", "coordinator reviewer", "office", "drafting silence broken"),
    *rows("edition.comment", "coordinator reviewer", "office"),
    *rows("edition.decide_suggestion", "coordinator", "office", "drafting"),
    *rows("edition.circulate", "coordinator", "office", "drafting silence"),
    *rows("edition.extend_silence", "coordinator", "office", "silence"),
    *rows("edition.decide_outcome", "coordinator", "office", "broken"),
    *rows("edition.prepare", "coordinator", "office", "drafting silence broken agreed"),
    *rows("edition.protect", "coordinator", "office", "drafting silence broken agreed signed"),
    *rows("edition.disclose", "coordinator", "office", "drafting silence broken agreed signed published"),
    *rows("edition.sign_off", "coordinator", "office", "agreed signed"),
    *rows("edition.freeze", "coordinator", "office", "signed freezing held"),
    *rows("edition.renew", "coordinator", "office", "published stopped"),
    *rows("part.see", _NATION, "own"),
    *rows("part.comment", _NATION, "own", _OPEN),
    *rows("part.suggest", "rapporteur clearing_officer authorised_officer", "own", "silence broken"),
    *rows("part.withhold", "authorised_officer", "own", _WITHHOLD),
    *rows("part.reserve", "authorised_officer", "own", _OPEN),
    *rows("silence.break", "authorised_officer", "own", "silence broken"),
    *rows("silence.ask_time", "rapporteur authorised_officer", "own", "silence broken"),
    *rows("release.read", _OFFICE, "office"),
    *rows("release.read", "person", "any", "mine public"),
    *rows("release.read_public", "public", "any", "public"),
    *rows("release.list", "person", "any"),
    *rows("release.verify", _OFFICE, "office"),
]
