"""A world in which every page of the product has something to show."""

import base64
from datetime import date, timedelta
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from access.models import ConflictAcceptance, EmailDomain, ReviewedRight
from access.services.invitations import Links
from access.services.providers import claim_domain
from access.services.tokens import make_token
from approvals.models import Notice, Request
from approvals.services.clock import keep_time_here
from approvals.services.delegations import delegate
from approvals.services.notices import link_token
from benchmarking.services import make_pack
from core.actors import Actor, system_actor
from core.scope import scope
from events.models import Webhook
from events.webhooks import set_up_webhook
from finance.models import (
    ColumnMapping,
    DuplicateCase,
    Invoice,
    InvoiceDocument,
    JournalLine,
    Payment,
    RedactionRule,
    SourceFile,
    SpendPublication,
    SupplierBank,
)
from finance.paying.compliance import HalfYear
from finance.selectors.payments_notices import figures_of
from finance.selectors.responses import responses_of
from finance.services import invoices
from finance.services.credits import match_credit
from finance.services.documents import keep_document
from finance.services.einvoices import receive_einvoice
from finance.services.files import receive_file
from finance.services.invoices import enter_invoice
from finance.services.payments_notices import sign_notice
from finance.services.recovery import find_duplicates
from finance.services.recurring import Plan, decide_schedule, propose_schedule
from finance.services.supplier_statements import choose_statement_columns, receive_statement
from hr.models import Employment
from payroll.calculator.periods import year_start
from payroll.models import LegacyElement, ParallelDifference, PensionLetter, StatutoryLetter
from payroll.selectors.dues import owed_here
from runs.services import work_all
from sla.models import ReliefEvent
from sla.services import load_indicators
from tenants.models import ClosureDay, Grant, Unit
from tenants.services import add_closure_days
from tests.access.reviewed import begun_reviews
from tests.access.two_hats import accepted_conflict
from tests.benchmarking.test_views_boards import months_of
from tests.events.sealing import seal_everything
from tests.finance import bank_books, payables, payment_books, ubl_documents
from tests.finance.files_in import HEADINGS, load
from tests.finance.publications_in import published
from tests.hr.allowed import allowance, ask_allowance
from tests.hr.record import FIRST, absences, agree, ask_starter, award, employer, hire
from tests.hr.record import load as load_staff
from tests.hr.record import row as staff_row
from tests.payroll import pay_runs
from tests.sla.relief_in import claimed
from tests.world import TODAY, World, build_world

SLUG = "eastmere"
# One grey point.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)
UNCONFIRMED = f"{HEADINGS}Parks,Trees,30/04/2019,T1,12.50,77,Harrow Paper Ltd\n"


def furnish() -> World:
    """Invoices in several states, a released and a proposed run, files, figures, seals."""
    world = build_world()
    officer = world.people[f"finance_officer@{SLUG}"]
    officer.set_password("marble-lantern-orchard")
    officer.save()
    with scope(acting=world.id(SLUG)):
        add_closure_days(days=[(TODAY, "Closed for the fair")])
    TOTP.activate(officer, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(officer)
    by = payment_books.books(world)
    with scope(acting=by.organisation_id):
        given = {"purpose": "Warehouse", "held_by": "IT", "scopes": ["finance:read"]}
        ends = timezone.localdate() + timedelta(days=30)
        make_token(**given, expires_on=ends, by=by, at=timezone.now())
        admin = world.actor(f"administrator@{SLUG}")
        claim_domain(domain="eastmere.example", by=admin, at=timezone.now())
        told = {"url": "https://93.184.216.34/", "purpose": "Warehouse", "verbs": ["finance"]}
        set_up_webhook(**told, by=admin, at=timezone.now())
    payables.prepare(world)
    load_indicators()
    months_of(by.organisation_id, [88, 90, 91, 89, 92, 90, 97])
    _payments(world, by)
    harrow = payables.supplier(world)
    rows = [payables.invoice(world, harrow, f"A-{n}00", net=n * 1_000) for n in (1, 2, 3)]
    with scope(acting=by.organisation_id):
        invoices.hold(invoice=rows[1], version=1, cause="vat", by=by, as_of=TODAY)
        invoices.submit_for_approval(invoice=rows[2], version=1, by=by)
    with scope(acting=by.organisation_id):
        payment = Payment.objects.filter(state="released").order_by("id")[0]
    bank_books.fill(by, payment, many=2)
    _approvals(world, by)
    load(world)
    with scope(acting=by.organisation_id):
        receive_file(name="may.csv", data=UNCONFIRMED.encode(), purpose="published", by=by)
        for ref in ("M1", "N77"):
            enter_invoice(entry=payables.entry(harrow, ref, net=7_700), by=by, as_of=TODAY)
        find_duplicates(by=by, as_of=TODAY)
        theirs = b"Ref,Date,Amount\nA-100,1/6/2026,12.00\nA-999,1/6/2026,5.00\n"
        given = {"supplier": harrow, "statement_on": TODAY, "by": by}
        said = receive_statement(name="june.csv", data=theirs, **given)
        choose_statement_columns(statement=said, version=1, columns=said.mapping, by=by)
        plan = Plan("Paper", 9_000, 0, "monthly", TODAY, None, "54300", None, by.person_id or 0)
        asked = propose_schedule(supplier=harrow, plan=plan, by=by, as_of=TODAY)
        boss = world.actor(f"finance_manager@{SLUG}")
        decide_schedule(schedule=asked, version=1, agree=True, by=boss)
        credits = [payables.entry(harrow, f"CN-{n}", net=-900) for n in (1, 2)]
        credit = [enter_invoice(entry=one, by=by, as_of=TODAY) for one in credits][1]
        given = {"invoice": rows[0], "pence": 500, "reason": "Returned", "by": by}
        match_credit(credit=credit, version=1, **given)
        payables.ask(by)
        stopped = payment_books.supplier(by, "STOPPED")
        payables.held(by, stopped)
        keep_document(name="scan.png", data=PICTURE, by=by)
        receive_einvoice(name="kestrel.xml", data=ubl_documents.invoice(), by=by)
    _staff(world)
    pay_runs.fill(world, SLUG, months=2)
    with scope(acting=by.organisation_id):
        own = Employment.objects.get(person=world.people[f"finance_officer@{SLUG}"])
        mine = world.actor(f"finance_officer@{SLUG}")
        pay_runs.claims(world, mine, own.number, words="Own")
        make_pack(month=date(2026, 5, 1), by=by)
        claimed(by)
        published(by, world.actor(f"finance_manager@{SLUG}"), "A law")
    accepted_conflict(world, SLUG)
    begun_reviews(world, SLUG)
    work_all()
    seal_everything()
    return world


def _staff(world: World) -> None:
    """Somebody in post, a starter who waits, the finance officer's own record, a refused file."""
    by, finance = employer(world), world.people[f"finance_officer@{SLUG}"]
    with scope(acting=by.organisation_id):
        hire(by, world)
        mine = hire(by, world, name=finance.name, email=finance.email)
        absences(by, mine.number, words="A cold")
        allowance(by)
        agree(ask_allowance(by, mine.number, FIRST), world)
        ask_starter(by, "Bea Waits")
        award(by)
        load_staff(by, staff_row(post="P9"))


def _approvals(world: World, by: Actor) -> None:
    """A delegation of the manager to a colleague; both are told of what waits."""
    boss, now = world.actor(f"finance_manager@{SLUG}"), timezone.now()
    day = timezone.localdate(now)
    other = world.people[f"payroll_officer@{SLUG}"]
    with scope(acting=by.organisation_id):
        delegate(to_person_id=other.pk, first_on=day, last_on=day, by=boss, as_of=now)
        keep_time_here(by=system_actor(by.organisation_id), as_of=now)


def _payments(world: World, by: Actor) -> None:
    """Run 1 is released, run 2 waits for a second person."""
    second = world.actor(f"finance_manager@{SLUG}")
    with scope(acting=by.organisation_id):
        payment_books.invoice(by, payment_books.supplier(by, "P1"), 250_000)
        run = payment_books.propose(by)
        payment_books.release(run, second)
        period = HalfYear(date(2026, 4, 1))
        seen = figures_of(by.organisation_id, period).digest
        sign_notice(period=period, job_title="Head of Finance", seen=seen, by=second)
        payment_books.invoice(by, payment_books.supplier(by, "P2"), 90_000)
        payment_books.propose(by)


def arguments(world: World) -> dict[str, dict[str, Any]]:
    """The arguments of addresses by the name of their route; those not named take number 1."""
    officer, newcomer = world.people[f"finance_officer@{SLUG}"], world.people["charlie@nowhere"]
    with scope(acting=world.id(SLUG)):
        held = Invoice.objects.get(organisation_id=world.id(SLUG), state="held")
        line = JournalLine.objects.filter(organisation_id=world.id(SLUG)).order_by("batch_id")[0]
        loaded = SourceFile.objects.get(organisation_id=world.id(SLUG), rows_held__gt=0)
        unconfirmed = SourceFile.objects.get(organisation_id=world.id(SLUG), name="may.csv")
        pair = DuplicateCase.objects.order_by("id")[0]
        paper = InvoiceDocument.objects.get()
        credit = Invoice.objects.get(supplier_ref="CN-2")
        sent = SourceFile.objects.get(organisation_id=world.id(SLUG), purpose="einvoice")
        waiting = {"subject_key": "finance.invoice", "state": "waiting"}
        request = Request.objects.get(organisation_id=world.id(SLUG), **waiting)
        letter = Notice(organisation_id=world.id(SLUG), request_id=request.pk, person_id=officer.pk)
        payment = Payment.objects.filter(organisation_id=world.id(SLUG)).order_by("id")[0]
        domain, relief = EmailDomain.objects.get(), ReliefEvent.objects.get()
        rule, spent = RedactionRule.objects.get(), SpendPublication.objects.get()
        webhook = {"number": Webhook.objects.get().pk}
        own = payment_books.account()
        bank = SupplierBank.objects.order_by("id")[0]
        held_right = Grant.objects.filter(organisation_id=world.id(SLUG), person=officer)[0]
        person = {"person": officer.pk}
        unit = {"number": Unit.objects.get(organisation_id=world.id(SLUG), code="110").pk}
        right = {**person, "number": held_right.pk}
        layout = {"number": ColumnMapping.objects.order_by("pk")[0].pk}
        closure = {"number": ClosureDay.objects.order_by("-pk")[0].pk}
        accepted = ConflictAcceptance.objects.get()
        mine = Employment.objects.get(person=officer).number
        reviewed = ReviewedRight.objects.order_by("pk")[0]
        review = {"number": reviewed.review_id}
        difference = ParallelDifference.objects.select_related("parallel_run").order_by("-pk")[0]
        beside = {"number": difference.parallel_run.number}
        named = LegacyElement.objects.order_by("pk")[0]
        own_letter = PensionLetter.objects.filter(status__employment__number=mine)[0]
        told = StatutoryLetter.objects.filter(employment__number=mine).order_by("number")[0]
        owed = next(one for one in owed_here(world.id(SLUG)) if one.key.kind == "pension")
        response = {"number": responses_of(sent)[0].pk}
    sheet = {"account": own.pk, "period": 202606}
    journal = {"period": line.period, "batch": line.batch_id, "journal": line.journal_id}
    supplier, paid = {"code": "S000001"}, {"number": payment.number}
    indicator, month = {"code": "AP-03"}, {"month": "2026-05"}
    notice = {"period": 202604, "version": 1}
    own_year = {"number": mine, "year": year_start(pay_runs.next_month_end()).year}
    return {
        "payments_notice": {"period": 202604},
        **dict.fromkeys(("payments_notice_pdf", "payments_notice_csv"), notice),
        "approval_request": {"id": request.pk},
        "approval_link": {"token": link_token(letter)},
        "approval_route": {"key": "finance.invoice"},
        "approval_route_change": {"key": "finance.invoice"},
        "approver": {"person": officer.pk},
        "centre_board": {"organisation": "centre"},
        "brand_css": {"slug": SLUG},
        "bank_account": {"account": own.pk},
        "bank_file": {"number": 1},
        "bank_line": {"number": 1, "line": 3},
        "reconciliation": sheet,
        "reconciliation_csv": sheet,
        "reconciliation_pdf": sheet,
        "reconciliation_prepare": sheet,
        "reconciliation_sign": sheet,
        "einvoice": {"number": sent.number},
        "einvoice_document": {"number": sent.number},
        "invoice_response": response,
        "domain_verify": {"number": domain.pk},
        **dict.fromkeys(("factors_reset", "sessions_end", "rights_person", "right_give"), person),
        "right_invite": person,
        "invitation": {
            "slug": SLUG,
            "person": newcomer.pk,
            "token": Links(world.id(SLUG)).make_token(newcomer),
        },
        **{f"access_review{act}": review for act in ("", "_export", "_finish")},
        "access_review_end": {**review, "line": reviewed.pk},
        "conflict": {"person": accepted.person_id, "key": accepted.key},
        **{name: {"number": accepted.pk} for name in ("conflict_agree", "conflict_end")},
        **dict.fromkeys(("right_change", "right_end"), right),
        **dict.fromkeys(("unit", "unit_change"), unit),
        "calendar_open": closure,
        "role": {"role": "finance_manager"},
        **dict.fromkeys(("layout", "layout_change", "layout_rename", "layout_retire"), layout),
        "event_subject": {"key": "finance.invoice", "id": held.pk},
        "duplicate": {"number": pair.pk},
        "credit_note": {"number": credit.number},
        "document": {"number": paper.pk},
        "document_aside": {"number": paper.pk},
        "exception": {"number": held.number},
        "invoice_presence": {"number": held.number},
        "file": {"number": loaded.number},
        "file_held": {"number": loaded.number},
        "file_progress": {"number": loaded.number},
        "file_preview": {"number": unconfirmed.number},
        **dict.fromkeys(("signed_month", "month_remark", "month_reason"), month),
        "period_close": {"period": 202606},
        "relief_event": {"number": relief.pk},
        "redaction": {"number": rule.pk},
        "spend_month": {"period": spent.period},
        "spend_file": {"period": spent.period, "version": 1},
        "board_pack": {"month": "2026-05", "version": 1},
        "indicator": indicator,
        "journey": {**indicator, **month},
        "figures_of": {"key": "finance.invoice", "number": held.pk},
        "indicator_csv": indicator,
        "invoice": {"number": held.number},
        "invoice_coding": {"number": held.number},
        "invoice_reversal": {"number": held.number},
        "journal": journal,
        "journal_reversal": journal,
        **dict.fromkeys(("payment", "remittance_pdf", "remittance_csv"), paid),
        "payment_run_cancel": {"number": 2},
        "payment_file": {"number": 1, "format": "bacs18"},
        "payslip": {"run": 2},
        "pay_award": {"number": 1},
        "pay_summary_file": {"number": 1},
        "pay_certificate_part": {"part": 1},
        "pay_certificate": {"certificate": 1},
        **{
            name: {"key": str(owed.key)}
            for name in ("pay_due", "pay_due_file", "pay_contributions")
        },
        **dict.fromkeys(("my_tax_year", "my_tax_year_pdf"), own_year),
        **{f"person_tax_year{ending}": {"year": own_year["year"]} for ending in ("", "_pdf")},
        "pay_claim": {"number": 1},
        "my_claim": {"number": 3},
        **{name: {"number": 1} for name in ("pay_order", "pay_order_end")},
        **{name: {"number": 1} for name in ("recovery_plan", "recovery_plan_end")},
        **dict.fromkeys(("parallel_run", "parallel_run_withdraw", "parallel_differences"), beside),
        "parallel_difference": {**beside, "difference": difference.pk},
        "legacy_element": {"element": named.pk},
        **{f"pension_letter{ending}": {"letter": own_letter.pk} for ending in ("", "_pdf")},
        **{f"my_pension_letter{ending}": {"letter": own_letter.pk} for ending in ("", "_pdf")},
        **{f"{of}statutory_letter": {"number": told.number} for of in ("", "my_")},
        **{f"my_pension_{act}": {"number": mine} for act in ("opt_out", "join")},
        "payslip_pdf": {"run": 2},
        **{name: {"run": 2} for name in ("my_payslip", "payslip_ask")},
        "my_payslip_pdf": {"run": 2},
        "pay_exceptions": {"cause": "no_ni_number"},
        "pay_file": {"format": "bacs18"},
        "pay_again_file": {"format": "bacs18"},
        "pay_returns": {"number": 2},
        "pay_settle": {"cause": "no_ni_number"},
        **{name: {"period": 1} for name in ("pay_start", "pay_supplementary", "pay_bring_forward")},
        "staff_change": {"job": 1},
        "staff_transfer": {"job": 1},
        "staff_leaver": {"job": 1},
        "staff_cost_split": {"job": 1},
        "staff_secondment": {"job": 1},
        "staff_joint_post": {"job": 1},
        "staff_allowance": {"job": 1},
        "staff_allowance_end": {"job": 1},
        "supplier": supplier,
        **dict.fromkeys(("supplier_statement_new", "schedule_new", "supplier_terms"), supplier),
        "supplier_bank": supplier,
        "supplier_bank_look": {"bank": bank.pk},
        "supplier_bank_call": {"bank": bank.pk},
        "supplier_change": supplier,
        "supplier_hold_new": supplier,
        "webhook": webhook,
        "webhook_again": webhook,
        "webhook_end": webhook,
        "transparency_file": {"number": loaded.number},
    }
