"""What a remittance advice says: the same words and figures on paper, as a file and by e-mail.

It names no more of a bank account than its last figures.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core.money import formatted, pounds
from core.pdf import pdf
from core.templatetags.web import day
from core.web.exports import csv_bytes
from finance.models import Allocation, Payment

HEAD = ("Payment", "Paid on", "Our number", "Your reference", "Dated", "Kind", "Amount")
WORDS = {
    Payment.State.RELEASED: "pays",
    Payment.State.RETURNED: "tried to pay",
    Payment.State.REVERSED: "tried to pay",
}


def kind(allocation: Allocation) -> str:
    """A credit note lowers the payment by what it gives back."""
    return "Credit note" if allocation.amount_pence < 0 else "Invoice"


def settled_rows(settled: Iterable[Allocation]) -> list[tuple[Allocation, str, int]]:
    """Each with its kind and pence; what is let off for early payment, beneath its invoice."""
    rows = []
    for one in settled:
        rows.append((one, kind(one), one.amount_pence + one.discount_pence))
        if one.discount_pence:
            rows.append((one, "Early payment discount", -one.discount_pence))
    return rows


def sentence(payment: Payment, payer: str) -> str:
    """Who pays whom how much, in one sentence."""
    pays = WORDS.get(Payment.State(payment.state), "would pay")
    amount = formatted(payment.amount_pence)
    what = f"this: {payment.liability.words}" if payment.liability else "these invoices"
    return f"{payer} {pays} {payment.supplier.name} {amount} for {what}."


def facts(payment: Payment) -> dict[str, str]:
    """What stands above the invoices."""
    ending = payment.account_ending
    account = f"{payment.account_name}, ending {ending}" if ending else "Not known"
    return {
        "Payment": str(payment),
        "Paid to": payment.supplier.name,
        "Amount": formatted(payment.amount_pence),
        "Pays on": day(payment.paid_on),
        "Account": account,
        **({"Reference": payment.liability.reference} if payment.liability else {}),
        "State": payment.get_state_display(),
    }


def as_pdf(
    payment: Payment, settled: Iterable[Allocation], *, payer: str, colour: str, at: datetime
) -> bytes:
    """The advice as a tagged document."""
    rows: list[dict[str, Any]] = [
        {
            "cells": [
                str(one.invoice),
                one.invoice.supplier_ref,
                day(one.invoice.invoice_on),
                words,
                formatted(pence),
            ]
        }
        for one, words, pence in settled_rows(settled)
    ]
    rows.append({"cells": ["Total", "", "", "", formatted(payment.amount_pence)], "total": True})
    data = {
        "title": f"Remittance advice {payment}",
        "from": payer,
        "colour": colour,
        "sentence": sentence(payment, payer),
        "facts": list(facts(payment).items()),
        "rows": rows,
    }
    return pdf("finance/payments/remittance.typ", data, at=at)


def as_csv(payment: Payment, settled: Iterable[Allocation], *, payer: str) -> bytes:
    """The advice for the supplier's own books: one row for each invoice and credit note."""
    rows = [
        (
            str(payment),
            payment.paid_on,
            str(one.invoice),
            one.invoice.supplier_ref,
            one.invoice.invoice_on,
            words,
            pounds(pence),
        )
        for one, words, pence in settled_rows(settled)
    ]
    above = {"Payer": payer, **facts(payment), "Amount": str(pounds(payment.amount_pence))}
    return csv_bytes(HEAD, rows, above)
