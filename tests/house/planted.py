"""Two organisations full of rows, each text with the mark of its owner: a leak has words to show.

Eastmere counts its documents from 1, Northdale from 701, so a number of Northdale is nothing in
Eastmere, and both are full of everything that a page can show.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone

from access.models import ApiToken, IdentityProvider
from access.services.grants import grant_right
from access.services.mail import set_mail_sender
from access.services.providers import claim_domain, verify_domain
from access.services.repeats import begin
from access.services.tokens import make_token
from approvals.models import Notice, Request
from approvals.services import decide, set_routes
from approvals.services.clock import keep_time_here
from approvals.services.delegations import delegate
from approvals.services.notices import choose_notices, link_token
from benchmarking.services import make_pack
from core.actors import Actor, system_actor
from core.scope import scope
from core.sealing import seal
from core.tenancy import TenantModel, tenant_models
from events.models import Delivery, Event, Webhook, WebhookDelivery
from events.services import record_about
from finance.models import (
    ColumnMapping,
    DuplicateCase,
    Invoice,
    InvoiceResponse,
    Payment,
    RegisterLookup,
)
from finance.paying.compliance import HalfYear
from finance.selectors.closing import standings
from finance.selectors.payments_notices import figures_of
from finance.services import invoices as invoice_services
from finance.services.closing import agree_waiver, ask_waiver
from finance.services.cooling import set_cooling_off
from finance.services.credits import match_credit
from finance.services.documents import keep_document
from finance.services.einvoices import receive_einvoice
from finance.services.layouts import keep_layout, rename_layout
from finance.services.ledger import NewJournal, NewLine, post_journals, reverse_journal
from finance.services.payments import propose_run
from finance.services.payments_notices import sign_notice
from finance.services.presence import be_on
from finance.services.recovery import find_duplicates
from finance.services.recurring import Plan, decide_schedule, propose_schedule
from finance.services.remittances import write_advice
from finance.services.supplier_statements import choose_statement_columns, receive_statement
from finance.services.suppliers import propose_bank
from hr.models import Position, PositionGrade, StaffRequest
from hr.services.codes import CodeFacts, keep_codes
from hr.services.private import Details, change_private
from runs.models import Run
from runs.services import make_run, work_all
from sla.models import Correction, MeasureValue
from sla.services import (
    compute_measures,
    explain_corrections,
    propose_target,
    remark,
    set_target,
    sign_month,
)
from tenants.models import ClosureDay, Organisation, Person, Unit
from tenants.services import add_closure_days, hold_unit, next_number
from tenants.services.place import close_days
from tenants.services.units import UnitFacts, keep_units
from tests.access.reviewed import begun_reviews
from tests.access.two_hats import accepted_conflict
from tests.benchmarking.test_views_boards import months_of
from tests.finance import bank_books, payables, payment_books
from tests.finance.files_in import PUBLISHED, load
from tests.finance.ledger_books import DAY, codings
from tests.finance.pdf_documents import pdf_of
from tests.finance.publications_in import published
from tests.finance.ubl_documents import invoice as einvoice
from tests.hr.allowed import allowance, ask_allowance
from tests.hr.record import FIRST, absences, agree, ask_starter, award, employer, hire
from tests.hr.record import load as load_staff
from tests.hr.record import row as staff_row
from tests.payroll import pay_runs
from tests.runs import kinds as _kinds  # noqa: F401 (registers the runs of the tests)
from tests.sla.relief_in import claimed
from tests.world import TODAY, World

MARKS = {"eastmere": "ZQEAST", "northdale": "ZQNORTH"}
DIGITS = {"eastmere": "5817", "northdale": "6928"}


class Pattern:
    """The words of an organisation, as a regular expression finds them.

    It is asked only where a part stands that each of its matches has, which nearly no text does:
    to look for those takes a tenth of the time.
    """

    def __init__(self, slug: str) -> None:
        mark, d = MARKS[slug], DIGITS[slug]
        self.parts = (mark.casefold(), f"{slug}.example", d, f"{d[:2]}-{d[2:]}")
        marks = rf"{mark}|{slug}\.example|\b{d[:2]}-?{d[2:]}-?17\b"
        numbers = rf"\b(?:\d{{4}}|\W{{1,4}}|ending ){d}\b"
        self.expression = re.compile(f"{marks}|{numbers}", re.IGNORECASE)

    def findall(self, text: str) -> list[str]:
        return self.expression.findall(text) if self._is_near(text) else []

    def search(self, text: str) -> re.Match[str] | None:
        return self.expression.search(text) if self._is_near(text) else None

    def _is_near(self, text: str) -> bool:
        folded = text.casefold()
        return any(part in folded for part in self.parts)


PATTERNS = {slug: Pattern(slug) for slug in MARKS}
SERIES = (
    *("invoice", "supplier", "supplier_request", "supplier_hold", "source_file", "payment_run"),
    *("payment", "run"),
    *("bank_statement", "bank_match", "bank_report", "supplier_statement", "schedule"),
    *("employment", "staff_request", "staff_file", "pay_run", "pay_payment", "pay_again"),
    "absence",
    *("pay_claim", "pay_order", "recovery_plan", "pay_question", "parallel_run"),
    "liability",
    "account_change",
    *("liability", "eps", "certificate", "certificate_batch", "statutory_letter"),
)

# Words of the machine, by the name of their column: lists of the code, keys, hashes, figures.
MACHINE = {
    *("subject_key", "role", "verb", "handler", "kind", "source", "key", "series", "measure"),
    *("idempotency_key", "inputs", "inputs_hash", "control", "results", "sha256", "signature"),
    *("verbs", "prefix", "digest", "holder", "scopes", "proof", "secret", "assertion"),
    *("encoding", "mapping", "indicator_code", "duplicate_grade", "vat_code", "hold_cause"),
    *("subledger", "cipfa_group", "nhs_tac", "vat_default", "close_rule", "warnings"),
    *("entry_code", "fingerprint", "outcome", "reason_code", "whole", "chosen", "moves"),
    *("path", "unit_path", "part", "serial", "link", "activity", "project", "hours_code"),
    *("spend_key", "about", "figures", "irmark", "variance", "said", "maker"),
}
# Codes of charts and trees stand in the paths of other rows.
FIXED = {
    "sla_signedmonth.statement",
    *("finance_account.code", "tenants_unit.code", "finance_series.code", "hr_hoursbasis.code"),
    "finance_registerlookup.register",  # Of two that there are.
    # Jobs have allowances by the codes of the terms.
    *("hr_allowance.code", "hr_heldallowance.code", "hr_staffrequest.allowance"),
    # Names and grades of the terms, which only what is claimed has.
    *("hr_allowance.claimed_as", "hr_allowance.scale_code", "hr_allowance.grades"),
    # The database keeps publications and rules as they were put up; codes are those of the chart.
    *("finance_redactionrule.value", "finance_redactionrule.ended_by_name"),
    *("finance_spendpublication.comment", "payroll_paydue.account"),
    # What was told stays as it was told, and is handed over by nobody yet.
    *("finance_invoiceresponse.words", "finance_invoiceresponse.document_number"),
    *("finance_invoiceresponse.document_type", "finance_invoiceresponse.handed_by_name"),
    *("finance_invoiceresponse.seller", "finance_invoiceresponse.buyer"),
    "finance_invoiceresponse.buyer_name",
    # HMRC gives them, and the database knows how it writes them.
    *("payroll_employerreference.paye_reference", "payroll_employerreference.accounts_office"),
    # Takes a second person who runs the pay.
    *("payroll_paralleldifference.agreed_by_name", "payroll_parallelrun.signed_by_name"),
    # Only leavers have one.
    "hr_employment.leaving_reason",
    "payroll_payrun.reason",
    # Codes of bearers, read again when it is approved.
    "hr_staffrequest.cost_centres",
    # Only what is held or disputed has one.
    "finance_invoice.owner_name",
}
BANK_DIGITS = {"account_ending": "", "service_user": "17"}
# Made by the database at a later moment than any test reaches, without a word in it.
EMPTY = {"events_seal"}


def texts(model: type[TenantModel]) -> list[Any]:
    """The columns of a table that hold words of people."""
    return [
        f
        for f in model._meta.local_fields
        if isinstance(f, models.CharField | models.TextField | models.JSONField)
        and not f.choices
        and f.name not in MACHINE
        and f"{model._meta.db_table}.{f.name}" not in FIXED
    ]


@dataclass
class Planted:
    """The keys of one organisation's rows, by the name of their argument in an address."""

    slug: str
    keys: dict[str, Any] = field(default_factory=dict)


def marked(text: Any, slug: str) -> bool:
    return PATTERNS[slug].search(str(text)) is not None


def plant(world: World, slug: str) -> Planted:
    """Fills the organisation through the services, then writes the mark into what they left."""
    mark, here = MARKS[slug], world.id(slug)
    _mark_people(world, slug)
    if slug == "northdale":
        with scope(acting=here):
            for series in SERIES:
                next_number(series, by=system_actor(here), count=700)
    officer = payment_books.books(world, slug)
    with scope(acting=here):
        for key in ("finance.invoice", "finance.supplier_bank", "finance.supplier_request"):
            set_routes(subject_key=key, bands=[(0, None, "finance_manager")], by=system_actor(here))
    planted = Planted(slug)
    keys = planted.keys
    keys["person"] = world.people[f"finance_officer@{slug}"].pk
    keys["right"] = _right(world, slug, mark)
    keys["unit"] = _unit(world, slug, mark)
    keys["closure"] = _closure(world, slug, mark)
    keys["layout"] = _layout(world, slug, mark)
    keys["domain"] = _domain(world, slug, mark)
    keys["token"] = _token(officer, mark)
    keys["webhook"] = _webhook(world, slug, mark)
    keys |= _invoices(world, slug, mark)
    file = load(world, PUBLISHED.replace("Harrow", mark).replace("Parks", f"{mark} Parks"),
                name=f"{mark}.csv", slug=slug)  # fmt: skip
    keys["file"] = file.number
    with scope(acting=here):
        by = world.actor(f"finance_officer@{slug}")
        data = einvoice().replace(b"Kestrel", mark.encode())
        keys["einvoice"] = receive_einvoice(name=f"{mark}.xml", data=data, by=by)[0].number
        keys["response"] = InvoiceResponse.objects.get().pk
    _write_marks(world, slug)
    keys |= _payments(world, slug, officer)
    with scope(acting=here):
        left = Payment.objects.get(number=keys["payment"])
    keys |= bank_books.fill(officer, left, words=mark)
    keys |= _runs(slug, officer)
    keys |= _events(slug, officer, mark)
    compute_measures([here])
    months_of(here, [90])
    with scope(acting=here):
        manager = world.actor(f"finance_manager@{slug}")
        lines = (Decimal(95), Decimal(90), Decimal(80))
        set_target(indicator_code="AP-03", valid_from=DAY, lines=lines, by=system_actor(here))
        changed = {"indicator_code": "AP-03", "valid_from": timezone.localdate(), "lines": lines}
        propose_target(**changed, reason=f"{mark} why", by=manager)
        _months(manager, mark)
        keys["redaction"] = published(officer, manager, f"{mark} law")[0].pk
        keys["relief"] = claimed(officer, f"{mark} flood").pk
        waived = next(s for s in standings(here, 202606) if not s.holds).assertion.key
        ask_waiver(period=202606, assertion=waived, reason=f"{mark} why", by=officer)
        agree_waiver(period=202606, assertion=waived, by=manager)
        add_closure_days(days=[(DAY, "Planted")])
        hold_unit(unit=Unit.objects.get(code="110"), person=world.people[f"manager@{slug}"])
    keys |= _staff(world, slug, mark)
    keys |= pay_runs.fill(world, slug, digits=DIGITS[slug], words=mark)
    keys |= _approvals(world, slug, keys["request"])
    accepted = accepted_conflict(world, slug, name=f"{mark} Hats", reason=mark)
    keys |= {"acceptance": accepted.pk, "conflicted": accepted.person_id}
    keys |= begun_reviews(world, slug)
    _write_marks(world, slug)
    return planted


def _months(manager: Actor, mark: str) -> None:
    """A signed month with something said of it, and something that turned out to be otherwise."""
    value = MeasureValue.objects.filter(month=date(2026, 5, 1)).order_by("id")[0]
    remark(indicator_code="AP-03", month=value.month, text=f"{mark} said", by=manager)
    sign_month(month=value.month, job_title=mark, by=manager)
    facts = {"measure": value.measure, "month": value.month, "signed_value": value.value}
    facts |= {"value": value.value + 1, "run": value.run, "found_at": timezone.now()}
    Correction.objects.create(organisation_id=manager.organisation_id, **facts)
    given = {"measure": value.measure, "month": value.month, "reason": "Late"}
    explain_corrections(**given, by=manager)
    make_pack(month=value.month, by=manager)


def _approvals(world: World, slug: str, request_id: int) -> dict[str, Any]:
    """A delegation, notices, how someone wants to be told, and the link of a notice."""
    boss, other = world.actor(f"finance_manager@{slug}"), world.people[f"payroll_officer@{slug}"]
    now = timezone.now()
    with scope(acting=boss.organisation_id):
        day = timezone.localdate(now)
        given = {"first_on": day, "last_on": day, "by": boss, "as_of": now}
        made = delegate(to_person_id=other.pk, reason=MARKS[slug], **given)
        keep_time_here(by=system_actor(boss.organisation_id), as_of=now)
        choose_notices(only_daily=True, by=boss)
        notice = Notice.objects.get(
            request_id=request_id, person_id=boss.person_id, kind=Notice.Kind.ASKED
        )
    return {"delegation": made.pk, "decider": boss.person_id, "letter": link_token(notice)}


def _mark_people(world: World, slug: str) -> None:
    for who, person in world.people.items():
        if who.endswith(f"@{slug}"):
            person.name = f"{MARKS[slug]} {person.name}"
            Person.objects.filter(pk=person.pk).update(name=person.name)
    with scope(acting=world.id(slug)):
        Organisation.objects.filter(slug=slug).update(name=f"{MARKS[slug]} {slug}")


def _right(world: World, slug: str, mark: str) -> int:
    """A right of the officer, given with a reason that bears the mark."""
    by, today = world.actor(f"administrator@{slug}"), timezone.localdate()
    person = world.people[f"finance_officer@{slug}"]
    with scope(acting=by.organisation_id):
        given = {"person": person, "role": "board_member", "from_on": today, "today": today}
        return grant_right(**given, reason=f"Asked for by {mark}", by=by).pk


def _layout(world: World, slug: str, mark: str) -> int:
    """A layout of files, with a name and a reason that bear the mark."""
    by = world.actor(f"administrator@{slug}")
    with scope(acting=by.organisation_id):
        mapping = {"bank": {"booked_on": 0, "amount": 1}}
        keep_layout(signature="planted", name=mark, mapping=mapping, by=by)
        row = ColumnMapping.objects.get(organisation_id=by.organisation_id, signature="planted")
        return rename_layout(number=row.pk, name=mark, reason=mark, by=by).pk


def _closure(world: World, slug: str, mark: str) -> int:
    """A day that the administrator has closed, long after all that is waited for."""
    by, today = world.actor(f"administrator@{slug}"), timezone.localdate()
    first = today + timedelta(days=200)
    with scope(acting=by.organisation_id):
        days = {"first_on": first, "last_on": first + timedelta(days=6)}
        close_days(**days, reason=mark, by=by, today=today)
        return int(ClosureDay.objects.order_by("-day")[0].pk)


def _unit(world: World, slug: str, mark: str) -> int:
    """A unit that the administrator has added, with a reason that bears the mark."""
    by = world.actor(f"administrator@{slug}")
    with scope(acting=by.organisation_id):
        added = {"wanted": [UnitFacts("130", mark, "100")], "reason": mark, "today": DAY}
        return keep_units(**added, by=by)[0].kept.pk


def _token(by: Actor, mark: str) -> int:
    now = timezone.now()
    given = {"purpose": mark, "held_by": mark, "expires_on": now.date() + timedelta(days=9)}
    with scope(acting=by.organisation_id):
        make_token(**given, scopes=["finance:read"], by=by, at=now)
        return int(ApiToken.objects.get().pk)


def _webhook(world: World, slug: str, mark: str) -> int:
    """A webhook, set up without asking its address, and what waits to be sent to it."""
    by, now = world.actor(f"administrator@{slug}"), timezone.now()
    with scope(acting=by.organisation_id):
        hook = Webhook.objects.create(
            organisation_id=by.organisation_id,
            url=f"https://{mark}.example",
            purpose=mark,
            verbs="finance",
            secret=seal(mark),
            told_to=1,
            made_by_name=mark,
            made_at=now,
        )
        event = Event.objects.order_by("pk")[0]
        WebhookDelivery.objects.create(
            organisation_id=by.organisation_id, webhook=hook, event_id=event.pk, run_at=now
        )
        return int(hook.pk)


def _domain(world: World, slug: str, mark: str) -> int:
    """A provider, set without asking its address, and a domain that is verified."""
    by, centre = world.actor(f"administrator@{slug}"), world.actor("centre_manager@centre", slug)
    now = timezone.now()
    with scope(acting=by.organisation_id):
        IdentityProvider.objects.create(
            organisation_id=by.organisation_id,
            issuer=f"https://{mark}.example",
            client_id=mark,
            secret=seal(mark),
        )
        row = claim_domain(domain=f"{mark}.example", by=by, at=now)
        number = int(verify_domain(number=row.pk, reason=mark, by=centre, at=now).pk)
        own = f"{mark}@{row.domain}"
        set_mail_sender(address=own, reply_to=own, reason=mark, by=by, at=now)
        return number


def _invoices(world: World, slug: str, mark: str) -> dict[str, Any]:
    """One of each state that is short of paying, and requests that wait and were decided."""
    owner = payables.supplier(world, f"{mark} Paper", slug, code=f"{mark}-P")
    rows = [payables.invoice(world, owner, f"{mark}-{n}", slug) for n in range(5)]
    for twin in ("M1", "N77"):
        payables.invoice(world, owner, f"{mark}-{twin}", slug, net=77_700)
    by, boss = world.actor(f"finance_officer@{slug}"), world.actor(f"finance_manager@{slug}")
    do = invoice_services
    with scope(acting=by.organisation_id):
        do.hold(invoice=rows[0], version=1, cause="vat", text=mark, by=by, as_of=TODAY)
        do.dispute(invoice=rows[1], version=1, text=mark, by=by)
        for row in rows[2:4]:
            do.submit_for_approval(invoice=row, version=1, by=by)
        waits, decided = Request.objects.order_by("id")[:2]
        decide(request=decided, decision="return", comment=mark, by=boss, as_of=timezone.now())
        papers = keep_document(name=f"{mark}.pdf", data=pdf_of(mark), by=by)
        find_duplicates(by=by, as_of=TODAY)
        case = DuplicateCase.objects.order_by("id")[0]
        entered = payables.entry(owner, f"{mark}-CN", net=-900)
        credit = do.enter_invoice(entry=entered, by=by, as_of=TODAY)
        twin = Invoice.objects.get(supplier_ref=f"{mark}-M1")
        matched = {"invoice": twin, "pence": 500, "reason": mark, "by": by}
        match = match_credit(credit=credit, version=1, **matched)
        theirs = f"Ref,Date,Amount\n{mark}-9,1/6/2026,5.00\n{mark}-0,1/6/2026,{mark}".encode()
        given = {"supplier": owner, "statement_on": TODAY, "by": by}
        said = [
            receive_statement(name=f"{mark}.csv", data=data, **given)
            for data in (theirs, theirs.rpartition(b"\n")[0])
        ]
        columns = {"columns": said[1].mapping, "version": 1, "by": by}
        choose_statement_columns(statement=said[1], **columns)
        of_day = Plan(f"{mark} yearly", 120, 0, "yearly", TODAY, None, "54300", None,
                      by.person_id or 0, f"{mark} yearly")  # fmt: skip
        schedule = propose_schedule(supplier=owner, plan=of_day, by=by, as_of=TODAY)
        decide_schedule(schedule=schedule, version=1, agree=True, by=boss)
        entered = payables.entry(owner, f"{mark}-Y", net=100, description=f"{mark} yearly")
        do.enter_invoice(entry=entered, by=by, as_of=TODAY)
        be_on(invoice=rows[4], by=by, at=timezone.now() + timedelta(days=1))
        bank = propose_bank(supplier=owner, sort_code="200415", account_number="12345678",
                            account_name=mark, from_on=TODAY, by=by)  # fmt: skip
        asked = payables.ask(by, f"{mark} New", despite=mark)
        told = {"number": mark, "words": mark, "outcome": "registered", "by": mark}
        asked.looked_up = {"vat": {**told, "on": "2026-06-15"}}
        asked.save(update_fields=["looked_up"])
        asking = {"number": mark[:20], "run_at": timezone.now(), "asked_at": timezone.now()}
        RegisterLookup.objects.create(
            organisation_id=by.organisation_id, request=asked, register="company", **asking,
            problem=mark, asked_by_name=mark,
        )  # fmt: skip
    stopped = payables.supplier(world, f"{mark} Stopped", slug, code=f"{mark}-H")
    with scope(acting=by.organisation_id):
        held = payables.held(by, stopped, mark)
        admin, now = world.actor(f"administrator@{slug}"), timezone.now()
        later = now.date() + timedelta(days=9)
        set_cooling_off(days=3, from_on=later, reason=mark, by=admin, at=now)
        payment_books.terms(by, owner, later, source=mark)
    return {"invoice": rows[4].number, "request": waits.pk, "supplier": owner.code,
            "supplier_request": asked.number, "supplier_hold": held.number, "bank": bank.pk,
            "document": papers[0].pk, "duplicate": case.pk, "credit": credit.number,
            "said": said[1].number, "schedule": schedule.number,
            "credit_match": match.pk}  # fmt: skip


def _payments(world: World, slug: str, by: Actor) -> dict[str, Any]:
    """A released run with its files and a proposal; a journal of the ledger and its reversal."""
    boss, mark = world.actor(f"finance_manager@{slug}"), MARKS[slug]
    day = timezone.localdate() + timedelta(days=14)
    while day.weekday() != 2:
        day += timedelta(days=1)
    wanted = {"due_to": day, "pay_on": day, "by": by}
    with scope(acting=by.organisation_id):
        for number in range(2):
            owner = payment_books.supplier(by, f"{mark}-{number}")
            payment_books.invoice(by, owner, 9_000 + number)
    _write_marks(world, slug)
    with scope(acting=by.organisation_id):
        run = propose_run(bank_account=payment_books.account(), **wanted)
        run = payment_books.release(run, boss, at=timezone.now())
        write_advice(run=run, by=by)
        paid = run.items.order_by("id")[0]
        _sign_notices(boss, mark)
        layout = payment_books.LAYOUT.replace("Payee", mark)
        payment_books.profile(world, slug, name=mark, layout=layout, from_on=timezone.localdate())
        _pay_late(payment_books.invoice(by, paid.supplier, 60_000))
        third = payment_books.supplier(by, f"{mark}-2")
        payment_books.invoice(by, third, 70)
        proposal = propose_run(bank_account=payment_books.account(), **wanted)
        cost, payable = codings(by)
        lines = [NewLine(cost, 5, mark), NewLine(payable, -5, mark)]
        journals = [NewJournal(DAY, mark, lines)]
        (ref,) = post_journals(journals=journals, source="test", key="planted", series="GJ", by=by)
        where = {"period": ref.period, "batch_id": ref.batch_id, "journal_id": ref.journal_id}
        undone = reverse_journal(**where, on=DAY, reason=mark, by=boss)
    return {"payment_run": run.number, "proposal": proposal.number, "payment": paid.number,
            "batch": ref.batch_id, "reversal": undone.batch_id}  # fmt: skip


def _pay_late(row: Invoice) -> None:
    """Paid today, though it was payable long before."""
    today = timezone.localdate()
    long_ago = today - timedelta(days=90)
    days = {"received_on": long_ago, "due_on": long_ago + timedelta(days=30), "paid_on": today}
    Invoice.objects.filter(pk=row.pk).update(state="paid", allocated_pence=60_000, **days)


def _sign_notices(boss: Actor, mark: str) -> None:
    """Two versions of a half-year's notice, the second with its reason."""
    period = HalfYear(date(2026, 4, 1))
    for reason in ("", mark):
        seen = figures_of(boss.organisation_id, period).digest
        sign_notice(period=period, job_title=mark, seen=seen, reason=reason, by=boss)


def _staff(world: World, slug: str, mark: str) -> dict[str, Any]:
    """Two people with private details, one of whom can sign in; a starter who waits; a file.

    Who can sign in has an allowance. A code list has one code.
    """
    by, now = employer(world, slug), timezone.now()
    auditor = world.people[f"auditor@{slug}"]
    given = {"details": Details(tax_code="1257L"), "from_on": FIRST, "at": now}
    given["by"] = world.actor(f"payroll_officer@{slug}")
    with scope(acting=by.organisation_id):
        own = hire(by, world, slug, name=auditor.name, email=auditor.email)
        someone = hire(by, world, slug, name=f"Ann {mark}", email=f"ann@{slug}.example")
        for one in (own, someone):
            change_private(employment=one, **given)
        away = absences(by, someone.number, words=mark)
        mine = absences(by, own.number, words=mark)
        award(by, mark)
        PositionGrade.objects.create(
            organisation_id=by.organisation_id, position=Position.objects.order_by("pk")[0],
            grade=mark, from_on=date(2099, 1, 1), recorded_at=now,
        )  # fmt: skip
        ask_starter(by, f"Bea {mark}", email=f"bea@{slug}.example")
        refused = load_staff(by, staff_row(post=mark), name=f"{mark}.csv")
        asked = StaffRequest.objects.order_by("-number")[0]
        allowance(by, f"{mark}-A", name=f"{mark} area")
        agree(ask_allowance(by, own.number, FIRST, code=f"{mark}-A"), world, slug)
        codes = [CodeFacts("staff_group", "S7", mark, mark, FIRST)]
        keep_codes(wanted=codes, reason=mark, by=by, today=timezone.localdate())
        begin(key="planted", digest=mark, holder="person 1", by=by).keep(200, mark)
    return {"employment": someone.number, "own_employment": own.number,
            "staff_file": refused.number, "staff_request": asked.number, "absence": away,
            "own_absence": mine}  # fmt: skip


def _runs(slug: str, by: Actor) -> dict[str, Any]:
    with scope(acting=by.organisation_id):
        run = make_run(kind="tests.short", key="planted", inputs={"parts": 4}, by=by)
    work_all()
    with scope(acting=by.organisation_id):
        held = Run.objects.filter(pk=run.pk)
        held.update(state=Run.State.HELD, problem=MARKS[slug])
    return {"run": run.number}


def _events(slug: str, by: Actor, mark: str) -> dict[str, Any]:
    with scope(acting=by.organisation_id):
        invoice = Invoice.objects.order_by("-id")[0]
        about = ("finance.invoice", invoice.pk)
        event = record_about("finance.invoice.held", *about, by=by, cause=mark, comment=mark)
        Delivery.objects.create(
            organisation_id=by.organisation_id,
            event_id=event.pk,
            handler="planted",
            subject_key=event.subject_key,
            subject_id=event.subject_id,
            state=Delivery.State.STUCK,
            attempts=8,
            run_at=timezone.now(),
            error=mark,
        )
    return {"subject": invoice.pk}


def _write_marks(world: World, slug: str) -> None:
    """Texts that no service filled get the mark; bank details get digits that are told apart."""
    with scope(acting=world.id(slug)):
        for model in tenant_models():
            if not model.security.update or not model._meta.managed:
                continue
            for row in model.objects.all():
                changes = {
                    f.name: _text(f, row, slug)
                    for f in texts(model)
                    if not marked(getattr(row, f.name), slug)
                }
                if changes:
                    model.objects.filter(pk=row.pk).update(**changes)


def _text(column: Any, row: Any, slug: str) -> str:
    if column.name in BANK_DIGITS:
        return DIGITS[slug] + BANK_DIGITS[column.name]
    if column.name == "end_to_end":
        return f"{MARKS[slug]}{row.pk}"
    return f"{MARKS[slug]} {row.pk}"[: column.max_length or 60]
