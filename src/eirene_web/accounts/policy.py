"""What everybody may do with their own account, and what is open to all."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from eirene_web.policy import Kind, Row, Verb, rows

KINDS = [Kind("account", _("the account"), {"": _("in use")})]
VERBS = [
    Verb("account.sign_in", _("sign in, and ask for a new password"), "account", "account.sign_in", scope=""),
    Verb("account.manage", _("manage the own account: password, second factor, sessions"), "account",
         "account.manage", scope=""),
]  # fmt: skip
ROWS: list[Row] = [
    *rows("account.sign_in", "public", "any"),
    *rows("account.manage", "person", "self"),
]
