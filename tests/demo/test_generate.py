"""One partner made in small through the services: everything agrees, and only once."""

from collections import Counter
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
from events.models import Event
from finance.formats.bank_days import add_banking_days
from finance.models import (
    BankAccount,
    BankReconciliation,
    BankStatement,
    Coding,
    Invoice,
    InvoiceResponse,
    Journal,
    JournalLine,
    Payment,
    PaymentRun,
    SourceFile,
    StatementLine,
    SupplierBank,
)
from finance.paying.files import banking_holidays
from finance.selectors.closing import standings
from finance.selectors.work import open_work
from hr.models import CostShare, Employment, PayAward, Placement, StaffRequest
from hr.selectors.people import establishment
from hr.selectors.seconded import seconded_out
from payroll.calculator.automatic_enrolment import Letter
from payroll.calculator.pension_schemes import Scheme
from payroll.models import (
    EnrolmentSetting,
    ParallelRun,
    PaymentSummary,
    PayNotice,
    PayOrder,
    PayRun,
    Payslip,
    PensionLetter,
    PensionStatus,
    RecoveryPlan,
)
from payroll.selectors.charges import month_ends
from payroll.selectors.dues import day_due, owed_here, payees_by_key
from payroll.selectors.parallel import counts_of
from payroll.selectors.questions import questions_here
from payroll.selectors.runs import board
from payroll.services.committing import RECHARGED
from payroll.services.paying_over import pay_over
from sharedservices.demo import HalfMade, NotEmpty, generate, generate_once, history
from sharedservices.demo.cast import HARROWMERE, WEXCOMBE
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
    # Who bears what the county lends; it has nobody, and buys next to nothing.
    host = replace(WEXCOMBE, invoices=40, staff=0)
    monkeypatch.setattr(generate, "CLIENTS", (host,))
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
        released = Payment.objects.filter(state="released", liability=None).values_list(
            "amount_pence", flat=True
        )
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
        # Half of the joint post is borne elsewhere too.
        assert sorted(one.borne for one in seconded_out(actor, today)) == [6_000, 10_000]
        joint = StaffRequest.objects.get(kind=StaffRequest.Kind.JOINT_POST)
        assert joint.state == "approved" and joint.cost_centres == "H90:50; wexcombe:50"
        shares = CostShare.objects.filter(placement__assignment__employment=joint.employment)
        assert shares.filter(ten_thousandths=5_000).count() == 2
        managers = Placement.objects.filter(assignment__employment__person__name="Peter Arkwell")
        assert {one.position.unit.code for one in managers} == {"H40"}


def check_pay(organisation_id: int, today: date) -> None:
    """The month before the one that can be run is paid, and tax went on from what went before."""
    with scope(acting=organisation_id):
        runs = PayRun.objects.select_related("period__pay_group").order_by("number")
        assert {run.state for run in runs} == {"paid"}
        of_group = [run for run in runs if run.period.pay_group.code == "MONTH"]
        run, later = of_group
        assert (run.sequence, later.sequence) == (1, 2)
        assert STAFF * 0.7 < run.results["people"] < STAFF * 0.97
        assert 0.05 < run.results["tax"] / run.results["gross"] < 0.3
        assert questions_here(organisation_id, "open").count() == 1
        assert questions_here(organisation_id, "answered").count() == 3
        left = [row for row in board(organisation_id, today) if row.run is None]
        now = min((row for row in left if row.period.pay_group.code == "MONTH"),
                  key=lambda row: row.period.pays_on)  # fmt: skip
        assert now.period.starts_on == run.period.ends_on + timedelta(days=1)
        assert now.period.submit_on >= today
        check_recharge(run)
        check_late(run, later)


def check_recharge(run: PayRun) -> None:
    """Another organisation bears what its people cost in the month, on the claim against it."""
    codings = Coding.objects.filter(account__code=RECHARGED).values("pk")
    rows = JournalLine.objects.filter(batch_id=run.batch_id, coding_id__in=codings)
    assert {row.description for row in rows} == {"Recharge to Wexcombe"}
    assert sum(row.amount_pence for row in rows) > 0


def check_late(run: PayRun, later: PayRun) -> None:
    """Two were paid what came too late; a leaver gives back what was paid after the ninth."""
    assert later.results["people"] == 2 == len(later.chosen)
    assert later.pays_on > run.pays_on and later.reason
    plan = RecoveryPlan.objects.select_related("employment").latest("number")
    assert plan.employment.to_on == run.period.starts_on + timedelta(days=9)
    slip = Payslip.objects.get(pay_run=run, employment=plan.employment)
    assert slip.gross_pence * 2 // 3 < plan.gross_pence < slip.gross_pence * 5 // 7
    assert 0 < plan.net_pence < plan.gross_pence
    assert not Payslip.objects.filter(pay_run=later, employment=plan.employment).exists()


def check_enrolment(organisation_id: int) -> None:
    """Who was there was enrolled and told, three opted out and have their money back, and of who
    came after enrolment is postponed; they wait for a letter."""
    with scope(acting=organisation_id):
        postponed = [
            one.postponement_months for one in EnrolmentSetting.objects.order_by("from_on")
        ]
        assert postponed == [0, 3]
        events = Counter(PensionStatus.objects.values_list("event", flat=True))
        assert events["enrolled"] >= 4 and events["postponed"] >= 1
        assert events["opted_out"] == 3
        letters = PensionLetter.objects.values_list("kind", "given_on")
        assert all(given for kind, given in letters if kind == Letter.ENROLMENT)
        late = PensionLetter.objects.filter(given_on=None, due_on__lt=timezone.localdate())
        assert not late.exists()
        assert (Letter.POSTPONEMENT, None) in letters
        first, second = PayRun.objects.filter(period__pay_group__code="MUSEUM").order_by("pays_on")
        for one in PensionStatus.objects.filter(event="opted_out"):
            taken = [Payslip.objects.get(pay_run=run, employment=one.employment).pension_pence
                     for run in (first, second)]  # fmt: skip
            assert taken[0] > 0 and sum(taken) == 0


def check_owed(organisation_id: int, today: date) -> None:
    """Each creditor has a payee, so that all can be paid over; a past month was summarised."""
    with scope(acting=organisation_id):
        owed, payees = owed_here(organisation_id), payees_by_key(organisation_id)
        assert {one.key.kind for one in owed} >= {"hmrc", "pension"}
        assert {one.key.scheme for one in owed} == {0, Scheme.LGPS, Scheme.MONEY_PURCHASE}
        assert all(one.payee_key in payees and one.left > 0 for one in owed)
        assert all(day_due(one, payees[one.payee_key]) > today for one in owed)
        every = owed_here(organisation_id, unpaid=False)
        assert {one.key.kind for one in every if one.state == "Paid over"} == {"hmrc", "pension"}
        summary = PaymentSummary.objects.get()
        assert summary.levy_pence > 0 and not summary.no_payment
        assert month_ends(summary.tax_year, summary.month) < today
        by = actor_for(Person.objects.get(email="martin.quist@harrowmere.example").pk,
                       "Martin Quist", "harrowmere", today)[0]  # fmt: skip
        run = pay_over(
            keys=[one.key for one in owed],
            pay_on=add_banking_days(today, 4, banking_holidays(today)),
            bank_account=BankAccount.objects.get(name="Payroll account"), by=by,
            at=timezone.now(),
        )  # fmt: skip
        assert run.total_pence == sum(one.owed for one in owed)


def check_proposals(organisation_id: int) -> None:
    """An award and a regrading wait for the same person."""
    with scope(acting=organisation_id):
        rows = {one.regrades: one for one in PayAward.objects.select_related("scale")}
        assert {one.state for one in rows.values()} == {"waiting"}
        assert (rows[False].scale.code, rows[True].scale.code) == ("njc", "local")
        assert rows[True].words.startswith("L1 to L2: 1 to ")


def check_deductions(organisation_id: int) -> None:
    """A benefit debt is taken, a council tax order is recalled, and loans are of several plans."""
    with scope(acting=organisation_id):
        orders = dict(PayOrder.objects.values_list("reference", "state"))
        assert orders["DEA 4471-0932"] == "active" and "ended" in orders.values()
        loans = set(PayNotice.objects.exclude(loans=0).values_list("loans", flat=True))
        assert len(loans) == 4


def check_electronic(organisation_id: int) -> None:
    """One was entered, one waits and one was refused; each sender was told, one has been."""
    with scope(acting=organisation_id):
        files = SourceFile.objects.filter(purpose="einvoice").order_by("id")
        assert [one.state for one in files] == ["loaded", "uploaded", "refused"]
        told = InvoiceResponse.objects.order_by("id")
        assert [one.status for one in told] == ["AB", "AB", "RE", "IP"]
        assert [one.handed_at is not None for one in told] == [True, False, False, False]
        assert Invoice.objects.get(origin="einvoice").supplier_ref == "CMH-20117"


def check_invitation(organisation_id: int, began: datetime) -> None:
    """A link was sent that works and was not used."""
    with scope(acting=organisation_id):
        (sent,) = Event.objects.filter(verb="access.invitation.sent")
        assert sent.at >= began and sent.data["person"] == "Joanna Tull"
        assert not Event.objects.filter(verb="access.invitation.taken").exists()


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
    """An agent of the centre reads the rows of the partner, and of the other, from the centre."""
    theirs = {one.id for one in all_organisations() if one.slug != "mereford"}
    amara = Person.objects.get(email="amara.lindqvist@mereford.example")
    actor = actor_for(amara.pk, amara.name, "mereford", today)[0]
    with scope(acting=actor.organisation_id, readable=actor.readable):
        assert partner in theirs
        assert set(Invoice.objects.values_list("organisation_id", flat=True)) == theirs


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
    check_enrolment(partner)
    check_proposals(partner)
    check_deductions(partner)
    check_electronic(partner)
    check_invitation(partner, began)
    check_parallel(partner)
    check_hours(began)
    assert is_demonstration()
    assert [o.slug for o in all_organisations()] == ["harrowmere", "wexcombe", "mereford"]
    assert generate_once(say=lambda words: None) is False
    check_centre(partner, today)
    check_owed(partner, today)


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
