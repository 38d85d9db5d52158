from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal import auth

from web.committing import committing, guards_again  # noqa: F401  fixtures


@pytest.fixture(autouse=True)
def quick_passwords(settings: object) -> None:
    """Argon2 is slow on purpose; what is tested here is not how slow."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def one_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an authenticator app shows stays the same for the length of a test, however slowly that runs."""
    counter = int(time.time()) // 30

    def counters() -> Iterator[int]:
        yield counter

    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", counters)
