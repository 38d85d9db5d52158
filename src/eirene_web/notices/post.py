"""Handing one mail to the mail server, in bounded time whatever the server does."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Any

from eirene_web.config.environment import MailServer


class Refused(Exception):
    """The server does not take this mail; others it may. `for_good`: trying again is no use."""

    def __init__(self, why: str, *, for_good: bool) -> None:
        super().__init__(why)
        self.for_good = for_good


class Unreachable(Exception):
    """The server takes no mail at all just now."""


class _Smtp(smtplib.SMTP):
    """Keeps the socket where the watchdog finds it; TLS from the start where that is wanted."""

    raw: socket.socket | None = None
    from_start = False

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self.raw = socket.create_connection((host, port), timeout)
        if self.from_start:
            return ssl.create_default_context().wrap_socket(self.raw, server_hostname=host)
        return self.raw


class Post:
    """One connection for several mails; each has `seconds` for everything, connecting included."""

    def __init__(self, server: MailServer, seconds: float) -> None:
        self.server, self.seconds = server, seconds
        self._smtp: _Smtp | None = None
        self._late = False

    def __enter__(self) -> Post:
        return self

    def __exit__(self, *error: Any) -> None:
        self._close()

    def send(self, mail: EmailMessage) -> None:
        """Raises Refused or Unreachable."""
        try:
            with self._watched():
                self._open()
                assert self._smtp is not None
                self._smtp.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            self._close()
            self._refuse(code, text)
        except smtplib.SMTPDataError as error:
            self._close()
            self._refuse(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPNotSupportedError, UnicodeError, ValueError) as error:
            self._close()
            raise Refused(_short(str(error)), for_good=True) from None
        except smtplib.SMTPResponseException as error:
            self._close()
            raise Unreachable(f"{error.smtp_code} {_short(error.smtp_error)}") from None
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            raise Unreachable(self._why(error)) from None

    def _refuse(self, code: int, text: bytes | str) -> None:
        if code == 421:
            raise Unreachable(f"{code} {_short(text)}")
        raise Refused(f"{code} {_short(text)}", for_good=code >= 500)

    def _why(self, error: Exception) -> str:
        if self._late or isinstance(error, TimeoutError):
            return f"no answer within {self.seconds:g} s"
        return _short(getattr(error, "strerror", "") or type(error).__name__)

    def _open(self) -> None:
        if self._smtp is not None:
            return
        self._smtp = _Smtp(local_hostname=socket.gethostname(), timeout=self.seconds)
        self._smtp.from_start = self.server.tls
        self._smtp.connect(self.server.host, self.server.port)
        self._smtp.ehlo_or_helo_if_needed()
        if not self.server.tls and self._smtp.has_extn("starttls"):
            self._smtp._host = self.server.host  # whose certificate it must be
            self._smtp.starttls(context=ssl.create_default_context())
            self._smtp.ehlo()
        elif not self.server.tls and self.server.user and not self.server.is_here:
            raise smtplib.SMTPException("the server offers no TLS: no password is sent to it")
        if self.server.user:
            self._smtp.login(self.server.user, self.server.password)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Cuts the connection when the time is up: a server may answer a byte at a time and never be late for one."""
        self._late = False
        watchdog = threading.Timer(self.seconds, self._cut)
        watchdog.daemon = True
        watchdog.start()
        try:
            yield
        finally:
            watchdog.cancel()

    def _cut(self) -> None:
        self._late = True
        smtp = self._smtp
        if smtp is not None and smtp.raw is not None:
            with suppress(OSError):
                smtp.raw.shutdown(socket.SHUT_RDWR)

    def _close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                smtp.close()


def _short(text: bytes | str) -> str:
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(plain.split())[:120]
