"""Tax codes: every form that HMRC issues, and the words for what it does not."""

from datetime import date

import pytest

from core.errors import Refused
from payroll.calculator.figures import Regime
from payroll.calculator.tax_codes import Kind, TaxCode, emergency_code, parse_code

DAY = date(2026, 4, 30)
REST, SCOT, WALES = Regime.REST_OF_UK, Regime.SCOTLAND, Regime.WALES


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1257L", TaxCode(REST, Kind.SUFFIX, 1257, "L", True)),
        ("S1257M", TaxCode(SCOT, Kind.SUFFIX, 1257, "M", True)),
        ("C1131N", TaxCode(WALES, Kind.SUFFIX, 1131, "N", True)),
        ("999999T", TaxCode(REST, Kind.SUFFIX, 999_999, "T", True)),
        ("250P", TaxCode(REST, Kind.SUFFIX, 250, "P", True)),
        ("K475", TaxCode(REST, Kind.K, 475, "K", True)),
        ("SK475", TaxCode(SCOT, Kind.K, 475, "K", True)),
        ("CK1", TaxCode(WALES, Kind.K, 1, "K", True)),
        ("BR", TaxCode(REST, Kind.FLAT, 0, "BR", True)),
        ("SD3", TaxCode(SCOT, Kind.FLAT, 0, "D3", True)),
        ("CD1", TaxCode(WALES, Kind.FLAT, 0, "D1", True)),
        ("0T", TaxCode(REST, Kind.SUFFIX, 0, "0T", True)),
        ("S0T", TaxCode(SCOT, Kind.SUFFIX, 0, "0T", True)),
        ("NT", TaxCode(REST, Kind.NO_TAX, 0, "NT", True)),
        (" s 1257 l w1/m1 ", TaxCode(SCOT, Kind.SUFFIX, 1257, "L", False)),
        ("1257LW1M1", TaxCode(REST, Kind.SUFFIX, 1257, "L", False)),
        ("1257MM1", TaxCode(REST, Kind.SUFFIX, 1257, "M", False)),
        ("BRX", TaxCode(REST, Kind.FLAT, 0, "BR", False)),
        ("K475 W1", TaxCode(REST, Kind.K, 475, "K", False)),
        ("NT M1", TaxCode(REST, Kind.NO_TAX, 0, "NT", False)),
    ],
)
def test_codes_are_read(text: str, code: TaxCode) -> None:
    assert parse_code(text, DAY) == code
    assert parse_code(str(code), DAY) == code


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty"),
        ("1257", "followed by L, M, N or T"),
        ("1257Q", "followed by L, M, N or T"),
        ("01257L", "begins with a nought"),
        ("K0475", "begins with a nought"),
        ("0L", "written 0T"),
        ("K0", "written 0T"),
        ("1234567L", "more than six digits"),
        ("SD4", "D4 has no rate in Scotland"),
        ("D2", "D2 has no rate in England"),
        ("CD2", "D2 has no rate in Wales"),
        ("D9", "one digit from 0 to 8"),
        ("SNT", "Write NT"),
        ("CNT", "Write NT"),
        ("L1257", "no code of the kinds"),
        ("1257L W2", "no code of the kinds"),
        ("SC1257L", "followed by L|no code of the kinds"),
        ("£12", "no code of the kinds"),
    ],
)
def test_what_is_no_code_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(Refused, match=says) as refused:
        parse_code(text, DAY)
    assert refused.value.code == "PRL02"


def test_a_basis_told_apart_from_the_code() -> None:
    assert parse_code("1257L", cumulative=False) == parse_code("1257L M1")


def test_starters_without_a_p45() -> None:
    assert str(emergency_code(DAY, cumulative=True)) == "1257L"
    assert str(emergency_code(DAY, cumulative=False)) == "1257L X"
