"""Columns of accounts in which nobody writes a text about others."""

from __future__ import annotations

_OWN = "what somebody says of themselves"
PLAIN = {
    **{f"accounts.Person.{name}": _OWN for name in ("password", "email", "name", "language", "time_zone")},
    "accounts.SignIn": "how and from where somebody signed in; forgotten after a time",
    "accounts.Token": "what somebody calls their own program",
    "accounts.Bucket": "who tried how often",
    "accounts.Kept": "a cache of numbers and ids, good for minutes",
}
