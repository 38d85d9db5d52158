"""Where mails are handed over, as the settings say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit


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


def mail_server(value: str, name: str = "EIRENE_MAIL_URL") -> MailServer | None:
    """The server that a setting gives; None if it is empty. Raises ValueError with the setting's name."""
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
