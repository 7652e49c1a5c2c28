"""The full payment submission of a pay day: what it says of everybody, and what is missing for it.

Elements stand in the order of the schema of 2026-27; it refuses any other.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from payroll.calculator.periods import Frequency, TaxPeriod
from payroll.reporting.envelope import element, message, money, version_of, whole, words

FREQUENCIES = {
    Frequency.WEEKLY: "W1",
    Frequency.FORTNIGHTLY: "W2",
    Frequency.FOUR_WEEKLY: "W4",
    Frequency.MONTHLY: "M1",
}
# In the order of the schema.
FAMILY_PAY = {
    "smp": "SMPYTD",
    "spp": "SPPYTD",
    "sap": "SAPYTD",
    "shpp": "ShPPYTD",
    "spbp": "SPBPYTD",
    "sncp": "SNCPYTD",
}
SIXTEEN, THIRTY = 16 * 60, 30 * 60
LONGEST, FORENAMES = 35, 2


@dataclass(frozen=True)
class Band:
    """National Insurance of one letter, of this pay day and of the year; pence."""

    letter: str
    gross_now: int
    gross: int
    at_lower: int
    lower_to_primary: int
    primary_to_upper: int
    employer_now: int
    employer: int
    employee_now: int
    employee: int


@dataclass(frozen=True)
class Worker:
    """What is said of one employment; amounts are pence, those `…_year` with this pay day."""

    number: int
    name: str
    given_names: str
    family_name: str
    ni_number: str
    lines: Sequence[str]
    postcode: str
    born_on: date | None
    gender: str
    passport: str
    started_on: date | None  # only in the first report of who started in the tax year
    starter: str
    left_on: date | None
    after_leaving: bool
    minutes: int
    code: str
    regime: str
    cumulative: bool
    taxable: int
    taxable_year: int
    tax: int
    tax_year: int
    pension: int  # that is taken before tax
    pension_year: int
    pension_taxed: int
    pension_taxed_year: int
    plan: str
    student: int
    student_year: int
    postgraduate: int
    postgraduate_year: int
    deductions: int
    after_statutory: int
    family_year: Mapping[str, int]  # statutory pay but that of sickness, by its kind
    bands: Sequence[Band]
    director: str = ""  # AN or AL
    appointed_week: int = 0  # of an appointment within the tax year
    aggregated: bool = False  # its pay counts with that of other employments here


@dataclass(frozen=True)
class Problem:
    """A fact that is missing: whose, which, and what to do. Number 0 is the employer."""

    number: int
    name: str
    field: str
    remedy: str


@dataclass(frozen=True)
class Report:
    """A whole submission."""

    paye_reference: str
    accounts_office: str
    day: date
    period: TaxPeriod
    workers: Sequence[Worker]

    def text(self) -> str:
        """The message, with its mark."""
        office, _, reference = self.paye_reference.partition("/")
        refs = element(
            "EmpRefs",
            element("OfficeNo", words(office)),
            element("PayeRef", words(reference)),
            element("AORef", words(self.accounts_office)),
        )
        year = element("RelatedTaxYear", version_of(self.day))
        people = (_employee(one, self) for one in self.workers)
        body = [refs, year, *people]
        return message("FullPaymentSubmission", "FPS", body, self.paye_reference, self.day)


def problems(workers: Sequence[Worker]) -> Iterator[Problem]:
    """Every fact that is missing for the report, by person."""
    record = "Record it with their private details."
    for one in workers:
        fores, last = names(one)
        missing = [
            (not fores or not last, "Name", "Record a forename and a surname in Latin letters."),
            (not one.born_on, "Date of birth", record),
            (not one.gender, "Gender", record),
            (
                not all(map(plain, one.lines)),
                "Home address",
                "Record each line in Latin letters.",
            ),
            (
                not one.lines and (one.started_on or not one.ni_number),
                "Home address",
                f"{record} Starters, and who has no National Insurance number, need one.",
            ),
            (one.started_on and not one.starter, "Starter declaration", record),
        ]
        yield from (
            Problem(one.number, one.name, field, remedy)
            for wrong, field, remedy in missing
            if wrong
        )


def plain(text: str) -> str:
    """A text in the letters that HMRC takes, without accents; other signs become spaces."""
    bare = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()
    bare = re.sub(r"[^A-Za-z0-9 .,\-()/'&:]", " ", bare)
    return re.sub(r"^[^A-Za-z0-9]+|\s+(?=\s)|\s+$", "", bare)[:LONGEST].strip()


def names(one: Worker) -> tuple[list[str], str]:
    """Forenames, two at most, and the surname: of a whole name alone it is the last word."""
    if one.family_name:
        return _letters(one.given_names)[:FORENAMES], " ".join(_letters(one.family_name))
    bare = _letters(one.name)
    return (bare[:1], bare[-1]) if len(bare) > 1 else ([], "")


def _letters(name: str) -> list[str]:
    return re.sub(r"[^A-Za-z '-]", " ", plain(name)).split()


def hours_band(minutes: int) -> str:
    """Which band of weekly hours; D for who has none that are regular."""
    if not minutes:
        return "D"
    return "A" if minutes < SIXTEEN else "B" if minutes < THIRTY else "C"


def _employee(one: Worker, report: Report) -> str:
    return element("Employee", _details(one), _employment(one, report))


def _details(one: Worker) -> str:
    fores, last = names(one)
    lines = [plain(line) for line in one.lines]
    abroad = lines.pop() if lines and not one.postcode else ""
    return element(
        "EmployeeDetails",
        element("NINO", one.ni_number),
        element("Name", *(element("Fore", fore) for fore in fores), element("Sur", last)),
        element(
            "Address",
            *(element("Line", words(line)) for line in lines),
            element("UKPostcode", one.postcode),
            element("ForeignCountry", words(abroad)),
        ),
        element("BirthDate", str(one.born_on)),
        element("Gender", one.gender),
        element("PassportNumber", one.passport),
    )


def _employment(one: Worker, report: Report) -> str:
    starter = element("StartDate", str(one.started_on)) if one.started_on else ""
    return element(
        "Employment",
        element("DirectorsNIC", one.director),
        element("TaxWkOfApptOfDirector", str(one.appointed_week or "")),
        element("Starter", starter, element("StartDec", one.starter)) if starter else "",
        element("PayId", str(one.number)),
        element("LeavingDate", str(one.left_on)) if one.left_on else "",
        element(
            "FiguresToDate",
            element("TaxablePay", money(max(one.taxable_year, 0))),
            element("TotalTax", money(one.tax_year)),
            _some("StudentLoansTD", one.student_year, whole),
            _some("PostgradLoansTD", one.postgraduate_year, whole),
            _some("EmpeePenContribnsPaidYTD", one.pension_year),
            _some("EmpeePenContribnsNotPaidYTD", one.pension_taxed_year),
        ),
        _payment(one, report),
        *(_contributions(band) for band in one.bands),
    )


def _payment(one: Worker, report: Report) -> str:
    monthly = report.period.frequency is Frequency.MONTHLY
    basis = {} if one.cumulative else {"BasisNonCumulative": "yes"}
    regime = {"TaxRegime": one.regime} if one.regime else {}
    plan = {"PlanType": f"0{one.plan}"} if one.student else {}
    return element(
        "Payment",
        element("PayFreq", FREQUENCIES[report.period.frequency]),
        element("PmtDate", str(report.day)),
        element("MonthNo" if monthly else "WeekNo", str(report.period.number)),
        element("PeriodsCovered", "1"),
        element("AggregatedEarnings", "yes" if one.aggregated else ""),
        element("PmtAfterLeaving", "yes" if one.after_leaving else ""),
        element("HoursWorked", hours_band(one.minutes)),
        element("TaxCode", one.code, **basis, **regime),
        element("TaxablePay", money(one.taxable)),
        _some("DednsFromNetPay", one.deductions),
        element("PayAfterStatDedns", money(one.after_statutory)),
        _some("EmpeePenContribnsPaid", one.pension),
        _some("EmpeePenContribnsNotPaid", one.pension_taxed),
        element("StudentLoanRecovered", whole(one.student), **plan) if one.student else "",
        _some("PostgradLoanRecovered", one.postgraduate, whole),
        element("TaxDeductedOrRefunded", money(one.tax)),
        *(_some(name, one.family_year.get(kind, 0)) for kind, name in FAMILY_PAY.items()),
    )


def _contributions(band: Band) -> str:
    return element(
        "NIlettersAndValues",
        element("NIletter", band.letter),
        element("GrossEarningsForNICsInPd", money(band.gross_now)),
        element("GrossEarningsForNICsYTD", money(max(band.gross, 0))),
        element("AtLELYTD", whole(band.at_lower)),
        element("LELtoPTYTD", money(band.lower_to_primary)),
        element("PTtoUELYTD", money(band.primary_to_upper)),
        element("TotalEmpNICInPd", money(band.employer_now)),
        element("TotalEmpNICYTD", money(max(band.employer, 0))),
        element("EmpeeContribnsInPd", money(band.employee_now)),
        element("EmpeeContribnsYTD", money(max(band.employee, 0))),
    )


def _some(name: str, pence: int, written: Callable[[int], str] = money) -> str:
    return element(name, written(pence)) if pence else ""
