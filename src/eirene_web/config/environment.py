"""Every setting that the environment can give, with default and purpose; docs/administration.md prints them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    what: str


_ALL = (
    Setting("EIRENE_HOME", "./var", "Folder of the installation: database, files, releases, key."),
    Setting("EIRENE_HOSTS", "", "Further host names under which it is reached, by comma; this machine always."),
    Setting("EIRENE_URL", "", "Address to print in mails, citations and embed lines, e.g. https://wps.example.int."),
    Setting("EIRENE_DEMO", "", "1: a demonstration: made-up accounts, one click each, and a banner. Never elsewhere."),
    Setting("DATABASE_URL", "", "postgres://user:password@host/name; empty: SQLite in the home folder."),
    Setting("EIRENE_SECRET_KEY", "", "Key for sessions and signatures; empty: made once and kept in the home folder."),
    Setting("EIRENE_HTTPS", "", "1: reached by HTTPS only; cookies are secure, plain requests are sent there."),
    Setting("EIRENE_PROXIES", "0", "How many proxies stand in front: whose addresses in X-Forwarded-For to trust."),
    Setting("EIRENE_MAIL_URL", "",
            "smtp://user:password@host:587 (smtps:// for TLS from the start); empty: mails are kept, not sent."),
    Setting("EIRENE_MAIL_FROM", "eirene@localhost", "Sender of mails."),
    Setting("EIRENE_MAIL_SECONDS", "10", "How long one mail may take before it is tried again later."),
    Setting("EIRENE_UPLOAD_MB", "10", "Largest file that is taken in, in MB."),
    Setting("EIRENE_CONFIDENTIAL_CHANNEL", "",
            "Where persons and cases belong instead: shown beside every free text, unless the pack names a channel."),
    Setting("EIRENE_SSO", "", "File (JSON) with the sign-on providers, OIDC and SAML; see administration."),
    Setting("EIRENE_LOG", "plain", "plain or json: form of the log lines. Neither ever holds content."),
)  # fmt: skip
SETTINGS: dict[str, Setting] = {one.name: one for one in _ALL}


def get(name: str) -> str:
    """The value from the environment, else the default."""
    return os.environ.get(name, "").strip() or SETTINGS[name].default


def on(name: str) -> bool:
    return get(name).lower() in ("1", "true", "yes", "on")


def number(name: str) -> int:
    """Raises ValueError with the setting's name."""
    value = get(name)
    if not value.isdigit():
        raise ValueError(f"{name} must be a whole number; it is {value!r}.")
    return int(value)


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed over. `tls`: from the start; else the connection turns to TLS if the server offers it, and
    must do so before a password is sent to another machine."""

    host: str
    port: int
    tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_here(self) -> bool:
        return self.host in ("localhost", "127.0.0.1", "::1")


def mail_server(name: str = "EIRENE_MAIL_URL") -> MailServer | None:
    """The server that a setting names; None if it is empty. Raises ValueError with the setting's name."""
    value = get(name)
    if not value:
        return None
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError(f"{name} must be smtp://user:password@host:587 or smtps://…; it cannot be read.")
    tls = parts.scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.hostname, port or (465 if tls else 587 if user else 25), tls, user, password)
