"""The file of sign-on providers: what is wrong in it is said with field and remedy, all at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eirene_web.accounts import sso

pytestmark = pytest.mark.one_engine

OIDC = {
    "id": "mod", "type": "oidc", "name": "Ministry of Defence", "server_url": "https://login.example.int",
    "client_id": "eirene", "client_secret": "s3cret",
}  # fmt: skip
SAML = {
    "id": "staff", "type": "saml", "name": "General Staff", "idp_entity_id": "https://idp.example.int",
    "sso_url": "https://idp.example.int/sso", "certificate": "MIIC",
}  # fmt: skip


def read(tmp_path: Path, *providers: Any, whole: Any = None) -> dict[str, Any]:
    path = tmp_path / "sso.json"
    path.write_text(json.dumps({"providers": list(providers)}) if whole is None else whole, encoding="utf-8")
    return sso.providers(str(path))


def test_no_file_no_providers() -> None:
    assert sso.providers("")["openid_connect"]["APPS"] == []


def test_providers_are_made_for_allauth(tmp_path: Path) -> None:
    made = read(tmp_path, OIDC, SAML)
    (oidc,), (saml,) = made["openid_connect"]["APPS"], made["saml"]["APPS"]
    assert (oidc["provider_id"], oidc["settings"]["scope"]) == ("mod", ["openid"])
    assert made["openid_connect"]["OAUTH_PKCE_ENABLED"]
    assert saml["settings"]["advanced"]["want_assertion_signed"]
    assert saml["settings"]["advanced"]["reject_idp_initiated_sso"]
    assert "mfa" in oidc["settings"]["mfa"]["amr"]


def test_a_certificate_may_stand_in_a_file_beside(tmp_path: Path) -> None:
    (tmp_path / "idp.pem").write_text("MIID", encoding="ascii")
    entry = {k: v for k, v in SAML.items() if k != "certificate"} | {"certificate_file": "idp.pem"}
    assert read(tmp_path, entry)["saml"]["APPS"][0]["settings"]["idp"]["x509cert"] == "MIID"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({**OIDC, "type": "ldap"}, "“type” is 'ldap'. It is “oidc” or “saml”."),
        ({**OIDC, "client": "x"}, "There is no field “client”."),
        ({k: v for k, v in OIDC.items() if k != "client_id"}, "“client_id” is missing or no text."),
        ({**OIDC, "client_secret": ""}, "“client_secret” is missing"),
        ({**OIDC, "server_url": "http://login.example.int"}, "It begins with https://"),
        ({**OIDC, "server_url": "login.example.int"}, "“server_url” is 'login.example.int'"),
        ({**OIDC, "id": "two words"}, "letters, digits and hyphens"),
        ({**OIDC, "mfa": ["otp"]}, "“mfa” is not right"),
        ({**OIDC, "mfa": {"amr": "otp"}}, "“mfa” is not right"),
        ({k: v for k, v in SAML.items() if k != "certificate"}, "“certificate” is missing"),
        ({**{k: v for k, v in SAML.items() if k != "certificate"}, "certificate_file": "no.pem"}, "cannot be read"),
        ("mod", "This is no object."),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, entry: Any, said: str) -> None:
    with pytest.raises(sso.SsoError) as raised:
        read(tmp_path, entry)
    assert said in str(raised.value)
    assert "provider 1" in str(raised.value)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(sso.SsoError) as raised:
        read(tmp_path, OIDC, {**OIDC, "client_id": 1}, {"type": "x"})
    assert len(raised.value.problems) >= 3


@pytest.mark.parametrize("whole", ["{", "[]", '{"providers": {}}', "\x00"])
def test_a_file_that_is_none_is_said(tmp_path: Path, whole: str) -> None:
    with pytest.raises(sso.SsoError, match="EIRENE_SSO"):
        read(tmp_path, whole=whole)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(sso.SsoError, match="cannot be read"):
        sso.providers(str(tmp_path / "none.json"))


def test_saml_without_its_extra_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sso, "saml_installed", lambda: False)
    with pytest.raises(sso.SsoError, match=r"pip install 'eirene\[saml\]'"):
        read(tmp_path, SAML)


def test_the_command_line_says_it_too(tmp_path: Path) -> None:
    """A wrong file stops the start, with words and without a traceback."""
    import os
    import subprocess
    import sys

    (tmp_path / "sso.json").write_text(json.dumps({"providers": [{**OIDC, "client_id": ""}]}), encoding="utf-8")
    environment = {
        **os.environ,
        "EIRENE_HOME": str(tmp_path),
        "EIRENE_SSO": str(tmp_path / "sso.json"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", "from eirene.cli import main; main()", "serve", "--no-build"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "“client_id” is missing or no text. Add “client_id”." in done.stderr
    assert "Traceback" not in done.stderr
