"""Signing in, as far as it depends on the posts that somebody holds: whoever decides needs a second factor."""

from __future__ import annotations

from functools import cache
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from eirene_web.accounts import adapter, strength
from eirene_web.accounts.models import Person
from eirene_web.organisations.queries import holds_role
from eirene_web.policy import table


@cache
def deciding_roles() -> frozenset[str]:
    """Roles with a verb that decides."""
    rules = table()
    found = {row.role for row in rules.rows if rules.verbs[row.verb].decides}
    return frozenset(found - {"person", "public"})


def decides(person: Person) -> bool:
    """Whether any post of theirs, in any alliance, holds such a role today."""
    return holds_role(person, deciding_roles())


def owes_second_factor(person: Person) -> bool:
    return decides(person) and not strength.has_second_factor(person)


class AccountAdapter(adapter.AccountAdapter):
    def post_login(self, request: HttpRequest, user: Person, **given: Any) -> HttpResponse:
        """Leads whoever decides and has no second factor to set one up."""
        response = super().post_login(request, user, **given)
        if strength.is_strong(request) or not owes_second_factor(user):
            return response
        query = urlencode({"next": response.headers["Location"]})
        return HttpResponseRedirect(f"{reverse('second-factor')}?{query}")


class SecondFactorAdapter(adapter.SecondFactorAdapter):
    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last second factor of somebody who decides stays."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        if others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
            return True
        return not decides(authenticator.user)
