"""Results of the other payroll: the list, one of them, and what its elements are here."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.errors import NotFound
from core.permissions import PERMISSIONS
from payroll.models import (
    DifferenceCause,
    LegacyAmount,
    LegacyElement,
    ParallelDifference,
    ParallelRun,
    PayGroup,
)
from payroll.permissions import RUN_PAY
from tenants.selectors import Holder, role_holders


def parallels_here(organisation_id: int, state: str = "") -> QuerySet[ParallelRun]:
    """Results that were loaded, newest first."""
    rows = ParallelRun.objects.filter(organisation_id=organisation_id)
    rows = rows.select_related("period__pay_group", "pay_run")
    return (rows.filter(state=state) if state else rows).order_by("-number")


def one_parallel(organisation_id: int, number: int) -> ParallelRun:
    """The one of that number, or NotFound."""
    found = parallels_here(organisation_id).filter(number=number).first()
    if found is None:
        raise NotFound("There are no such results.")
    return found


def pay_groups_here(organisation_id: int) -> list[PayGroup]:
    """The pay groups by name."""
    return list(PayGroup.objects.filter(organisation_id=organisation_id).order_by("name"))


def group_coded(organisation_id: int, code: str) -> PayGroup:
    """The pay group of that code, or NotFound."""
    found = PayGroup.objects.filter(organisation_id=organisation_id, code=code).first()
    if found is None:
        raise NotFound("There is no such pay group.")
    return found


def legacy_elements(organisation_id: int) -> QuerySet[LegacyElement]:
    """Elements of the other payroll by code, those first that nobody confirmed."""
    rows = LegacyElement.objects.filter(organisation_id=organisation_id)
    rows = rows.annotate(sure=Q(confirmed_at__isnull=False))
    return rows.select_related("element").order_by("sure", "code")


def one_legacy_element(organisation_id: int, key: int) -> LegacyElement:
    """The one of that key, or NotFound."""
    found = legacy_elements(organisation_id).filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such element.")
    return found


def meaning(row: LegacyElement) -> str:
    """What it is here, in words."""
    return row.element.name if row.element else str(row.get_target_display())


def elements_of_file(parallel: ParallelRun) -> QuerySet[LegacyElement]:
    """The elements in a file, each with its `rows` and `pence` there."""
    amounts = (
        LegacyAmount.objects.filter(
            organisation_id=parallel.organisation_id, parallel_run=parallel, code=OuterRef("code")
        )
        .order_by()
        .values("code")
    )
    rows = LegacyElement.objects.filter(organisation_id=parallel.organisation_id)
    rows = rows.select_related("element").annotate(
        rows=Coalesce(Subquery(amounts.annotate(n=Count("pk")).values("n")), 0),
        pence=Subquery(amounts.annotate(n=Sum("amount_pence")).values("n")),
    )
    return rows.filter(rows__gt=0).order_by("code")


@dataclass(frozen=True)
class Counted:
    """How many differences have a cause, and by how much they differ, above and below nought."""

    count: int = 0
    more_pence: int = 0
    less_pence: int = 0
    waiting: int = 0


def counts_of(parallel: ParallelRun) -> dict[str, Counted]:
    """By cause, in the order in which causes are looked for."""
    by = F("ours_pence") - F("legacy_pence")
    rows = _differences(parallel).order_by().values("cause")
    found = rows.annotate(
        count=Count("pk"),
        more=Sum(by, filter=Q(ours_pence__gt=F("legacy_pence"))),
        less=Sum(by, filter=Q(ours_pence__lt=F("legacy_pence"))),
        waiting=Count("pk", filter=WAITING),
    )
    counts = {
        row["cause"]: Counted(row["count"], row["more"] or 0, row["less"] or 0, row["waiting"])
        for row in found
    }
    return {cause: counts.get(cause, Counted()) for cause in DifferenceCause.values}


WAITING = Q(agreed_at__isnull=True) & ~Q(said="")
STANDINGS = {
    "open": ("Nobody has said why", Q(cause=DifferenceCause.UNEXPLAINED, said="")),
    "waiting": ("To be agreed", WAITING),
    "agreed": ("Agreed", Q(agreed_at__isnull=False)),
}


def _differences(parallel: ParallelRun) -> QuerySet[ParallelDifference]:
    rows = ParallelDifference.objects.filter(
        organisation_id=parallel.organisation_id, parallel_run=parallel
    )
    return rows.select_related("element", "employment")


def differences_of(
    parallel: ParallelRun, *, cause: str = "", kind: str = "", standing: str = "", q: str = ""
) -> QuerySet[ParallelDifference]:
    """Its differences by employee number, narrowed by cause, kind of pay, standing and person."""
    rows = _differences(parallel)
    if cause:
        rows = rows.filter(cause=cause)
    if kind:
        rows = rows.filter(target=kind)
    if standing in STANDINGS:
        rows = rows.filter(STANDINGS[standing][1])
    if q:
        whose = Q(employee=int(q)) if q.isdigit() and len(q) < 19 else Q(name__icontains=q)
        rows = rows.filter(whose)
    return rows.order_by("employee", "target", "id")


def one_difference(parallel: ParallelRun, key: int) -> ParallelDifference:
    """The one of that key, or NotFound."""
    found = _differences(parallel).filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such difference.")
    return found


def legacy_rows(difference: ParallelDifference) -> list[LegacyAmount]:
    """The rows of the file behind a difference."""
    here = {"organisation_id": difference.organisation_id}
    codes = LegacyElement.objects.filter(
        **here, target=difference.target, element=difference.element
    )
    rows = LegacyAmount.objects.filter(
        **here, parallel_run_id=difference.parallel_run_id, employee=difference.employee,
        code__in=codes.values("code"),
    )  # fmt: skip
    return list(rows.order_by("row_no"))


def who_explains(organisation_id: int, on: date) -> list[Holder]:
    """Everybody who runs the pay here and can be given differences."""
    holders = role_holders(PERMISSIONS[RUN_PAY].roles, on)
    return [one for one in holders if one.organisation_id == organisation_id]
