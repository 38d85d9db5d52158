"""Personal tokens: made in a strong session, kept as a hash, good for a time and no longer."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from eirene.errors import UsageError
from eirene_web import clock
from eirene_web.accounts import services, tokens
from eirene_web.accounts.models import Person, Token
from eirene_web.accounts.queries import owner
from eirene_web.journal.models import Change, Entry
from eirene_web.policy import NotThere, SecondFactorNeeded
from web.accounts.people import code, sign_in, with_app, with_password
from web.world import World

NOW = dt.datetime(2023, 2, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def person(harbour_world: World) -> Person:
    return harbour_world.people["ALF.rapporteur"]


def make(person: Person, *, days: int = 30, write: bool = False, strong: bool = True) -> tuple[Token, str]:
    with clock.at(NOW):
        return services.make_token(
            actor=owner(person, strong=strong), person=person.pk, alliance="harbour", name="statistics", write=write,
            expires=NOW + dt.timedelta(days=days),
        )  # fmt: skip


def used(token: str, *, after: dt.timedelta = dt.timedelta(0)) -> tuple[Person, Token] | None:
    with clock.at(NOW + after):
        return tokens.person_of(f"Bearer {token}")


def test_a_token_brings_its_person_and_only_its_hash_is_kept(person: Person) -> None:
    row, token = make(person)
    found = used(token)
    assert found is not None
    assert found[0] == person
    assert tokens.scopes_of(found[1]) == {"read"}
    assert token not in str(Token.objects.values_list())
    assert token[-40:] not in str(list(Change.objects.values_list("after", flat=True)))
    assert row.prefix in token


def test_what_is_nearly_a_token_is_none(person: Person) -> None:
    _row, token = make(person)
    for wrong in ("", "Bearer", "Bearer ", f"Basic {token}", f"Bearer {token}x", f"Bearer {token[:-1]}",
                  f"Bearer eirene__{token[-40:]}", f"Bearer {token.upper()}", "Bearer eirene_é_ü",
                  f"Bearer eirene_{'a' * 8}_{'b' * 40}"):  # fmt: skip
        assert tokens.person_of(wrong) is None, wrong


def test_a_token_ends_on_its_day_when_revoked_and_with_a_suspension(person: Person) -> None:
    row, token = make(person)
    assert used(token, after=dt.timedelta(days=29))
    assert used(token, after=dt.timedelta(days=30)) is None
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert used(token) is None
    Person.objects.filter(pk=person.pk).update(is_active=True)
    services.revoke_token(actor=owner(person), person=person.pk, token=row.pk)
    assert used(token) is None


def test_nobody_revokes_the_token_of_another(harbour_world: World, person: Person) -> None:
    row, token = make(person)
    other = harbour_world.people["BRA.rapporteur"]
    with pytest.raises(NotThere):
        services.revoke_token(actor=owner(other), person=person.pk, token=row.pk)
    with pytest.raises(NotThere):
        services.revoke_token(actor=owner(other), person=other.pk, token=row.pk)
    assert used(token)


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_token_lives_a_year_at_most(person: Person, days: int) -> None:
    with pytest.raises(UsageError, match="a year"):
        make(person, days=days)


def test_a_token_is_made_with_a_second_factor_alone(person: Person) -> None:
    with pytest.raises(SecondFactorNeeded):
        make(person, strong=False)


def test_a_token_decides_if_it_was_made_with_a_second_factor(person: Person, settings: object) -> None:
    row, _token = make(person)
    assert tokens.is_strong(row)
    row.strong = False
    assert not tokens.is_strong(row)


def test_a_token_of_somebody_made_up_decides_in_a_demonstration_alone(person: Person, settings: object) -> None:
    row, _token = make(person)
    row.person.demo = True
    settings.EIRENE_DEMO = False  # type: ignore[attr-defined]
    assert not tokens.is_strong(row)
    settings.EIRENE_DEMO = True  # type: ignore[attr-defined]
    assert tokens.is_strong(row)


def test_that_it_was_used_is_written_once_a_minute_at_most(person: Person, django_assert_num_queries: object) -> None:
    row, token = make(person)
    with django_assert_num_queries(2):  # type: ignore[operator]
        used(token)
    with django_assert_num_queries(1):  # type: ignore[operator]
        used(token, after=dt.timedelta(seconds=59))
    with django_assert_num_queries(2):  # type: ignore[operator]
        used(token, after=dt.timedelta(seconds=61))
    row.refresh_from_db()
    assert row.last_used == NOW + dt.timedelta(seconds=61)


def test_each_is_one_entry_of_the_journal(person: Person) -> None:
    row, _token = make(person)
    services.revoke_token(actor=owner(person), person=person.pk, token=row.pk)
    entries = Entry.objects.filter(subject=f"token:{row.pk}").order_by("sequence")
    assert [(e.chain, e.verb) for e in entries] == [
        (f"person/{person.pk}", "account.tokens"), (f"person/{person.pk}", "account.manage"),
    ]  # fmt: skip


def test_the_page_shows_a_token_once(harbour_world: World, client: Client) -> None:
    drafter = with_password(harbour_world.people["ALF.drafter"])
    form = {"name": "statistics", "alliance": "harbour", "scopes": "write", "days": "90"}
    sign_in(client, drafter)
    assert "asks for a session with a second factor" in client.get("/account/tokens/").content.decode()
    assert client.post("/account/tokens/", form).status_code == 403
    with_app(drafter)
    client.post("/account/2fa/reauthenticate/", {"code": code()})
    page = client.post("/account/tokens/", form).content.decode()
    found = re.search(r'id="token">(eirene_\w{8}_\w{40})<', page)
    assert found
    assert found.group(1) not in client.get("/account/tokens/").content.decode()
    bearer = tokens.person_of(f"bearer {found.group(1)}")
    assert bearer is not None
    assert tokens.scopes_of(bearer[1]) == {"read", "write"}
    client.post(f"/account/tokens/{bearer[1].pk}/revoke/")
    assert tokens.person_of(f"Bearer {found.group(1)}") is None
