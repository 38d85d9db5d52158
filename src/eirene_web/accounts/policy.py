"""What everybody may do with their own account, and what is open to all."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from eirene_web.policy import Kind, Row, Verb, rows

KINDS = [Kind("account", _("the account"), {"": _("in use")})]
VERBS = [
    Verb("account.sign_in", _("sign in, answer an invitation, ask for a new password"), "account",
         "account.sign_in", scope=""),
    Verb("account.manage", _("manage the own account: name, language, password, second factor, sessions"), "account",
         "account.manage", scope=""),
    Verb("account.tokens", _("make and revoke tokens for the own programs"), "account", "account.manage",
         decides=True, scope=""),
]  # fmt: skip
ROWS: list[Row] = [
    *rows("account.sign_in", "public", "any"),
    *rows("account.manage", "person", "self"),
    *rows("account.tokens", "person", "self"),
]

#: Which verb each address serves that is not declared by `@page`, most of them allauth's. `closed`: not served at all.
CLOSED = "closed"
ROUTES: dict[str, str] = {
    **dict.fromkeys(
        (
            "account_login", "account_logout", "account_inactive", "account_reset_password",
            "account_reset_password_done", "account_reset_password_from_key",
            "account_reset_password_from_key_done", "mfa_authenticate", "mfa_login_webauthn",
            "openid_connect_login", "openid_connect_callback", "saml_login", "saml_acs", "saml_finish_acs",
            "saml_metadata", "socialaccount_login_cancelled", "socialaccount_login_error", "invitation", "demo",
            "desk",
        ),
        "account.sign_in",
    ),
    **dict.fromkeys(
        (
            "account", "second-factor", "sign-ins", "end-session", "account_change_password", "account_set_password",
            "account_reauthenticate", "mfa_index", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
            "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
            "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn",
            "mfa_edit_webauthn", "usersessions_list", "socialaccount_connections",
        ),
        "account.manage",
    ),
    **dict.fromkeys(("tokens", "revoke-token"), "account.tokens"),
    **dict.fromkeys(
        (
            "account_signup", "account_email", "account_email_verification_sent", "account_confirm_email",
            "account_confirm_login_code", "socialaccount_signup", "saml_sls",
        ),
        CLOSED,
    ),
}  # fmt: skip
