"""Frozen once, held where nobody finds it, published at its instant, as a whole."""

from __future__ import annotations

import datetime as dt
import errno
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cast import PACKS
from eirene.cli import run
from eirene.errors import EireneError, UsageError
from eirene.release import freeze as core_freeze
from eirene.release import verify
from eirene_web import clock
from eirene_web.editions.models import Draft, Freeze, Release
from eirene_web.editions.services import drafting, positions, publishing
from eirene_web.editions.services.drafting import Edit
from eirene_web.journal import attestation
from eirene_web.policy import NotAllowed
from eirene_web.work.models import Job
from web.calling import caller
from web.editions.stage import AFTER, EMBARGO, EXPIRES, Stage, accept, signed_in, work_off

pytestmark = pytest.mark.slow

SECOND = dt.timedelta(seconds=1)


def held_files(home: Path) -> list[Path]:
    return [p for p in (home / "held").rglob("*") if p.is_file()]


@pytest.mark.django_db
def test_nothing_is_built_for_the_public_without_the_decision_to_disclose(stage: Stage) -> None:
    stage.begin()
    stage.agree()
    coordinator, draft = stage.world.actor("coordinator"), stage.draft.pk
    with clock.at(AFTER):
        publishing.prepare(
            actor=coordinator, draft=draft, audiences=["secretariat", "everyone"], release_list=[],
            as_of=stage.draft.as_of, embargo=None,
        )  # fmt: skip
        work_off()
        publishing.sign_off(actor=coordinator, draft=draft)
        with pytest.raises(UsageError, match="no decision to disclose"):
            publishing.freeze(actor=coordinator, draft=draft)
        with pytest.raises(UsageError, match="authority and its date"):
            publishing.disclose(actor=coordinator, draft=draft, authority="Council", on=None)
    assert not Freeze.objects.exists()


@pytest.mark.django_db
def test_what_is_not_for_the_public_is_built_for_others_alone(stage: Stage, client: Client) -> None:
    stage.begin()
    stage.agree()
    made = stage.freeze(public=False)
    assert list(made.built) == ["secretariat"]
    assert not Release.objects.filter(public=True).exists()
    assert client.get("/harbour/2022/").status_code == 404


@pytest.mark.django_db
def test_the_embargo_ends_at_its_second_and_not_one_before(stage: Stage, home: Path, client: Client) -> None:
    stage.begin()
    stage.agree()
    stage.freeze(embargo=EMBARGO)
    assert held_files(home)
    with clock.at(EMBARGO - SECOND):
        work_off()
        assert publishing.publish_due() == []
        assert client.get("/harbour/2022/").status_code == 404
        assert not (home / "releases").exists()
    with clock.at(EMBARGO):
        assert work_off() >= 1
    assert client.get("/harbour/2022/").status_code == 200
    assert held_files(home) == []


@pytest.mark.django_db
def test_before_the_embargo_ends_nothing_anywhere_hints_at_the_edition(
    stage: Stage, home: Path, client: Client, harbour_folder: Path
) -> None:
    from eirene_web.editions.services import register_release

    register_release(harbour_folder)
    addresses = [
        "/", "/healthz", "/robots.txt", "/harbour/", "/harbour/2022/", "/harbour/2022/data/", "/harbour/2022/figures/",
        "/harbour/search/?q=zwqembargo", "/harbour/2022/files/manifest.json", "/harbour/2022+1.0/", "/fr/harbour/",
        "/harbour/2022/nations/",
    ]  # fmt: skip
    before = {a: client.get(a) for a in addresses}
    stage.begin()
    place = next(p for p, _n in _texts(stage) if p.endswith(".text"))
    drafting.save_texts(
        actor=stage.world.actor("coordinator"), draft=stage.draft.pk, edits=[Edit(place, "en", "zwqembargo")]
    )
    stage.agree()
    held = stage.freeze(embargo=EMBARGO)
    with clock.at(EMBARGO - SECOND):
        for address, then in before.items():
            now = client.get(address)
            assert (now.status_code, _body(now), now.headers.get("ETag")) == (
                then.status_code, _body(then), then.headers.get("ETag"),
            ), address  # fmt: skip
        for who in ("ALF.rapporteur", "BRA.officer", "observer", "clerk"):
            reader = signed_in(stage.world, who)
            assert reader.get("/harbour/for/secretariat/2022/").status_code == 404, who
            assert "zwqembargo" not in reader.get("/harbour/for/everyone/2022/crew/").content.decode()
            assert "zwqembargo" not in reader.get("/harbour/work/editions/").content.decode()
            assert held.built["everyone"]["sha256"][:4] not in reader.get("/harbour/work/editions/").content.decode()
    with clock.at(EMBARGO):
        publishing.publish_due()
        assert "zwqembargo" in client.get("/harbour/2022/crew/").content.decode()


def _body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def _texts(stage: Stage) -> list[Any]:
    from eirene_web.editions import content as c

    return [(p, n) for p, n in c.places(stage.draft.content) if "asks two" in str(n.get("text"))]


@pytest.mark.django_db
def test_pressed_by_two_it_is_frozen_once(stage: Stage) -> None:
    stage.begin()
    stage.agree()
    one = stage.freeze(embargo=EMBARGO)
    two = publishing.freeze(actor=stage.world.actor("coordinator"), draft=stage.draft.pk)
    assert one.pk == two.pk
    assert Freeze.objects.count() == 1
    assert Job.objects.filter(kind="edition.freeze").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["reviewer", "observer", "clerk", "ALF.officer"])
def test_only_the_coordinator_freezes_and_with_a_second_factor(stage: Stage, who: str) -> None:
    from eirene_web.policy import NotThere, SecondFactorNeeded

    stage.begin()
    stage.agree()
    with clock.at(AFTER):
        publishing.sign_off(actor=stage.world.actor("coordinator"), draft=stage.draft.pk)
        with pytest.raises((NotAllowed, NotThere)):
            publishing.freeze(actor=stage.world.actor(who), draft=stage.draft.pk)
        with pytest.raises(SecondFactorNeeded):
            publishing.freeze(actor=stage.world.actor("coordinator", strong=False), draft=stage.draft.pk)
    assert not Freeze.objects.exists()


@pytest.mark.django_db
def test_a_full_disk_leaves_nothing_and_the_edition_can_be_frozen_again(
    stage: Stage, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.begin()
    stage.agree()
    real, calls = core_freeze._write, []

    def full(path: Path, content: Any) -> Any:
        calls.append(path)
        if len(calls) > 12:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return real(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(core_freeze, "_write", full)
        failed = stage.freeze()
    assert failed.state == Freeze.State.FAILED
    assert "disk is full" in failed.error["what"]
    assert stage.draft.state == Draft.State.SIGNED
    assert held_files(home) == []
    assert not Release.objects.exists()
    with clock.at(AFTER):
        publishing.freeze(actor=stage.world.actor("coordinator"), draft=stage.draft.pk)
        work_off()
    assert stage.draft.state == Draft.State.PUBLISHED
    assert Release.objects.count() == 2


@pytest.mark.django_db
def test_a_release_that_was_tampered_with_while_held_is_not_published(stage: Stage, home: Path) -> None:
    stage.begin()
    stage.agree()
    held = stage.freeze(embargo=EMBARGO)
    file = publishing.place(held, publishing.HELD) / "everyone" / "figures.csv"
    file.write_text("changed")
    with clock.at(EMBARGO):
        assert publishing.publish_due() == []
        with pytest.raises(EireneError):
            publishing.publish_if_due(held.pk)
    assert not Release.objects.exists()


@pytest.mark.django_db
def test_what_is_recalled_before_publication_was_never_there(
    stage: Stage, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    stage.begin()
    stage.agree()
    held = stage.freeze(embargo=EMBARGO)
    with clock.at(EMBARGO - SECOND), django_capture_on_commit_callbacks(execute=True):
        publishing.recall(
            actor=stage.world.actor("coordinator"), draft=stage.draft.pk, freeze=held.pk, why="A wrong date."
        )
    assert held_files(home) == []
    assert stage.draft.state == Draft.State.DRAFTING
    with clock.at(EMBARGO):
        assert publishing.publish_due() == []
    assert not Release.objects.exists()


@pytest.mark.django_db
def test_the_journals_heads_stand_beside_the_releases_outside_their_hashed_files(stage: Stage, home: Path) -> None:
    stage.begin()
    stage.agree()
    made = stage.freeze()
    folder = publishing.place(made, publishing.RELEASES)
    assert "harbour/" in (folder / "attestation.json").read_text()
    for audience in ("secretariat", "everyone"):
        done = verify(folder / audience)
        assert done.ok
        assert done.extra == ()


@pytest.mark.django_db
def test_an_untouched_edition_gives_the_bytes_of_the_command_line(stage: Stage, home: Path, tmp_path: Path) -> None:
    stage.begin()
    stage.agree()
    with clock.at(AFTER):
        coordinator = stage.world.actor("coordinator")
        publishing.sign_off(actor=coordinator, draft=stage.draft.pk)
        made = publishing.freeze(actor=coordinator, draft=stage.draft.pk)
        work_off()
    reports = tmp_path / "reports"
    reports.mkdir()
    for nation in ("ALF", "BRA", "CHA"):
        document = bytes(stage.world.report(nation).submissions.get().document)
        (reports / f"{nation}.json").write_bytes(document)
    out = tmp_path / "by-hand"
    code = run(
        ["summary", "build", "--pack", str(PACKS / "toy"), "--cycle", "2022", str(reports), "--audience", "secretariat",
         "--as-of", stage.draft.as_of.isoformat(), "--formats", "", "-o", str(out)],
    )  # fmt: skip
    assert code == 0
    there = publishing.place(Freeze.objects.get(pk=made.pk), publishing.RELEASES) / "secretariat"
    ours = {p.relative_to(there).as_posix(): p.read_bytes() for p in there.rglob("*") if p.is_file()}
    theirs = {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    assert sorted(ours) == sorted(theirs)
    assert [name for name in ours if ours[name] != theirs[name]] == []


@pytest.mark.django_db
def test_a_correction_makes_release_1_1_which_says_what_changed_and_the_old_one_stays(
    stage: Stage, home: Path, client: Client
) -> None:
    stage.begin()
    stage.agree()
    stage.freeze()
    with clock.at(EMBARGO):
        accept(stage.world, "CHA", 10, 90, "yes")
        assert publishing.why_new(stage.draft) == [{"why": "corrected", "nation": "CHA", "questions": []}]
        coordinator = stage.world.actor("coordinator")
        page = signed_in(stage.world, "coordinator").get("/harbour/work/editions/2022/").content.decode()
        assert "needs a new release" in page
        assert "an accepted report was corrected" in page
        drafting.renew(actor=coordinator, draft=stage.draft.pk, why="Correction of Charlhaven.")
        stage.compute()
        assert stage.draft.number == "1.1"
        until = EMBARGO + dt.timedelta(days=7)
        stage.circulate(until)
    with clock.at(until):
        from eirene_web.editions.services import silence

        silence.end_due()
        publishing.sign_off(actor=stage.world.actor("coordinator"), draft=stage.draft.pk)
        publishing.freeze(actor=stage.world.actor("coordinator"), draft=stage.draft.pk)
        work_off()
    new = Release.objects.get(number="1.1", audience="everyone")
    told = [one for one in new.changes["en"] if "charter_share" in one]
    assert any("was 67" in one and "is 100" in one for one in told), new.changes
    edition = client.get("/harbour/2022/").content.decode()
    assert "What changed with release 1.1" in edition
    assert "/harbour/2022+1.0/" in edition
    old = client.get("/harbour/2022+1.0/figures/charter_share.2022.ports.share_of_bodies/").content.decode()
    assert "It was replaced by release 1.1" in old
    assert "2 of 3" in old
    assert "/harbour/2022+1.0/figures/" in old
    fresh = client.get("/harbour/2022/figures/charter_share.2022.ports.share_of_bodies/").content.decode()
    assert "3 of 3" in fresh
    assert "It was replaced" not in fresh
    manifest = json.loads(client.get("/harbour/2022+1.0/files/manifest.json").content)
    assert manifest["edition"]["number"] == "1.0"


@pytest.mark.django_db
def test_an_answer_withheld_is_in_no_file_of_any_release_for_others(stage: Stage, home: Path, client: Client) -> None:
    accept(stage.world, "BRA", 20, 80, "yes", naming=True, comments={"charter": "zwqcharter", "crew": "zwqcrew"})
    accept(stage.world, "CHA", 10, 90, "no", naming=True)
    stage.begin()
    positions.withhold(
        actor=stage.world.actor("BRA.officer"), draft=stage.draft.pk, nation="BRA", question="charter",
        reason={"en": "zwqreason"},
    )  # fmt: skip
    work_off()
    stage.agree()
    made = stage.freeze()
    folder = publishing.place(made, publishing.RELEASES) / "everyone"
    found = {
        (word, p.name) for p in folder.rglob("*") if p.is_file() for word in (b"zwqcharter", b"zwqreason")
        if word in p.read_bytes()
    }  # fmt: skip
    assert found == set()
    assert b"zwqcrew" in b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())
    figures = json.loads((folder / "figures.json").read_text())
    share = next(f for f in figures if f["key"] == "charter_share.2022.ports.share_of_bodies")
    assert (share["numerator"], share["denominator"]) != (2, 3)
    assert {m["reason"]: m["n"] for m in share["missing"]}["withheld"] == 1
    for who in ("ALF.officer", "CHA.reader", "observer", "clerk"):
        reader = signed_in(stage.world, who)
        for address in ("/harbour/2022/", "/harbour/2022/nations/BRA/", "/harbour/work/editions/2022/part/ALF/",
                        "/harbour/work/editions/2022/out/1/?chapter=body-BRA",
                        "/harbour/for/secretariat/2022/"):  # fmt: skip
            page = reader.get(address).content.decode()
            assert "zwqcharter" not in page, (who, address)
            assert "zwqreason" not in page, (who, address)


@pytest.mark.django_db
def test_expired_silence_is_ended_before_anything_is_signed(stage: Stage) -> None:
    stage.begin()
    stage.circulate()
    with clock.at(EXPIRES), pytest.raises(NotAllowed):
        publishing.sign_off(actor=stage.world.actor("coordinator"), draft=stage.draft.pk)


@pytest.mark.django_db
def test_the_attestation_stands_beside_the_releases_and_is_handed_out_to_nobody(stage: Stage, home: Path) -> None:
    """For the office, on its own disk: outside every manifest, under no address of the portal or the API."""
    stage.begin()
    stage.agree()
    frozen = stage.freeze()
    folder = home / "releases" / frozen.folder
    told = attestation.read(folder)
    assert told.alliance == "harbour"
    assert "harbour/" in told.heads
    releases = list(Release.objects.filter(freeze=frozen))
    assert len(releases) == 2
    everybody, office = Client(), caller(stage.world, "coordinator")
    for release in releases:
        assert not (release.folder / "attestation.json").exists()
        listed = [entry["path"] for entry in json.loads((release.folder / "manifest.json").read_bytes())["files"]]
        assert not [path for path in listed if "attestation" in path]
        for name in ("attestation.json", "../attestation.json", "..%2fattestation.json", "data/../../attestation.json"):
            assert everybody.get(f"/harbour/2022/files/{name}").status_code == 404, name
            answer = office("GET", f"/api/v1/harbour/releases/{release.pk}/file?path={name}")
            assert answer.status_code == 404, (name, answer.content)
    assert everybody.get("/harbour/2022/files/manifest.json").status_code == 200
    first = listed[0]
    assert office("GET", f"/api/v1/harbour/releases/{release.pk}/file?path={first}").status_code == 200
