"""A sign-on provider on this machine, as small as OpenID Connect allows: it signs in whomever the test names."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """`claims` go into the next token; `key` signs it."""

    def __init__(self, url: str) -> None:
        self.url, self.key = url, KEY
        self.claims: dict[str, Any] = {}
        self.asked: dict[str, list[str]] = {}

    def token(self) -> dict[str, Any]:
        moment = int(time.time())
        facts = {
            "iss": self.url, "aud": "eirene", "sub": "somebody", "iat": moment, "exp": moment + 60, **self.claims
        }  # fmt: skip
        signed = jwt.encode(facts, self.key, algorithm="RS256", headers={"kid": "one"})
        return {"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def answer(self, path: str, body: dict[str, list[str]]) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }  # fmt: skip
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return {"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]}
        assert path == "/token"
        self.asked = body
        return self.token()


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, on a free port of this machine, for as long as the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path != "/authorize":
                self._tell({})
                return
            given = parse_qs(asked.query)
            self.send_response(302)
            back = urlencode({"code": "one", "state": given["state"][0]})
            self.send_header("Location", f"{given['redirect_uri'][0]}?{back}")
            self.end_headers()

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            self._tell(parse_qs(self.rfile.read(length).decode()))

        def _tell(self, body: dict[str, list[str]]) -> None:
            data = json.dumps(provider.answer(urlsplit(self.path).path, body)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
