"""What each member and the employer contribute to a pension scheme in a month, worked out again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from core.errors import InvariantBroken
from payroll.calculator.pension_schemes import Scheme
from payroll.law import RATE_ONE
from payroll.models import PayRun, Payslip
from payroll.paying.figures import law_on
from payroll.paying.group import work_out
from payroll.paying.inputs import Inputs, Shared
from payroll.rules import PRL19

PART = 2_000


@dataclass
class Contributor:
    """A member in a month; pence, the rate in hundredths of one per cent."""

    employment_id: int
    number: int
    name: str
    started_on: date
    left_on: date | None
    half: bool
    pensionable: int = 0
    annual: int = 0
    rate: int = 0
    employee: int = 0
    employer: int = 0
    status: str = ""

    @property
    def rate_percent(self) -> str:
        return f"{self.rate * 100 // RATE_ONE}.{self.rate * 100 % RATE_ONE * 100 // RATE_ONE:02d}"


def contributors_of(organisation_id: int, scheme: int, month_on: date) -> list[Contributor]:
    """By number: members whom runs of the month paid, then who stopped since the month before.

    PRL19 where the figures of the law are others than those of a run.
    """
    before, after = _months(month_on)
    found: dict[int, Contributor] = {}
    for slip, figures in _worked(_slips(organisation_id, scheme, month_on, after), scheme):
        one = found.setdefault(slip.employment_id, _member(slip))
        one.pensionable += figures[0]
        one.annual, one.rate = figures[1], figures[2]
        one.employee += figures[3]
        one.employer += figures[4]
        one.half = slip.inputs["half"]
    earlier = _slips(organisation_id, scheme, before, month_on)
    known = {slip.employment_id: slip for slip in earlier}
    for one in found.values():
        left = one.left_on is not None and one.left_on < after
        one.status = "Leaver" if left else "" if one.employment_id in known else "Starter"
    for key in known.keys() - found.keys():
        gone = _member(known[key])
        gone.status = "Leaver" if gone.left_on is not None and gone.left_on < after else "Opted out"
        found[key] = gone
    return sorted(found.values(), key=lambda one: (one.status == "Opted out", one.number))


def _months(month_on: date) -> tuple[date, date]:
    """The first days of the month before and of the month after."""
    before = (month_on - date.resolution).replace(day=1)
    after = date(month_on.year + month_on.month // 12, month_on.month % 12 + 1, 1)
    return before, after


def _slips(organisation_id: int, scheme: int, since: date, until: date) -> QuerySet[Payslip]:
    runs = PayRun.objects.filter(
        organisation_id=organisation_id, state__in=PayRun.FINAL, pays_on__gte=since,
        pays_on__lt=until,
    )  # fmt: skip
    return Payslip.objects.filter(
        organisation_id=organisation_id, pay_run__in=runs.values("pk"), inputs__scheme=scheme
    ).select_related("employment", "pay_run")


def _member(slip: Payslip) -> Contributor:
    whose = slip.employment
    left = whose.to_on - date.resolution if whose.to_on else None
    return Contributor(
        slip.employment_id, slip.number, slip.name, whose.from_on, left, slip.inputs["half"]
    )


def _worked(rows: QuerySet[Payslip], scheme: int) -> Iterator[tuple[Payslip, list[Any]]]:
    """Pensionable pay, annual pay, rate and both contributions of each payslip of the scheme."""
    last, more = 0, True
    while more and (part := list(rows.filter(pk__gt=last).order_by("pk")[:PART])):
        last, more = part[-1].pk, len(part) == PART
        part.sort(key=_when)
        for _, mine in groupby(part, key=_when):
            yield from _of_a_run(list(mine), scheme)


def _when(slip: Payslip) -> tuple[date, int]:
    return slip.pay_run.pays_on, slip.pay_run.number


def _of_a_run(slips: list[Payslip], scheme: int) -> Iterator[tuple[Payslip, list[Any]]]:
    run = slips[0].pay_run
    shared = Shared.read(run.inputs)
    PRL19.check(law_on(shared.day) == run.digest)
    payment = work_out(shared, [Inputs(**slip.inputs) for slip in slips]).payment
    mine = payment.pensions.parts[Scheme(scheme)].contributions
    employer = mine.employer + payment.sacrificed.pension
    columns = (mine.pensionable, mine.annual, mine.rate, mine.deducted, employer)
    figures = zip(*(column.tolist() for column in columns), strict=True)
    for slip, row in zip(slips, map(list, figures), strict=True):
        if row[3:] != [slip.pension_pence, slip.employer_pension_pence]:
            raise InvariantBroken(f"The payslip {slip.pk} is worked out otherwise now.")
        yield slip, row
