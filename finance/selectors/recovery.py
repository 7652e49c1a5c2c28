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


# Only the oldest open invoice of a supplier can be its first, and few suppliers have new details.
_ALERTS = """
WITH opened AS MATERIALIZED (
  SELECT id, organisation_id, number, supplier_id, supplier_ref, invoice_on, received_on,
         gross_pence, state, made_at
    FROM finance_invoice
   WHERE organisation_id = ANY(%(organisations)s) AND gross_pence > 0
     AND state IN ('received', 'held', 'submitted', 'approved', 'posted', 'disputed')
), firsts AS (
  SELECT o.id FROM (
    SELECT organisation_id, supplier_id, min(id) AS id FROM opened
     GROUP BY organisation_id, supplier_id) o
   WHERE NOT EXISTS (
     SELECT FROM finance_invoice e WHERE e.organisation_id = o.organisation_id
        AND e.supplier_id = o.supplier_id AND e.id < o.id AND e.state <> 'reversed')
), changed AS (
  SELECT organisation_id, supplier_id, max(made_at) AS made_at FROM (
    SELECT organisation_id, supplier_id, made_at, state, bool_or(state = 'active') OVER (
             PARTITION BY organisation_id, supplier_id ORDER BY id
             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS had_others
      FROM finance_supplierbank WHERE organisation_id = ANY(%(organisations)s)) b
   WHERE had_others AND state IN ('proposed', 'active') GROUP BY organisation_id, supplier_id
), found AS (
  SELECT o.*, array_remove(ARRAY[
    CASE WHEN f.id IS NOT NULL THEN 'The first invoice of this supplier' END,
    CASE WHEN c.made_at >= o.made_at - make_interval(days => %(days)s)
      THEN 'New bank details within 90 days' END,
    CASE WHEN o.gross_pence %% %(round)s = 0 THEN 'A round sum' END,
    CASE WHEN extract(isodow FROM o.invoice_on) > 5 THEN 'Dated on a weekend' END],
    NULL) AS reasons
    FROM opened o LEFT JOIN firsts f ON f.id = o.id
    LEFT JOIN changed c ON c.organisation_id = o.organisation_id AND c.supplier_id = o.supplier_id
), most AS (
  SELECT * FROM found WHERE cardinality(reasons) > 0
   ORDER BY cardinality(reasons) DESC, gross_pence DESC, number LIMIT %(most)s
)
SELECT m.organisation_id, m.number, s.name, m.supplier_ref, m.invoice_on, m.received_on,
       m.gross_pence, m.state, m.reasons
  FROM most m
  JOIN finance_supplier s ON s.organisation_id = m.organisation_id AND s.id = m.supplier_id
 ORDER BY cardinality(m.reasons) DESC, m.gross_pence DESC, m.number
"""


def alerts(organisation_ids: Sequence[int]) -> list[Alert]:
    """Open invoices with a reason to look, those with most reasons first, `MOST` at most."""
    values: dict[str, Any] = {"organisations": list(organisation_ids), "days": NEW_BANK_DAYS}
    values |= {"round": ROUND_PENCE, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(_ALERTS, values)
        return [Alert(*row) for row in cursor.fetchall()]
