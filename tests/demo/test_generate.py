"""One partner made in small through the services: everything agrees, and only once."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db.models import DateTimeField
from django.utils import timezone

from access.selectors.centre import Asked, events_of_the_centre
from access.selectors.conflicts import conflicts_of
from access.selectors.reviews import review_standing
from approvals.models import Delegation, Notice, Request, Step
from core.invariants import problems
from core.scope import scope
from core.tenancy import tenant_models
from finance.models import (
    BankReconciliation,
    BankStatement,
    Coding,
    Invoice,
    Journal,
    JournalLine,
    Payment,
    PaymentRun,
    StatementLine,
    SupplierBank,
)
from finance.selectors.closing import standings
from finance.selectors.work import open_work
from hr.models import Employment, Placement
from hr.selectors.people import establishment
from hr.selectors.seconded import seconded_out
from payroll.models import ParallelRun, PayRun
from payroll.selectors.parallel import counts_of
from payroll.selectors.questions import questions_here
from payroll.selectors.runs import board
from sharedservices.demo import HalfMade, NotEmpty, generate, generate_once, history
from sharedservices.demo.cast import HARROWMERE
from sla.models import MeasureValue, ReliefEvent, TargetChange
from sla.services import load_indicators
from tenants.models import Person
from tenants.selectors import actor_for, all_organisations, is_demonstration
from tenants.services import create_organisation
from tests.world import World

SMALL, SPIKE, STAFF = 400, 30, 150
AMARA = "Amara Lindqvist"


@pytest.fixture
def small(committed: None, monkeypatch: pytest.MonkeyPatch) -> tuple[int, datetime]:
    began = timezone.now()
    load_indicators()
    monkeypatch.setattr(history, "SPIKE_INVOICES", SPIKE)
    monkeypatch.setattr(generate, "HISTORY_DAYS", 240)
    monkeypatch.setattr(generate, "PARTNERS", (replace(HARROWMERE, invoices=SMALL, staff=STAFF),))
    monkeypatch.setattr(generate, "CLIENTS", ())
    assert generate_once(say=lambda words: None) is True
    return next(o.id for o in all_organisations() if o.slug == "harrowmere"), began


def check_books(organisation_id: int) -> None:
    with scope(acting=organisation_id):
        invoices = list(Invoice.objects.all())
        numbers = sorted(row.number for row in invoices)
        assert numbers == list(range(1, len(invoices) + 1))
        assert SMALL * 0.9 < len(invoices) < SMALL + SPIKE + 3
        posted = [row for row in invoices if row.journal_id is not None]
        in_books = sum(row.gross_pence for row in posted)
        credited = sum(
            JournalLine.objects.filter(
                coding_id=Coding.objects.get(account__code="21000").pk, amount_pence__lt=0
            ).values_list("amount_pence", flat=True)
        )
        credits = sum(row.gross_pence for row in posted if row.gross_pence < 0)
        released = Payment.objects.filter(state="released").values_list("amount_pence", flat=True)
        back = Payment.objects.filter(state="returned").values_list("amount_pence", flat=True)
        assert len(back) == 1
        assert -credited == in_books - credits + sum(back)
        paid = sum(row.gross_pence for row in invoices if row.state == "paid")
        assert sum(released) == paid
        assert Journal.objects.count() > len(posted)


def check_bank(organisation_id: int) -> None:
    """Everything old is matched, last month is signed, and two entries wait for the officer."""
    with scope(acting=organisation_id):
        assert BankStatement.objects.count() == 3
        signed = BankReconciliation.objects.get()
        assert (signed.state, signed.signed_by_name) == ("signed", "Gareth Pugh")
        waiting = StatementLine.objects.filter(matched_pence=0)
        assert {line.statement.number for line in waiting} == {3}
        assert [p.text for p in problems(organisation_id)] == []


def check_open_work(organisation_id: int, today: date) -> None:
    with scope(acting=organisation_id):
        work = open_work([organisation_id], today)[0]
        assert work.proposals == 1
        assert work.held >= 1
        asked = SupplierBank.objects.filter(state="proposed").order_by("called_outcome")
        assert [row.called_outcome for row in asked] == ["", "confirmed"]
        twice = Invoice.objects.filter(supplier_ref__startswith="CPW-88104").order_by("id")
        assert [row.state for row in twice] == ["received", "held"]
        assert twice[1].duplicate_of == twice[0].pk
        run = PaymentRun.objects.get(state="proposed")
        assert (run.made_by_name, run.released_by_id) == ("Priya Nair", None)
        waiting = Request.objects.filter(state="waiting")
        makers = {row.made_by_name for row in waiting}
        assert makers == {"Priya Nair", "Leah Ainsworth", "Gareth Pugh", "Martin Quist"}
        steps_of = {row.state: row.valid_from for row in TargetChange.objects.all()}
        assert {row.state for row in ReliefEvent.objects.all()} == {"agreed", "claimed"}
        assert MeasureValue.objects.filter(measure="net.AP-06.above").exists()
        last = today.replace(day=1) - timedelta(days=1)
        found = standings(organisation_id, last.year * 100 + last.month)
        assert [each.waived for each in found if not each.holds].count(True) == 1
        assert any(each.stands_in_the_way for each in found)
        assert set(steps_of) == {"agreed", "proposed"} and min(steps_of.values()) > today
        steps = Step.objects.filter(request__state="waiting")
        of_staff = steps.filter(request__subject_key="hr.request")
        assert sorted(of_staff.values_list("role", flat=True)) == ["payroll_officer"] * 3
        others = steps.exclude(request__subject_key="hr.request")
        assert {row.role for row in others} == {"manager", "finance_manager"}
        assert {row.number for row in others} == {1, 2}
        (late,) = others.filter(escalated_at__isnull=False)
        assert late.escalated_because == "late"
        assert Delegation.objects.get().to_person_name == "Helen Cartwright"
        assert set(Notice.objects.values_list("kind", flat=True)) >= {"asked", "escalated"}


def check_staff(organisation_id: int, today: date) -> None:
    """Careers of several rows, leavers among them, and posts that are nearly all filled."""
    leah = Person.objects.get(email="leah.ainsworth@harrowmere.example")
    actor = actor_for(leah.pk, leah.name, "harrowmere", today)[0]
    with scope(acting=organisation_id):
        assert Employment.objects.count() == STAFF
        assert Employment.objects.filter(to_on__isnull=False).exists()
        assert Placement.objects.count() > 2 * STAFF
        posts = establishment(actor, today)
        filled, budgeted = sum(p.filled for p in posts), sum(p.budgeted for p in posts)
        assert 0 < filled < budgeted
        assert sorted(one.borne for one in seconded_out(actor, today)) == [6_000, 10_000]


def check_pay(organisation_id: int, today: date) -> None:
    """The month before the one that can be run is paid, and tax went on from what went before."""
    with scope(acting=organisation_id):
        run = PayRun.objects.select_related("period").get()
        assert run.state == "paid"
        assert STAFF * 0.8 < run.results["people"] <= STAFF
        assert 0.05 < run.results["tax"] / run.results["gross"] < 0.3
        assert questions_here(organisation_id, "open").count() == 1
        assert questions_here(organisation_id, "answered").count() == 3
        (now,) = board(organisation_id, today)[1:2]
        assert now.run is None
        assert now.period.starts_on == run.period.ends_on + timedelta(days=1)
        assert now.period.submit_on >= today


def check_parallel(organisation_id: int) -> None:
    """What the bureau paid stands beside it, and most differences have their cause."""
    with scope(acting=organisation_id):
        parallel = ParallelRun.objects.get()
        assert parallel.state == "compared"
        counts = counts_of(parallel)
        assert counts["input"].count > 0
        assert sum(one.count for one in counts.values()) < parallel.rows / 5
        assert counts["unexplained"].count < parallel.rows / 50


def check_centre(partner: int, today: date) -> None:
    """An agent of the centre reads the partner's rows from the centre."""
    amara = Person.objects.get(email="amara.lindqvist@mereford.example")
    actor = actor_for(amara.pk, amara.name, "mereford", today)[0]
    with scope(acting=actor.organisation_id, readable=actor.readable):
        assert set(Invoice.objects.values_list("organisation_id", flat=True)) == {partner}


def check_rights(partner: int, today: date) -> None:
    """A conflict of duties is accepted and one is not, a review is late, the centre had a look."""
    asked = Asked(since=today, until=today, looks=True)
    with scope(acting=partner):
        states = sorted(one.state(today) for one in conflicts_of(partner, today))
        assert states == ["accepted", "open"]
        late = review_standing(partner, today)
        assert late.left > 0 and late.overdue_since == today - timedelta(days=6)
        assert [row.person_name for row in events_of_the_centre(partner, asked)] == [AMARA]


def check_hours(began: datetime) -> None:
    """What was written with hours of its own lies before today, the rest happened just now."""
    midnight = timezone.localtime(began).replace(hour=0, minute=0, second=0, microsecond=0)
    found = 0
    for organisation in all_organisations():
        with scope(acting=organisation.id):
            for model in tenant_models():
                moments = [f.name for f in model._meta.fields if isinstance(f, DateTimeField)]
                for name in moments:
                    rows = model.objects.filter(**{f"{name}__gte": midnight})
                    of_today = rows.values_list(name, flat=True)
                    found += len(of_today)
                    assert all(began <= at <= timezone.now() for at in of_today), (model, name)
    assert found


def test_a_small_partner(small: tuple[int, datetime]) -> None:
    partner, began = small
    today = timezone.localdate()
    check_books(partner)
    check_rights(partner, today)
    check_open_work(partner, today)
    check_bank(partner)
    check_staff(partner, today)
    check_pay(partner, today)
    check_parallel(partner)
    check_hours(began)
    assert is_demonstration()
    assert [o.slug for o in all_organisations()] == ["harrowmere", "mereford"]
    assert generate_once(say=lambda words: None) is False
    check_centre(partner, today)


def test_a_database_with_anything_else_is_left_alone(committed_world: World) -> None:
    with pytest.raises(NotEmpty):
        generate_once(say=lambda words: None)
    assert not is_demonstration()


def test_what_was_interrupted_has_to_begin_again(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*args: object, **kwargs: object) -> None:
        create_organisation(slug="harrowmere", name="Harrowmere", kind="council")
        raise KeyboardInterrupt

    monkeypatch.setattr(generate, "generate", stop)
    with pytest.raises(KeyboardInterrupt):
        generate_once(say=lambda words: None)
    assert is_demonstration()
    with pytest.raises(HalfMade):
        generate_once(say=lambda words: None)
