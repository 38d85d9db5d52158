"""Forms of one’s own account."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from eirene_web.accounts.models import Person
from eirene_web.clock import now

#: How long a token may live: days → words.
LIVES = ((30, _("30 days")), (90, _("90 days")), (180, _("half a year")), (365, _("a year")))


def languages() -> list[tuple[str, str]]:
    return [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]


def zones(empty: Any) -> list[tuple[str, Any]]:
    """All time zones by name, and an empty choice with its meaning."""
    return [("", empty), *((name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones()))]


class Profile(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language of pages and mails"))
    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("Days and hours are shown by this clock.")
    )

    def __init__(self, *given: Any, person: Person, **more: Any) -> None:
        initial = {"name": person.name, "language": person.language, "time_zone": person.time_zone}
        super().__init__(*given, initial=initial, **more)
        self.fields["language"].choices = languages()
        self.fields["time_zone"].choices = zones(_("That of my body"))


class NewToken(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=80)
    alliance = forms.ChoiceField(label=_("Alliance"))
    scopes = forms.ChoiceField(
        label=_("What it may do"),
        choices=[("read", _("Read")), ("write", _("Read and write, as far as I may"))],
        widget=forms.RadioSelect,
        initial="read",
    )
    days = forms.TypedChoiceField(label=_("Ends in"), choices=LIVES, coerce=int, initial=90)

    def __init__(self, *given: Any, alliances: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["alliance"].choices = alliances

    @property
    def expires(self) -> dt.datetime:
        return now() + dt.timedelta(days=self.cleaned_data["days"])
