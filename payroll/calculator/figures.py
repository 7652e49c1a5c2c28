"""The figures that tax, National Insurance, loans and direct attachments are worked out with."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from payroll.law import Parameter, Pence, Rate


class Regime(StrEnum):
    """Whose income tax bands a code stands under; the value is its letter in the code."""

    REST_OF_UK = ""
    SCOTLAND = "S"
    WALES = "C"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Regime.REST_OF_UK: "England and Northern Ireland",
    Regime.SCOTLAND: "Scotland",
    Regime.WALES: "Wales",
}


@dataclass(frozen=True)
class Band:
    rate: Rate
    up_to: Pence | None


@dataclass(frozen=True)
class Bands:
    """Rates on a year's taxable pay after free pay, from the lowest band; the last is open."""

    bands: tuple[Band, ...]


@dataclass(frozen=True)
class OldBands:
    rest_of_uk: tuple[Band, ...]
    scotland: tuple[Band, ...]
    flat_rest_of_uk: Mapping[str, Rate]
    flat_scotland: Mapping[str, Rate]


@dataclass(frozen=True)
class FlatRates:
    rates: Mapping[str, Rate]


@dataclass(frozen=True)
class BlockPay:
    week: Pence
    month: Pence


@dataclass(frozen=True)
class FreePay:
    """How the number of a code becomes free pay: whole blocks, a rest, and pounds added."""

    block: int
    added: int
    block_pay: BlockPay


@dataclass(frozen=True)
class OneRate:
    rate: Rate


@dataclass(frozen=True)
class CodeNumber:
    number: int


@dataclass(frozen=True)
class Taper:
    above: Pence
    rate: Rate


@dataclass(frozen=True)
class Threshold:
    """One National Insurance threshold for each length of earnings period."""

    week: Pence
    two_weeks: Pence
    four_weeks: Pence
    month: Pence
    year: Pence


Relief = Literal["none", "upper_secondary", "special_site"]


@dataclass(frozen=True)
class Letter:
    main: Rate
    upper: Rate
    employer: Rate
    relief: Relief
    meaning: str


@dataclass(frozen=True)
class Letters:
    letters: Mapping[str, Letter]


@dataclass(frozen=True)
class Loan:
    year: Pence
    rate: Rate


@dataclass(frozen=True)
class AttachmentBand:
    rate: Rate
    week: Pence | None
    month: Pence | None


@dataclass(frozen=True)
class Attachment:
    protected: Rate
    standard: tuple[AttachmentBand, ...]
    higher: tuple[AttachmentBand, ...]


TAX_BANDS = {
    Regime.REST_OF_UK: Parameter("income_tax_bands_rest_of_uk", Bands),
    Regime.SCOTLAND: Parameter("income_tax_bands_scotland", Bands),
    Regime.WALES: Parameter("income_tax_bands_wales", Bands),
}
FLAT_RATES = {
    Regime.REST_OF_UK: Parameter("flat_rate_codes_rest_of_uk", FlatRates),
    Regime.SCOTLAND: Parameter("flat_rate_codes_scotland", FlatRates),
    Regime.WALES: Parameter("flat_rate_codes_wales", FlatRates),
}
OLD_TAX_BANDS = Parameter("income_tax_bands_of_old_years", OldBands)
FREE_PAY = Parameter("free_pay", FreePay)
OVERRIDING_LIMIT = Parameter("overriding_limit", OneRate)
EMERGENCY_CODE = Parameter("emergency_code", CodeNumber)
ALLOWANCE_TAPER = Parameter("allowance_taper", Taper)

LOWER_EARNINGS_LIMIT = Parameter("nic_lower_earnings_limit", Threshold)
PRIMARY_THRESHOLD = Parameter("nic_primary_threshold", Threshold)
SECONDARY_THRESHOLD = Parameter("nic_secondary_threshold", Threshold)
UPPER_EARNINGS_LIMIT = Parameter("nic_upper_earnings_limit", Threshold)
UPPER_SECONDARY_THRESHOLD = Parameter("nic_upper_secondary_threshold", Threshold)
SPECIAL_SITE_THRESHOLD = Parameter("nic_special_site_threshold", Threshold)
LETTERS = Parameter("nic_letters", Letters)

UNDERGRADUATE_LOANS = {
    plan: Parameter(f"student_loan_plan_{plan}", Loan) for plan in ("1", "2", "4", "5")
}
POSTGRADUATE_LOAN = Parameter("postgraduate_loan", Loan)

DIRECT_EARNINGS_ATTACHMENT = Parameter("direct_earnings_attachment", Attachment)
