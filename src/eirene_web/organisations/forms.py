"""Forms of bodies, posts and people. They read and tidy; what may be done is asked in the services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from eirene_web.accounts.forms import languages, zones
from eirene_web.organisations.models import Body, Holding, Post
from eirene_web.policy import ROLES

#: Roles that may be limited to sections.
LIMITED = ("contributor", "clearing_officer", "reader")


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def a_day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=Day(), input_formats=["%Y-%m-%d"], **more)


class Named(forms.Form):
    """A form with a name in each language of the platform; one of them is enough."""

    name_label: Any = _("Name")

    def __init__(self, *given: Any, words: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(*given, **more)
        own = {}
        for code, _name in settings.LANGUAGES:
            tongue = get_language_info(code)["name_translated"]
            own[f"name_{code}"] = forms.CharField(
                label=gettext("%(what)s, in %(language)s") % {"what": self.name_label, "language": tongue},
                max_length=200, required=False, initial=(words or {}).get(code, ""),
            )  # fmt: skip
        self.fields = {**own, **self.fields}

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not self.words:
            self.add_error(f"name_{settings.LANGUAGE_CODE}", gettext("A name is needed, in one language at least."))
        return found

    @property
    def words(self) -> dict[str, str]:
        named = {code: self.cleaned_data.get(f"name_{code}", "").strip() for code, _name in settings.LANGUAGES}
        return {code: name for code, name in named.items() if name}


class NewBody(Named):
    kind = forms.ChoiceField(label=_("Kind"))
    since = a_day(_("From"), required=False, help_text=_("Empty: it has always been there."))
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *given: Any, parent: Body, **more: Any) -> None:
        super().__init__(*given, **more)
        kinds: Sequence[Any] = [Body.Kind.MINISTRY, Body.Kind.FORCE, Body.Kind.COMMAND, Body.Kind.UNIT]
        if parent.kind == Body.Kind.OFFICE:
            kinds = [Body.Kind.PARTNER, Body.Kind.UNIT]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        self.fields["time_zone"].choices = zones(_("That of the body above"))


class ChangeBody(Named):
    parent = forms.ChoiceField(label=_("Lies in"), required=False)
    since = a_day(_("From"), help_text=_("What it was called and where it lay before stays on record."))

    def __init__(self, *given: Any, parents: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        if parents:
            self.fields["parent"].choices = parents
        else:
            del self.fields["parent"]


class CloseBody(forms.Form):
    until = a_day(_("Last day"))
    why = forms.CharField(label=_("Reason"), max_length=400, required=False)


class Clock(forms.Form):
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["time_zone"].choices = zones(_("That of the body above"))


class PostForm(Named):
    """Title, mailbox, place in the chain, and roles, each with the sections to which it is limited."""

    name_label = _("Title")
    mailbox = forms.EmailField(
        label=_("Mailbox"),
        required=False,
        help_text=_("A functional address outlives its readers. Empty: the holder’s."),
    )
    above = forms.TypedChoiceField(label=_("Post above"), required=False, coerce=int, empty_value=None)
    contact = forms.BooleanField(
        label=_("Contact point"), required=False,
        help_text=_("Notices from the office reach this post, and no other of the nation."),
    )  # fmt: skip
    since = a_day(_("From"), required=False)
    until = a_day(_("Last day"), required=False, help_text=_("Fill in to close the post."))

    def __init__(
        self, *given: Any, body: Body, posts: list[tuple[int, str]], sections: dict[str, str], post: Post | None = None,
        **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(*given, **more)
        self.known = sections
        self.fields["above"].choices = [("", _("None")), *posts]
        del self.fields["since" if post else "until"]
        held = {role.role: role.sections for role in post.roles.all()} if post else {}
        at = "office" if body.kind == Body.Kind.OFFICE else "body"
        self.role_codes = [code for code, role in ROLES.items() if at in role.at and code != "person"]
        for code in self.role_codes:
            self.fields[f"role_{code}"] = forms.BooleanField(
                label=ROLES[code].title, help_text=ROLES[code].description, required=False, initial=code in held
            )
            if at == "body" and code in LIMITED:
                self.fields[f"sections_{code}"] = forms.CharField(
                    label=gettext("Sections for “%(role)s”") % {"role": ROLES[code].title}, required=False,
                    max_length=400, initial=", ".join(held.get(code, [])),
                )  # fmt: skip

    @property
    def plain_fields(self) -> Iterable[Any]:
        """Those that are not of roles."""
        return [bound for bound in self if not bound.name.startswith(("role_", "sections_"))]

    @property
    def role_fields(self) -> Iterable[tuple[Any, Any]]:
        """A role’s box, and that of its sections."""
        for code in self.role_codes:
            yield self[f"role_{code}"], self[f"sections_{code}"] if f"sections_{code}" in self.fields else None

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        for code in self.role_codes:
            wrong = [one for one in self._sections(code) if one not in self.known]
            if wrong:
                message = gettext("There is no section “%(section)s”. The sections are: %(all)s.")
                self.add_error(f"sections_{code}", message % {"section": wrong[0][:20], "all": ", ".join(self.known)})
        return found

    def _sections(self, code: str) -> list[str]:
        text = self.cleaned_data.get(f"sections_{code}") or ""
        return [one.strip() for one in text.split(",") if one.strip()]

    @property
    def roles(self) -> dict[str, list[str]]:
        return {code: self._sections(code) for code in self.role_codes if self.cleaned_data.get(f"role_{code}")}


class Fill(forms.Form):
    """Somebody already known takes the post."""

    person = forms.TypedChoiceField(label=_("Who"), coerce=int)
    via = forms.ChoiceField(label=_("As"), choices=Holding.Via.choices)
    since = a_day(_("From"))
    until = a_day(_("Until"), required=False)

    def __init__(self, *given: Any, people: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["person"].choices = people


class HandOver(forms.Form):
    to = forms.TypedChoiceField(label=_("Successor"), coerce=int)
    on = a_day(_("First day of the successor"))
    why = forms.CharField(label=_("Reason"), max_length=400, required=False)

    def __init__(self, *given: Any, people: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["to"].choices = people


class Leave(forms.Form):
    until = a_day(_("Last day"))
    why = forms.CharField(label=_("Reason"), max_length=400, required=False)


class Invite(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    language = forms.ChoiceField(label=_("Language of the mail"))
    via = forms.ChoiceField(label=_("As"), choices=Holding.Via.choices)
    since = a_day(_("From"), required=False, help_text=_("Empty: the day on which the invitation is answered."))

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["language"].choices = languages()


class Why(forms.Form):
    why = forms.CharField(label=_("Reason"), max_length=400)


class Answer(forms.Form):
    """What somebody who is invited says of themselves."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language of pages and mails"))
    password = forms.CharField(
        label=_("Password"), required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least twelve signs, and none that is easy to guess."),
    )  # fmt: skip

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["language"].choices = languages()


def day_of(text: str | None, today: dt.date) -> dt.date:
    """The day that an address asks for, else today."""
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return today
