"""How allauth fits this house: no open sign-up, no account by e-mail match, what a second factor is, what is noted.

allauth asks these classes, and those of `organisations.signing_in` that know of posts; nothing of ours hangs on its
signals but what `hooks` connects.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from eirene_web.accounts import services, sso, strength
from eirene_web.accounts.models import Person

#: What allauth would say after a step, in our words; what is not here goes without saying.
_TOLD = {
    "account/messages/logged_out.txt": _("You have signed out."),
    "account/messages/password_changed.txt": _("Your password is changed. Other sessions of yours have ended."),
    "account/messages/password_set.txt": _("Your password is set."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is your second factor now."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is no second factor any more."),
    "mfa/messages/webauthn_added.txt": _("The key is added."),
    "mfa/messages/webauthn_removed.txt": _("The key is removed."),
    "mfa/messages/recovery_codes_generated.txt": _(
        "These are your recovery codes. Keep them where only you find them."
    ),
    "socialaccount/messages/account_connected.txt": _("From now on you can sign in that way too."),
    "socialaccount/messages/account_connected_updated.txt": _("You could sign in that way already."),
    "socialaccount/messages/account_connected_other.txt": _("That account belongs to somebody else here."),
    "socialaccount/messages/account_disconnected.txt": _("You do not sign in that way any more."),
}
_WRONG = _("The address or the password is not right. Nobody is told which; after several tries it locks for a while.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {  # noqa: RUF012  as allauth declares it
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _WRONG,
        "invalid_login": _WRONG,
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again."),
        "invalid_or_expired_key": _("This link has been used or is too old. Ask for a new one."),
        "same_as_current": _("Choose another one than now."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come by invitation alone."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To the desk, in the person's own language."""
        language = getattr(request.user, "language", "") or settings.LANGUAGE_CODE
        with translation.override(language):
            return str(reverse("desk"))

    def post_login(self, request: HttpRequest, user: Person, **given: Any) -> HttpResponse:
        """Notes the sign-in, and what the sign-on provider says of a second factor."""
        social = (given.get("signal_kwargs") or {}).get("sociallogin")
        if social is not None and sso.had_second_factor(social):
            record_authentication(request, user, "mfa", type="sso", provider=social.account.provider)
        _just_authenticated(request)
        response = super().post_login(request, user, **given)
        services.note_sign_in(
            person=user, method=strength.method_of(request), success=True, address=self._from(request)
        )
        return response

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.mfa.stages.AuthenticateStage": "eirene_web.accounts.stages.SecondFactorStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A row is written whether there is such a person or not, so that neither takes longer."""
        person = Person.objects.filter(email__iexact=credentials.get("email") or "").first()
        services.note_sign_in(person=person, method="password", success=False, address=self._from(request))

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        services.note_sign_in(
            person=user, method=strength.method_of(request, user), success=False, address=self._from(request)
        )
        return super().respond_user_inactive(request, user)

    def _from(self, request: HttpRequest) -> str:
        return str(self.get_client_ip(request))[:64]

    def reauthenticate(self, user: Person, password: str) -> bool:
        """By the person's own address: allauth would look for one in its table of addresses, which is not used here."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *more: Any, **given: Any
    ) -> None:
        if message_template in _TOLD:
            super().add_message(request, level, message=str(_TOLD[message_template]))

    def send_password_reset_mail(self, user: Person, email: str, context: dict[str, Any]) -> None:
        """By a job: the link is made when the mail is, and an address that exists takes no longer than another."""
        services.ask_for_reset(person=user)


def _just_authenticated(request: HttpRequest) -> None:
    """Signing in counts as having just said again who one is: nobody types the password twice in a minute."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    if records:
        records[-1]["reauthenticated"] = True
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = records


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    error_messages = {  # noqa: RUF012  as allauth declares it
        **DefaultSocialAccountAdapter.error_messages,
        "no_password": _("This is your only way to sign in. Set a password first."),
        "connected_other": _("That account belongs to somebody else here."),
    }

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """An account elsewhere opens nothing until the person or an invitation has linked it; never by its address."""
        return False

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Those of EIRENE_SSO alone; nothing in the database adds one."""
        from allauth.socialaccount.adapter import _build_apps_from_settings

        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {  # noqa: RUF012  as allauth declares it
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or not any more. Type the one that is shown now."),
        "cannot_delete_authenticator": _(
            "Your role asks for a second factor. Add another one first, then remove this."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Secrets of authenticator apps and recovery codes: a copy of the database alone opens nothing."""
        return services.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return services.unseal(encrypted_text)
