"""What lies open today: one thing in every interesting state, made by the people themselves."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from approvals.models import Request
from approvals.services import Band, decide, set_routes
from approvals.services.clock import keep_time_here
from approvals.services.delegations import delegate
from core.actors import Actor, system_actor
from core.scope import scope
from finance.formats.bank_days import add_banking_days
from finance.models import (
    BankAccount,
    DuplicateCase,
    Invoice,
    PaymentRun,
    Supplier,
    SupplierBank,
    SupplierRequest,
)
from finance.paying.files import banking_holidays
from finance.recurrence import nth_day
from finance.services.credits import match_credit
from finance.services.documents import keep_document
from finance.services.invoices import (
    InvoiceEntry,
    LineEntry,
    enter_invoice,
    hold,
    submit_for_approval,
)
from finance.services.invoices_bulk import hold_invoices, submit_invoices
from finance.services.onboarding import NewSupplier, ask_supplier
from finance.services.payments import propose_run
from finance.services.recovery import answer_duplicate, find_duplicates
from finance.services.recurring import Plan, decide_schedule, propose_schedule
from finance.services.remittances import write_advice
from finance.services.supplier_holds import hold_supplier
from finance.services.supplier_statements import choose_statement_columns, receive_statement
from finance.services.suppliers import propose_bank, record_call
from finance.services.withholding import withhold
from sharedservices.demo.paper import one_page
from sharedservices.demo.people import Place
from sharedservices.demo.suppliers import CHANGED, COOLING, STOPPED, TWICE, UNCALLED
from tenants.roles import Role
from tenants.services.units import UnitFacts, keep_units

HELD = (
    ("no_order", "No order number is on the invoice."),
    ("not_received", "Two of the three pallets have not arrived."),
    ("price", "£40 a tonne is charged; £38.50 was agreed."),
    ("coding", "The budget holder has to say which project pays."),
    ("vat", "VAT is charged on something that is exempt."),
)
PAPERS = (
    ("Paperlane Office Supplies Ltd", "Paper, A4, 40 boxes", 640),
    ("Moss & Sons", "Hedges cut", 1250),
)
SUBMITTED = 14
CLAIM_OF_A_UNIT = 100_000  # pence, which the manager of the unit agrees to
# Longer than two working days, whatever holidays lie between: it is escalated.
LEFT_LYING = timedelta(days=12)
# Kept for the manager of the story, whoever else's invoices come first.
STORY_UNIT, STORY_SUBMITTED, STORY_HELD = "H10", 5, "price"


def set_approval_routes(place: Place, *, since: date, today: date) -> None:
    """Holders of budgets; above their limit they first, then the finance manager.

    The finance manager alone for bank details.
    """
    limit = place.partner.manager_limit * 100
    by = place.actor(Role.ADMINISTRATOR, today)
    bands = [
        Band(0, limit, Role.MANAGER, 1, Role.FINANCE_MANAGER),
        Band(limit, None, Role.MANAGER, 1, Role.ADMINISTRATOR),
        Band(limit, None, Role.FINANCE_MANAGER, 2),
    ]
    with scope(acting=place.organisation_id):
        set_routes(subject_key="finance.invoice", bands=bands, from_on=since, by=by)
        manager = [Band(0, None, Role.FINANCE_MANAGER)]
        for key in ("finance.supplier_bank", "finance.supplier_request"):
            set_routes(subject_key=key, bands=manager, from_on=since, by=by)
        payroll = [Band(0, None, Role.PAYROLL_OFFICER)]
        set_routes(subject_key="hr.request", bands=payroll, from_on=since, by=by)
        set_routes(subject_key="hr.award", bands=manager, from_on=since, by=by)
        claims = [
            Band(0, CLAIM_OF_A_UNIT, Role.MANAGER, 1, Role.FINANCE_MANAGER),
            Band(CLAIM_OF_A_UNIT, None, Role.FINANCE_MANAGER),
        ]
        set_routes(subject_key="payroll.claim", bands=claims, from_on=since, by=by)


def reorganise(place: Place, *, today: date) -> None:
    """The administrator has given winter service a depot of its own, with a budget holder."""
    by = place.actor(Role.ADMINISTRATOR, today)
    holder = place.people["Helen Cartwright"].email
    depot = UnitFacts("H12", "Gritting depot", "H11", holder, since=today)
    with scope(acting=place.organisation_id):
        keep_units(
            wanted=[depot],
            reason="The depot buys its salt itself from this winter on.",
            by=by,
            today=today,
        )


def leave_open(place: Place, *, today: date, suppliers: dict[str, Supplier]) -> None:
    """Invoices held and waiting, one sent twice, new bank details, a proposal of payments."""
    officer = place.actor(Role.FINANCE_OFFICER, today)
    with scope(acting=place.organisation_id):
        _hold_some(place, officer, today)
        _submit_some(place, officer)
        _send_documents(officer, today)
        _enter_twice(place, officer, today, suppliers[TWICE])
        _credit_some(place, officer, today, suppliers[TWICE])
        _expect_more(place, officer, today, suppliers[TWICE])
        _reconcile_theirs(officer, today, suppliers[TWICE])
        _find_duplicates(officer, today)
        _send_large(place, officer, today, suppliers[TWICE])
        changed = _change_bank(officer, today, suppliers.get(CHANGED) or suppliers[TWICE])
        _call_back(changed, officer)
        _change_bank(officer, today, suppliers[UNCALLED])
        _agree_bank(place, officer, today, suppliers[COOLING])
        _ask_supplier(officer)
        _hold_supplier(officer, today, suppliers[STOPPED])
    with scope(acting=place.organisation_id):
        _propose(place, officer, today)
        _keep_back(officer)
        _advise(officer)
        _delegate(place, today)
        keep_time_here(by=system_actor(place.organisation_id), as_of=timezone.now())


def _waiting(place: Place, unit_path: str = "", most_pounds: int = 10**9) -> list[int]:
    """Received invoices, oldest first."""
    rows = Invoice.objects.filter(
        organisation_id=place.organisation_id,
        state=Invoice.State.RECEIVED,
        gross_pence__gt=0,
        gross_pence__lte=most_pounds * 100,
        unit_path__startswith=unit_path,
    )
    return list(rows.order_by("received_on", "id").values_list("id", flat=True))


def _hold_some(place: Place, officer: Actor, today: date) -> None:
    waiting = _waiting(place)
    for number, (cause, text) in enumerate(HELD):
        chosen = waiting[number * 2 : number * 2 + 1 + number % 2]
        if cause == STORY_HELD and STORY_UNIT in place.units:
            chosen = _waiting(place, place.units[STORY_UNIT].path, place.partner.manager_limit)[-1:]
        since = today - timedelta(days=3 * number)
        hold_invoices(invoice_ids=chosen, cause=cause, text=text, by=officer, as_of=since)


def _submit_some(place: Place, officer: Actor) -> None:
    chosen = _waiting(place)[:SUBMITTED]
    if STORY_UNIT in place.units:
        chosen += _waiting(place, place.units[STORY_UNIT].path)[:STORY_SUBMITTED]
    submit_invoices(invoice_ids=sorted(set(chosen[1:]) - set(chosen[:1])), by=officer)
    for left_lying in Invoice.objects.filter(pk__in=chosen[:1]):
        submit_for_approval(
            invoice=left_lying,
            version=left_lying.version,
            by=officer,
            as_of=timezone.now() - LEFT_LYING,
        )


def _delegate(place: Place, today: date) -> None:
    """One holder of a budget is away and another one decides for them."""
    managers = [one for one in place.partner.people if one.role == Role.MANAGER]
    if len(managers) > 1:
        delegate(
            to_person_id=place.people[managers[0].name].pk,
            first_on=today,
            last_on=today + timedelta(days=9),
            reason="On leave",
            by=place.actor(Role.MANAGER, today, len(managers) - 1),
            as_of=timezone.now(),
        )


def _find_duplicates(officer: Actor, today: date) -> None:
    """What the history shows; of the largest pair the supplier was asked."""
    find_duplicates(by=officer, as_of=today)
    rows = DuplicateCase.objects.filter(organisation_id=officer.organisation_id)
    for case in rows.select_related("later").order_by("-amount_pence")[:1]:
        note = "A statement of their account was asked for."
        answer_duplicate(case=case, version=1, state="asked", note=note, by=officer)


def _send_documents(officer: Actor, today: date) -> None:
    """Two invoices on paper, which wait to be entered beside their picture."""
    for number, (name, words, pounds) in enumerate(PAPERS):
        lines = [name, f"Invoice {8120 + number}", f"Date {today - timedelta(days=4):%d/%m/%Y}"]
        lines += [words, f"Net {pounds}.00", f"VAT 20% {pounds // 5}.00"]
        data = one_page([*lines, f"Total {pounds + pounds // 5}.00"])
        keep_document(name=f"{name} {8120 + number}.pdf", data=data, by=officer)


def _enter_twice(place: Place, officer: Actor, today: date, supplier: Supplier) -> None:
    """The same posters, with a letter more in the number: noticed, and held."""
    root = next(code for code, _, parent in place.partner.units if parent is None)
    line = LineEntry("Posters", "54300", place.units[root].pk, place.partner.vat_code, 48_250)
    entry = InvoiceEntry(
        supplier_id=supplier.pk,
        supplier_ref="CPW-88104",
        invoice_on=today - timedelta(days=12),
        received_on=today - timedelta(days=9),
        lines=[line],
        description="Posters",
        unit_path=place.units[root].path,
    )
    enter_invoice(entry=entry, by=officer, as_of=today)
    again = replace(entry, supplier_ref="CPW-88104A", received_on=today - timedelta(days=2))
    second = enter_invoice(entry=again, by=officer, as_of=today)
    hold(
        invoice=second,
        version=second.version,
        cause="duplicate",
        text="The same posters were invoiced a week ago.",
        by=officer,
        as_of=today,
    )


def _credit_some(place: Place, officer: Actor, today: date, supplier: Supplier) -> None:
    """Two credit notes for the posters: one is matched in part, of the other nobody saw to it."""
    first = Invoice.objects.filter(supplier_ref="CPW-88104", state=Invoice.State.RECEIVED).first()
    if first is None:
        return
    root = next(code for code, _, parent in place.partner.units if parent is None)
    for number, pence in enumerate((9_000, 4_500)):
        words = f"Posters of CPW-88104 sent back, part {number + 1}"
        line = LineEntry(words, "54300", place.units[root].pk, place.partner.vat_code, -pence)
        entry = InvoiceEntry(
            supplier_id=supplier.pk,
            supplier_ref=f"CPW-C{118 + number}",
            invoice_on=today - timedelta(days=10 - number),
            received_on=today - timedelta(days=8 - number),
            lines=[line],
            description=words,
            unit_path=place.units[root].path,
        )
        credit = enter_invoice(entry=entry, by=officer, as_of=today)
        if number == 0:
            why = "Their letter names CPW-88104"
            given = {"invoice": first, "pence": -credit.gross_pence // 2, "reason": why}
            match_credit(credit=credit, version=credit.version, by=officer, **given)


def _expect_more(place: Place, officer: Actor, today: date, supplier: Supplier) -> None:
    """A copier on hire: two months came, one of them dearer than agreed, and one has not come."""
    unit = next(place.units[code] for code, _, parent in place.partner.units if parent is None)
    first = today - timedelta(days=92)
    plan = Plan(
        description="Hire of the copier",
        mark="copier",
        expected_pence=18_000,
        tolerance_pence=500,
        frequency="monthly",
        first_on=first,
        last_on=first + timedelta(days=3 * 365),
        account_code="54300",
        unit_id=unit.pk,
        owner_id=officer.person_id or 0,
    )
    row = propose_schedule(supplier=supplier, plan=plan, by=officer, as_of=today)
    manager = place.actor(Role.FINANCE_MANAGER, today)
    decide_schedule(schedule=row, version=1, agree=True, by=manager)
    for n, net in ((0, 15_000), (1, 16_500)):
        on = nth_day(first, plan.frequency, n)
        line = LineEntry("Hire of the copier", "", None, place.partner.vat_code, net)
        entry = InvoiceEntry(
            supplier_id=supplier.pk,
            supplier_ref=f"CPW-H{401 + n}",
            invoice_on=on,
            received_on=on + timedelta(days=3),
            lines=[line],
            description="Hire of the copier",
        )
        enter_invoice(entry=entry, by=officer, as_of=today)


def _reconcile_theirs(officer: Actor, today: date, supplier: Supplier) -> None:
    """What the printer says is open: one agrees, one is of another amount, one has not come."""
    rows = Invoice.objects.filter(supplier=supplier, gross_pence__gt=0).order_by("-id")[:3]
    told = [(row.supplier_ref, row.invoice_on, row.gross_pence) for row in rows]
    told[1:2] = [(ref, on, pence + 12_00) for ref, on, pence in told[1:2]]
    told.append(("CPW-88131", today - timedelta(days=9), 318_00))
    lines = [f"{ref},{on:%d/%m/%Y},{pence // 100}.{pence % 100:02}" for ref, on, pence in told]
    statement = receive_statement(
        supplier=supplier,
        name=f"{supplier.code} statement.csv",
        data="\n".join(["Invoice No,Date,Amount", *lines]).encode(),
        statement_on=today - timedelta(days=3),
        by=officer,
    )
    columns = {"columns": statement.mapping, "version": statement.version, "by": officer}
    choose_statement_columns(statement=statement, **columns)


def _send_large(place: Place, officer: Actor, today: date, supplier: Supplier) -> None:
    """More than the first holder of a budget can commit: they first, then the finance manager."""
    holder = next((one for one in place.partner.people if one.role == Role.MANAGER), None)
    if holder is None:
        return
    unit = place.units[holder.unit]
    pence = 2 * place.partner.manager_limit * 100
    entry = InvoiceEntry(
        supplier_id=supplier.pk,
        supplier_ref="YEAR-1",
        invoice_on=today - timedelta(days=6),
        received_on=today - timedelta(days=4),
        lines=[LineEntry("A year ahead", "54300", unit.pk, place.partner.vat_code, pence)],
        description="Signs and notices for a year",
        unit_path=unit.path,
    )
    made = enter_invoice(entry=entry, by=officer, as_of=today)
    submit_for_approval(invoice=made, version=made.version, by=officer)


def _change_bank(officer: Actor, today: date, supplier: Supplier) -> SupplierBank:
    return propose_bank(
        supplier=supplier,
        sort_code="309912",
        account_number=f"{70455183 + supplier.pk}",
        account_name=supplier.name.upper()[:60],
        from_on=today,
        by=officer,
    )


def _call_back(bank: SupplierBank, officer: Actor) -> None:
    record_call(
        bank=bank,
        outcome=bank.Call.CONFIRMED,
        person="Orla Finn, accounts",
        number="01632 960147",
        source=bank.Source.INVOICE,
        by=officer,
        at=timezone.now(),
    )


def _agree_bank(place: Place, officer: Actor, today: date, supplier: Supplier) -> None:
    """Called back and agreed by a second person, but not paid to for some working days."""
    bank = _change_bank(officer, today, supplier)
    _call_back(bank, officer)
    waits = Request.objects.get(subject_key="finance.supplier_bank", subject_id=bank.pk)
    manager = place.actor(Role.FINANCE_MANAGER, today)
    decide(request=waits, decision="approve", comment="", by=manager, as_of=timezone.now())


def _hold_supplier(officer: Actor, today: date, supplier: Supplier) -> None:
    """Three weeks ago, to be looked at again yesterday."""
    assert officer.person_id is not None
    hold_supplier(
        supplier=supplier,
        reason="A letter of its receivers names another account: nobody has answered yet.",
        owner_id=officer.person_id,
        review_on=today - timedelta(days=1),
        by=officer,
        at=timezone.now() - timedelta(days=21),
    )


def _ask_supplier(officer: Actor) -> None:
    """A firm under a name that is nearly one of those that are here, with other numbers."""
    wanted = NewSupplier(
        name="Silverbirch Training LLP",
        address="14 Foundry Walk",
        town="Leeds",
        contact_name="Petra Lund",
        contact_phone="01632 960188",
        company_number="OC301540",
        vat_number="GB 123 4567 82",
        category=SupplierRequest.Category.SERVICES,
        wanted_for="First aid courses for new starters",
        asked_by="Learning and development",
        despite="A partnership of two trainers who left Silverbirch Training Ltd",
    )
    ask_supplier(wanted=wanted, by=officer, at=timezone.now())


def _propose(place: Place, officer: Actor, today: date) -> None:
    account = BankAccount.objects.get(organisation_id=place.organisation_id)
    propose_run(
        due_to=today + timedelta(days=21),
        pay_on=add_banking_days(today, 4, banking_holidays(today)),
        bank_account=account,
        by=officer,
        at=datetime.now(UTC),
    )


def _keep_back(officer: Actor) -> None:
    """A tenth of the largest invoice that no run pays yet."""
    rows = Invoice.objects.filter(
        organisation_id=officer.organisation_id, state=Invoice.State.POSTED, gross_pence__gt=100_00
    )
    row = rows.exclude(allocations__live=True).order_by("-gross_pence").first()
    if row is not None:
        withhold(
            invoice=row,
            version=row.version,
            pence=row.gross_pence // 10,
            text="One of the ten came damaged; they will replace it.",
            by=officer,
        )


def _advise(officer: Actor) -> None:
    """The suppliers of the newest run were written to; the run before it waits for somebody."""
    left = PaymentRun.objects.filter(
        organisation_id=officer.organisation_id, state=PaymentRun.State.RELEASED
    )
    newest = left.order_by("-pay_on", "-id").first()
    if newest is not None:
        write_advice(run=newest, by=officer)
