"""Suppliers and where they are paid: new bank details need a second person, always."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from approvals.services import request_approval
from core.actors import Actor, require
from core.errors import Clash, NotFound
from core.states import move
from core.working_time import add_working_days
from events.services import record
from finance.keys import account_digits, name_key
from finance.models import Supplier, SupplierBank
from finance.numbers import kept_company_number, kept_vat_number
from finance.permissions import AGREE_BANK, CHANGE_SUPPLIERS, LOOK_AT_BANK
from finance.rules import (
    SUP01,
    SUP02,
    SUP03,
    SUP04,
    SUP05,
    SUP06,
    SUP07,
    SUP08,
    SUP09,
    SUP18,
    SUP27,
)
from finance.selectors.cooling import cooling_days
from finance.selectors.modulus import installed_tables, modulus_of
from finance.selectors.supplier_holds import holds_on
from tenants.selectors import working_calendar
from tenants.services import next_number

State = SupplierBank.State
MOVES = {
    "agree": ((State.PROPOSED,), State.ACTIVE),
    "refuse": ((State.PROPOSED,), State.REFUSED),
}
# Not opened by a second person: neither a way in nor a way out is by hand.
UNOPENED = (Supplier.Status.PROPOSED, Supplier.Status.REFUSED)
KEPT = {"vat_number": kept_vat_number, "company_number": kept_company_number}
CHANGEABLE = {
    "name": "name",
    "vat_number": "VAT number",
    "company_number": "company number",
    "public_body": "public body",
    "terms_days": "payment terms",
    "paid_first": "paid first",
    "status": "status",
    "email": "e-mail address",
    "town": "town",
    "postcode": "postcode",
}


def masked(ending: str) -> str:
    """••••1234: enough to recognise an account, too little to use it."""
    return f"••••{ending}" if ending else ""


def create_supplier(*, name: str, code: str = "", by: Actor, **facts: Any) -> Supplier:
    """A new supplier; without a code the next number. SUP01 if the code is taken.

    Event finance.supplier.created.
    """
    require(by, CHANGE_SUPPLIERS)
    given = code.strip() or f"S{next_number('supplier', by=by):06d}"
    try:
        with transaction.atomic():
            supplier = Supplier.objects.create(
                organisation_id=by.organisation_id,
                code=given,
                name=name.strip(),
                name_norm=name_key(name),
                made_at=timezone.now(),
                **facts,
            )
    except IntegrityError as error:
        if "supplier_code_once" in str(error):
            raise SUP01.refuse() from None
        raise
    record("finance.supplier.created", supplier, by=by)
    return supplier


def change_supplier(
    *, supplier: Supplier, version: int, facts: Mapping[str, Any], by: Actor
) -> Supplier:
    """Changes what is given and differs, if nobody changed it since `version` (Clash).

    SUP09 before a second person opened it, and of who opens it otherwise; SUP27 for what a hold
    does; SUP10 and SUP11 for numbers that cannot be right. Event finance.supplier.changed with
    the old values.
    """
    require(by, CHANGE_SUPPLIERS)
    rows = Supplier.objects.select_for_update().filter(organisation_id=by.organisation_id)
    current = rows.filter(pk=supplier.pk).first()
    if current is None:
        raise NotFound("There is no such supplier.")
    if current.version != version:
        raise Clash()
    before = {
        key: getattr(current, key)
        for key, value in facts.items()
        if key in CHANGEABLE and getattr(current, key) != value
    }
    if not before:
        return current
    SUP27.check("status" not in before or not _held_or_to_be(current, facts["status"]))
    SUP09.check(current.status not in UNOPENED and facts.get("status") not in UNOPENED)
    for key in before:
        setattr(current, key, KEPT.get(key, _as_given)(facts[key]))
    current.name_norm = name_key(current.name)
    current.version += 1
    current.save(update_fields=[*before, "name_norm", "version"])
    words = ", ".join(CHANGEABLE[key] for key in before)
    record("finance.supplier.changed", current, by=by, fields=words, before=before)
    return current


def _held_or_to_be(supplier: Supplier, status: str) -> bool:
    """Is it held with a reason, or would it be without one?"""
    return status == Supplier.Status.HELD or holds_on(supplier).exists()


def _as_given(value: Any) -> Any:
    return value


def propose_bank(
    *,
    supplier: Supplier,
    sort_code: str,
    account_number: str,
    account_name: str,
    from_on: date,
    sure: bool = False,
    by: Actor,
) -> SupplierBank:
    """New bank details from a day on, which nobody pays to before a second person agrees.

    SUP02 for wrong digits, SUP05 while others wait, SUP18 for an account that fails the modulus
    check unless somebody is `sure` of it, APR03 without a route for
    finance.supplier_bank. Event finance.supplier.bank_proposed.
    """
    require(by, CHANGE_SUPPLIERS)
    sort, account = account_digits(sort_code), account_digits(account_number)
    SUP02.check(len(sort) == 6 and len(account) == 8 and (sort + account).isdecimal())
    SUP09.check(supplier.status != Supplier.Status.REFUSED)
    here = SupplierBank.objects.filter(
        organisation_id=by.organisation_id, supplier_id=supplier.pk, state=State.PROPOSED
    )
    SUP05.check(not here.exists())
    tables = installed_tables().tables
    modulus = modulus_of(tables, sort, account)
    SUP18.check(modulus != SupplierBank.Modulus.FAILED or sure)
    bank = SupplierBank.objects.create(
        organisation_id=by.organisation_id,
        supplier=supplier,
        **SupplierBank.sealed(by.organisation_id, sort, account),
        account_name=" ".join(account_name.split()),
        valid=(from_on, None),
        modulus=modulus,
        modulus_tables_of=tables and tables.dated,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=timezone.now(),
    )
    event = record(
        "finance.supplier.bank_proposed", supplier, by=by, account=masked(bank.account_ending)
    )
    request_approval(
        subject=bank,
        amount_pence=0,
        summary=f"New bank details of {supplier.name}",
        thread=event.thread,
        by=by,
    )
    return bank


def record_call(
    *,
    bank: SupplierBank,
    outcome: str,
    person: str,
    number: str,
    source: str,
    by: Actor,
    at: datetime,
) -> None:
    """Who of the supplier was called about a change, on a number known before, and what they said.

    A later call stands for the earlier ones, which stay on the timeline. SUP04, SUP08. Event
    finance.supplier.bank_called.
    """
    require(by, CHANGE_SUPPLIERS)
    said = SupplierBank.Call(outcome)
    SUP08.check(person.strip() and number.strip() and source in SupplierBank.Source.values)
    waits = SupplierBank.objects.filter(
        organisation_id=by.organisation_id, pk=bank.pk, state=State.PROPOSED
    )
    changed = waits.update(
        called_outcome=said,
        called_person=person.strip(),
        called_number=number.strip(),
        called_source=source,
        called_at=at,
        called_by_name=by.name,
    )
    SUP04.check(changed)
    record("finance.supplier.bank_called", bank.supplier, by=by, at=at, person=person.strip(),
           account=masked(bank.account_ending), outcome=said.label,
           number=number.strip(), source=SupplierBank.Source(source).label)  # fmt: skip


def agree_bank(bank: SupplierBank, by: Actor) -> None:
    """Called by approvals: the details are in use from their day, the earlier ones end with it.

    What replaces others is paid only after the cooling-off of the organisation, in which a
    supplier who knows nothing of it is told. SUP03 for the person who proposed them, SUP07 before
    a call confirmed them. Event finance.supplier.bank_agreed.
    """
    require(by, AGREE_BANK)
    SUP03.check(by.person_id is not None and by.person_id != bank.made_by_id)
    SUP07.check(bank.called_outcome == SupplierBank.Call.CONFIRMED)
    begins = bank.valid.lower or timezone.localdate()
    earlier = SupplierBank.objects.filter(
        organisation_id=by.organisation_id, supplier_id=bank.supplier_id, state=State.ACTIVE
    )
    paid_from = begins
    for row in earlier.select_for_update():
        paid_from = max(begins, _cooled_off(by))
        if not row.valid.isempty and (row.valid.upper is None or row.valid.upper > begins):
            row.valid = (row.valid.lower, max(row.valid.lower, begins))
            row.save(update_fields=["valid"])
    SupplierBank.objects.filter(organisation_id=by.organisation_id, pk=bank.pk).update(
        paid_from=paid_from
    )
    _decide(bank, "agree", by)


def _cooled_off(by: Actor) -> date:
    calendar, today = working_calendar(by.organisation_id), timezone.localdate()
    return add_working_days(calendar, today, cooling_days(by.organisation_id, today))


def refuse_bank(bank: SupplierBank, by: Actor, comment: str) -> None:
    """Called by approvals: nothing is ever paid to these details. Event …bank_refused."""
    _decide(bank, "refuse", by, comment=comment)


def look_at_bank(*, bank: SupplierBank, reason: str, by: Actor) -> tuple[str, str]:
    """(sort code, account number) for somebody who says why (SUP06).

    Event finance.supplier.bank_seen with the reason.
    """
    require(by, LOOK_AT_BANK)
    SUP06.check(reason.strip())
    account, why = masked(bank.account_ending), reason.strip()[:200]
    record("finance.supplier.bank_seen", bank.supplier, by=by, account=account, reason=why)
    return bank.digits()


def _decide(bank: SupplierBank, verb: str, by: Actor, **data: Any) -> None:
    SUP04.check(bank.state == State.PROPOSED)
    move(
        SupplierBank.objects.filter(organisation_id=by.organisation_id, pk=bank.pk),
        MOVES,
        verb,
        expected=1,
        # The proposer may withdraw; that is a refusal without a second person.
        agreed_by_id=by.person_id if by.person_id != bank.made_by_id else None,
        agreed_by_name=by.name,
        agreed_at=timezone.now(),
    )
    outcome = "bank_agreed" if verb == "agree" else "bank_refused"
    record(
        f"finance.supplier.{outcome}",
        bank.supplier,
        by=by,
        account=masked(bank.account_ending),
        **data,
    )
