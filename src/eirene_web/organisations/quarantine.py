"""Columns of the organisation in which nobody writes a text about others."""

from __future__ import annotations

#: Why somebody was suspended stands in the history, and with their account.
REASONS = {"person": ("accounts.Person", ("suspended_because",))}
_CODE = "a code of the pack or of the house"
PLAIN = {
    "organisations.PackFile": "the pack, which its office publishes",
    "organisations.Alliance": _CODE,
    "organisations.Body": _CODE,
    "organisations.BodySpan": "what a body is called",
    "organisations.Post": "what a post is called; the names of those who hold it stand in their accounts",
    "organisations.PostRole": _CODE,
    "organisations.Invitation": "the address and name of whoever is invited, by themselves to be changed later",
}
