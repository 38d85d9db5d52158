"""A mail server for tests: takes mails, refuses some, is slow, or never answers at all."""

from __future__ import annotations

import email
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from eirene_web.notices.server import MailServer


@dataclass
class Server:
    """What it does with whom, and what it took."""

    port: int = 0
    #: Address → what it says to it, e.g. "550 no such user".
    refused: dict[str, str] = field(default_factory=dict)
    #: silent: accepts the connection and says nothing; drip: says a sign every so often, for ever.
    mood: str = ""
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    connections: int = 0
    #: A dripping one came to its end: the client held the line for a minute.
    ended: bool = False
    #: Called when a mail was taken, before the client hears so.
    on_taken: Any = None

    @property
    def address(self) -> MailServer:
        return MailServer("127.0.0.1", self.port)

    @property
    def to(self) -> list[str]:
        return [address for address, _mail in self.taken]


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: Server = self.server.about  # type: ignore[attr-defined]
        server.connections += 1
        if server.mood == "silent":
            self._wait()
        elif server.mood == "drip":
            self._drip()
        else:
            self._talk(server)

    def _wait(self) -> None:
        self.rfile.read()

    def _drip(self) -> None:
        for _ in range(600):
            self.wfile.write(b"2")
            self.wfile.flush()
            time.sleep(0.1)
        self.server.about.ended = True  # type: ignore[attr-defined]

    def _talk(self, server: Server) -> None:
        self._say("220 here")
        to = ""
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("RCPT"):
                to = line.partition("<")[2].partition(">")[0]
                self._say(server.refused.get(to, "250 ok"))
            elif verb == "DATA":
                self._say("354 go on")
                server.taken.append((to, self._mail()))
                if server.on_taken:
                    server.on_taken()
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _mail(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return email.message_from_bytes(b"".join(lines), policy=default)  # type: ignore[return-value]

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
        self.wfile.flush()


class _Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what is tested."""


@contextmanager
def server(**about: Any) -> Iterator[Server]:
    told = Server(**about)
    tcp = _Tcp(("127.0.0.1", 0), _Handler)
    tcp.about = told  # type: ignore[attr-defined]
    told.port = tcp.server_address[1]
    thread = threading.Thread(target=tcp.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        tcp.shutdown()
        tcp.server_close()
        thread.join()
