"""Addresses of one’s own account. allauth's are listed one by one: what it offers besides is not open here.

`sso_urls` stand outside the languages: a provider knows one address of ours, not one for each.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from django.urls import path, re_path

from eirene_web.accounts import views
from eirene_web.accounts.sso import saml_installed

urlpatterns = [
    path("", views.account, name="account"),
    path("sign-ins/", views.sign_ins, name="sign-ins"),
    path("sessions/", views.sessions, name="usersessions_list"),
    path("sessions/<int:session>/end/", views.end_session, name="end-session"),
    path("tokens/<int:token>/revoke/", views.revoke_token, name="revoke-token"),
    # signing in
    path("login/", account.login, name="account_login"),
    path("login/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("login/second-factor/", mfa.authenticate, name="mfa_authenticate"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    # password
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    # second factors
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/app/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/app/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("2fa/keys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("2fa/keys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("2fa/keys/reauthenticate/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("2fa/keys/<int:pk>/remove/", views.remove_key, name="mfa_remove_webauthn"),
    path("2fa/keys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    # accounts elsewhere
    path("elsewhere/", social.connections, name="socialaccount_connections"),
    path("elsewhere/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("elsewhere/error/", social.login_error, name="socialaccount_login_error"),
    # what allauth asks the address of and nobody gets
    path("closed/signup/", views.closed, name="account_signup"),
    path("closed/email/", views.closed, name="account_email"),
    path("closed/confirm-email/", views.closed, name="account_email_verification_sent"),
    path("closed/confirm-email/<str:key>/", views.closed, name="account_confirm_email"),
    path("closed/login-code/", views.closed, name="account_confirm_login_code"),
    path("closed/social-signup/", views.closed, name="socialaccount_signup"),
]

sso_urls = [
    path("account/oidc/<slug:provider_id>/login/", views.oidc_login, name="openid_connect_login"),
    path("account/oidc/<slug:provider_id>/callback/", views.oidc_callback, name="openid_connect_callback"),
]
if saml_installed():
    from eirene_web.accounts import saml

    sso_urls += [
        path("account/saml/<slug:organization_slug>/login/", saml.login, name="saml_login"),
        path("account/saml/<slug:organization_slug>/acs/", saml.acs, name="saml_acs"),
        path("account/saml/<slug:organization_slug>/acs/finish/", saml.finish_acs, name="saml_finish_acs"),
        path("account/saml/<slug:organization_slug>/metadata/", saml.metadata, name="saml_metadata"),
        path("account/saml/<slug:organization_slug>/sls/", views.closed, name="saml_sls"),
    ]
