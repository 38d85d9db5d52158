"""The reasons in the journal as what can be raised, and the columns of foreign apps in which nobody writes a text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from eirene_web.custody import history
from eirene_web.custody.quarantine import Found, Text, reasons
from eirene_web.journal.models import Change, Entry
from eirene_web.organisations.models import Alliance
from eirene_web.policy import Actor, NotThere


class Reasons:
    """reason:<entry>: why something was done, in the journal and wherever the same words stand once more."""

    kind = "reason"
    covers = ("journal.Change.before", "journal.Change.after")

    def _entry(self, alliance: str, key: str) -> Entry | None:
        rows = Entry.objects.filter(chain__startswith=f"{alliance}/", changes__field="reason")
        return rows.filter(pk=key).first() if key.isdigit() else None

    def find(self, alliance: str, key: str) -> Found | None:
        entry = self._entry(alliance, key)
        if entry is None:
            return None
        nation = entry.chain.partition("/")[2]
        found = Found(nation, {"cycle": "", "body": nation, "question": ""})
        change = self.changes(alliance, key).first()
        why = json.loads(change.after) if change and change.after else ""
        things = {entry.subject, *entry.changes.values_list("thing", flat=True)}
        for kind, pk in sorted(thing.partition(":")[::2] for thing in things):
            model, columns = reasons().get(kind, ("", ()))
            row = apps.get_model(model)._default_manager.filter(pk=pk).first() if model and pk.isdigit() else None
            if row is not None and why:
                found.texts += [Text(row, c, str) for c in columns if _says(row, c, why)]
        return found

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        """Whoever reads the history that it stands in."""
        entry = self._entry(alliance, key)
        row = Alliance.objects.filter(slug=alliance).first()
        if entry is None or row is None:
            return False
        try:
            rows = history.entries(actor, row, entry.chain.partition("/")[2], history.Wanted())
        except NotThere:
            return False
        return rows.filter(pk=entry.pk).exists()

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        return Change.objects.filter(entry=key, field="reason")

    def of_change(self, thing: str, field: str) -> str:
        return ""

    def replace_document(self, submission: int, content: bytes) -> Iterable[Any]:
        return ()

    def after_purge(self, alliance: str, key: str) -> None:
        """Nothing further."""


def _says(row: Any, column: str, why: str) -> bool:
    """Whether a column holds the reason, which it may have cut short."""
    return bool(getattr(row, column)) and why.strip().startswith(getattr(row, column))


HOLDERS = [Reasons()]
_ACCOUNT = "an account: what its owner or the sign-in gave, of nobody else"
_QUEUE = "ids and names of functions"
PLAIN = {
    "contenttypes.ContentType": "names of models", "auth.Permission": "unused", "auth.Group": "unused",
    "sessions.Session": "who is signed in, and one-time words of a page; gone when the session is",
    "usersessions.UserSession": _ACCOUNT, "account.EmailAddress": _ACCOUNT, "account.EmailConfirmation": _ACCOUNT,
    "mfa.Authenticator": _ACCOUNT, "socialaccount.SocialApp": "set up by the administrator of the system",
    "socialaccount.SocialAccount": _ACCOUNT, "socialaccount.SocialToken": _ACCOUNT,
    **{f"django_tasks_database.DBTaskResult.{name}": _QUEUE for name in (
        "args_kwargs", "task_path", "worker_ids", "queue_name", "backend_name", "return_value",
        "exception_class_path")},
    "journal.Chain": "codes, numbers and hashes", "journal.Entry": "codes, numbers and hashes",
    "journal.Change.thing": "kinds and ids of things", "journal.Change.field": "names of fields",
    "journal.Change.salt": "drawn by lot", "journal.Change.hash": "salted",
    "custody.Designated": "codes of bodies and duties", "custody.Concern": "ids; never a word of what was raised",
    "custody.Held": "the keeping of an open concern: goes with its decision",
}  # fmt: skip
