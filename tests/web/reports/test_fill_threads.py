"""Conversations: between nation and office, within the nation, within the office; who sees which."""

from __future__ import annotations

import pytest

from eirene.errors import UsageError
from eirene_web import clock
from eirene_web.journal.models import Change, Entry
from eirene_web.notices.models import Notice
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.reports import filling_queries as reads
from eirene_web.reports.models import Message, Report, Thread
from eirene_web.reports.services import discussing, submitting
from eirene_web.reports.services.filling import Edit
from web.reports import filling
from web.reports.filling import address, browser, fields, fill
from web.world import IN_CYCLE, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("during"), pytest.mark.soak_on_postgresql]
sampler_world, during = filling.sampler_world, filling.during


def begin(
    world: World, who: str = "AAA.rapporteur", kind: str = "question", text: str = "May we?", **more: object
) -> Thread:
    return discussing.open_thread(
        actor=world.actor(who), report=world.report("AAA").pk, kind=kind, text=text,
        **{"question": "law", **more},  # type: ignore[arg-type]
    )  # fmt: skip


def submitted(world: World) -> None:
    fill(world, Edit("law", "value", "yes"))
    submitting.submit(actor=world.actor("AAA.officer"), report=world.report("AAA").pk, version=1)


def test_a_question_waits_for_the_office_until_it_answers(sampler_world: World) -> None:
    thread = begin(sampler_world)
    assert thread.state == Thread.State.OPEN
    discussing.write(actor=sampler_world.actor("reviewer"), thread=thread.pk, text="You may.")
    assert Thread.objects.get(pk=thread.pk).state == Thread.State.ANSWERED
    discussing.write(actor=sampler_world.actor("AAA.rapporteur"), thread=thread.pk, text="And if not?")
    assert Thread.objects.get(pk=thread.pk).state == Thread.State.OPEN
    assert [(m.nation, m.text) for m in Message.objects.order_by("pk")] == [
        ("AAA", "May we?"), ("", "You may."), ("AAA", "And if not?"),
    ]  # fmt: skip


def heard(world: World, who: str) -> list[str]:
    return list(Notice.objects.filter(person=world.people[who]).order_by("pk").values_list("kind", flat=True))


def test_each_side_is_told_that_the_other_wrote_and_never_what(sampler_world: World) -> None:
    thread = begin(sampler_world, text="A word that stays here.")
    assert heard(sampler_world, "coordinator")[-1] == "question_asked"
    discussing.write(actor=sampler_world.actor("reviewer"), thread=thread.pk, text="You may.")
    assert heard(sampler_world, "AAA.rapporteur")[-1] == "question_answered"
    before = len(heard(sampler_world, "coordinator"))
    discussing.write(actor=sampler_world.actor("AAA.rapporteur"), thread=thread.pk, text="And if not?")
    assert len(heard(sampler_world, "coordinator")) == before + 1
    begin(sampler_world, kind="national", text="For us.")
    assert len(heard(sampler_world, "coordinator")) == before + 1
    assert not any("stays here" in str(facts) for facts in Notice.objects.values_list("facts", flat=True))


def test_a_clarification_waits_for_the_nation_and_is_closed_by_the_office(sampler_world: World) -> None:
    submitted(sampler_world)
    thread = begin(sampler_world, "reviewer", "clarification", "Which act?", due=IN_CYCLE.date(), flag=True)
    assert thread.flag
    nation = sampler_world.actor("AAA.rapporteur")
    with pytest.raises(UsageError, match="The office asked this"):
        discussing.close_thread(actor=nation, thread=thread.pk)
    discussing.write(actor=nation, thread=thread.pk, text="The one of 2020.")
    assert Thread.objects.get(pk=thread.pk).state == Thread.State.ANSWERED
    discussing.set_flag(actor=sampler_world.actor("reviewer"), thread=thread.pk, flag=False)
    discussing.close_thread(actor=sampler_world.actor("reviewer"), thread=thread.pk)
    with pytest.raises(UsageError, match="closed"):
        discussing.write(actor=nation, thread=thread.pk, text="One more thing.")


def test_the_office_asks_nothing_before_a_report_was_sent(sampler_world: World) -> None:
    with pytest.raises(NotAllowed):
        begin(sampler_world, "reviewer", "clarification")


def test_who_sees_which(sampler_world: World) -> None:
    submitted(sampler_world)
    for who, kind in (("AAA.rapporteur", "question"), ("AAA.rapporteur", "national"), ("reviewer", "clarification"),
                      ("reviewer", "office")):  # fmt: skip
        begin(sampler_world, who, kind, f"A {kind}.")
    report = sampler_world.report("AAA")

    def seen(who: str) -> set[str]:
        return {t.kind for t in reads.threads(sampler_world.actor(who), report)}

    assert seen("AAA.rapporteur") == {"question", "national", "clarification"}
    assert seen("AAA.reader") == {"question", "national", "clarification"}
    assert seen("reviewer") == {"question", "clarification", "office"}
    assert seen("AAA.drafter") == seen("BBB.rapporteur") == seen("observer") == seen("outsider") == set()


@pytest.mark.parametrize(
    ("who", "kind", "refused"),
    [("AAA.reader", "question", NotAllowed), ("BBB.rapporteur", "question", NotThere),
     ("AAA.drafter", "national", NotThere), ("AAA.rapporteur", "office", NotAllowed),
     ("AAA.rapporteur", "clarification", NotAllowed), ("outsider", "question", NotThere),
     ("observer", "office", NotAllowed)],
)  # fmt: skip
def test_who_may_not_begin(sampler_world: World, who: str, kind: str, refused: type[Exception]) -> None:
    submitted(sampler_world)
    with pytest.raises(refused):
        begin(sampler_world, who, kind)
    assert not Thread.objects.exists()


def test_the_office_never_reads_or_writes_what_is_within_the_nation(sampler_world: World) -> None:
    submitted(sampler_world)
    thread, office = begin(sampler_world, kind="national", text="Only for us.").pk, sampler_world.actor("reviewer")
    with pytest.raises(NotThere):
        discussing.write(actor=office, thread=thread, text="We read you.")
    with pytest.raises(NotThere):
        discussing.close_thread(actor=office, thread=thread)
    with pytest.raises(NotThere):
        discussing.set_flag(actor=office, thread=thread, flag=True)


def test_what_is_within_the_office_stands_in_its_own_chain_of_the_journal(sampler_world: World) -> None:
    submitted(sampler_world)
    begin(sampler_world, "reviewer", "office", "They always do this.")
    begin(sampler_world, "AAA.rapporteur", "question", "A question.")
    chains = dict(Entry.objects.filter(verb__in=["review.note", "answer.discuss"]).values_list("verb", "chain"))
    assert chains == {"review.note": "sampler/", "answer.discuss": "sampler/AAA"}
    history = browser(sampler_world, "AAA.rapporteur").get(address(sampler_world, rest="history/")).content.decode()
    assert "A question." in history
    assert "They always do this." not in history
    assert Change.objects.filter(after='"A question."').exists()


@pytest.mark.parametrize("text", ["", "  \n ", "\x00", "x" * 20_001])
def test_an_empty_or_endless_message_is_refused(sampler_world: World, text: str) -> None:
    with pytest.raises(UsageError):
        begin(sampler_world, text=text)
    assert not Message.objects.exists()


def test_the_section_shows_them_and_takes_a_reply(sampler_world: World) -> None:
    submitted(sampler_world)
    thread = begin(sampler_world, "reviewer", "clarification", "Which act?")
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    page = client.get(path)
    assert "1 waits for you" in page.content.decode()
    assert "WPS Office" in page.content.decode()
    form = fields(page) | {f"reply:{thread.pk}": ["The one of 2020."], "do": [f"reply:{thread.pk}"]}
    assert client.post(path, form)["Location"].endswith("#q-law")
    assert "The one of 2020." in client.get(path).content.decode()
    client.post(path, fields(client.get(path)) | {"note:law": ["For us."], "do": ["note:law"]})
    assert Thread.objects.filter(kind="national").exists()


def test_a_message_that_was_not_sent_stays_in_its_box(sampler_world: World) -> None:
    client, path = browser(sampler_world, "AAA.rapporteur"), address(sampler_world, rest="section/2/")
    form = fields(client.get(path)) | {"ask:law": ["Half a sent"], "a:law:choice": ["yes"], "do": ["save"]}
    answer = client.post(path, form)
    assert answer.status_code == 200
    assert "Half a sent" in answer.content.decode()
    assert filling.kept(sampler_world, "law", "value") == "yes"
    assert not Thread.objects.exists()
    too_long = fields(client.get(path)) | {"ask:law": ["y" * 20_001], "do": ["ask:law"]}
    refused = client.post(path, too_long)
    assert refused.status_code == 422
    assert "20000 are allowed" in refused.content.decode()
    assert "y" * 20_001 in refused.content.decode()


def test_last_years_conversation_is_read_beside_the_same_question(sampler_world: World) -> None:
    past = Report.objects.get(cycle__code="2021", body__code="AAA")
    with clock.at(past.cycle.opens):
        old = Thread.objects.create(report=past, question="law", kind="clarification", opened=clock.now())
        Message.objects.create(
            thread=old, person=sampler_world.people["reviewer"], text="Asked last year.", at=clock.now()
        )
        hidden = Thread.objects.create(report=past, question="law", kind="office", opened=clock.now())
        Message.objects.create(
            thread=hidden, person=sampler_world.people["reviewer"], text="Office only.", at=clock.now()
        )
    text = browser(sampler_world, "AAA.rapporteur").get(address(sampler_world, rest="section/2/")).content.decode()
    assert "What was said in earlier years" in text
    assert "Asked last year." in text
    assert "Office only." not in text


def test_the_report_as_a_whole_is_talked_about_on_its_page(sampler_world: World) -> None:
    client = browser(sampler_world, "AAA.rapporteur")
    client.post(address(sampler_world, rest="talk/"), {"ask:": "May we have a week more?", "do": "ask:"})
    thread = Thread.objects.get()
    assert (thread.question, thread.kind) == ("", "question")
    assert "May we have a week more?" in client.get(address(sampler_world)).content.decode()
    client.post(address(sampler_world, rest="talk/"), {f"reply:{thread.pk}": "Or two?", "do": f"reply:{thread.pk}"})
    assert Message.objects.count() == 2
    other = browser(sampler_world, "BBB.rapporteur")
    assert other.post(address(sampler_world, rest="talk/"), {"ask:": "x", "do": "ask:"}).status_code == 404
