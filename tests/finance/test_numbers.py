"""VAT and company numbers by their form and check digits."""

import pytest

from finance.numbers import kept_company_number, kept_vat_number, read_vat_number, vat_check

# The last three are those of the tests of hmrc/reference-checker: as it is, with 55, and all of 97.
RIGHT = {
    "GB 980 7806 84": "GB980780684",
    "123456782": "GB123456782",
    "xi123-4567-82": "XI123456782",
    "434 0314 94 001": "GB434031494001",
    "GD001": "GBGD001",
    "GBGD499": "GBGD499",
    "HA500": "GBHA500",
    "HA999": "GBHA999",
    "101747696": "GB101747696",
    "101747641": "GB101747641",
    "000000097": "GB000000097",
    "FR12345678901": "FR12345678901",
}
WRONG = {
    "123456789": "check digits",
    "802311781": "check digits",
    "980780648": "check digits",
    "000000098": "check digits",
    "GB434031495001": "check digits",
    "GD500": "GD goes from 000 to 499",
    "HA499": "HA from 500 to 999",
    "123456": "9 digits",
    "123abc789": "9 digits",
    "1234567820": "9 digits",
}


@pytest.mark.parametrize("typed", RIGHT)
def test_right_vat_numbers_are_kept_in_one_form(typed: str) -> None:
    assert kept_vat_number(typed) == RIGHT[typed]


@pytest.mark.parametrize("typed", WRONG)
def test_wrong_vat_numbers_say_what_is_wrong(typed: str) -> None:
    assert WRONG[typed] in read_vat_number(typed).wrong


def test_check_digits_are_made_as_they_are_checked() -> None:
    for seven in range(1_000_000, 9_999_999, 654_321):
        check = vat_check(str(seven))
        fits = [n for n in range(98) if not read_vat_number(f"{seven}{n:02}").wrong]
        assert check in fits and set(fits) == {
            n for n in range(1, 98) if (n - check) % 97 in (0, 42)
        }


def test_a_number_of_another_country_is_kept_and_said_to_be_unchecked() -> None:
    assert "another country" in read_vat_number("DE 123456789").unchecked
    assert read_vat_number("GB123456782").unchecked == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("445790", "00445790"),
        ("01234567", "01234567"),
        ("sc 12345", "SC012345"),
        ("NI012345", "NI012345"),
        ("OC301540", "OC301540"),
        ("R0000001", "R0000001"),
        ("IP12345R", "IP12345R"),
        ("SL01234A", "SL01234A"),
        ("", ""),
    ],
)
def test_company_numbers_are_kept_in_eight_characters(typed: str, kept: str) -> None:
    assert kept_company_number(typed) == kept


@pytest.mark.parametrize("typed", ["123456789", "AB123456", "00000000", "SC1234567", "1234X678"])
def test_wrong_company_numbers_are_refused(typed: str) -> None:
    with pytest.raises(Exception, match="cannot be right") as refusal:
        kept_company_number(typed)
    assert refusal.value.code == "SUP11"  # type: ignore[attr-defined]
