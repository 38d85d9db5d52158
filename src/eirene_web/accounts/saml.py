"""Pages that a SAML provider calls; there are such only where the extra `[saml]` is installed."""

from __future__ import annotations

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.saml import views
from allauth.socialaccount.providers.saml.utils import get_app_or_404
from allauth.socialaccount.providers.saml.views import FinishACSView, acs, metadata
from django.http import HttpRequest, HttpResponse

from eirene_web.accounts.leaving import leaving

__all__ = ["acs", "finish_acs", "login", "metadata"]


class FinishAnswer(FinishACSView):  # type: ignore[misc]
    """allauth's, but what is no XML at all is refused like any other answer that is not right, and breaks nothing."""

    def dispatch(self, request: HttpRequest, organization_slug: str) -> HttpResponse:
        try:
            return super().dispatch(request, organization_slug)
        except (SyntaxError, ValueError) as error:
            # lxml's error for what it cannot parse is a SyntaxError, that for a forbidden DTD or entity a ValueError.
            provider = get_app_or_404(request, organization_slug).get_provider(request)
            return render_authentication_error(request, provider, exception=error)


finish_acs = FinishAnswer.as_view()
login = leaving(views.login)
