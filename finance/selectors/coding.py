"""Codings: what may be chosen, what they are called, and which one fits a supplier, and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from finance.models import Account, Coding, InvoiceLine
from tenants.selectors import units

# Habits change: what a supplier was for years ago says little about today.
RECENT_LINES = 100
ENOUGH_PERCENT = 50


@dataclass(frozen=True)
class Coded:
    """An account and a unit (or none), and in words why these."""

    account_code: str
    unit_id: int | None
    vat_code: str
    reason: str


def suggestion(*, organisation_id: int, supplier_id: int) -> Coded | None:
    """The coding that most of the supplier's recent lines have, if at least half of them do."""
    lines = list(
        InvoiceLine.objects.filter(
            organisation_id=organisation_id,
            invoice__supplier_id=supplier_id,
            coding_id__isnull=False,
        )
        .order_by("-invoice_id", "line_no")
        .values_list("coding_id", "vat_code")[:RECENT_LINES]
    )
    if not lines:
        return None
    (coding_id, times), *_ = Counter(coding for coding, _ in lines).most_common(1)
    if times * 100 < ENOUGH_PERCENT * len(lines):
        return None
    coding = codings(organisation_id=organisation_id, ids=[coding_id]).get(coding_id)
    if coding is None:
        return None
    vat_code = Counter(vat for one, vat in lines if one == coding_id).most_common(1)[0][0]
    said = f"{times} of the last {len(lines)} lines of this supplier"
    if times == len(lines):
        said = "The last line" if times == 1 else f"All of the last {times} lines"
        said += " of this supplier"
    return Coded(
        coding.account.code, coding.unit_id, vat_code, f"{said} went to {coding.account.name}"[:200]
    )


def codings(*, organisation_id: int, ids: Iterable[int]) -> dict[int, Coding]:
    """Codings by id with account and unit, in one query."""
    rows = Coding.objects.filter(organisation_id=organisation_id, pk__in=list(ids))
    return {row.pk: row for row in rows.select_related("account", "unit")}


def accounts(organisation_id: int) -> QuerySet[Account]:
    """Accounts that an invoice line may go to: no control account takes one by hand."""
    return (
        Account.objects.filter(organisation_id=organisation_id, control=False)
        .exclude(kind__in=(Account.Kind.EQUITY, Account.Kind.LIABILITY))
        .order_by("code")
    )


def account_choices(organisation_id: int) -> list[tuple[str, str]]:
    """For a select box: code, and code with name."""
    return [(row.code, str(row)) for row in accounts(organisation_id)]


def unit_choices(organisation_id: int, on: date) -> list[tuple[str, str]]:
    """For a select box: id, and code with name, of the units of that day."""
    return [(str(row.pk), str(row)) for row in units(organisation_id, on)]
