"""A notice tells that there is something, and nothing of it."""

from __future__ import annotations

PLAIN = {
    "notices.Notice": "ids, codes, days and counts; what the mail server said",
    "notices.Letter": "a link to come in by, written by the house; empty once it is sent",
}
