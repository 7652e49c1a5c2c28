"""Base measures of supplier invoices and payments (finance.indicators names what they feed).

An invoice counts in the month in which it was paid, posted, approved or fell due, by measure.
Times run from the day of receipt; day 1 is the day after it (Procurement Regulations 2024,
regulation 38). Rows of published payment files state no day of receipt and never count as timed.
"""

# ruff: noqa: S608 (the SQL is made of constants of this file; values are parameters)
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from core.actors import Actor, paths_where
from core.working_time import FIRST_YEAR, LAST_YEAR, Nation, national_holidays
from finance.models import Invoice
from finance.permissions import SEE_INVOICES, SEE_PAYMENTS
from sla.registry import (
    BaseMeasure,
    MeasureUnit,
    RowsLink,
    Source,
    register,
)

SMALL_PENCE = 100_00
LARGEST_SUPPLIERS = 10
# Parts of spend kept apart in a month; the rest is added up as one.
LARGEST_PARTS = 20
COUNT, PENCE, DAYS = MeasureUnit.COUNT, MeasureUnit.PENCE, MeasureUnit.DAYS


def _month(column: str) -> str:
    return f"date_trunc('month', {column}::timestamp)::date AS month"


def _range(column: str) -> str:
    return f"{column} >= %(first)s AND {column} < %(until)s"


def _weekdays_to(column: str) -> str:
    """SQL: weekdays from Monday 1 January 1900 up to and including the day."""
    days = f"({column} - date '1900-01-01' + 1)"
    return f"({days} / 7 * 5 + least({days} %% 7, 5))"


@cache
def bank_holidays() -> Mapping[str, list[date]]:
    """Bank holidays on weekdays of each nation, as parameters of the SQL."""
    return {
        f"holidays_{nation.name.lower()}": [
            day
            for year in range(FIRST_YEAR, LAST_YEAR + 1)
            for day in sorted(national_holidays(nation, year))
            if day.weekday() < 5
        ]
        for nation in Nation
    }


def _listed(url_name: str, slug: str, month: date, **query: str) -> str:
    """The address of a list, narrowed to the days of a month."""
    last = date(month.year + month.month // 12, month.month % 12 + 1, 1) - timedelta(days=1)
    days = {"since": f"{month:%d/%m/%Y}", "until": f"{last:%d/%m/%Y}"}
    address = reverse(url_name, kwargs={"organisation": slug})
    return f"{address}?{urlencode({**query, **days})}"


def _invoices(by: str) -> RowsLink:
    """The list of invoices of a month by one of its dates: paid, posted, approved or due."""
    column = f"{by}_on"
    return RowsLink(
        "Invoices of the month",
        SEE_INVOICES,
        lambda slug, month: _listed("invoices", slug, month, state="all", dates=by),
        subject="finance.invoice",
        column=column,
        beneath=lambda actor, month: _beneath(actor, column, month),
    )


def _beneath(actor: Actor, column: str, month: date) -> QuerySet[Invoice]:
    """The invoices with that date in a month, in the units that the actor sees, largest first."""
    until = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    days = {f"{column}__gte": month, f"{column}__lt": until}
    rows = Invoice.objects.filter(organisation_id=actor.organisation_id, **days)
    within = Q()
    for path in paths_where(actor, SEE_INVOICES).get(actor.organisation_id, ()):
        within |= Q(unit_path__startswith=path)
    return rows.filter(within).select_related("supplier").order_by("-gross_pence", "-pk")


def _payments(slug: str, month: date) -> str:
    return _listed("payments", slug, month)


_HOLIDAYS = """(SELECT count(*) FROM unnest(CASE o.nation
  WHEN 'scotland' THEN %(holidays_scotland)s::date[]
  WHEN 'northern_ireland' THEN %(holidays_northern_ireland)s::date[]
  ELSE %(holidays_england_and_wales)s::date[] END) h(day)
  WHERE h.day > i.received_on AND h.day <= i.paid_on)"""
_WEEKDAYS = f"{_weekdays_to('i.paid_on')} - {_weekdays_to('i.received_on')}"

PAID = Source(
    "finance.paid",
    f"""SELECT {_month("i.paid_on")}, i.gross_pence AS gross, i.paid_on - i.received_on AS days,
      i.number AS row_no, i.received_on AS began, i.paid_on AS ended,
      i.received_on IS NOT NULL AND i.gross_pence > 0 AS timed,
      i.paid_on <= greatest(i.due_on, i.received_on + 30) AS in_terms, i.duplicate_grade,
      CASE WHEN i.received_on IS NULL THEN NULL WHEN {_WEEKDAYS} <= 10 THEN true
           WHEN {_WEEKDAYS} > 20 THEN false
           ELSE {_WEEKDAYS} - {_HOLIDAYS} <= 10 END AS in_ten
    FROM finance_invoice i JOIN tenants_organisation o ON o.id = i.organisation_id
    WHERE i.organisation_id = %(organisation)s AND i.state = 'paid' AND {_range("i.paid_on")}""",
    parameters=bank_holidays,
    rows=_invoices("paid"),
    relievable=True,
)
POSTED = Source(
    "finance.posted",
    f"""SELECT {_month("i.posted_on")}, i.gross_pence AS gross, i.received_on, i.touched, i.origin,
      i.held_on IS NOT NULL OR i.duplicate_grade <> '' AS exception,
      i.ref_norm = '' AS unnumbered, s.redacted, i.supplier_id, i.number AS row_no,
      coalesce(i.received_on, i.posted_on) AS began, i.posted_on AS ended
    FROM finance_invoice i
    JOIN finance_supplier s ON s.organisation_id = i.organisation_id AND s.id = i.supplier_id
    WHERE i.organisation_id = %(organisation)s AND {_range("i.posted_on")}""",
    rows=_invoices("posted"),
    relievable=True,
)
APPROVED = Source(
    "finance.approved",
    f"""SELECT {_month("i.approved_on")}, i.approved_on - i.received_on AS days,
      i.number AS row_no, i.received_on AS began, i.approved_on AS ended
    FROM finance_invoice i
    WHERE i.organisation_id = %(organisation)s AND i.received_on IS NOT NULL
      AND i.gross_pence > 0 AND {_range("i.approved_on")}""",
    rows=_invoices("approved"),
    relievable=True,
)
DUE = Source(
    "finance.due",
    f"""SELECT {_month("i.due_on")}, i.gross_pence AS gross, i.paid_on IS NULL OR i.paid_on >=
      date_trunc('month', i.due_on::timestamp) + interval '1 month' AS unpaid
    FROM finance_invoice i
    WHERE i.organisation_id = %(organisation)s AND i.received_on IS NOT NULL
      AND i.gross_pence > 0 AND i.state NOT IN ('reversed', 'disputed')
      AND i.due_on <= CURRENT_DATE AND {_range("i.due_on")}""",
    rows=_invoices("due"),
)
SUPPLIERS = Source(
    "finance.suppliers",
    f"""SELECT t.month, t.amount, s.redacted, row_number() OVER
      (PARTITION BY t.month ORDER BY s.redacted, t.amount DESC, t.supplier_id) AS place
    FROM (SELECT {_month("i.paid_on")}, i.supplier_id, sum(i.gross_pence) AS amount
      FROM finance_invoice i WHERE i.organisation_id = %(organisation)s AND i.state = 'paid'
        AND {_range("i.paid_on")} GROUP BY 1, 2) t
    JOIN finance_supplier s ON s.organisation_id = %(organisation)s AND s.id = t.supplier_id""",
    rows=_invoices("paid"),
)
PAYMENTS = Source(
    "finance.payments",
    f"""SELECT {_month("p.paid_on")}, p.amount_pence, r.method
    FROM finance_payment p JOIN finance_paymentrun r
      ON r.organisation_id = p.organisation_id AND r.id = p.payment_run_id
    WHERE p.organisation_id = %(organisation)s AND p.state = 'released'
      AND {_range("p.paid_on")}""",
    rows=RowsLink("Payments of the month", SEE_PAYMENTS, _payments),
)
_LINES = """FROM finance_invoice i JOIN finance_invoiceline l
      ON l.organisation_id = i.organisation_id AND l.invoice_id = i.id"""
LINES = Source(
    "finance.lines",
    f"""SELECT {_month("i.posted_on")} {_LINES}
    WHERE i.organisation_id = %(organisation)s AND {_range("i.posted_on")}""",
    rows=_invoices("posted"),
)
PAID_LINES = Source(
    "finance.paid_lines",
    f"""SELECT {_month("i.paid_on")}, i.number AS row_no, i.received_on AS began,
      i.paid_on AS ended, i.paid_on <= greatest(i.due_on, i.received_on + 30) AS in_terms {_LINES}
    WHERE i.organisation_id = %(organisation)s AND i.state = 'paid' AND i.gross_pence > 0
      AND i.received_on IS NOT NULL AND {_range("i.paid_on")}""",
    rows=_invoices("paid"),
    relievable=True,
)
FILES = Source(
    "finance.files",
    """SELECT date_trunc('month', f.made_at AT TIME ZONE 'Europe/London')::date AS month,
      f.rows_loaded, f.rows_held, coalesce(h.missing, 0) AS missing
    FROM finance_sourcefile f LEFT JOIN (
      SELECT r.source_file_id, count(*) AS missing FROM finance_sourcerow r
      WHERE r.organisation_id = %(organisation)s AND r.kind = 'held'
        AND r.cause IN ('amount_missing', 'date_missing', 'supplier_missing', 'received_missing',
                        'not_a_payment') GROUP BY 1) h ON h.source_file_id = f.id
    WHERE f.organisation_id = %(organisation)s AND f.state = 'loaded'
      AND (f.made_at AT TIME ZONE 'Europe/London')::date >= %(first)s
      AND (f.made_at AT TIME ZONE 'Europe/London')::date < %(until)s""",
)


HOLDS = Source(
    "finance.holds",
    """SELECT date_trunc('month', on_day::timestamp)::date AS month, on_day - since AS days
    FROM (SELECT verb, (at AT TIME ZONE 'Europe/London')::date AS on_day,
        lag(verb) OVER invoice AS before,
        (lag(at) OVER invoice AT TIME ZONE 'Europe/London')::date AS since
      FROM events_event WHERE organisation_id = %(organisation)s AND subject_key = 'finance.invoice'
        AND verb IN ('finance.invoice.held', 'finance.invoice.released')
      WINDOW invoice AS (PARTITION BY subject_id ORDER BY id)) held
    WHERE verb = 'finance.invoice.released' AND before = 'finance.invoice.held'
      AND on_day >= %(first)s AND on_day < %(until)s""",
)
JOURNALS = Source(
    "finance.journals",
    """SELECT make_date(b.period / 100, b.period %% 100, 1) AS month, b.journals,
      b.source = 'reversal' AS reversal
    FROM finance_batch b WHERE b.organisation_id = %(organisation)s
      AND make_date(b.period / 100, b.period %% 100, 1) >= %(first)s
      AND make_date(b.period / 100, b.period %% 100, 1) < %(until)s""",
)


def _spend(key: str, name: str, joins: str) -> Source:
    """Net spend of posted invoices by part: the largest of each month, then all the others."""
    return Source(
        key,
        f"""SELECT month, net,
          CASE WHEN place <= {LARGEST_PARTS} THEN name ELSE 'All others' END AS part
          FROM (SELECT month, name, net, row_number() OVER
            (PARTITION BY month ORDER BY net DESC, name) AS place
          FROM (SELECT {_month("i.posted_on")}, left({name}, 120) AS name,
            sum(l.net_pence) AS net {_LINES}
            LEFT JOIN finance_coding c ON c.organisation_id = i.organisation_id
              AND c.id = l.coding_id {joins}
            WHERE i.organisation_id = %(organisation)s AND {_range("i.posted_on")}
            GROUP BY 1, 2) t) ranked""",
        parted=True,
        rows=_invoices("posted"),
    )


SERVICES = _spend(
    "finance.services",
    "coalesce(u.name, 'No service stated')",
    "LEFT JOIN tenants_unit u ON u.organisation_id = c.organisation_id AND u.id = c.unit_id",
)
ACCOUNTS = _spend(
    "finance.accounts",
    "coalesce(a.name, 'Not coded')",
    "LEFT JOIN finance_account a ON a.organisation_id = c.organisation_id AND a.id = c.account_id",
)


def _count(condition: str = "true") -> str:
    return f"count(*) FILTER (WHERE {condition})"


def _sum(column: str, condition: str = "true") -> str:
    return f"coalesce(sum({column}) FILTER (WHERE {condition}), 0)"


PREFIX = "finance."
_P = PREFIX
register(
    BaseMeasure(_P + "paid_timed", "Invoices paid, day of receipt known", COUNT, PAID,
                _count("timed")),
    BaseMeasure(_P + "paid_in_5_days", "Invoices paid within 5 days", COUNT, PAID,
                _count("timed AND days <= 5")),
    BaseMeasure(_P + "paid_in_30_days", "Invoices paid within 30 days", COUNT, PAID,
                _count("timed AND days <= 30")),
    BaseMeasure(_P + "paid_in_31_to_60_days", "Invoices paid in days 31 to 60", COUNT, PAID,
                _count("timed AND days BETWEEN 31 AND 60")),
    BaseMeasure(_P + "paid_after_60_days", "Invoices paid on day 61 or later", COUNT, PAID,
                _count("timed AND days >= 61")),
    BaseMeasure(_P + "paid_in_10_working_days", "Invoices paid within 10 working days", COUNT,
                PAID, _count("timed AND in_ten")),
    BaseMeasure(_P + "days_to_pay", "Days from receipt to payment, added up", DAYS, PAID,
                _sum("days", "timed")),
    BaseMeasure(_P + "paid_in_terms", "Invoices paid by the due date or in 30 days", COUNT, PAID,
                _count("timed AND in_terms")),
    BaseMeasure(_P + "value_timed", "Value paid, day of receipt known", PENCE, PAID,
                _sum("gross", "timed")),
    BaseMeasure(_P + "value_in_terms", "Value paid by the due date or in 30 days", PENCE, PAID,
                _sum("gross", "timed AND in_terms")),
    BaseMeasure(_P + "value_paid", "Value of invoices paid, less credit notes", PENCE, PAID,
                _sum("gross")),
    BaseMeasure(_P + "value_invoices_paid", "Value of invoices paid", PENCE, PAID,
                _sum("gross", "gross > 0")),
    BaseMeasure(_P + "value_duplicates_paid", "Value paid on invoices graded a sure duplicate",
                PENCE, PAID, _sum("gross", "gross > 0 AND duplicate_grade = 'A'")),
    BaseMeasure(_P + "invoices_processed", "Invoices posted", COUNT, POSTED, _count("gross > 0")),
    BaseMeasure(_P + "value_processed", "Value of invoices posted", PENCE, POSTED,
                _sum("gross", "gross > 0")),
    BaseMeasure(_P + "credit_notes", "Credit notes posted", COUNT, POSTED, _count("gross < 0")),
    BaseMeasure(_P + "small_invoices", "Invoices under £100 posted", COUNT, POSTED,
                _count(f"gross > 0 AND gross < {SMALL_PENCE}")),
    BaseMeasure(_P + "exceptions", "Invoices posted that were held or flagged", COUNT, POSTED,
                _count("gross > 0 AND exception")),
    BaseMeasure(_P + "own_invoices", "Invoices posted from own processing", COUNT, POSTED,
                _count("gross > 0 AND origin <> 'published'")),
    BaseMeasure(_P + "untouched", "Invoices posted without a manual touch", COUNT, POSTED,
                _count("gross > 0 AND origin <> 'published' AND NOT touched AND NOT exception")),
    BaseMeasure(_P + "suppliers_sending", "Suppliers with an invoice posted", COUNT, POSTED,
                "count(DISTINCT supplier_id) FILTER (WHERE origin <> 'published')"),
    BaseMeasure(_P + "suppliers_sending_electronically", "Suppliers with an e-invoice posted",
                COUNT, POSTED, "count(DISTINCT supplier_id) FILTER (WHERE origin = 'einvoice')"),
    BaseMeasure(_P + "undated", "Invoices posted without a day of receipt", COUNT, POSTED,
                _count("gross > 0 AND received_on IS NULL")),
    BaseMeasure(_P + "unnumbered", "Invoices posted without the supplier's number", COUNT, POSTED,
                _count("gross > 0 AND unnumbered")),
    BaseMeasure(_P + "redacted", "Invoices posted of suppliers not named", COUNT, POSTED,
                _count("gross > 0 AND redacted")),
    BaseMeasure(_P + "approved_timed", "Invoices approved", COUNT, APPROVED, _count()),
    BaseMeasure(_P + "days_to_approve", "Days from receipt to approval, added up", DAYS, APPROVED,
                _sum("days")),
    BaseMeasure(_P + "holds_released", "Invoices released from hold", COUNT, HOLDS, _count()),
    BaseMeasure(_P + "median_hold_doubled", "Median days on hold, doubled so that it is whole",
                DAYS, HOLDS, "2 * percentile_cont(0.5) WITHIN GROUP (ORDER BY days)"),
    BaseMeasure(_P + "journals", "Journals posted, reversals apart", COUNT, JOURNALS,
                _sum("journals", "NOT reversal")),
    BaseMeasure(_P + "journals_reversed", "Journals that reverse another", COUNT, JOURNALS,
                _sum("journals", "reversal")),
    BaseMeasure(_P + "value_due", "Value that fell due", PENCE, DUE, _sum("gross")),
    BaseMeasure(_P + "value_due_unpaid", "Value that fell due and was not paid in the month",
                PENCE, DUE, _sum("gross", "unpaid")),
    BaseMeasure(_P + "suppliers_paid", "Suppliers paid", COUNT, SUPPLIERS, _count()),
    BaseMeasure(_P + "value_to_suppliers", "Value paid to suppliers", PENCE, SUPPLIERS,
                _sum("amount", "amount > 0")),
    BaseMeasure(_P + "value_to_largest", "Value paid to the ten largest suppliers", PENCE,
                SUPPLIERS, _sum(
                    "amount", f"amount > 0 AND NOT redacted AND place <= {LARGEST_SUPPLIERS}")),
    BaseMeasure(_P + "payments", "Payments made", COUNT, PAYMENTS, _count()),
    BaseMeasure(_P + "payments_by_own_run", "Payments made, method known", COUNT, PAYMENTS,
                _count("method <> 'published'")),
    BaseMeasure(_P + "payments_electronic", "Payments made by Bacs or Faster Payments",
                COUNT, PAYMENTS, _count("method IN ('bacs', 'faster')")),
    BaseMeasure(_P + "invoice_lines", "Invoice lines posted", COUNT, LINES, _count()),
    BaseMeasure(_P + "paid_lines", "Invoice lines paid, day of receipt known", COUNT, PAID_LINES,
                _count()),
    BaseMeasure(_P + "paid_lines_in_terms", "Invoice lines paid within terms", COUNT, PAID_LINES,
                _count("in_terms")),
    BaseMeasure(_P + "rows_received", "Rows of files received", COUNT, FILES,
                _sum("rows_loaded + rows_held")),
    BaseMeasure(_P + "rows_held", "Rows of files held", COUNT, FILES, _sum("rows_held")),
    BaseMeasure(_P + "rows_held_for_missing", "Rows of files held because data are missing",
                COUNT, FILES, _sum("missing")),
    BaseMeasure(_P + "spend_by_service", "Net spend by service", PENCE, SERVICES, _sum("net")),
    BaseMeasure(_P + "spend_by_account", "Net spend by account", PENCE, ACCOUNTS, _sum("net")),
)  # fmt: skip
