"""An employer with two people, a pay group and its run, made by the services."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from approvals.models import Request
from approvals.services import decide, set_routes
from core.actors import Actor, system_actor
from core.scope import scope
from core.vault import next_ids
from finance.models import BankAccount
from finance.services.ledger import install_chart
from finance.services.payments import create_bank_account
from hr.models import Absence, Employment, PrivateDetails
from hr.services.absences import NewAbsence, record_absences, record_worked_day
from hr.services.accounts import NewAccount, ask_account, set_account_cooling, stop_account
from hr.services.private import Details
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.periods import Frequency
from payroll.claimed import NewItem
from payroll.models import (
    EmployerReference,
    PayException,
    PayGroup,
    PayPeriod,
    PayRun,
    Payslip,
    PensionLetter,
    PensionStatus,
    StatutoryLetter,
    Submission,
)
from payroll.selectors.dues import owed_here
from payroll.services.claims import create_element, make_claim
from payroll.services.costs import record_service_cost
from payroll.services.enrolment import NewSetting, set_enrolment
from payroll.services.groups import create_pay_group
from payroll.services.notices import NewNotice, record_notice
from payroll.services.orders import NewOrder, enter_order
from payroll.services.paying import order_payment
from payroll.services.paying_again import propose_again, release_again
from payroll.services.paying_over import pay_over, record_payee
from payroll.services.payment_summaries import make_eps
from payroll.services.questions import answer_question, ask_question
from payroll.services.recovery import NewPlan, end_plan, enter_plan
from payroll.services.references import record_references
from payroll.services.refusals import give_statutory_letters, letters_due
from payroll.services.reporting import make_fps
from payroll.services.returns import return_pay
from payroll.services.runs import approve, start_pay_run, submit, waive
from payroll.services.statutory import NewEarnings, state_earnings
from runs.services import work_run
from tests.finance.payment_books import supplier
from tests.hr.record import employer, load, row
from tests.payroll.certificate_books import certificates
from tests.payroll.parallel_books import parallels
from tests.world import World

PRIVATE = {
    "ni_number": "AB123456C",
    "born_on": "1985-05-05",
    "tax_code": "1257L",
    "sort_code": "200415",
    "account_number": "12345678",
    "account_name": "ADA BYRON",
}


# What nobody may do twice, on days that differ.
ALL_JOIN = (
    "UPDATE payroll_pensionstatus SET event = 'joined', scheme = 2, until_on = NULL,"
    " notice_on = NULL, from_on = from_on + id::int"
)


def person(number: int, **given: str) -> dict[str, str]:
    """A row of a file of staff, with private details of its own."""
    facts = {
        "employee": str(number), "name": f"Person {number}", "account_number": f"{number:08d}",
        "email": f"person{number}@staff.example",
    }  # fmt: skip
    return row(**{**PRIVATE, **facts, **given})


def refer(by: Actor, words: str = "Town Hall", *, from_on: date) -> EmployerReference:
    """What the employer reports under from a day on; `words` is where it is."""
    return record_references(
        paye_reference="120/AB12345", accounts_office="120PA00012345", address=words,
        from_on=from_on, by=by, at=timezone.now(),
    )  # fmt: skip


def next_month_end() -> date:
    """The last day of the month after this one: there is always time to pay on it."""
    first = timezone.localdate().replace(day=1)
    return (first + timedelta(days=62)).replace(day=1) - timedelta(days=1)


def account(by: Actor, digits: str = "2004") -> BankAccount:
    """An account for pay alone, so that no other test's statements miss it."""
    ending = {"account_ending": digits, "service_user": f"{digits}17"}
    found = BankAccount.objects.filter(**ending).first()
    if found is not None:
        return found
    install_chart(by=by)
    given = {"sort_code": f"{digits}17", "account_number": f"6637{digits}"}
    return create_bank_account(
        **given, name="Payroll", account_name="Eastmere Council", service_user=f"{digits}17",
        by=system_actor(by.organisation_id),
    )  # fmt: skip


def group(by: Actor, **given: Any) -> PayGroup:
    facts = {
        "code": "M", "name": "Monthly staff", "frequency": Frequency.MONTHLY,
        "anchor_on": next_month_end(), "scheme": Scheme.LGPS.value,
        "employer_rate_percent": Decimal("19.5"), "bank_account": account(by),
    }  # fmt: skip
    return create_pay_group(by=by, **{**facts, **given})


def periods(one: PayGroup) -> list[PayPeriod]:
    return list(PayPeriod.objects.filter(pay_group=one).order_by("pays_on"))


def payroll(world: World, *rows: dict[str, str], slug: str = "eastmere") -> Actor:
    """The payroll officer of an employer with these people."""
    hr = employer(world, slug)
    with scope(acting=hr.organisation_id):
        if rows:
            loaded = load(hr, *rows, name=f"{len(rows)} people.csv")
            assert loaded.state == loaded.State.LOADED, list(loaded.errors.values_list("text"))
    return world.actor(f"payroll_officer@{slug}")


def _worked(pay_run: PayRun) -> PayRun:
    """The run after workers did what waits of it; outside any scope, as workers are."""
    with scope(acting=pay_run.organisation_id):
        pay_run.refresh_from_db()
    assert pay_run.run_id is not None
    work_run(pay_run.organisation_id, pay_run.run_id)
    return again(pay_run)


def again(pay_run: PayRun) -> PayRun:
    with scope(acting=pay_run.organisation_id):
        return PayRun.objects.select_related("period__pay_group").get(pk=pay_run.pk)


def calculated(by: Actor, period: PayPeriod | None = None) -> PayRun:
    """The run of a period, or of the first one of a new group."""
    with scope(acting=by.organisation_id):
        run = start_pay_run(period=period or periods(group(by))[0], by=by)
    return _worked(run)


def waive_all(pay_run: PayRun, by: Actor) -> None:
    rows = PayException.objects.filter(pay_run=pay_run, waived_at__isnull=True)
    for cause in sorted(set(rows.values_list("cause", flat=True))):
        chosen = rows.filter(cause=cause).values_list("employment_id", flat=True)
        waive(pay_run=pay_run, cause=cause, employments=list(chosen), reason="Looked at", by=by)


def submitted(pay_run: PayRun, by: Actor) -> PayRun:
    """Every exception waived, and the run sent for approval."""
    with scope(acting=by.organisation_id):
        waive_all(pay_run, by)
        return submit(pay_run=pay_run, version=pay_run.version, by=by)


def committed(pay_run: PayRun, by: Actor, boss: Actor) -> PayRun:
    """Sent for approval, approved by the finance manager and committed."""
    run = submitted(pay_run, by)
    with scope(acting=by.organisation_id):
        approve(pay_run=run, typed_total_pence=run.results["net"], version=run.version, by=boss)
    return _worked(run)


def paid(pay_run: PayRun, by: Actor) -> PayRun:
    with scope(acting=by.organisation_id):
        order_payment(pay_run=pay_run, by=by)
    return _worked(pay_run)


def known_to_the_bank(by: Actor, digits: str = "2004", words: str = "ADA") -> None:
    """A tax code and an account for everybody, and for nobody a National Insurance number."""
    at = timezone.now()
    PrivateDetails.objects.filter(organisation_id=by.organisation_id).update(superseded_at=at)
    PrivateDetails.objects.bulk_create(
        PrivateDetails(
            organisation_id=by.organisation_id, employment=one, from_on=one.from_on,
            recorded_at=at,
            **Details(
                born_on=date(1985, 5, 5), tax_code="1257L", account_name=words,
                sort_code=f"{digits}17", account_number=f"{one.pk % 10_000:04d}{digits}",
                gender="F", address=f"1 {words} Road", postcode="ZZ1 1ZZ", starter="A",
            ).columns(by.organisation_id, next_ids(PrivateDetails)[0]),
        )
        for one in Employment.objects.filter(organisation_id=by.organisation_id)
    )  # fmt: skip


def claims(world: World, by: Actor, employee: int, *, words: str, many: int = 1) -> int:
    """As many approved claims of somebody, each of as many items; the number of the last."""
    slug = next(s for s, one in world.organisations.items() if one.pk == by.organisation_id)
    boss, at = world.actor(f"finance_manager@{slug}"), timezone.now()
    for number in range(many):
        items = [
            NewItem(
                1, employee, "TRAVEL", at.date(), amount_pence=100 + n, note=f"{words} {number}"
            )
            for n in range(many)
        ]
        claim = make_claim(items=items, reason=f"{words} drove", name=f"{words}.csv", by=by)
        asked = Request.objects.get(subject_key="payroll.claim", subject_id=claim.pk)
        decide(request=asked, decision="approve", comment="", by=boss, as_of=at)
    return claim.number


def orders(by: Actor, words: str, many: int = 1) -> int:
    """As many attachment orders of the first who is employed; the number of the last."""
    someone, on = Employment.objects.order_by("number")[0], timezone.localdate()
    for number in range(many):
        order = NewOrder("direct_earnings", f"{words} {number}", words, made_on=on, received_on=on)
        made = enter_order(employment=someone, order=order, by=by)
    return made.number


def plans(by: Actor, words: str, many: int = 1) -> int:
    """A plan of recovery of as many people, ended but for the last of one; the last number."""
    someone, on = Employment.objects.order_by("number")[0], timezone.localdate()
    for number in range(many):
        plan = NewPlan(on, f"{words} {number}", 60_00, 40_00, 1_00, agreed_on=on, from_on=on)
        made = enter_plan(employment=someone, plan=plan, by=by)
        if number + 1 < many:
            end_plan(plan=made, reason=words, by=by)
    return made.number


def paid_over(by: Actor, pay_run: PayRun, digits: str, words: str, many: int) -> str:
    """As many payees of orders as asked for, and one of each other kind; one order is proposed.

    Returns what names the pension's contributions of the last month.
    """
    creditors = [("hmrc", ""), ("pension", ""), ("giving", "")]
    creditors += [("order", f"{words} {n}" if n else words) for n in range(many)]
    for number, (kind, creditor) in enumerate(creditors):
        record_payee(
            kind=kind, scheme=2, creditor=creditor, reference=words, due_day=19,
            supplier=supplier(by, f"{words}{number}"), by=by, at=timezone.now(),
        )  # fmt: skip
    owed = [one for one in owed_here(by.organisation_id) if one.key.kind == "order"]
    pay_over(
        keys=[owed[0].key], pay_on=pay_run.period.pays_on, bank_account=account(by, digits),
        by=by, at=timezone.now(),
    )  # fmt: skip
    every = owed_here(by.organisation_id)
    return str(next(one.key for one in every if one.key.kind == "pension"))


def came_back(by: Actor, boss: Actor, pay_run: PayRun, words: str, many: int) -> int:
    """As many payments of a run come back, one of them twice, and are paid again together.

    Returns the number under which they are; the one that came back once more is owed.
    """
    at, strangers = timezone.now(), [by.person_id, boss.person_id]
    slips = Payslip.objects.filter(pay_run=pay_run, payments__isnull=False)
    slips = slips.exclude(employment__person_id__in=strangers).order_by("number")
    numbers = list(slips.values_list("number", flat=True)[:many])
    given: dict[str, Any] = {"pay_run": pay_run, "by": by, "at": at}
    given |= {"kind": "returned", "reason": words}
    for number in numbers:
        return_pay(employee=number, **given)
    again_ = propose_again(
        pay_run=pay_run, employees=numbers, pays_on=pay_run.pays_on, by=by, at=at
    )  # fmt: skip
    release_again(again=again_, typed_total_pence=again_.total_pence, by=boss, at=at)
    return_pay(employee=numbers[-1], **given)
    return again_.number


def questions(by: Actor, pay_run: PayRun, words: str, many: int = 1) -> int:
    """As many open questions about a payslip of a run, after one answered; the last number."""
    slip = Payslip.objects.select_related("employment", "pay_run").get(
        pay_run=pay_run, employment=Employment.objects.order_by("number")[0]
    )
    own = replace(by, person_id=slip.employment.person_id, name=words)
    first = ask_question(payslip=slip, text=words, by=own)
    answer_question(question=first, answer=words, finding="right", by=by)
    asked = [ask_question(payslip=slip, text=f"{words} {n}", by=own) for n in range(many)]
    return asked[-1].number


def notices(by: Actor, words: str, many: int = 1) -> None:
    """Notices that take nothing, so that no figure depends on them."""
    someone = Employment.objects.order_by("number")[0]
    for number in range(many):
        given = NewNotice(timezone.localdate(), f"{words} {number}")
        record_notice(employment=someone, notice=given, by=by)


def enrols(by: Actor, words: str, many: int = 1) -> None:
    """Settings of automatic enrolment into the scheme that everybody is in by their group."""
    for number in range(many):
        setting = NewSetting(
            date(2026, 4, 6 + number), date(2026, 4, 6), Scheme.LGPS.value,
            employer_rate_percent=Decimal("19.5"),
        )  # fmt: skip
        set_enrolment(setting=setting, by=replace(by, name=words), at=timezone.now())


def opted_out(by: Actor) -> None:
    """The first who is employed, long ago, without anything that they ever paid."""
    someone, day = Employment.objects.order_by("number")[0], date(2025, 4, 6)
    PensionStatus.objects.create(
        organisation_id=by.organisation_id, employment=someone, event="opted_out", category=3,
        from_on=day, notice_on=day, recorded_at=timezone.now(), recorded_by_name=by.name,
    )  # fmt: skip


def letters(by: Actor, words: str, many: int = 1) -> list[PensionLetter]:
    """As many postponements of everybody as asked for, of long ago, each with its letter.

    Those of the first are given, those of the others are due.
    """
    here, day, at = {"organisation_id": by.organisation_id}, date(2025, 4, 6), timezone.now()
    statuses = PensionStatus.objects.bulk_create(
        PensionStatus(
            **here, employment=someone, event="postponed", category=3, recorded_at=at,
            from_on=day + timedelta(days=number), until_on=day + timedelta(days=60),
            recorded_by_name=words,
        )
        for number in range(many)
        for someone in Employment.objects.order_by("number")
    )  # fmt: skip
    first = statuses[0].employment_id
    given = {"given_on": day, "given_by_name": words}
    return PensionLetter.objects.bulk_create(
        PensionLetter(**here, status=one, kind=4, due_on=one.from_on + timedelta(weeks=6),
                      **(given if one.employment_id == first else {}))
        for one in statuses
    )  # fmt: skip


def account_changes(by: Actor, admin: Actor, digits: str, words: str, many: int = 1) -> int:
    """As many changes of the account of the first who is employed, the last of them waiting."""
    someone = Employment.objects.order_by("number")[0]
    own = replace(by, person_id=someone.person_id, name=words)
    for number in range(many):
        at = timezone.now()
        new = NewAccount(f"{digits}18", f"{number:04d}{digits}", words)
        made = ask_account(new=new, by=own, at=at)
        if number + 1 < many:
            stop_account(change=made, reason=words, by=by, at=at)
        from_on = timezone.localdate(at) + timedelta(days=number + 1)
        set_account_cooling(days=2, from_on=from_on, reason=words, by=admin, at=at)
    return made.number


def earnings(by: Actor, words: str, many: int = 1) -> None:
    """Earnings before an absence of long ago, if somebody was away, stated as often."""
    for away in Absence.objects.filter(superseded_at__isnull=True).order_by("number")[:1]:
        for number in range(many):
            stated = NewEarnings(1_000_00, 8, "weeks", f"{words} {number}")
            state_earnings(absence=away, stated=stated, by=by)


def refused(by: Actor, hr: Actor, words: str, many: int = 1) -> list[StatutoryLetter]:
    """Twice as many leaves of everybody as asked for, in a year, without evidence.

    Letters about the first of them are given, about the others due.
    """
    at, today = timezone.now(), timezone.localdate()
    clerk = replace(hr, person_id=None)
    for someone in Employment.objects.order_by("number"):
        begins = [today + timedelta(days=200 + 7 * n) for n in range(2 * many)]
        new = [
            NewAbsence("maternity", on, on, event_on=today + timedelta(days=n), notice_on=today)
            for n, on in enumerate(begins)
        ]
        made, *_ = record_absences(absences=[(someone, one) for one in new], by=clerk, at=at)
        named = replace(clerk, name=words)
        record_worked_day(absence=made, worked_on=begins[0], worked=True, by=named, at=at)
    own = replace(by, person_id=None, name=words)
    due = letters_due(by=own, at=at)
    given = [one.key for one in due if one.from_on < today + timedelta(days=200 + 7 * many)]
    give_statutory_letters(letters=given, given_on=today, by=own, at=at)
    return list(StatutoryLetter.objects.select_related("employment").order_by("number"))


def claimable(by: Actor, words: str, many: int = 1) -> None:
    """Elements of pay, and a route for claims."""
    given: dict[str, Any] = {"basis": "amount", "percent": 0, "taxed": False, "pensionable": False}
    for code in ("TRAVEL", *(f"E{n}" for n in range(1, many))):
        create_element(code=code, name=f"{words} {code}", by=by, **given)
    bands = [(0, None, "finance_manager")]
    set_routes(subject_key="payroll.claim", bands=bands, by=system_actor(by.organisation_id))


def fill(
    world: World, slug: str, *, digits: str = "2004", words: str = "ADA", months: int = 1
) -> dict[str, Any]:
    """Paid runs of everybody whom the organisation employs, and the keys of the last of them."""
    by, boss = (world.actor(f"{role}@{slug}") for role in ("payroll_officer", "finance_manager"))
    with scope(acting=by.organisation_id):
        known_to_the_bank(by, digits, words)
        days = periods(group(by, bank_account=account(by, digits)))[:months]
        claimable(by, words, months)
        enrols(by, words, months)
        for month in range(months):
            refer(by, words, from_on=date(2026, 4 + month, 6))
        employee = Employment.objects.order_by("number")[0].number
        claim = claims(world, by, employee, words=words, many=months)
        order = orders(by, words, many=months)
        plan = plans(by, words, many=months)
        notices(by, words, many=months)
        earnings(by, words, many=months)
    for period in days:
        run = paid(committed(calculated(by, period), by, boss), by)
        assert run.state == "paid"
        with scope(acting=by.organisation_id):
            made_report = make_fps(pay_run=run, by=by, at=timezone.now())
            assert isinstance(made_report, Submission), made_report
    with scope(acting=by.organisation_id):
        written = letters(by, words, months)
        own = {world.people[f"{role}@{slug}"].pk for role in ("hr_officer", "auditor")}
        mine = [one.pk for one in written if one.status.employment.person_id in own]
        summary = max(
            make_eps(tax_year=2026, month=one + 1, final=False, by=by, at=timezone.now()).number
            for one in range(months)
        )
        due = paid_over(by, run, digits, words, months)
        paid_again = came_back(by, boss, run, words, months)
        question = questions(by, run, words, months)
        admin = world.actor(f"administrator@{slug}")
        change = account_changes(by, admin, digits, words, months)
        for month in range(1, months + 1):
            day = date(2026, month, 1)
            given = {"month": day, "cost_pence": 4_10, "found_by": words, "at": timezone.now()}
            record_service_cost(by=boss, **given)
        beside = parallels(by, days, employee, words=words)
        told = refused(by, world.actor(f"hr_officer@{slug}"), words, months)
        theirs = [one.number for one in told if one.employment.person_id in own]
    return {
        **beside,
        **certificates(by, months),
        "pay_run": run.number,
        "pay_again": paid_again,
        "pay_due": due,
        "pay_summary": summary,
        "pay_period": period.pk,
        "pay_claim": claim,
        "pay_order": order,
        "recovery_plan": plan,
        "pay_question": question,
        "account_change": change,
        "pension_letter": written[-1].pk,
        "own_letter": (mine or [written[-1].pk])[-1],
        "statutory_letter": told[-1].number,
        "own_statutory_letter": (theirs or [told[-1].number])[-1],
    }
