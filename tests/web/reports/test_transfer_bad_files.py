"""The corpus of bad files, handed in through HTTP: each refused in words, nothing half-done, nothing large kept."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from corpus.make_corpus import corpus
from eirene_web import clock
from eirene_web.reports.models import Cell, Import
from eirene_web.reports.services.transfer import take_in
from eirene_web.work.models import Job
from web.reports.transferring import run_jobs
from web.world import IN_CYCLE, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.one_engine]


def test_every_bad_file_is_refused_in_words_and_changes_nothing(harbour_world: World) -> None:
    client = Client()
    client.force_login(harbour_world.people["ALF.rapporteur"])
    with clock.at(IN_CYCLE):
        for bad in corpus():
            answer = client.post(
                "/harbour/work/2022/ALF/files/upload", {"file": SimpleUploadedFile(bad.name, bad.data)}
            )
            if answer.status_code == 400:  # empty, or larger than any file that is taken in
                assert "errs" in answer.content.decode(), bad.name
                continue
            assert answer.status_code == 302, bad.name
            (job,) = run_jobs()
            assert job.state == Job.State.DONE, bad.name
            entry = Import.objects.latest("pk")
            assert entry.state == Import.State.REFUSED, bad.name
            english, french = (take_in.in_words(entry.problems, lang)[0] for lang in ("en", "fr"))
            assert english.what, bad.name
            assert english.remedy or english.where, bad.name
            told = " ".join(f"{p.what} {p.remedy}" for p in take_in.in_words(entry.problems, "en"))
            assert all(words in told for words in bad.says), (bad.name, told)
            assert client.get(answer["Location"]).status_code == 200, bad.name
            assert english.what != french.what or bad.name.endswith(".json"), bad.name
    assert Cell.objects.count() == 0
    assert harbour_world.report("ALF").version == 0
