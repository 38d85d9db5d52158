"""For demonstrations: an edition brought to a state by the services that people use, without waiting for a worker."""

from __future__ import annotations

import datetime as dt
from typing import Any

from eirene_web import clock
from eirene_web.editions.models import Draft
from eirene_web.editions.services import drafting, publishing, silence
from eirene_web.editions.services.figuring import compute_now
from eirene_web.editions.services.protecting import examine_now
from eirene_web.policy import Actor


def begun(*, coordinator: Actor, cycle: int) -> Draft:
    """The draft of a cycle, as the pack has it, with its figures."""
    draft = drafting.begin(actor=coordinator, cycle=cycle)
    compute_now(draft.pk)
    return Draft.objects.get(pk=draft.pk)


def published(
    *, coordinator: Actor, cycle: int, sent: dt.datetime, expires: dt.datetime, audiences: list[str], **more: Any
) -> Draft:
    """An edition that went its whole way: sent out, agreed, signed off, frozen and published to audiences.

    more   release_list, authority and on (of a decision to disclose)
    """
    with clock.at(sent):
        draft = begun(coordinator=coordinator, cycle=cycle)
        if draft.state != Draft.State.DRAFTING:
            return draft
        if more.get("authority"):
            publishing.disclose(actor=coordinator, draft=draft.pk, authority=more["authority"], on=more["on"])
        publishing.prepare(
            actor=coordinator, draft=draft.pk, audiences=audiences, release_list=more.get("release_list", ()),
            as_of=draft.as_of, embargo=None,
        )  # fmt: skip
        out = silence.circulate(actor=coordinator, draft=draft.pk, expires=expires, version=draft.version)
        silence.prepare(out.pk)
    with clock.at(expires):
        silence.end(draft=draft.pk, circulation=out.pk)
        examine_now(draft.pk)
        publishing.sign_off(actor=coordinator, draft=draft.pk)
        frozen = publishing.freeze(actor=coordinator, draft=draft.pk)
        publishing.build(frozen.pk)
        publishing.publish_if_due(frozen.pk)
    return Draft.objects.get(pk=draft.pk)
