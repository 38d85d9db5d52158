"""The pages of bodies, posts and people: what they show to whom, and that their forms do what they say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from eirene_web.clock import now
from eirene_web.organisations import services
from eirene_web.organisations.models import Body, Holding, Invitation, Post
from web.world import World

pytestmark = [pytest.mark.slow, pytest.mark.soak_on_postgresql]


@pytest.fixture(autouse=True)
def demonstration(settings: Any) -> None:
    """One click signs in with what counts as a second factor."""
    settings.EIRENE_DEMO = True


def as_(world: World, who: str) -> Client:
    person = world.people[who]
    person.demo = True
    person.save()
    client = Client()
    assert client.post("/account/demo/", {"person": person.pk}).status_code == 302
    return client


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(f"/harbour/work/{path}")
    assert response.status_code == status, path
    return response.content.decode()


def test_the_tree_shows_vacancies_and_the_day(harbour_world: World) -> None:
    services.add_post(
        actor=harbour_world.installer, alliance="harbour", body="ALF", title={"en": "Adviser"}, roles={},
        since=dt.date(2024, 1, 1),
    )  # fmt: skip
    clerk = as_(harbour_world, "clerk")
    assert "1 of 24 posts is vacant" in page(clerk, "bodies/")
    assert "on 1 June 2023" in page(clerk, "bodies/?on=2023-06-01")
    assert "vacant</h1>" not in page(clerk, "bodies/?on=2023-06-01")
    assert page(clerk, "bodies/?on=yesterday")


def test_a_nation_sees_itself_and_an_outsider_nothing(harbour_world: World) -> None:
    rapporteur = as_(harbour_world, "ALF.rapporteur")
    assert "BRA" not in page(rapporteur, "bodies/")
    for path in ("bodies/BRA/", "bodies/_office/", f"bodies/posts/{harbour_world.posts['BRA.head'].pk}/",
                 f"bodies/people/{harbour_world.people['BRA.head'].pk}/", "bodies/NIX/",
                 "bodies/posts/99999/"):  # fmt: skip
        page(rapporteur, path, 404)
    page(as_(harbour_world, "outsider"), "bodies/", 404)
    page(as_(harbour_world, "observer"), "bodies/", 404)


def test_a_page_offers_only_what_can_be_done(harbour_world: World) -> None:
    post = harbour_world.posts["ALF.head"].pk
    assert "Invite by mail" in page(as_(harbour_world, "ALF.admin"), f"bodies/posts/{post}/")
    assert "Invite by mail" not in page(as_(harbour_world, "ALF.drafter"), f"bodies/posts/{post}/")
    assert "Change the post" not in page(as_(harbour_world, "ALF.rapporteur"), f"bodies/posts/{post}/")
    page(as_(harbour_world, "ALF.drafter"), f"bodies/posts/{post}/invite/", 403)


def test_a_ministry_and_a_post_in_it_are_added_and_filled(harbour_world: World) -> None:
    admin = as_(harbour_world, "ALF.admin")
    made = admin.post(
        "/harbour/work/bodies/ALF/add/",
        {"name_en": "Ministry of Defence", "name_fr": "Ministère", "kind": "ministry", "time_zone": "Pacific/Tarawa"},
    )  # fmt: skip
    assert made.headers["Location"] == "/harbour/work/bodies/ALF-ministry-1/"
    assert Body.objects.get(code="ALF-ministry-1").time_zone == "Pacific/Tarawa"
    form = {
        "name_en": "Adviser",
        "role_reader": "on",
        "role_contributor": "on",
        "sections_contributor": "s1",
        "contact": "on",
    }
    made = admin.post("/harbour/work/bodies/ALF-ministry-1/posts/add/", form)
    post = Post.objects.latest("pk")
    assert made.headers["Location"] == f"/harbour/work/bodies/posts/{post.pk}/"
    assert post.contact
    assert {r.role: r.sections for r in post.roles.all()} == {"reader": [], "contributor": ["s1"]}
    assert "Nobody holds it" in page(admin, f"bodies/posts/{post.pk}/")
    person = harbour_world.people["ALF.reader"]
    admin.post(
        f"/harbour/work/bodies/posts/{post.pk}/fill/", {"person": person.pk, "via": "acting", "since": "2023-02-01"}
    )
    assert "ALF.reader (acting)" in page(admin, "bodies/ALF-ministry-1/")


def test_a_form_that_is_not_right_comes_back_with_what_was_typed(harbour_world: World) -> None:
    admin = as_(harbour_world, "ALF.admin")
    wrong = admin.post(
        "/harbour/work/bodies/ALF/posts/add/", {"name_fr": "Conseillère", "sections_contributor": "9", "mailbox": "x"}
    )  # fmt: skip
    told = wrong.content.decode()
    assert wrong.status_code == 422
    assert "There is no section “9”." in told
    assert 'value="Conseillère"' in told
    assert 'href="#id_sections_contributor"' in told
    assert 'aria-invalid="true"' in told


def test_another_persons_nation_cannot_be_chosen(harbour_world: World) -> None:
    """The list of people holds those one sees; a number from elsewhere is refused."""
    admin = as_(harbour_world, "ALF.admin")
    post = harbour_world.posts["ALF.head"].pk
    assert "BRA.head" not in page(admin, f"bodies/posts/{post}/fill/")
    foreign = {"person": harbour_world.people["BRA.head"].pk, "via": "holder", "since": "2023-02-01"}
    assert admin.post(f"/harbour/work/bodies/posts/{post}/fill/", foreign).status_code == 422
    assert not Holding.objects.filter(post=post, person=foreign["person"]).exists()


def test_a_post_is_handed_over_on_one_page(harbour_world: World) -> None:
    admin = as_(harbour_world, "ALF.admin")
    post = harbour_world.posts["ALF.rapporteur"]
    holding = Holding.objects.get(post=post)
    page(admin, f"bodies/holdings/{holding.pk}/hand-over/")
    successor, today = harbour_world.people["ALF.reader"], now().date()
    done = admin.post(
        f"/harbour/work/bodies/holdings/{holding.pk}/hand-over/",
        {"to": successor.pk, "on": today.isoformat()},
        follow=True,
    )  # fmt: skip
    told = done.content.decode()
    assert "Duties and history stay with the post" in told
    assert told.index("ALF.reader") < told.index("ALF.rapporteur</th>")


def test_time_in_a_post_ends(harbour_world: World) -> None:
    admin = as_(harbour_world, "ALF.admin")
    holding = Holding.objects.get(post=harbour_world.posts["ALF.head"])
    admin.post(f"/harbour/work/bodies/holdings/{holding.pk}/end/", {"until": "2023-01-31", "why": "posted away"})
    holding.refresh_from_db()
    assert holding.until == dt.date(2023, 1, 31)


def test_somebody_is_invited_again_and_not_at_all(harbour_world: World) -> None:
    admin = as_(harbour_world, "ALF.admin")
    post = harbour_world.posts["ALF.head"].pk
    admin.post(
        f"/harbour/work/bodies/posts/{post}/invite/",
        {"email": "new@alf.example", "name": "N", "language": "fr", "via": "holder"},
    )  # fmt: skip
    row = Invitation.objects.get()
    assert "new@alf.example" in page(admin, f"bodies/posts/{post}/")
    assert "new@alf.example" not in page(as_(harbour_world, "ALF.drafter"), f"bodies/posts/{post}/")
    path = f"/harbour/work/bodies/invitations/{row.pk}"
    assert admin.post(f"{path}/send-again/").status_code == 302
    assert admin.get(f"{path}/send-again/").status_code == 405
    assert as_(harbour_world, "BRA.admin").post(f"{path}/withdraw/").status_code == 404
    admin.post(f"{path}/withdraw/")
    row.refresh_from_db()
    assert row.withdrawn is not None


def test_people_are_those_one_keeps(harbour_world: World) -> None:
    assert "ALF.head" in page(as_(harbour_world, "ALF.admin"), "bodies/people/")
    assert "BRA.head" not in page(as_(harbour_world, "ALF.admin"), "bodies/people/")
    assert "BRA.head" in page(as_(harbour_world, "clerk"), "bodies/people/")
    me = harbour_world.people["ALF.drafter"]
    assert "ALF.drafter" in page(as_(harbour_world, "ALF.drafter"), f"bodies/people/{me.pk}/")
    page(as_(harbour_world, "ALF.drafter"), f"bodies/people/{harbour_world.people['ALF.head'].pk}/", 404)


def test_people_are_filtered_by_words_and_by_body(harbour_world: World) -> None:
    clerk = as_(harbour_world, "clerk")
    found = page(clerk, "bodies/people/?q=rapp&body=ALF")
    assert "1 of 23 shown" in found
    assert "ALF.rapporteur" in found
    assert "BRA.rapporteur" not in found
    office = page(clerk, "bodies/people/?body=_office")
    assert "5 of 23 shown" in office
    assert "0 of 23 shown" in page(clerk, "bodies/people/?q=%3Cscript%3E")
    assert "yours are none" in page(as_(harbour_world, "coordinator"), "bodies/people/")


def test_somebody_is_suspended_and_reinstated_with_a_reason(harbour_world: World) -> None:
    admin = as_(harbour_world, "ALF.admin")
    person = harbour_world.people["ALF.head"]
    path = f"/harbour/work/bodies/people/{person.pk}/suspend/"
    assert admin.post(path, {"why": ""}).status_code == 422
    assert (
        "Suspended. Sessions and tokens have ended"
        in admin.post(path, {"why": "lost device"}, follow=True).content.decode()
    )
    assert "lost device" in page(admin, f"bodies/people/{person.pk}/")
    admin.post(path, {"why": "found again"})
    person.refresh_from_db()
    assert person.is_active


def test_bodies_are_renamed_closed_and_given_a_clock(harbour_world: World) -> None:
    admin = as_(harbour_world, "ALF.admin")
    for name in ("Army", "Navy"):
        admin.post("/harbour/work/bodies/ALF/add/", {"name_en": name, "kind": "force", "since": "2023-01-01"})
    army, navy = "ALF-force-1", "ALF-force-2"
    assert "Navy" in page(admin, f"bodies/{army}/change/")
    admin.post(f"/harbour/work/bodies/{army}/change/", {"name_en": "Land Force", "parent": navy, "since": "2023-06-01"})
    assert "Army" in page(admin, f"bodies/{army}/?on=2023-05-31")
    assert '<h1 class="serif">Land Force</h1>' in page(admin, f"bodies/{army}/?on=2023-06-01")
    assert "Land Force" in page(admin, f"bodies/{navy}/?on=2023-06-01")
    admin.post(f"/harbour/work/bodies/{army}/time-zone/", {"time_zone": "America/Guyana"})
    assert "America/Guyana" in page(admin, f"bodies/{army}/")
    assert admin.post(f"/harbour/work/bodies/{navy}/close/", {"until": "2023-12-31"}).status_code == 400
    assert admin.post(f"/harbour/work/bodies/{army}/close/", {"until": "2023-12-31"}).status_code == 302


def test_who_may_do_what_is_the_table_and_may_be_filtered(harbour_world: World) -> None:
    client = as_(harbour_world, "ALF.drafter")
    whole, mine, theirs = (page(client, f"who-may/{query}") for query in ("", "?role=mine", "?role=administrator"))
    assert "Submit a report for the nation" in whole
    assert "Submit a report for the nation" not in mine
    assert "Suspend and reinstate people" in theirs
    assert page(client, "who-may/?role=king").count("<tr>") == whole.count("<tr>")


@pytest.mark.parametrize(
    ("path", "most"),
    [("bodies/", 14), ("bodies/ALF/", 18), ("bodies/people/", 14), ("who-may/", 8)],
)
def test_pages_ask_the_database_little(
    harbour_world: World, path: str, most: int, django_assert_max_num_queries: Any
) -> None:
    client = as_(harbour_world, "clerk")
    page(client, path)
    with django_assert_max_num_queries(most):
        page(client, path)


def test_every_page_is_private_and_has_its_policy(harbour_world: World) -> None:
    response = as_(harbour_world, "clerk").get("/harbour/work/bodies/")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


def test_days_and_hours_are_those_of_the_reader_then_of_the_nation(harbour_world: World) -> None:
    admin, drafter = as_(harbour_world, "ALF.admin"), as_(harbour_world, "ALF.drafter")
    admin.post("/harbour/work/bodies/ALF/time-zone/", {"time_zone": "Pacific/Tarawa"})
    me = harbour_world.people["ALF.drafter"]
    assert "(Tarawa)" in page(drafter, f"bodies/people/{me.pk}/")
    drafter.post("/account/", {"name": "D", "language": "en", "time_zone": "America/Guyana"})
    assert "(Guyana)" in page(drafter, f"bodies/people/{me.pk}/")
