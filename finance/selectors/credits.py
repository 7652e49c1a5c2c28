"""Credit notes: what is matched of them, what stands unmatched, and which invoice they mean."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When

from core.actors import Actor
from core.errors import NotFound
from core.templatetags.web import pounds
from finance.keys import reference_key
from finance.models import CreditMatch, Invoice, InvoiceLine
from finance.selectors.invoices import seen

CANDIDATES = 200
SUGGESTED = 8
# Shorter numbers stand in any text by chance.
SHORTEST_NUMBER = 3
LISTS = {
    "open": "Not matched, not taken yet",
    "taken": "Taken in a payment without a match",
    "matched": "Matched",
    "all": "All",
}
_LEFT = Q(matched_pence__gt=F("gross_pence"))
_WHICH = {
    "open": _LEFT & ~Q(state=Invoice.State.PAID),
    "taken": _LEFT & Q(state=Invoice.State.PAID),
    "matched": Q(matched_pence=F("gross_pence")),
    "all": Q(),
}
_WORDS = re.compile(r"[A-Za-z0-9/_.-]+")


def credit_notes(
    organisation_ids: Sequence[int], which: str, within: Mapping[int, tuple[str, ...]]
) -> QuerySet[Invoice]:
    """Credit notes that stand, the oldest first; of organisations in `within` those paths only."""
    rows = Invoice.objects.filter(
        _WHICH[which], organisation_id__in=list(organisation_ids), gross_pence__lt=0
    ).exclude(state=Invoice.State.REVERSED)
    for place, paths in within.items():
        reached = Q()
        for path in paths:
            reached |= Q(unit_path__begins=path)
        rows = rows.filter(~Q(organisation_id=place) | reached)
    return rows.select_related("supplier").order_by("invoice_on", "id")


@dataclass(frozen=True)
class Sums:
    """Credit notes of one list: how many, and pence of them that no match covers."""

    number: int
    pence: int


def credit_sums(
    organisation_ids: Sequence[int], within: Mapping[int, tuple[str, ...]]
) -> dict[str, Sums]:
    rows = credit_notes(organisation_ids, "all", within).order_by()
    asked: dict[str, Any] = {}
    for name, which in _WHICH.items():
        asked[f"number_of_{name}"] = Count("pk", filter=which)
        asked[f"pence_of_{name}"] = Sum(F("gross_pence") - F("matched_pence"), filter=which)
    found = rows.aggregate(**asked)
    return {
        name: Sums(found[f"number_of_{name}"], int(-(found[f"pence_of_{name}"] or 0)))
        for name in _WHICH
    }


def age_days(row: Invoice, today: date) -> int:
    """Days since the credit note came; since its date where a file does not say when."""
    return (today - (row.received_on or row.invoice_on)).days


def matches_with(invoice: Invoice) -> list[CreditMatch]:
    """Every match of an invoice or credit note, those that stand first."""
    side = "credit_id" if invoice.gross_pence < 0 else "invoice_id"
    rows = CreditMatch.objects.filter(
        organisation_id=invoice.organisation_id, **{side: invoice.pk}
    ).select_related("credit", "invoice")
    return list(rows.order_by(F("undone_at").desc(nulls_first=True), "id"))


def credit_match(actor: Actor, credit: Invoice, number: int) -> CreditMatch:
    """A match of that credit note. NotFound also when its invoice is not for this actor."""
    rows = CreditMatch.objects.filter(
        organisation_id=actor.organisation_id, pk=number, credit_id=credit.pk
    )
    found = rows.select_related("credit", "invoice").first()
    if found is None:
        raise NotFound("There is no such match.")
    seen(actor, found.invoice)
    return found


@dataclass(frozen=True)
class Suggestion:
    """An invoice that a credit note may mean, what to match of it, and every reason."""

    invoice: Invoice
    pence: int
    reasons: list[str]
    weight: int


def suggestions(credit: Invoice) -> list[Suggestion]:
    """Invoices of the same supplier with something left, the likeliest first."""
    if not credit.unmatched_pence:
        return []
    lines = _lines(credit.organisation_id, [credit.pk])[credit.pk]
    words = _quoted(credit, lines)
    left = Invoice.objects.filter(
        organisation_id=credit.organisation_id,
        supplier_id=credit.supplier_id,
        gross_pence__gt=0,
        matched_pence__lt=F("gross_pence"),
    ).exclude(state=Invoice.State.REVERSED)
    named = Q(ref_norm__in=sorted(words))
    found = left.filter(named | Q(invoice_on__lte=credit.invoice_on))
    first = Case(When(named, then=0), default=1)
    rows = {row.pk: row for row in found.order_by(first, "-id")[:CANDIDATES]}
    theirs = _lines(credit.organisation_id, list(rows))
    likely = [_weighed(credit, lines, row, theirs[row.pk], words) for row in rows.values()]
    return sorted(likely, key=lambda one: (-one.weight, -one.invoice.pk))[:SUGGESTED]


def _lines(organisation_id: int, invoice_ids: Sequence[int]) -> dict[int, list[InvoiceLine]]:
    rows = InvoiceLine.objects.filter(organisation_id=organisation_id, invoice_id__in=invoice_ids)
    found: dict[int, list[InvoiceLine]] = defaultdict(list)
    for row in rows.order_by("invoice_id", "line_no"):
        found[row.invoice_id].append(row)
    return found


def _quoted(credit: Invoice, lines: Sequence[InvoiceLine]) -> set[str]:
    """Keys of all that may be a number in the words of a credit note, its own left out."""
    texts = [credit.description, *(line.description for line in lines), credit.supplier_ref]
    keys = {reference_key(word) for text in texts for word in _WORDS.findall(text)}
    return {key for key in keys if len(key) >= SHORTEST_NUMBER} - {credit.ref_norm}


def _weighed(
    credit: Invoice,
    lines: Sequence[InvoiceLine],
    row: Invoice,
    theirs: Sequence[InvoiceLine],
    words: set[str],
) -> Suggestion:
    wanted = -credit.unmatched_pence
    found: list[tuple[int, str]] = []
    if row.ref_norm in words:
        found.append((8, f"The credit note quotes {row.supplier_ref}"))
    if row.gross_pence == wanted:
        found.append((4, "The same amount"))
    elif row.unmatched_pence == wanted:
        found.append((4, f"{pounds(wanted)} is what is left of it"))
    ours = Counter((-line.net_pence, -line.vat_pence) for line in lines)
    if not ours - Counter((line.net_pence, line.vat_pence) for line in theirs):
        found.append((2, "Each line of the credit note is a line of it"))
    if row.state == Invoice.State.DISPUTED:
        found.append((1, "It is disputed"))
    reasons = [reason for _, reason in found] or ["The same supplier, nothing more"]
    weight = sum(number for number, _ in found)
    return Suggestion(row, min(wanted, row.unmatched_pence), reasons, weight)
