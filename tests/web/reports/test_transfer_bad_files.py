"""The corpus of bad files, handed in by the page and by a program: each refused in words, nothing half-done, nothing
large kept in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from corpus.make_corpus import Bad, corpus
from eirene_web import clock
from eirene_web.api import auth
from eirene_web.api import urls as _urls  # noqa: F401  registers the operations
from eirene_web.reports.models import Cell, Import
from eirene_web.reports.services.transfer import take_in
from eirene_web.work.models import Job
from web.calling import caller
from web.operations.house import new_house
from web.reports.transferring import run_jobs
from web.world import IN_CYCLE, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.one_engine]

UPLOAD = "/harbour/work/2022/ALF/files/upload"
Send = Callable[[Bad], HttpResponse]


@pytest.fixture(autouse=True)
def in_cycle() -> Iterator[None]:
    auth.forget_draws()
    with clock.at(IN_CYCLE):
        yield


def refused_in_words(bad: Bad) -> None:
    """The file that was just handed in is refused in both languages, with the words that the corpus wants."""
    (job,) = run_jobs()
    assert job.state == Job.State.DONE, bad.name
    entry = Import.objects.latest("pk")
    assert entry.state == Import.State.REFUSED, bad.name
    english, french = (take_in.in_words(entry.problems, lang)[0] for lang in ("en", "fr"))
    assert english.what, bad.name
    assert english.remedy or english.where, bad.name
    told = " ".join(f"{p.what} {p.remedy}" for p in take_in.in_words(entry.problems, "en"))
    assert all(words in told for words in bad.says), (bad.name, told)
    assert english.what != french.what or bad.name.endswith(".json"), bad.name


def nothing_changed(world: World) -> None:
    assert Cell.objects.count() == 0
    assert world.report("ALF").version == 0


def test_every_bad_file_is_refused_in_words_and_changes_nothing(harbour_world: World) -> None:
    client = Client()
    client.force_login(harbour_world.people["ALF.rapporteur"])
    for bad in corpus():
        answer = client.post(UPLOAD, {"file": SimpleUploadedFile(bad.name, bad.data)})
        if answer.status_code == 400:  # empty, or larger than any file that is taken in
            assert "errs" in answer.content.decode(), bad.name
            continue
        assert answer.status_code == 302, bad.name
        refused_in_words(bad)
        assert client.get(answer["Location"]).status_code == 200, bad.name
    nothing_changed(harbour_world)


def test_by_a_program_every_bad_file_is_refused_in_the_same_words(harbour_world: World) -> None:
    program = caller(harbour_world, "ALF.rapporteur")
    place, seen = "/cycles/2022/reports/ALF/imports", 0
    for bad in corpus():
        auth.forget_draws()
        body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile(bad.name, bad.data)})
        answer = program("POST", place, body, content_type=MULTIPART_CONTENT)
        told = json.loads(answer.content)
        if answer.status_code in (413, 422):  # larger than any file that is taken in; empty
            assert told["error"]["message"], bad.name
            continue
        assert answer.status_code == 201, (bad.name, told)
        refused_in_words(bad)
        shown = program.get(f"{place}/{told['id']}")
        assert (shown["state"], shown["changes"]) == ("refused", []), bad.name
        assert all(words in str(shown["problems"]) for words in bad.says), bad.name
        seen += 1
    assert seen > 40
    nothing_changed(harbour_world)


#: In a process of its own, as server and worker are: the whole corpus comes in and is read.
HOUSE = """
import os, resource
os.environ["DJANGO_SETTINGS_MODULE"] = "eirene_web.config.settings"
import django
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from corpus.make_corpus import corpus
from eirene_web import clock
from eirene_web.accounts.models import Person
from eirene_web.reports.models import Import
from eirene_web.work.worker import work_off
from web.world import IN_CYCLE
with clock.at(IN_CYCLE):
    client = Client(HTTP_HOST="localhost")
    client.force_login(Person.objects.get(email="bra.rapporteur@bra.example"))
    bad = corpus()
    peak = lambda who: resource.getrusage(who).ru_maxrss // 1024
    before = peak(resource.RUSAGE_SELF)
    for one in bad:
        client.post("UPLOAD", {"file": SimpleUploadedFile(one.name, one.data)})
        work_off(["default"])
refused = Import.objects.filter(state="refused").count()
print(before, peak(resource.RUSAGE_SELF), peak(resource.RUSAGE_CHILDREN), refused)
""".replace("UPLOAD", UPLOAD.replace("ALF", "BRA"))


@pytest.mark.soak
def test_the_whole_corpus_takes_no_more_memory_than_a_few_files(tmp_path: Path) -> None:
    """What reads them has its own limit (512 MB); the house itself grows by less than a hundred."""
    house = new_house(tmp_path / "home").lay_out()
    before, after, child, refused = map(int, house.python("-c", HOUSE).stdout.split())
    assert after - before <= 100
    assert child <= 512
    assert refused > 40
