"""Payment runs and payments as pages show them. Amounts are pence."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.expressions import RawSQL

from core.db.merged import Merged
from core.errors import NotFound
from core.money import pounds
from finance.keys import name_key
from finance.models import (
    Allocation,
    BankAccount,
    BankProfile,
    Payment,
    PaymentFile,
    PaymentRun,
)
from finance.paying import selection
from finance.paying.causes import CAUSES
from finance.selectors.bank_profiles import most_pence

# The most that a list counts; beyond it "10,000 or more" is as useful and costs the same.
CAP = 10_000


@dataclass(frozen=True)
class LeftOut:
    """A cause for which suppliers are not paid, its remedy, and the largest of them."""

    cause: str
    label: str
    remedy: str
    count: int
    total_pence: int
    rows: Sequence[selection.Found]


@dataclass(frozen=True)
class Preview:
    """What a proposal would pay now: count, total, the largest suppliers, who is left out."""

    payments: int = 0
    total_pence: int = 0
    largest: Sequence[selection.Found] = ()
    left_out: Sequence[LeftOut] = ()


def preview(
    *, organisation_id: int, due_to: date, pay_on: date, profile: BankProfile | None = None
) -> Preview:
    """Nothing is written or locked. Every figure comes from the selection that a run would use."""
    most = most_pence(profile)
    wanted = selection.Wanted(organisation_id, due_to, pay_on, most_pence=most)
    return grouped(selection.preview(wanted))


def grouped(found: Sequence[selection.Found]) -> Preview:
    """The rows of a selection, in the order of their causes, by cause."""
    paid: list[selection.Found] = []
    left: list[LeftOut] = []
    for cause, group in groupby(found, key=lambda row: row.cause):
        rows = list(group)
        if not cause:
            paid = rows
            continue
        label, remedy = CAUSES[cause]
        of_invoices = cause.startswith("invoice_")
        count = rows[0].invoices if of_invoices else rows[0].suppliers
        shown = [] if of_invoices else rows
        left.append(LeftOut(cause, label, remedy, count, rows[0].total_pence, shown))
    if not paid:
        return Preview(left_out=left)
    return Preview(paid[0].suppliers, paid[0].total_pence, paid, left)


def bank_accounts(organisation_id: int) -> QuerySet[BankAccount]:
    """The accounts of one organisation that payments leave from."""
    return BankAccount.objects.filter(organisation_id=organisation_id).order_by("name", "id")


def run_list(organisations: Sequence[int], state: str = "") -> QuerySet[PaymentRun]:
    """The runs of the organisations, newest first."""
    rows = PaymentRun.objects.filter(organisation_id__in=list(organisations))
    rows = rows.order_by("-made_at", "-id")
    return rows.filter(state=state) if state else rows


def run_by_number(organisation_id: int, number: int) -> PaymentRun:
    """NotFound for a number that was not given here."""
    found = (
        PaymentRun.objects.select_related("bank_account", "profile")
        .filter(organisation_id=organisation_id, number=number)
        .first()
    )
    if found is None:
        raise NotFound("There is no such payment run.")
    return found


@dataclass(frozen=True)
class FileFacts:
    """A file of a run without its bytes."""

    format: str
    serial: str
    sha256: str
    size_bytes: int

    @property
    def label(self) -> str:
        return str(PaymentFile.Format(self.format).label)


@dataclass(frozen=True)
class RunFacts:
    """Per warning, and for «removed», how many payments and how much; the files; the journal.

    `left_out` is what a proposed run leaves out as things stand now; later runs look for
    themselves, so it is empty once the run is released or cancelled.
    """

    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    files: Sequence[FileFacts] = ()
    journal_id: int | None = None
    left_out: Sequence[LeftOut] = ()


RUN_FACTS = f"""
SELECT
  (SELECT json_agg(json_build_array(code, payments, pence)) FROM (
     SELECT w.code, count(*) AS payments, sum(y.amount_pence)::bigint AS pence
     FROM finance_payment y,
          jsonb_array_elements_text(
            CASE WHEN y.state = 'removed' THEN '["removed"]'::jsonb ELSE y.warnings END) AS w(code)
     WHERE y.organisation_id = %(organisation)s AND y.payment_run_id = %(run)s
     GROUP BY w.code) c),
  (SELECT json_agg(json_build_array(f.format, f.serial, f.sha256, f.size_bytes)
                   ORDER BY f.format)
     FROM finance_paymentfile f
     WHERE f.organisation_id = %(organisation)s AND f.payment_run_id = %(run)s),
  (SELECT y.journal_id FROM finance_payment y
     WHERE y.organisation_id = %(organisation)s AND y.payment_run_id = %(run)s
       AND y.journal_id IS NOT NULL LIMIT 1),
  CASE WHEN %(proposed)s THEN (SELECT json_agg(to_json(p)) FROM ({selection.PREVIEW}) p) END
"""  # noqa: S608


def run_facts(run: PaymentRun) -> RunFacts:
    """Everything about the run's payments that its page says, in one query."""
    most = most_pence(run.profile)
    wanted = selection.Wanted(run.organisation_id, run.due_to, run.pay_on, most_pence=most)
    proposed = run.state == PaymentRun.State.PROPOSED
    with connection.cursor() as cursor:
        cursor.execute(RUN_FACTS, {**wanted.values(), "run": run.pk, "proposed": proposed})
        counts, files, journal_id, found = cursor.fetchone()
    return RunFacts(
        {code: (payments, pence) for code, payments, pence in counts or ()},
        [FileFacts(*row) for row in files or ()],
        journal_id,
        grouped([selection.Found(**row) for row in found or ()]).left_out,
    )


def payments_of_run(run: PaymentRun, warning: str = "") -> QuerySet[Payment]:
    """Those with most warnings first, then by amount; `warning` may also be «removed»."""
    rows = Payment.objects.filter(organisation_id=run.organisation_id, payment_run_id=run.pk)
    if warning == "removed":
        rows = rows.filter(state=Payment.State.REMOVED)
    elif warning:
        rows = rows.filter(warnings__contains=[warning]).exclude(state=Payment.State.REMOVED)
    # The key of every table is (organisation, id), so PostgreSQL cannot group payments by id alone.
    invoices = (
        Allocation.objects.filter(organisation_id=run.organisation_id, payment_id=OuterRef("pk"))
        .order_by()
        .values("payment_id")
        .annotate(count=Count("*"))
        .values("count")
    )
    return (
        rows.select_related("supplier")
        .annotate(
            invoices=Subquery(invoices),
            order=RawSQL("jsonb_array_length(finance_payment.warnings)", []),
        )
        .order_by("-order", "-amount_pence", "id")
    )


@dataclass(frozen=True)
class PaymentFilters:
    """What the list of payments is narrowed to; dates are included."""

    state: str = Payment.State.RELEASED
    supplier: str = ""
    run: int | None = None
    since: date | None = None
    until: date | None = None


def payments_in_order(organisations: Sequence[int], wanted: PaymentFilters) -> Merged[Payment]:
    """As `payment_list`, for reading its rows."""
    return Merged.of(payment_list(organisations, wanted), organisations)


def payment_list(organisations: Sequence[int], wanted: PaymentFilters) -> QuerySet[Payment]:
    """The payments of the organisations, newest first."""
    rows = Payment.objects.select_related("supplier", "payment_run")
    rows = rows.filter(organisation_id__in=list(organisations))
    if wanted.state == Payment.State.REMOVED:
        rows = rows.filter(taken_out=True)
    elif wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.state == Payment.State.PROPOSED:
        # Few runs stand open; without them every payment ever made is looked at.
        rows = rows.filter(payment_run_id__in=_runs(organisations, state=PaymentRun.State.PROPOSED))
    if wanted.run:
        rows = rows.filter(payment_run_id__in=_runs(organisations, number=wanted.run))
    if wanted.since:
        rows = rows.filter(paid_on__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(paid_on__lte=wanted.until)
    if wanted.supplier.strip():
        rows = rows.filter(supplier__name_norm__begins=name_key(wanted.supplier))
    if wanted.run:
        # All of a run are paid on one day: by their key they are there at once, by day the planner
        # reads every payment that is newer.
        return rows.order_by("-payment_run_id", "-id")
    return rows.order_by("-paid_on", "-id")


def _runs(organisations: Sequence[int], **wanted: Any) -> list[int]:
    runs = PaymentRun.objects.filter(organisation_id__in=list(organisations), **wanted)
    return list(runs.values_list("id", flat=True))


def count_and_total(rows: QuerySet[Payment]) -> tuple[int, int]:
    """Of the first CAP rows: how many, and their pence."""
    first = rows.order_by()[:CAP].values("amount_pence")
    found = first.aggregate(payments=Count("amount_pence"), pence=Sum("amount_pence"))
    return found["payments"], found["pence"] or 0


EXPORT_HEAD = (
    *("Organisation", "Payment", "Run", "Paid on", "Supplier code", "Supplier"),
    *("Amount", "State", "Early payment discount"),
)


def export_rows(rows: QuerySet[Payment], names: dict[int, str]) -> list[tuple[Any, ...]]:
    """The list as a file has it: one row a payment, pounds, without any bank details."""
    return [
        (
            names.get(p.organisation_id, ""),
            str(p),
            str(p.payment_run),
            p.paid_on,
            p.supplier.code,
            p.supplier.name,
            pounds(p.amount_pence),
            p.get_state_display(),
            pounds(p.discount_pence),
        )
        for p in rows
    ]


def payment_by_number(organisation_id: int, number: int) -> Payment:
    """NotFound for a number that was not given here."""
    found = (
        Payment.objects.select_related("supplier", "payment_run", "liability")
        .filter(organisation_id=organisation_id, number=number)
        .first()
    )
    if found is None:
        raise NotFound("There is no such payment.")
    return found


def payments_of_liabilities(organisation_id: int, stated: QuerySet[Any]) -> QuerySet[Payment]:
    """Every payment that was ever proposed of liabilities with these ids, the newest first."""
    rows = Payment.objects.filter(organisation_id=organisation_id, liability_id__in=stated)
    return rows.select_related("payment_run", "liability").order_by("-number")


def allocations_of(payment: Payment) -> QuerySet[Allocation]:
    """The invoices and credit notes of a payment, oldest first."""
    return (
        Allocation.objects.filter(organisation_id=payment.organisation_id, payment_id=payment.pk)
        .select_related("invoice")
        .order_by("invoice__invoice_on", "invoice_id")
    )


def file_of_run(run: PaymentRun, format: str) -> PaymentFile:
    """The bytes as they were made at release. NotFound before that."""
    found = PaymentFile.objects.filter(
        organisation_id=run.organisation_id, payment_run_id=run.pk, format=format
    ).first()
    if found is None:
        raise NotFound("This run has no such file.")
    found.payment_run = run
    return found


def numbers_in_list(run: PaymentRun, warning: str, states: Collection[str]) -> list[int]:
    """All payments behind a filter of the run's page, for «apply to all in this list»."""
    rows = payments_of_run(run, warning).filter(state__in=list(states)).order_by("number")
    return list(rows.values_list("number", flat=True))
