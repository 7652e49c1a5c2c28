"""New suppliers: asked for by one person, checked by number, agreed to by another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from approvals.selectors import waiting_about
from approvals.services import request_approval, withdraw
from core.actors import Actor, require, system_actor
from core.states import move
from events.services import record
from finance.keys import account_digits
from finance.models import Supplier, SupplierBank, SupplierRequest
from finance.numbers import kept_company_number, kept_vat_number
from finance.permissions import AGREE_SUPPLIERS, CHANGE_SUPPLIERS
from finance.rules import SUP12, SUP13, SUP14, SUP15, SUP16, SUP17
from finance.selectors.onboarding import Alike, alike
from finance.services.suppliers import create_supplier, propose_bank
from tenants.services import next_number

State = SupplierRequest.State
MOVES = {
    "agree": ((State.PROPOSED,), State.AGREED),
    "refuse": ((State.PROPOSED,), State.REFUSED),
}


@dataclass(frozen=True)
class NewSupplier:
    """What is asked for. A number or the reason why there is none; bank details whole or none."""

    name: str
    address: str
    contact_name: str
    category: str
    asked_by: str
    wanted_for: str
    vat_number: str = ""
    no_vat: str = ""
    company_number: str = ""
    no_company: str = ""
    contact_phone: str = ""
    email: str = ""
    town: str = ""
    postcode: str = ""
    public_body: bool = False
    terms_days: int = 30
    account_name: str = ""
    sort_code: str = ""
    account_number: str = ""
    sure: bool = False
    despite: str = ""

    @property
    def banked(self) -> bool:
        return bool(self.sort_code and self.account_number and self.account_name)


def ask_supplier(*, wanted: NewSupplier, by: Actor, at: datetime) -> SupplierRequest:
    """A supplier that waits for a second person, and its bank details, which wait for their own.

    Invoices of it can be entered, and none is paid. SUP10 to SUP13 for its numbers, SUP14 for one
    like another without a reason, SUP17 for half of bank details, APR03 without a route for
    finance.supplier_request. Event finance.supplier.asked.
    """
    require(by, CHANGE_SUPPLIERS)
    vat = kept_vat_number(wanted.vat_number)
    company = kept_company_number(wanted.company_number)
    SUP12.check(bool(vat) != bool(wanted.no_vat))
    SUP13.check(bool(company) != bool(wanted.no_company))
    given = (wanted.sort_code, wanted.account_number, wanted.account_name)
    SUP17.check(wanted.banked or not any(given))
    # Taking the number makes others wait, so that nobody asks for the same one meanwhile.
    number = next_number("supplier_request", by=by)
    found = _others(wanted, vat, company, by)
    despite = " ".join(wanted.despite.split())
    SUP14.check(not found or despite, "; ".join(one.words for one in found))
    supplier = create_supplier(
        name=wanted.name, vat_number=vat, company_number=company, public_body=wanted.public_body,
        terms_days=wanted.terms_days, email=wanted.email, town=wanted.town,
        postcode=wanted.postcode, status=Supplier.Status.PROPOSED, by=by,
    )  # fmt: skip
    row = SupplierRequest.objects.create(
        organisation_id=by.organisation_id,
        number=number,
        supplier=supplier,
        no_vat=wanted.no_vat,
        no_company=wanted.no_company,
        address=wanted.address,
        contact_name=wanted.contact_name,
        contact_phone=wanted.contact_phone,
        category=wanted.category,
        asked_by=wanted.asked_by,
        wanted_for=wanted.wanted_for,
        alike=[one.words for one in found],
        despite=despite if found else "",
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at,
    )
    _send(row, wanted, by, at)
    return row


def _send(row: SupplierRequest, wanted: NewSupplier, by: Actor, at: datetime) -> None:
    """To those who agree to suppliers, and its bank details to those who agree to these."""
    supplier = row.supplier
    event = record("finance.supplier.asked", supplier, by=by, at=at, asked_by=row.asked_by,
                   wanted_for=row.wanted_for)  # fmt: skip
    request_approval(
        subject=row, amount_pence=0, summary=f"New supplier {supplier.name}", thread=event.thread,
        by=by, as_of=at,
    )  # fmt: skip
    if wanted.banked:
        propose_bank(
            supplier=supplier,
            sort_code=wanted.sort_code,
            account_number=wanted.account_number,
            account_name=wanted.account_name,
            from_on=timezone.localdate(at),
            sure=wanted.sure,
            by=by,
        )


def _others(wanted: NewSupplier, vat: str, company: str, by: Actor) -> list[Alike]:
    account = account_digits(wanted.sort_code) + account_digits(wanted.account_number)
    return alike(
        by.organisation_id,
        name=wanted.name,
        vat_number=vat,
        company_number=company,
        account=account if wanted.banked else "",
    )


def agree_supplier(row: SupplierRequest, by: Actor) -> None:
    """Called by approvals: the supplier is opened. SUP15 for the person who asked for it.

    Event finance.supplier.agreed.
    """
    require(by, AGREE_SUPPLIERS)
    SUP15.check(by.person_id is not None and by.person_id != row.made_by_id)
    _decide(row, "agree", Supplier.Status.ACTIVE, by)
    record("finance.supplier.agreed", row.supplier, by=by)


def refuse_supplier(row: SupplierRequest, by: Actor, comment: str) -> None:
    """Called by approvals: it is never opened, and bank details of it that wait are withdrawn.

    Event finance.supplier.refused.
    """
    _decide(row, "refuse", Supplier.Status.REFUSED, by)
    record("finance.supplier.refused", row.supplier, by=by, comment=comment)
    bank = SupplierBank.objects.filter(
        organisation_id=by.organisation_id, supplier_id=row.supplier_id,
        state=SupplierBank.State.PROPOSED,
    ).first()  # fmt: skip
    waits = bank and waiting_about(by, "finance.supplier_bank", bank.pk)
    if waits:
        withdraw(request=waits.request, by=system_actor(by.organisation_id))


def _decide(row: SupplierRequest, verb: str, status: str, by: Actor) -> None:
    SUP16.check(row.state == State.PROPOSED)
    second: Any = by.person_id if by.person_id != row.made_by_id else None
    move(
        SupplierRequest.objects.filter(organisation_id=by.organisation_id, pk=row.pk),
        MOVES,
        verb,
        expected=1,
        agreed_by_id=second,
        agreed_by_name=by.name,
        decided_at=timezone.now(),
    )
    suppliers = Supplier.objects.filter(organisation_id=by.organisation_id, pk=row.supplier_id)
    suppliers.update(status=status, version=row.supplier.version + 1)
