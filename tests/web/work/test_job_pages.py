"""Pages of jobs: who sees which, what one can do there, without JavaScript too."""

from __future__ import annotations

import pytest
from django.test import Client

from eirene_web.work import services
from eirene_web.work.models import Job
from eirene_web.work.worker import work_off
from web.work import tasks
from web.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.soak_on_postgresql]


@pytest.fixture
def jobs(harbour_world: World) -> dict[str, Job]:
    """One of a contributor in ALF, one of the office, one of the installation itself."""
    people = harbour_world.people
    of = {
        "nation": {"alliance": "harbour", "nation": "ALF", "person": people["ALF.drafter"].pk},
        "office": {"alliance": "harbour", "person": people["reviewer"].pk},
        "house": {},
    }
    return {who: services.start(tasks.counts, kind="import", of=3, **about) for who, about in of.items()}  # type: ignore[arg-type]


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("ALF.drafter", {"nation"}), ("ALF.rapporteur", {"nation"}), ("ALF.reader", set()), ("ALF.admin", set()),
        ("BRA.rapporteur", set()), ("reviewer", {"office"}), ("second", set()),
        ("coordinator", {"office", "house"}), ("clerk", {"office", "house"}),
    ],
)  # fmt: skip
def test_everybody_sees_their_own_and_what_their_post_answers_for(
    harbour_world: World, jobs: dict[str, Job], who: str, seen: set[str]
) -> None:
    client = signed_in(harbour_world, who)
    listed = client.get("/harbour/work/jobs/").content.decode()
    for name, job in jobs.items():
        address = f"/harbour/work/jobs/{job.pk}/"
        found = client.get(address).status_code
        assert (address in listed, found) == ((True, 200) if name in seen else (False, 404)), name
        if name not in seen:
            for verb in ("cancel", "again"):
                assert client.post(f"{address}{verb}/").status_code == 404
    assert all(job.state == "waiting" for job in Job.objects.all())


def test_what_somebody_does_with_their_account_is_theirs_alone(harbour_world: World) -> None:
    person = harbour_world.people["ALF.rapporteur"]
    job = services.start(tasks.counts, kind="mail_reset", person=person.pk, of=1)
    for who, status in (("ALF.rapporteur", 200), ("clerk", 404), ("coordinator", 404), ("ALF.admin", 404)):
        assert signed_in(harbour_world, who).get(f"/harbour/work/jobs/{job.pk}/").status_code == status


def test_a_job_that_goes_on_renews_itself_with_and_without_javascript(
    harbour_world: World, jobs: dict[str, Job]
) -> None:
    client = signed_in(harbour_world, "reviewer")
    address = f"/harbour/work/jobs/{jobs['office'].pk}/"
    page = client.get(address).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert f'hx-get="{address}progress/" hx-trigger="every 2s"' in page
    assert "Look again" in page
    assert "1 before it" in page
    Job.objects.filter(pk=jobs["office"].pk).update(state="running", phase="reading", done=2, of=3)
    part = client.get(f"{address}progress/").content.decode()
    assert part.lstrip().startswith("<section")
    assert "reading (2 of 3)" in part
    work_off(["default"])
    Job.objects.filter(pk=jobs["office"].pk).update(where="/harbour/work/2022/ALF/")
    page = client.get(address).content.decode()
    assert "every 2s" not in page
    assert "refresh" not in page
    assert 'href="/harbour/work/2022/ALF/">To the result' in page


def test_a_job_is_stopped_and_run_again_from_its_page(harbour_world: World, jobs: dict[str, Job]) -> None:
    client = signed_in(harbour_world, "ALF.drafter")
    address = f"/harbour/work/jobs/{jobs['nation'].pk}/"
    assert "Stop it" in client.get(address).content.decode()
    assert client.post(f"{address}cancel/").headers["Location"] == address
    page = client.get(address).content.decode()
    assert "cancelled" in page
    assert "Stop it" not in page
    refused = client.post(f"{address}cancel/")
    assert refused.status_code == 403
    assert "locked" in refused.content.decode()
    assert client.post(f"{address}again/").headers["Location"] == address
    assert Job.objects.get(pk=jobs["nation"].pk).state == "waiting"


def test_why_it_failed_stands_on_its_page(harbour_world: World) -> None:
    person = harbour_world.people["ALF.drafter"].pk
    job = services.start(tasks.refuses, kind="import", alliance="harbour", nation="ALF", person=person)
    work_off(["default"])
    client = signed_in(harbour_world, "ALF.drafter")
    page = client.get(f"/harbour/work/jobs/{job.pk}/").content.decode()
    for words in ("Sheet 2", "B4 is “abc”.", "Write a number.", "B5 too.", "Run it again"):
        assert words in page
    page = client.get(f"/fr/harbour/work/jobs/{job.pk}/").content.decode()
    assert "Relancer" in page


def test_the_list_costs_the_same_for_one_and_for_many(
    harbour_world: World, jobs: dict[str, Job], django_assert_max_num_queries: object
) -> None:
    client = signed_in(harbour_world, "coordinator")
    for _ in range(20):
        services.start(tasks.counts, kind="release", alliance="harbour", person=harbour_world.people["clerk"].pk, of=1)
    client.get("/harbour/work/jobs/")
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        client.get("/harbour/work/jobs/")
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        client.get(f"/harbour/work/jobs/{jobs['office'].pk}/")


def test_whoever_is_not_signed_in_is_asked_to_be(harbour_world: World, jobs: dict[str, Job], client: Client) -> None:
    assert client.get("/harbour/work/jobs/").headers["Location"].startswith("/account/login/")
    assert signed_in(harbour_world, "outsider").get("/harbour/work/jobs/").status_code == 404
