"""What is seen of pay runs: the calendar board, one run, its exceptions and its people."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from core.errors import InvariantBroken, NotFound
from hr.keys import name_key
from payroll.models import Cause, PayException, PayFile, PayGroup, PayPeriod, PayRun, Payslip

# The board shows what was paid a month and a half ago and what is paid in the next ten weeks.
BACK, AHEAD = timedelta(days=45), timedelta(days=70)


@dataclass(frozen=True)
class BoardRow:
    """A period of a group on the board, with its run if it was begun; or a supplementary run."""

    period: PayPeriod
    run: PayRun | None

    @property
    def pays_on(self) -> date:
        return self.run.pays_on if self.run else self.period.pays_on

    def late(self, today: date) -> bool:
        """Whether its approval is overdue."""
        agreed = self.run is not None and (self.run.approved_at or self.run.supplementary)
        return not agreed and self.period.approve_on < today <= self.period.pays_on


def board(organisation_id: int, today: date) -> list[BoardRow]:
    """The periods of all groups around a day, by pay day: two queries."""
    here = {"organisation_id": organisation_id}
    periods = PayPeriod.objects.filter(
        **here, pays_on__gte=today - BACK, pays_on__lte=today + AHEAD
    ).select_related("pay_group")
    found = list(periods.order_by("pays_on", "pay_group__name"))
    runs: dict[int, list[PayRun | None]] = defaultdict(list)
    rows = PayRun.objects.filter(**here, period_id__in=[one.pk for one in found])
    for run in rows.order_by("sequence"):
        runs[run.period_id].append(run)
    return [BoardRow(period, run) for period in found for run in runs[period.pk] or [None]]


def pay_groups(organisation_id: int) -> QuerySet[PayGroup]:
    """The pay groups of an organisation, by name."""
    rows = PayGroup.objects.filter(organisation_id=organisation_id)
    return rows.select_related("scale", "bank_account").order_by("name")


def pay_period(organisation_id: int, period_id: int) -> PayPeriod:
    """NotFound unless it is one of the organisation's."""
    rows = PayPeriod.objects.filter(organisation_id=organisation_id, pk=period_id)
    found = rows.select_related("pay_group").first()
    if found is None:
        raise NotFound("There is no such pay period.")
    return found


def may_follow(one: PayRun) -> bool:
    """Whether a supplementary run can follow: it is final, and no run was begun after it."""
    later = PayRun.objects.filter(
        Q(period__pays_on__gt=one.period.pays_on)
        | Q(period_id=one.period_id, sequence__gt=one.sequence),
        organisation_id=one.organisation_id, period__pay_group_id=one.period.pay_group_id,
    )  # fmt: skip
    return one.state in PayRun.FINAL and not later.exists()


def pay_run(organisation_id: int, number: int) -> PayRun:
    """The run of that number with its period and group, or NotFound."""
    rows = PayRun.objects.select_related("period__pay_group")
    found = rows.filter(organisation_id=organisation_id, number=number).first()
    if found is None:
        raise NotFound("There is no such pay run.")
    return found


def run_before(one: PayRun) -> PayRun | None:
    """Everybody's run of the same group before this one; chosen people compare with nothing."""
    if one.supplementary:
        return None
    rows = PayRun.objects.filter(
        organisation_id=one.organisation_id,
        sequence=1,
        period__pay_group_id=one.period.pay_group_id,
        period__pays_on__lt=one.period.pays_on,
    )
    return rows.select_related("period").order_by("-period__pays_on").first()


@dataclass(frozen=True)
class CauseCount:
    """A cause with how many are open and how many were waived."""

    cause: str
    open: int
    waived: int

    @property
    def label(self) -> str:
        return str(Cause(self.cause).label)


def causes(one: PayRun) -> list[CauseCount]:
    """The exceptions of a run by cause, those with most open ones first: one query."""
    rows = (
        PayException.objects.filter(organisation_id=one.organisation_id, pay_run=one)
        .values("cause")
        .annotate(
            open=Count("id", filter=Q(waived_at__isnull=True)),
            waived=Count("id", filter=Q(waived_at__isnull=False)),
        )
    )
    found = [CauseCount(**row) for row in rows]
    return sorted(found, key=lambda row: (-row.open, row.cause))


def exceptions_of(one: PayRun, cause: str) -> QuerySet[PayException]:
    """The exceptions of one cause, open ones first. NotFound for no such cause."""
    if cause not in Cause.values:
        raise NotFound("There is no such cause.")
    rows = PayException.objects.filter(organisation_id=one.organisation_id, pay_run=one)
    return rows.filter(cause=cause).order_by("-waived_at", "number")


def open_employments(one: PayRun, cause: str) -> list[int]:
    """Whose exceptions of a cause are open."""
    rows = exceptions_of(one, cause).filter(waived_at__isnull=True)
    return list(rows.values_list("employment_id", flat=True))


def open_numbered(one: PayRun, cause: str, numbers: Collection[int]) -> list[int]:
    """The same of employee numbers. NotFound if one of them has no such exception open."""
    rows = exceptions_of(one, cause).filter(waived_at__isnull=True, number__in=numbers)
    found = dict(rows.values_list("number", "employment_id"))
    if len(found) < len(set(numbers)):
        raise NotFound("One of these people has no such exception that is open.")
    return sorted(found.values())


def people(one: PayRun, text: str = "") -> QuerySet[Payslip]:
    """The payslips of a run by name; `text` begins a name or is a number."""
    rows = Payslip.objects.filter(organisation_id=one.organisation_id, pay_run=one)
    said = text.strip()
    if said.isdecimal() and len(said) < 16:
        rows = rows.filter(number=int(said))
    elif said:
        rows = rows.filter(name_norm__begins=name_key(said))
    return rows.order_by("name_norm", "number")


def files_of(one: PayRun) -> Sequence[PayFile]:
    """The bank files of a paid run, without those of what was paid again."""
    rows = one.files.filter(organisation_id=one.organisation_id, pay_again__isnull=True)
    return list(rows.order_by("format"))


def file_of(one: PayRun, kind: str) -> PayFile:
    """NotFound unless the run has that file."""
    rows = PayFile.objects.select_related("pay_run").filter(organisation_id=one.organisation_id)
    found = rows.filter(pay_run=one, pay_again__isnull=True, format=kind).first()
    if found is None:
        raise NotFound("There is no such file.")
    return found


def bytes_of(file: PayFile) -> bytes:
    """The file as it was made; InvariantBroken if it is not."""
    parts = file.parts.filter(organisation_id=file.organisation_id).order_by("sequence")
    content = b"".join(part.content for part in parts)
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise InvariantBroken(f"The stored file {file.serial} is not the one that was made.")
    return content


def people_of(pay_run: PayRun) -> list[tuple[int, int, str]]:
    """(employment, number, name) of everybody in the run, by number."""
    rows = pay_run.payslips.filter(organisation_id=pay_run.organisation_id).order_by("number")
    return list(rows.values_list("employment_id", "number", "name"))
