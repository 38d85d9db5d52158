"""Sign-on providers: read from the file that EIRENE_SSO names, checked with words, given to allauth.

Settings read this module before any app is loaded, so it imports none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from eirene.errors import EireneError, Problem

#: Words by which a provider says that it asked for a second factor, where the file names none: RFC 8176, REFEDS, SAML.
MFA_METHODS = ("mfa", "otp", "hwk", "swk", "fido", "sc")
MFA_CLASSES = (
    "https://refeds.org/profile/mfa",
    "http://schemas.microsoft.com/claims/multipleauthn",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI",
    "phr",
    "phrh",
)
_COMMON = {"id", "type", "name", "mfa"}
_FIELDS = {
    "oidc": _COMMON | {"server_url", "client_id", "client_secret", "scope", "uid_field"},
    "saml": _COMMON | {"entity_id", "idp_entity_id", "sso_url", "certificate", "certificate_file", "uid_attribute"},
}
_NEEDED = {
    "oidc": ("server_url", "client_id", "client_secret"),
    "saml": ("idp_entity_id", "sso_url"),
}


class SsoError(EireneError):
    """The file of sign-on providers is not right; each problem names the field."""


def saml_installed() -> bool:
    return find_spec("onelogin") is not None


def had_second_factor(sociallogin: Any) -> bool:
    """Whether the provider says that it asked for one, in words that its configuration takes for that."""
    facts: Mapping[str, Any] = sociallogin.account.extra_data or {}
    rule = sociallogin.provider.app.settings.get("mfa") or {}
    methods = {str(one) for one in facts.get("amr") or ()}
    classes = {str(one) for one in facts.get("acr") or ()}
    return bool(methods & set(rule.get("amr", ())) or classes & set(rule.get("acr", ())))


def providers(path: str) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS for the file; no providers for ''. Raises SsoError with every problem in it."""
    made: dict[str, Any] = {
        "openid_connect": {
            "provider_class": "eirene_web.accounts.providers.OidcProvider",
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [],
        }
    }
    if saml_installed():
        made["saml"] = {"provider_class": "eirene_web.accounts.providers.EireneSamlProvider", "APPS": []}
    if not path:
        return made
    for kind, app in _read(Path(path)):
        made["openid_connect" if kind == "oidc" else "saml"]["APPS"].append(app)
    return made


def _read(path: Path) -> list[tuple[str, dict[str, Any]]]:
    where = f"EIRENE_SSO ({path})"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SsoError(f"The file cannot be read: {error.strerror}.", where=where) from None
    except ValueError as error:
        raise SsoError(f"The file is no JSON: {error}.", where=where) from None
    entries = data.get("providers") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise SsoError("The file holds no list “providers”.", where=where, remedy='Begin it with {"providers": [ … ]}.')
    problems: list[Problem] = []
    made: list[tuple[str, dict[str, Any]]] = []
    seen: set[str] = set()
    for number, entry in enumerate(entries, 1):
        place = f"{where}, provider {number}"

        def problem(what: str, remedy: str = "", place: str = place) -> None:
            problems.append(Problem(what, place, remedy))

        if not isinstance(entry, dict):
            problem("This is no object.", 'Write {"id": …, "type": "oidc", …}.')
            continue
        if not _checked(entry, seen, problem):
            continue
        kind = entry["type"]
        made.append((kind, _oidc(entry) if kind == "oidc" else _saml(entry, path.parent, problem)))
    if problems:
        raise SsoError(problems)
    return made


def _checked(entry: dict[str, Any], seen: set[str], problem: Callable[..., None]) -> bool:
    """Whether the entry can be made a provider; what cannot is told."""
    kind = entry.get("type")
    if kind not in _FIELDS:
        problem(f"“type” is {kind!r}.", "It is “oidc” or “saml”.")
        return False
    if kind == "saml" and not saml_installed():
        problem("SAML is not installed.", "Install it with: pip install 'eirene[saml]'")
        return False
    good = True
    for key in sorted(set(entry) - _FIELDS[kind]):
        problem(f"There is no field “{key}”.", f"The fields are: {', '.join(sorted(_FIELDS[kind]))}.")
        good = False
    for key in ("id", "name", *_NEEDED[kind]):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            problem(f"“{key}” is missing or no text.", f"Add “{key}”.")
            good = False
    if kind == "saml" and not (entry.get("certificate") or entry.get("certificate_file")):
        problem("“certificate” is missing.", "Add “certificate” (PEM) or “certificate_file” (a path).")
        good = False
    id = entry.get("id")
    if isinstance(id, str) and (not id.replace("-", "").isalnum() or not id.isascii() or id in seen):
        problem(f"“id” {id!r} is taken or has other signs than letters, digits and hyphens.", "Choose another one.")
        good = False
    seen.add(str(id))
    for key in ("server_url", "sso_url"):
        if isinstance(entry.get(key), str) and not _is_safe(entry[key]):
            problem(f"“{key}” is {entry[key]!r}.", "It begins with https:// (http:// on this machine alone).")
            good = False
    mfa = entry.get("mfa", {})
    if not isinstance(mfa, dict) or set(mfa) - {"acr", "amr"} or not all(isinstance(v, list) for v in mfa.values()):
        problem(
            "“mfa” is not right.", 'Write {"acr": ["…"], "amr": ["mfa"]}: what the provider says of a second factor.'
        )
        good = False
    return good


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and here))


def _rule(entry: Mapping[str, Any]) -> dict[str, list[str]]:
    given = entry.get("mfa")
    return dict(given) if given is not None else {"amr": list(MFA_METHODS), "acr": list(MFA_CLASSES)}


def _oidc(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "provider_id": entry["id"],
        "name": entry["name"],
        "client_id": entry["client_id"],
        "secret": entry["client_secret"],
        "settings": {
            "server_url": entry["server_url"],
            "fetch_userinfo": False,
            "uid_field": entry.get("uid_field", "sub"),
            "scope": entry.get("scope", ["openid"]),
            "mfa": _rule(entry),
        },
    }


def _saml(entry: Mapping[str, Any], folder: Path, problem: Callable[..., None]) -> dict[str, Any]:
    certificate = entry.get("certificate", "")
    if not certificate:
        try:
            certificate = (folder / entry["certificate_file"]).read_text(encoding="ascii")
        except (OSError, ValueError):
            problem(
                f"“certificate_file” {entry['certificate_file']!r} cannot be read.", "Name a PEM file beside this one."
            )
    return {
        "provider_id": entry["id"],
        "name": entry["name"],
        "client_id": entry["id"],
        "settings": {
            "idp": {"entity_id": entry["idp_entity_id"], "sso_url": entry["sso_url"], "x509cert": certificate},
            "sp": {"entity_id": entry["entity_id"]} if entry.get("entity_id") else {},
            "attribute_mapping": {"uid": entry["uid_attribute"]} if entry.get("uid_attribute") else {},
            "mfa": _rule(entry),
            "advanced": {
                "strict": True,
                "want_assertion_signed": True,
                "want_attribute_statement": False,
                "reject_deprecated_algorithm": True,
                "reject_idp_initiated_sso": True,
                "allow_single_label_domains": True,
            },
        },
    }
