"""The step of signing in at which a second factor is asked for."""

from __future__ import annotations

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

from eirene_web.accounts import sso


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """allauth's, but for those whose sign-on provider says that it has asked for a second factor already."""

    def _should_handle(self, request: HttpRequest) -> bool:
        social = (self.login.signal_kwargs or {}).get("sociallogin")
        if social is not None and sso.had_second_factor(social):
            return False
        return bool(super()._should_handle(request))
