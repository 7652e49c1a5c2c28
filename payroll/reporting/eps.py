"""The employer payment summary of a tax month: what HMRC is told that is not a payment to anybody.

Elements stand in the order of the schema of 2026-27; it refuses any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from payroll.reporting.envelope import element, message, money, version_of, whole, words

# As the schema names and orders them.
FAMILY = {"smp": "SMP", "spp": "SPP", "sap": "SAP", "shpp": "ShPP", "spbp": "SPBP", "sncp": "SNCP"}


@dataclass(frozen=True)
class Summary:
    """A whole summary; pence of the tax year to date. Nothing is said of what is None or empty."""

    paye_reference: str
    accounts_office: str
    first: date
    last: date
    month: int
    no_payment: bool
    claims: bool | None
    recovered: Mapping[str, int]
    compensation: Mapping[str, int]
    levy: int | None
    levy_share: int
    final: bool

    @property
    def says_something(self) -> bool:
        told = (self.no_payment, self.claims is not None, self.recovered, self.levy is not None)
        return any(told) or self.final

    def text(self) -> str:
        """The message, with its mark."""
        office, _, reference = self.paye_reference.partition("/")
        body = [
            element(
                "EmpRefs",
                element("OfficeNo", words(office)),
                element("PayeRef", words(reference)),
                element("AORef", words(self.accounts_office)),
            ),
            *self._no_payment(),
            _yes("EmpAllceInd", self.claims),
            self._recoverable(),
            self._levy(),
            element("RelatedTaxYear", version_of(self.last)),
            element("FinalSubmission", element("ForYear", "yes")) if self.final else "",
        ]
        return message("EmployerPaymentSummary", "EPS", body, self.paye_reference, self.last)

    def _no_payment(self) -> list[str]:
        if not self.no_payment:
            return []
        return [_yes("NoPaymentForPeriod", True), _between("NoPaymentDates", self.first, self.last)]

    def _recoverable(self) -> str:
        amounts = [
            *(_some(f"{name}Recovered", self.recovered.get(kind, 0))
              for kind, name in FAMILY.items()),
            *(_some(f"NICCompensationOn{name}", self.compensation.get(kind, 0))
              for kind, name in FAMILY.items()),
        ]  # fmt: skip
        if not any(amounts):
            return ""
        return element("RecoverableAmountsYTD", element("TaxMonth", str(self.month)), *amounts)

    def _levy(self) -> str:
        if self.levy is None:
            return ""
        return element(
            "ApprenticeshipLevy",
            element("LevyDueYTD", whole(self.levy)),
            element("TaxMonth", str(self.month)),
            element("AnnualAllce", money(self.levy_share)),
        )


def _between(name: str, first: date, last: date) -> str:
    return element(name, element("From", str(first)), element("To", str(last)))


def _yes(name: str, said: bool | None) -> str:
    return "" if said is None else element(name, "yes" if said else "no")


def _some(name: str, pence: int) -> str:
    return element(name, money(pence)) if pence else ""
