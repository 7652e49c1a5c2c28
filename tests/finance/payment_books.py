"""Books to test paying with: an account to pay from, suppliers with bank details, open invoices."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core.actors import Actor, system_actor
from core.scope import scope
from finance.models import (
    BankAccount,
    BankProfile,
    DiscountTerms,
    Invoice,
    PaymentRun,
    Supplier,
    SupplierBank,
)
from finance.services.bank_profiles import set_bank_profile
from finance.services.discounts import set_terms
from finance.services.ledger import NewJournal, NewLine, post_journals
from finance.services.payments import create_bank_account, propose_run, release_run
from tenants.services import next_number
from tests.finance.ledger_books import codings, opened
from tests.world import World

AT = datetime(2026, 6, 15, 10, tzinfo=ZoneInfo("Europe/London"))
DUE = date(2026, 6, 10)
DUE_TO = date(2026, 6, 30)
PAY_ON = date(2026, 6, 18)


def books(world: World, slug: str = "eastmere") -> Actor:
    """A finance officer whose organisation can pay; the account is its only one."""
    by = opened(world, slug)
    with scope(acting=by.organisation_id):
        create_bank_account(
            name="General account",
            sort_code="089999",
            account_number="66374958",
            account_name=f"{slug.title()} Council",
            service_user="654321",
            by=system_actor(by.organisation_id),
        )
    return by


LAYOUT = """
A = sort code, Sort code
B = account number, Account number
C = name, Payee
D = amount, Amount
E = reference, Reference
"""


def profile(world: World, slug: str = "eastmere", **given: Any) -> BankProfile:
    """How the bank of the only account takes Faster Payments, in an open scope."""
    wanted = {"name": "Upload", "from_on": AT.date(), "layout": LAYOUT, "limit_pence": 25_000_00}
    by = world.actor(f"administrator@{slug}")
    given = {**wanted, "at": AT, **given}
    return set_bank_profile(bank_account=account(), by=by, **given)


def account() -> BankAccount:
    return BankAccount.objects.order_by("id")[0]


def supplier(by: Actor, code: str, *, banked: bool = True, **facts: Any) -> Supplier:
    """A supplier, with bank details of long standing unless `banked` is False."""
    row = Supplier.objects.create(
        organisation_id=by.organisation_id,
        code=code,
        name=f"Supplier {code}",
        name_norm=f"SUPPLIER{code.upper()}",
        made_at=AT,
        **facts,
    )
    if banked:
        bank(by, row)
    return row


def bank(by: Actor, row: Supplier, *, agreed_at: datetime | None = None, **facts: Any) -> None:
    """Agreed bank details; a number of the supplier's own."""
    agreed_at = agreed_at or AT - timedelta(days=400)
    number = facts.pop("account_number", f"{row.pk + 10_000_000:08d}"[-8:])
    given = {"account_name": row.name, **facts}
    SupplierBank.objects.create(
        organisation_id=by.organisation_id,
        supplier=row,
        **SupplierBank.sealed(by.organisation_id, "200415", number),
        valid=(date(2025, 1, 1), None),
        state="active",
        made_by_name="Somebody",
        made_at=agreed_at,
        agreed_at=agreed_at,
        **given,
    )


def invoice(by: Actor, row: Supplier, pence: int, *, due: date = DUE, **facts: Any) -> Invoice:
    """A posted invoice, or with negative pence a credit note, with its journal."""
    number = next_number("invoice", by=by)
    given = {"state": "posted", "supplier_ref": f"R{number}", "ref_norm": f"R{number}",
             "invoice_on": due - timedelta(days=30), **facts}  # fmt: skip
    made = Invoice.objects.create(
        organisation_id=by.organisation_id,
        number=number,
        supplier=row,
        origin="keyed",
        received_on=due - timedelta(days=30),
        due_on=due,
        net_pence=pence,
        gross_pence=pence,
        made_at=AT,
        **given,
    )
    cost, payable = codings(by)
    lines = [NewLine(cost, pence), NewLine(payable, -pence)]
    post_journals(
        journals=[NewJournal(AT.date(), f"Invoice {number}", lines, "finance.invoice", made.pk)],
        source="test.invoice",
        key=str(number),
        series="PI",
        by=by,
    )
    return made


def terms(by: Actor, row: Supplier, from_on: date, **given: Any) -> DiscountTerms:
    """2% off within 10 days of the date of an invoice, unless given, in an open scope."""
    facts = {"percent": Decimal(2), "days": 10, "source": "Contract, clause 7", **given}
    return set_terms(supplier=row, from_on=from_on, by=by, at=AT, **facts)


def propose(by: Actor, **given: Any) -> PaymentRun:
    """A run in an open scope, with the usual days unless given."""
    wanted: dict[str, Any] = {"due_to": DUE_TO, "pay_on": PAY_ON, "at": AT, **given}
    return propose_run(bank_account=wanted.pop("bank_account", None) or account(), by=by, **wanted)


def release(run: PaymentRun, by: Actor, **given: Any) -> PaymentRun:
    """Releases with the right total and the version of `run`, unless given."""
    wanted = {"typed_total_pence": run.total_pence, "version": run.version, "at": AT, **given}
    return release_run(run=run, by=by, **wanted)
