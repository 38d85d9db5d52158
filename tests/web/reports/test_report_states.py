"""A report’s life against a simple model: whoever does whatever in whatever order, the states are those of the model.

The model is a dozen lines; the machine does as people do: fill in, send on its way, clear, send back, submit, return,
accept, correct, close and reopen the cycle. What the model does not allow must be refused and change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cast import toy
from eirene.errors import EireneError
from eirene_web import clock
from eirene_web.journal.models import Entry
from eirene_web.reports.models import AnswerNote, ClearanceStep, Correction, Cycle, Report, Submission
from eirene_web.reports.services import clearance, corrections, cycles, filling, reviewing, submitting
from eirene_web.reports.services.filling import Edit
from web import world as worlds
from web.reports.lives import chain
from web.world import DEADLINE, IN_CYCLE, World

RARELY = st.sampled_from([False, False, False, True])
WRITING = ("not_started", "drafting", "returned")
OWED = ("not_started", "drafting", "in_clearance", "cleared", "returned")


class Life(RuleBasedStateMachine):
    """One report of the Compact. What the model knows: state, how many times it was sent, filled in, steps cleared."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.undo = ExitStack()
        self.undo.enter_context(clock.at(IN_CYCLE))
        self.block = transaction.atomic()
        self.block.__enter__()
        self.state, self.sent, self.version, self.cleared, self.closed = "not_started", 0, 0, 0, False
        self.open: set[str] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)
        self.undo.close()

    @initialize(begin=st.sampled_from(["nothing", "a draft", "on its way", "sent", "returned", "accepted"]))
    def begin_somewhere(self, begin: str) -> None:
        """So that every part of a life is visited; each beginning is made of the same steps."""
        steps = ["nothing", "a draft", "on its way", "sent", "returned", "accepted"].index(begin)
        if steps >= 1:
            self.fill_in_the_charter("no")
        if begin == "on its way":
            self.send_it_on_its_way()
        if steps >= 3:
            self.submit("ALF.officer", stale=False)
        if begin == "returned":
            self.give_back("reviewer", "charter")
        if begin == "accepted":
            self.accept("reviewer")

    # --- how a step is tried ----------------------------------------------------------------------------------------

    @property
    def pk(self) -> int:
        return self.world.report("ALF").pk

    def tried(self, allowed: bool, call: Callable[[], object]) -> bool:
        """Does it; refused exactly where the model does not allow it, and then nothing is written."""
        entries = Entry.objects.count()
        try:
            with transaction.atomic():
                call()
        except EireneError:
            assert not allowed
            assert Entry.objects.count() == entries
            return False
        assert allowed
        return True

    def as_(self, who: str):  # type: ignore[no-untyped-def]
        return self.world.actor(who)

    # --- the nation -------------------------------------------------------------------------------------------------

    @rule(value=st.sampled_from(["yes", "no"]))
    def fill_in_the_charter(self, value: str) -> None:
        cell = self.world.report("ALF").cells.filter(question="charter", part="value").first()
        changes = cell is None or cell.value != value
        edits = [Edit("charter", "value", value, cell.version if cell else 0)]
        allowed = self.state in WRITING and (self.state != "returned" or "charter" in self.open)
        done = self.tried(
            allowed, lambda: filling.save_answers(actor=self.as_("ALF.rapporteur"), report=self.pk, edits=edits)
        )
        if done and changes:
            self.version += 1
            self.state = "drafting" if self.state == "not_started" else self.state

    @rule()
    def send_it_on_its_way(self) -> None:
        steps = chain(self.world)
        if self.tried(
            self.state in WRITING,
            lambda: clearance.start_clearance(actor=self.as_("ALF.rapporteur"), report=self.pk, steps=steps),
        ):
            self.state, self.cleared = "in_clearance", 0

    @rule(who=st.sampled_from(["ALF.head", "ALF.officer"]))
    def clear(self, who: str) -> None:
        turn = ("ALF.head", "ALF.officer")[self.cleared] if self.cleared < 2 else ""
        if self.tried(
            self.state == "in_clearance" and who == turn,
            lambda: clearance.clear(actor=self.as_(who), report=self.pk),
        ):
            self.cleared += 1
            self.state = "cleared" if self.cleared == 2 else self.state

    @rule(who=st.sampled_from(["ALF.head", "ALF.officer"]))
    def send_back(self, who: str) -> None:
        turn = ("ALF.head", "ALF.officer")[self.cleared] if self.cleared < 2 else ""
        if self.tried(
            self.state == "in_clearance" and who == turn,
            lambda: clearance.send_back(actor=self.as_(who), report=self.pk, why="No."),
        ):
            self.state = "returned" if self.sent else "drafting"

    @rule(who=st.sampled_from(["ALF.rapporteur", "ALF.officer"]))
    def take_it_back(self, who: str) -> None:
        if self.tried(
            self.state in ("in_clearance", "cleared"),
            lambda: clearance.withdraw(actor=self.as_(who), report=self.pk, why="Wait."),
        ):
            self.state = "returned" if self.sent else "drafting"

    @rule(who=st.sampled_from(["ALF.officer"] * 4 + ["ALF.rapporteur", "ALF.head", "BRA.officer"]), stale=RARELY)
    def submit(self, who: str, stale: bool) -> None:
        version = self.version + (1 if stale else 0)
        may = {"ALF.officer": (*WRITING, "cleared"), "ALF.rapporteur": ("cleared",)}.get(who, ())
        again = self.state == "submitted" and not stale and self._sent_by() == who
        if (
            self.tried(
                again or (self.state in may and not stale),
                lambda: submitting.submit(actor=self.as_(who), report=self.pk, version=version),
            )
            and not again
        ):
            self.state, self.sent, self.open = "submitted", self.sent + 1, set()

    def _sent_by(self) -> str:
        last = self.world.report("ALF").submissions.last()
        return last.person.name if last and last.person else ""

    # --- the office -------------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(["coordinator", "reviewer"]))
    def assign(self, who: str) -> None:
        if self.tried(
            who == "coordinator" and self.state in ("submitted", "in_review"),
            lambda: reviewing.assign_review(actor=self.as_(who), report=self.pk, post=self.world.posts["reviewer"].pk),
        ):
            self.state = "in_review"

    @rule(who=st.sampled_from(["reviewer", "observer"]), question=st.sampled_from(["charter", "crew"]))
    def give_back(self, who: str, question: str) -> None:
        if self.tried(
            who == "reviewer" and self.state in ("submitted", "in_review"),
            lambda: reviewing.return_report(
                actor=self.as_(who), report=self.pk, reason="Look.", questions={question: "Why?"}
            ),
        ):
            self.state, self.open = "returned", {question}

    @rule(who=st.sampled_from(["reviewer", "coordinator", "ALF.officer"]))
    def accept(self, who: str) -> None:
        if self.tried(
            who != "ALF.officer" and self.state in ("submitted", "in_review"),
            lambda: reviewing.accept_report(actor=self.as_(who), report=self.pk),
        ):
            self.state = "accepted"

    @precondition(lambda self: self.state == "accepted")
    @rule(accept=st.booleans())
    def correct(self, accept: bool) -> None:
        value = corrections.parts_now(
            corrections.Working(self.world.report("ALF")),
            corrections.accepted_submission(self.world.report("ALF")), "charter",
        ).get("status")  # fmt: skip
        other = "withheld" if value != "withheld" else "no_data"
        one = corrections.request_correction(
            actor=self.as_("ALF.officer"), report=self.pk, question="charter", changes={"status": other}, reason="x"
        )
        corrections.decide_correction(
            actor=self.as_("coordinator"), correction=one.pk, accept=accept, decision="Because."
        )
        if accept:
            self.sent += 1
            self.version = self.world.report("ALF").version

    @rule(who=st.sampled_from(["coordinator", "coordinator", "reviewer"]))
    def close_the_cycle(self, who: str) -> None:
        if self.tried(
            who == "coordinator" and not self.closed,
            lambda: cycles.close_cycle(actor=self.as_(who), cycle=self.world.cycle.pk, why="Over."),
        ):
            self.closed = True
            self.state = "not_submitted" if self.state in OWED else self.state

    @precondition(lambda self: self.closed or self.state == "drafting")
    @rule()
    def reopen_the_cycle(self) -> None:
        if self.tried(
            self.closed,
            lambda: cycles.reopen_cycle(actor=self.as_("coordinator"), cycle=self.world.cycle.pk, why="More."),
        ):
            self.closed = False
            if self.state == "not_submitted":
                self.state = "returned" if self.sent else "drafting" if self.version else "not_started"

    # --- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def the_state_is_that_of_the_model(self) -> None:
        report = self.world.report("ALF")
        assert (report.state, report.version) == (self.state, self.version)
        assert self.world.cycle.state == (Cycle.State.CLOSED if self.closed else Cycle.State.OPEN)

    @invariant()
    def nothing_that_was_sent_is_lost_and_each_has_its_receipt(self) -> None:
        sent = list(Submission.objects.filter(report=self.pk))
        assert [s.number for s in sent] == list(range(1, self.sent + 1))
        assert len({s.receipt for s in sent}) == self.sent

    @invariant()
    def only_what_was_returned_is_open(self) -> None:
        found = AnswerNote.objects.filter(report=self.pk, open=True).values_list("question", flat=True)
        assert set(found) == self.open

    @invariant()
    def a_step_waits_only_while_the_report_is_on_its_way(self) -> None:
        waiting = ClearanceStep.objects.filter(report=self.pk, state__in=["pending", "waiting"]).exists()
        assert waiting is (self.state == "in_clearance")

    @invariant()
    def what_is_accepted_is_dated_and_nothing_else_waits_for_correction(self) -> None:
        report = self.world.report("ALF")
        assert (report.accepted is not None) is (self.state == "accepted")
        assert not Correction.objects.filter(state="requested").exists()

    @invariant()
    def other_reports_stay_as_they_are(self) -> None:
        others = Report.objects.exclude(pk=self.pk).values_list("state", flat=True)
        assert set(others) == {"not_submitted" if self.closed else "not_started"}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("lives", [25, pytest.param(250, marks=pytest.mark.soak)])
def test_a_reports_life_is_that_of_the_model(lives: int) -> None:
    world = worlds.build(toy(), "2022", ("ALF", "BRA"))
    assert DEADLINE > IN_CYCLE

    class OfThisWorld(Life):
        pass

    OfThisWorld.world = world
    run_state_machine_as_test(
        OfThisWorld,
        settings=settings(
            max_examples=lives, stateful_step_count=16, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
