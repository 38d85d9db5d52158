"""Reads of accounts."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from eirene_web.accounts.models import Person, SignIn, Token
from eirene_web.policy import Actor, Grant, Target


def owner(person: Person, *, strong: bool = False) -> Actor:
    """Somebody as the owner of their account, which belongs to no alliance."""
    return Actor(person=person.pk, name=person.name, grants=(Grant("person"),), strong=strong)


def account_target(person: int) -> Target:
    return Target("account", "", person=person)


def sign_ins_of(person: Person, limit: int) -> list[SignIn]:
    """The newest first."""
    return list(SignIn.objects.filter(person=person).order_by("-at")[:limit])


def tokens_of(person: Person) -> list[Token]:
    """The newest first, those that are over too."""
    return list(Token.objects.filter(person=person).order_by("-created"))


def sessions_of(request: HttpRequest) -> list[UserSession]:
    """Browsers in which one is signed in, this one first."""
    here = request.session.session_key
    found = UserSession.objects.purge_and_list(request.user)
    return sorted(found, key=lambda s: (s.session_key != here, -s.created_at.timestamp()))
