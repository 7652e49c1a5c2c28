"""What HMRC is told of a final run: everybody's figures of this pay day and of the tax year."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import InvariantBroken
from payroll.calculator.loans import PLANS
from payroll.calculator.periods import year_start
from payroll.calculator.tax_codes import parse_code
from payroll.models import PayRun, Payslip, Submission
from payroll.paying.directors import Counted, of_the_year, summed
from payroll.paying.figures import law_on
from payroll.paying.group import work_out
from payroll.paying.inputs import JOB, METHOD, MINUTES, WEEK, Inputs, Shared, basic_of
from payroll.paying.jointly import told
from payroll.reporting.fps import Band, Worker
from payroll.rules import PRL19
from payroll.selectors.statutory import family_pay_of

PART = 2_000
Private = Mapping[int, Any]


@dataclass
class Year:
    """Of the tax year of one employment: sums of loans and pensions, contributions by payslip."""

    sums: list[int] = field(default_factory=lambda: [0] * 4)
    counted: list[Counted] = field(default_factory=list)
    paid: int = 0  # pay days before this one


@dataclass(frozen=True)
class Figures:
    """What one payslip comes to, worked out again; `sums` and `counted` go into a `Year`."""

    pay: int
    sums: list[int]
    nic: list[int]
    counted: Counted
    plan: str
    deductions: int


def submissions_of(organisation_id: int) -> QuerySet[PayRun]:
    """Final runs with what was made for HMRC, the newest pay day first."""
    rows = PayRun.objects.filter(organisation_id=organisation_id, state__in=PayRun.FINAL)
    rows = rows.select_related("period__pay_group").prefetch_related("submissions")
    return rows.order_by("-pays_on", "-number")


def submission_of(pay_run: PayRun) -> Submission | None:
    """What was made of a run, if anything."""
    return pay_run.submissions.filter(organisation_id=pay_run.organisation_id).first()


def workers_of(pay_run: PayRun, private: Private) -> list[Worker]:
    """Everybody in the run, by number. PRL19 where the figures of the law are others now."""
    here, day = pay_run.organisation_id, pay_run.pays_on
    years: dict[int, Year] = defaultdict(Year)
    runs = PayRun.objects.filter(
        Q(pays_on__lt=day) | Q(pays_on=day, number__lt=pay_run.number),
        organisation_id=here, state__in=PayRun.FINAL, pays_on__gte=year_start(day),
    )  # fmt: skip
    mine = Payslip.objects.filter(organisation_id=here, pay_run=pay_run)
    whom = mine.values("employment_id")
    for run in runs.order_by("pays_on", "number"):
        rows = Payslip.objects.filter(organisation_id=here, pay_run=run, employment_id__in=whom)
        for slip, _, figures in _worked(run, rows):
            _add(years[slip.employment_id], figures)
            years[slip.employment_id].paid += 1
    shared, found = Shared.read(pay_run.inputs), []
    paid = list(mine.values_list("employment_id", flat=True))
    family = family_pay_of(here, paid, year_start(day), day)
    for slip, inputs, figures in _worked(pay_run, mine.select_related("employment")):
        year = years[slip.employment_id]
        _add(year, figures)
        worker = _worker(slip, inputs, figures, year, shared, private.get(slip.employment_id))
        found.append(replace(worker, family_year=family.get(slip.employment_id, {})))
    return sorted(found, key=lambda one: one.number)


def _worked(run: PayRun, rows: QuerySet[Payslip]) -> Iterator[tuple[Payslip, Inputs, Figures]]:
    shared = Shared.read(run.inputs)
    PRL19.check(law_on(shared.day) == run.digest)
    rows, last = rows.order_by("pk"), 0
    while part := list(rows.filter(pk__gt=last)[:PART]):
        people = [Inputs(**slip.inputs) for slip in part]
        yield from zip(part, people, _figures(part, shared, people), strict=True)
        last = part[-1].pk


def _figures(part: Sequence[Payslip], shared: Shared, people: Sequence[Inputs]) -> list[Figures]:
    paid = work_out(shared, people).payment
    nic, pension = paid.nic, paid.pensions
    inside = pension.off_taxable_pay
    columns = (
        paid.pay, paid.student_loan, paid.postgraduate_loan, inside, pension.deducted - inside,
        nic.at_lower, nic.lower_to_primary, nic.primary_to_upper, paid.employer_nic,
        paid.employee_nic, paid.loans.plan,
        paid.settled.taken + paid.settled.fees + paid.net_recovered.total,
    )  # fmt: skip
    found, annual = [], {**of_the_year(paid, people), **told(paid, people)}
    rows = zip(*(one.tolist() for one in columns), strict=True)
    for place, (slip, row) in enumerate(zip(part, rows, strict=True)):
        pay, *sums = row[:5]
        employer, employee, plan, deductions = row[8:]
        if employee != slip.nic_pence:
            raise InvariantBroken(f"The payslip {slip.pk} is worked out otherwise now.")
        nics = [pay, *row[5:8], employer, employee]
        if people[place].jointly:
            nics = annual[place][1].get(people[place].letter, [0] * len(nics))
        since, year = annual.get(place, (None, {people[place].letter: nics}))
        counted = Counted(slip.pays_on, year, since)
        loan = PLANS[plan] if plan >= 0 else ""
        found.append(Figures(pay, sums, nics, counted, loan, deductions))
    return found


def _add(year: Year, figures: Figures) -> None:
    year.sums = [a + b for a, b in zip(year.sums, figures.sums, strict=True)]
    year.counted.append(figures.counted)


def _worker(
    slip: Payslip, inputs: Inputs, figures: Figures, year: Year, shared: Shared, private: Any
) -> Worker:
    whose, code = slip.employment, parse_code(inputs.code, cumulative=inputs.cumulative)
    started = whose.from_on >= year_start(slip.pays_on) and not year.paid
    left = whose.to_on is not None and whose.to_on <= shared.until
    student, postgraduate, pension, taxed = figures.sums
    statutory = slip.tax_pence + slip.nic_pence + student + postgraduate
    return Worker(
        number=slip.number, name=slip.name,
        given_names=private.given_names if private else "",
        family_name=private.family_name if private else "",
        ni_number=private.ni_number if private else "",
        lines=private.lines if private else [], postcode=private.postcode if private else "",
        born_on=private.born_on if private else None,
        gender=private.gender if private else "", passport=private.passport if private else "",
        started_on=whose.from_on if started else None,
        starter=private.starter if private else "",
        left_on=whose.to_on - timedelta(days=1) if left and whose.to_on else None,
        after_leaving=bool(
            inputs.left or (left and whose.to_on and whose.to_on <= shared.first)
        ),
        minutes=sum({piece[JOB]: piece[MINUTES] for piece in basic_of(inputs.pieces)}.values()),
        code=code.text.removeprefix(code.regime), regime=str(code.regime.value),
        cumulative=code.cumulative, taxable=slip.taxable_pence,
        taxable_year=slip.taxable_to_date_pence, tax=slip.tax_pence,
        tax_year=slip.tax_to_date_pence, pension=pension, pension_year=year.sums[2],
        pension_taxed=taxed, pension_taxed_year=year.sums[3], plan=figures.plan,
        student=student, student_year=year.sums[0], postgraduate=postgraduate,
        postgraduate_year=year.sums[1], deductions=figures.deductions,
        after_statutory=figures.pay - statutory, family_year={},
        bands=[*_bands(inputs.letter, figures, year)],
        director=inputs.director[METHOD] if inputs.director else "",
        aggregated=bool(inputs.jointly),
        appointed_week=inputs.director[WEEK] if inputs.director else 0,
    )  # fmt: skip


def _bands(letter: str, figures: Figures, year: Year) -> Iterator[Band]:
    """Of every letter of the year with earnings; HMRC takes no block of noughts."""
    for one, sums in summed(year.counted).items():
        gross, at_lower, to_primary, to_upper, employer, employee = sums
        now = figures.nic if one == letter else [0] * 6
        if one != "X" and (any(sums) or any(now)):
            yield Band(
                one, now[0], gross, at_lower, to_primary, to_upper, now[4], employer, now[5],
                employee,
            )  # fmt: skip
