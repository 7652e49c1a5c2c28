"""Pairs that may be one invoice, and alerts on open invoices: what to look at and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, F, QuerySet, Sum

from core.actors import Actor
from core.errors import NotFound
from finance.models import DuplicateCase
from finance.selectors.invoices import seen

NEW_BANK_DAYS = 90
ROUND_PENCE = 100_000
MOST = 500


def duplicate_cases(organisation_ids: Sequence[int], state: str = "") -> QuerySet[DuplicateCase]:
    """Pairs, surest and largest first; those still open unless a state or «all» is asked for."""
    rows = DuplicateCase.objects.filter(organisation_id__in=list(organisation_ids))
    if state != "all":
        rows = rows.filter(state=state or DuplicateCase.State.OPEN)
    rows = rows.select_related("later__supplier", "earlier__supplier", "bank_line")
    return rows.order_by("grade", "-amount_pence", "id")


@dataclass(frozen=True)
class Sums:
    """Pairs of one state: how many, and pence at stake."""

    state: str
    number: int
    pence: int


def duplicate_sums(organisation_ids: Sequence[int]) -> dict[str, Sums]:
    rows = DuplicateCase.objects.filter(organisation_id__in=list(organisation_ids))
    found = (
        rows.order_by()
        .values_list("state")
        .annotate(number=Count("version"), pence=Sum(F("amount_pence")))
    )
    return {state: Sums(state, number, int(pence)) for state, number, pence in found}


def duplicate_case(actor: Actor, number: int) -> DuplicateCase:
    """A pair here by its id. NotFound as of its later invoice."""
    rows = DuplicateCase.objects.filter(organisation_id=actor.organisation_id, pk=number)
    found = rows.select_related("later__supplier", "earlier__supplier", "bank_line").first()
    if found is None:
        raise NotFound("There is no such pair.")
    seen(actor, found.later)
    return found


@dataclass(frozen=True)
class Alert:
    """An open invoice and every reason to look at it."""

    organisation_id: int
    number: int
    supplier_name: str
    supplier_ref: str
    invoice_on: date
    received_on: date | None
    gross_pence: int
    state: str
    reasons: list[str]


_ALERTS = """
SELECT * FROM (
SELECT i.organisation_id, i.number, s.name, i.supplier_ref, i.invoice_on, i.received_on,
       i.gross_pence, i.state, array_remove(ARRAY[
  CASE WHEN NOT EXISTS (
    SELECT FROM finance_invoice e WHERE e.organisation_id = i.organisation_id
       AND e.supplier_id = i.supplier_id AND e.id < i.id AND e.state <> 'reversed')
    THEN 'The first invoice of this supplier' END,
  CASE WHEN EXISTS (
    SELECT FROM finance_supplierbank b WHERE b.organisation_id = i.organisation_id
       AND b.supplier_id = i.supplier_id AND b.state IN ('proposed', 'active')
       AND b.made_at >= i.made_at - make_interval(days => %(days)s)
       AND EXISTS (SELECT FROM finance_supplierbank o WHERE o.organisation_id = b.organisation_id
                      AND o.supplier_id = b.supplier_id AND o.id < b.id AND o.state = 'active'))
    THEN 'New bank details within 90 days' END,
  CASE WHEN i.gross_pence %% %(round)s = 0 THEN 'A round sum' END,
  CASE WHEN extract(isodow FROM i.invoice_on) > 5 THEN 'Dated on a weekend' END], NULL) AS reasons
  FROM finance_invoice i
  JOIN finance_supplier s ON s.organisation_id = i.organisation_id AND s.id = i.supplier_id
 WHERE i.organisation_id = ANY(%(organisations)s) AND i.gross_pence > 0
   AND i.state IN ('received', 'held', 'submitted', 'approved', 'posted', 'disputed')) a
 WHERE cardinality(reasons) > 0
 ORDER BY cardinality(reasons) DESC, gross_pence DESC, number LIMIT %(most)s
"""


def alerts(organisation_ids: Sequence[int]) -> list[Alert]:
    """Open invoices with a reason to look, those with most reasons first, `MOST` at most."""
    values: dict[str, Any] = {"organisations": list(organisation_ids), "days": NEW_BANK_DAYS}
    values |= {"round": ROUND_PENCE, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(_ALERTS, values)
        return [Alert(*row) for row in cursor.fetchall()]
