"""Matching credit notes to the invoices they credit, by a person, and undoing it.

A match says what a credit is for; it moves no money. Payment runs take every open credit of a
supplier off what is due to them, matched or not.
"""

from typing import Any

from django.db.models import F
from django.utils import timezone

from core.actors import Actor, require
from core.errors import Clash, NotFound
from core.templatetags.web import pounds
from events.services import record
from finance.models import CreditMatch, Invoice
from finance.permissions import ENTER_INVOICES
from finance.rules import INV09
from finance.rules_workbench import CRN01, CRN02, CRN03, CRN04

REVERSED = Invoice.State.REVERSED


def match_credit(
    *, credit: Invoice, version: int, invoice: Invoice, pence: int, reason: str, by: Actor
) -> CreditMatch:
    """So much of a credit note credits an invoice. Events finance.invoice.credited, .credits.

    CRN01 for what is no pair, CRN02 of two suppliers, CRN03 when one is reversed, CRN04 beyond what
    is left of either, INV09 without a reason. Clash if the credit note was changed.
    """
    for row in (credit, invoice):
        require(by, ENTER_INVOICES, unit_path=row.unit_path)
    INV09.check(reason.strip())
    rows = _locked(credit.organisation_id, credit.pk, invoice.pk)
    credit, invoice = rows[credit.pk], rows[invoice.pk]
    if credit.version != version:
        raise Clash()
    CRN01.check(credit.gross_pence < 0 < invoice.gross_pence)
    CRN02.check(credit.supplier_id == invoice.supplier_id)
    CRN03.check(REVERSED not in (credit.state, invoice.state))
    left = min(-credit.unmatched_pence, invoice.unmatched_pence)
    CRN04.check(0 < pence <= left, f"{pounds(left)} is left.")
    _add(credit, -pence)
    _add(invoice, pence)
    match = CreditMatch.objects.create(
        organisation_id=by.organisation_id,
        credit=credit,
        invoice=invoice,
        amount_pence=pence,
        reason=reason.strip()[:300],
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=timezone.now(),
    )
    _both("credited", "credits", credit, invoice, by, amount=pounds(pence), comment=match.reason)
    return match


def undo_match(*, match: CreditMatch, reason: str, by: Actor) -> None:
    """The match no longer stands; it is kept with the reason (INV09).

    Clash if somebody undid it before. Event finance.invoice.unmatched on both.
    """
    for row in (match.credit, match.invoice):
        require(by, ENTER_INVOICES, unit_path=row.unit_path)
    INV09.check(reason.strip())
    rows = _locked(match.organisation_id, match.credit_id, match.invoice_id)
    _undo([match], rows, reason.strip()[:300], by)


def undo_matches_of(*, invoice: Invoice, reason: str, by: Actor) -> None:
    """Whatever is matched to one that is about to be reversed is free again."""
    if not invoice.matched_pence:
        return
    side = "credit_id" if invoice.gross_pence < 0 else "invoice_id"
    found = list(
        CreditMatch.objects.filter(
            organisation_id=invoice.organisation_id, undone_at=None, **{side: invoice.pk}
        )
    )
    ids = {key for match in found for key in (match.credit_id, match.invoice_id)}
    _undo(found, _locked(invoice.organisation_id, *ids), reason[:300], by)


def _locked(organisation_id: int, *ids: int) -> dict[int, Invoice]:
    rows = Invoice.objects.filter(organisation_id=organisation_id, pk__in=ids)
    found = {row.pk: row for row in rows.order_by("pk").select_for_update()}
    if len(found) != len(set(ids)):
        raise NotFound("There is no such invoice.")
    return found


def _undo(matches: list[CreditMatch], rows: dict[int, Invoice], reason: str, by: Actor) -> None:
    for match in matches:
        live = CreditMatch.objects.filter(
            organisation_id=match.organisation_id, pk=match.pk, undone_at=None
        )
        undone = {"undone_at": timezone.now(), "undone_by_name": by.name, "undone_reason": reason}
        if live.update(**undone) != 1:
            raise Clash()
        credit, invoice = rows[match.credit_id], rows[match.invoice_id]
        _add(credit, match.amount_pence)
        _add(invoice, -match.amount_pence)
        said = {"amount": pounds(match.amount_pence), "comment": reason}
        _both("unmatched", "unmatched", credit, invoice, by, **said)


def _add(row: Invoice, pence: int) -> None:
    """The constraint of the table refuses what goes beyond; the version tells open forms."""
    Invoice.objects.filter(organisation_id=row.organisation_id, pk=row.pk).update(
        matched_pence=F("matched_pence") + pence, version=F("version") + 1
    )


def _both(
    invoice_verb: str, credit_verb: str, credit: Invoice, invoice: Invoice, by: Actor, **said: Any
) -> None:
    pairs = ((invoice_verb, invoice, credit), (credit_verb, credit, invoice))
    for verb, row, other in pairs:
        about = {**said, "other": str(other)}
        record(f"finance.invoice.{verb}", row, by=by, thread=row.thread, **about)
