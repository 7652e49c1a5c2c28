"""VAT and company numbers: their form and check digits, without asking anybody. Pure text.

That a number is right by its form does not say that it is registered, nor to whom.
"""

import re
from dataclasses import dataclass

from finance.rules import SUP10, SUP11

VAT_WEIGHTS = (8, 7, 6, 5, 4, 3, 2)
HOME, ABROAD = ("GB", "XI"), re.compile(r"[A-Z]{2}[A-Z0-9]{5,13}")
# A government department has GD000 to GD499, a health authority HA500 to HA999.
DEPARTMENT, HEALTH = re.compile(r"GD[0-4]\d\d"), re.compile(r"HA[5-9]\d\d")
# Two letters say where and what: companies of Scotland and Northern Ireland, partnerships,
# overseas companies, charities, societies and the rest; none at all, England and Wales. The
# numbers of registered societies may end in letters.
COMPANY = re.compile(
    r"\d{8}|(AC|CE|CS|FC|FE|GE|GN|GS|IC|LP|NA|NC|NF|NI|NL|NO|NP|NR|NV|NZ|OC|OE|PC|RC|SA|SC|SE|SF|"
    r"SG|SI|SL|SO|SP|SR|SZ|ZC)\d{6}|R0\d{6}|(IP|SP|RS|NP|NO)[A-Z\d]{6}|(SL|NI|OC|SO)\d{5}[A-Z]"
)


@dataclass(frozen=True)
class Read:
    """A number as it is kept, why it cannot be right, or what of it was not looked at."""

    number: str
    wrong: str = ""
    unchecked: str = ""


def vat_check(seven: str) -> int:
    """The two check digits of the seven digits of a VAT number, as they were first given out."""
    return 97 - sum(w * int(digit) for w, digit in zip(VAT_WEIGHTS, seven, strict=True)) % 97


def _vat_fits(nine: str) -> bool:
    total = sum(w * int(digit) for w, digit in zip(VAT_WEIGHTS, nine[:7], strict=True))
    check = int(nine[7:])
    return check <= 97 and 0 in ((total + check) % 97, (total + 55 + check) % 97)


def read_vat_number(text: str) -> Read:
    """A VAT number of the United Kingdom, checked; one of another country is only kept.

    Nine digits, of which the last two make the weighted sum of the others divisible by 97, as it is
    or with 55 added (numbers given out since 2010): HMRC's own checker, hmrc/reference-checker,
    `VatReferenceChecker`. Twelve digits are those of a branch of a trader: nine and three that are
    not checked. GD and HA with three digits: python-stdnum, `stdnum/gb/vat.py`.
    """
    number = re.sub(r"[\s.\-/]", "", text.upper())
    country, rest = (number[:2], number[2:]) if number[:2] in HOME else ("GB", number)
    if re.fullmatch(r"\d{9}(\d{3})?", rest):
        if not _vat_fits(rest[:9]):
            return Read(number, wrong="Its check digits do not fit.")
        return Read(country + rest)
    if DEPARTMENT.fullmatch(rest) or HEALTH.fullmatch(rest):
        return Read(country + rest)
    if rest[:2] in ("GD", "HA"):
        return Read(number, wrong="GD goes from 000 to 499, HA from 500 to 999.")
    if number[:2] not in HOME and ABROAD.fullmatch(number):
        return Read(number, unchecked="It is of another country, whose check digits are not known.")
    return Read(number, wrong="It has 9 digits, 12 for a branch, or GD or HA and 3 digits.")


def read_company_number(text: str) -> Read:
    """A number of Companies House: eight characters, leading zeros filled in. No check digits.

    The prefixes are those of Companies House's guide to uniform resource identifiers and of the
    numbers in its company data product, as chguide.co.uk/general/company-number lists them.
    """
    number = re.sub(r"[\s.\-/]", "", text.upper())
    if number.isascii() and number.isdigit():
        number = number.zfill(8)
    elif re.fullmatch(r"[A-Z]{2}\d{1,5}", number):
        number = number[:2] + number[2:].zfill(6)
    if COMPANY.fullmatch(number) and set(number) != {"0"}:
        return Read(number)
    return Read(number, wrong="It has 8 digits, or two letters such as SC or OC and 6 digits.")


def kept_vat_number(text: str) -> str:
    """The VAT number as it is kept; none stays none. SUP10 if it cannot be right."""
    read = read_vat_number(text) if text.strip() else Read("")
    SUP10.check(not read.wrong, read.wrong)
    return read.number


def kept_company_number(text: str) -> str:
    """The company number as it is kept; none stays none. SUP11 if it cannot be right."""
    read = read_company_number(text) if text.strip() else Read("")
    SUP11.check(not read.wrong, read.wrong)
    return read.number
