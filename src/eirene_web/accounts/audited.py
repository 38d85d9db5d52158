"""What the journal answers for of accounts."""

from __future__ import annotations

from eirene_web.journal.audit import Audited

AUDITED: list[Audited] = []
APART = {
    "accounts.Person": "belongs to its owner and to no alliance; what somebody may do stands in the posts they hold",
    "accounts.SignIn": "that somebody signed in: a list of its own, forgotten after a time",
    "accounts.Token": "its owner’s; what is done with it is recorded as theirs",
    "accounts.Bucket": "how often something was tried",
    "accounts.Kept": "a cache",
}
