"""Fields of forms: label, guidance, error and control together, tied to one another for those who hear the page."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.utils.translation import gettext as _

register = template.Library()


@register.inclusion_tag("accounts/_field.html")
def field(bound: Any, label: str = "", guide: str = "", autocomplete: str = "") -> dict[str, Any]:
    """One field. `label`, `guide`: in place of the form’s own."""
    guidance = guide or bound.help_text if guide != "-" else ""
    described = [f"{bound.auto_id}-{part}" for part, there in (("help", guidance), ("err", bound.errors)) if there]
    widget = bound.field.widget
    kind = (
        "hidden" if widget.is_hidden
        else "box" if isinstance(widget, forms.CheckboxInput)
        else "radios" if isinstance(widget, forms.RadioSelect)
        else "text"
    )  # fmt: skip
    attrs: dict[str, Any] = {} if kind == "radios" else {"class": "tick" if kind == "box" else "in"}
    if described and kind != "radios":
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if autocomplete:
        attrs["autocomplete"] = autocomplete
    widget.attrs.pop("placeholder", None)
    return {
        "bound": bound, "kind": kind, "label": label or bound.label, "guidance": guidance, "described": described,
        "control": bound.as_widget(attrs=attrs), "optional": not bound.field.required and kind == "text",
    }  # fmt: skip


@register.inclusion_tag("accounts/_errors.html")
def errors(form: Any) -> dict[str, Any]:
    """Everything that is wrong, at the top, each leading to its field."""
    found: list[tuple[str, str]] = []
    if form is not None and form.is_bound:
        for name, messages in form.errors.items():
            target = form[name].auto_id if name in form.fields else ""
            found += [(target, message) for message in messages]
    return {"found": found}


@register.filter
def method(steps: str) -> str:
    """How somebody signed in, in words: password, then an authenticator app."""
    words = {
        "password": _("password"), "totp": _("authenticator app"), "webauthn": _("passkey or security key"),
        "recovery_codes": _("recovery code"), "sso": _("sign-on provider"), "invitation": _("invitation"),
        "demo": _("demonstration"), "mfa": _("second factor"),
    }  # fmt: skip
    return ", ".join(words.get(step, step) for step in steps.split("+"))


@register.filter
def browser(agent: str) -> str:
    """The browser and the system, as far as the browser says."""
    names = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
    systems = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
               ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip
    name = next((word for sign, word in names if sign in agent), "")
    system = next((word for sign, word in systems if sign in agent), "")
    return " · ".join(filter(None, (name, system))) or _("unknown program")
