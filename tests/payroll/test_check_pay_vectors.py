"""Published figures are met to the penny; a wrong figure and a bad file are told apart."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

GOLDEN = Path(__file__).with_name("golden.csv")
PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "reference" / "payroll-vectors.csv"
Rows = list[dict[str, str]]


def checked(path: Path) -> dict:
    out = io.StringIO()
    try:
        call_command("check_pay_vectors", path, "--json", stdout=out)
        failed = False
    except CommandError as error:
        assert error.returncode == 1
        failed = True
    found = json.loads(out.getvalue())
    assert found["passed"] is not failed
    return found


def changed(tmp_path: Path, change: Callable[[Rows], None]) -> Path:
    with GOLDEN.open(newline="", encoding="utf-8") as given:
        rows = list(csv.DictReader(given))
    change(rows)
    path = tmp_path / "changed.csv"
    with path.open("w", newline="", encoding="utf-8") as made:
        writer = csv.DictWriter(made, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_figures_worked_out_by_hand_are_met() -> None:
    """Needs no database: none is asked for by this test."""
    found = checked(GOLDEN)
    assert found["total"] == {
        "exact": found["rows"], "within_a_penny": 0, "different": 0, "not_covered": 0,
    }  # fmt: skip
    assert found["rows"] > 60
    assert set(found["areas"]) == {
        *("paye_tax", "paye_tax_method", "nic_class1", "nic_director", "student_loan"),
        *("annual_estimate", "dea_standard", "dea_higher", "dea_worked_example"),
    }


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="HMRC's figures are not beside the project")
def test_published_figures_are_met() -> None:
    """All but the pennies that the file notes of Scotland in 2025-26, and its two wrong rows."""
    found = checked(PUBLISHED)
    total = found["total"]
    assert total["not_covered"] == 0
    assert total["within_a_penny"] <= 6
    assert total["different"] <= 2
    assert sum(total.values()) == found["rows"]
    assert {one["independent_check"] for one in found["differences"]} <= {
        *("within_0.01", "suspect", "differs_by_1_pound")
    }


def penny(rows: Rows) -> None:
    rows[0]["expected_tax"] = "290.21"


def test_a_penny_that_the_file_does_not_note_fails(tmp_path: Path) -> None:
    found = checked(changed(tmp_path, penny))
    assert found["passed"] is False
    (one,) = found["differences"]
    assert (one["id"], one["row"], one["listed"]) == ("G01", 2, False)
    assert one["figures"] == {"expected_tax": {"expected": "290.21", "ours": "290.20"}}
    assert any("1257L leaves £1,048.26 free of tax" in said for said in one["workings"])
    assert found["areas"]["paye_tax"]["within_a_penny"] == 1


@pytest.mark.parametrize(
    ("check", "tax", "passes"),
    [
        ("within_0.01", "290.21", True),
        ("within_0.01", "290.22", False),
        ("differs_by_1_pound", "291.20", True),
        ("differs_by_1_pound", "291.21", False),
        ("suspect", "1.00", True),
        ("exact", "290.21", False),
        ("not_run", "290.21", False),
    ],
)
def test_a_noted_difference_passes_up_to_what_is_noted(
    tmp_path: Path, check: str, tax: str, passes: bool
) -> None:
    def change(rows: Rows) -> None:
        rows[0] |= {"expected_tax": tax, "independent_check": check}

    assert checked(changed(tmp_path, change))["passed"] is passes


def test_a_row_that_is_wrong_about_the_employer_is_held_to_the_rest(tmp_path: Path) -> None:
    def change(rows: Rows) -> None:
        one = next(row for row in rows if row["area"] == "nic_class1")
        one |= {"independent_check": "suspect", "notes": "do not assert employer here"}
        one |= {"expected_er_nic": "1.00", "expected_ee_nic": "9.00"}

    (one,) = checked(changed(tmp_path, change))["differences"]
    assert (one["listed"], set(one["figures"])) == (False, {"expected_ee_nic", "expected_er_nic"})


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"area": "pension"}, "there is no area pension"),
        ({"tax_year": "2031-32"}, "is known from 6 April 2025"),
        ({"expected_ee_nic": "1.00"}, "expected_ee_nic is not a figure of this area"),
        ({"expected_other": "net=1.00"}, "net of expected_other is not a figure"),
        ({"expected_tax": ""}, "expects no figure"),
    ],
)
def test_what_is_not_covered_is_said(tmp_path: Path, values: dict, why: str) -> None:
    found = checked(changed(tmp_path, lambda rows: rows[0].update(values)))
    (one,) = found["not_covered"]
    assert one["id"] == "G01"
    assert why in one["why"]


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("gross_pay", "abc", "is not an amount. Write pounds like"),
        ("gross_pay", "12.345", "has part of a penny"),
        ("gross_pay", "999999999999", "more than a payroll can hold"),
        ("expected_tax", "1e3", "is not an amount"),
        ("tax_year", "2026", "is not a tax year. Write it like 2026-27"),
        ("tax_year", "2026-28", "is not a tax year"),
        ("pay_frequency", "yearly", "Use one of weekly, fortnightly"),
        ("period", "13", "There is no monthly month 13"),
        ("period", "first", "is not a whole number"),
        ("tax_code", "1257", "followed by L, M, N or T"),
        ("w1m1", "maybe", "Use one of Y, N"),
        ("expected_other", "tax 3", "Write name=value"),
        ("id", "", "Give each row an id"),
        ("id", "G02", "stands in row"),
    ],
)
def test_a_bad_cell_is_refused_with_row_column_and_remedy(
    tmp_path: Path, column: str, value: str, says: str
) -> None:
    path = changed(tmp_path, lambda rows: rows[0].update({column: value}))
    with pytest.raises(CommandError, match=says) as refused:
        call_command("check_pay_vectors", path)
    assert refused.value.returncode == 2
    assert column in str(refused.value)
    assert "Row " in str(refused.value)


def test_all_bad_cells_are_named_at_once(tmp_path: Path) -> None:
    def change(rows: Rows) -> None:
        for row in rows[:23]:
            row["gross_pay"] = "?"

    with pytest.raises(CommandError) as refused:
        call_command("check_pay_vectors", changed(tmp_path, change))
    lines = str(refused.value).splitlines()
    assert [line.split(",")[0] for line in lines[:20]] == [f"Row {n}" for n in range(2, 22)]
    assert lines[20:] == ["So do 3 more rows."]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "column id is missing"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"PK\x03\x04\x00\x00", "not a text file"),
        (GOLDEN.read_bytes().split(b"\n")[0], "headings and no rows"),
        (GOLDEN.read_bytes().replace(b"tax_code", b"code", 1), "column tax_code is missing"),
        (GOLDEN.read_bytes().replace(b"notes", b"source", 1), "column notes is missing"),
        (GOLDEN.read_bytes() + b"G99,paye_tax\n", "2 cells under 26 headings"),
        (GOLDEN.read_bytes() + b'G99,"open', "Save it as CSV again"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=says) as refused:
        call_command("check_pay_vectors", path)
    assert refused.value.returncode == 2


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("check_pay_vectors", tmp_path / "none.csv")


def test_the_table_for_people(tmp_path: Path) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 of 65 rows differ"):
        call_command("check_pay_vectors", changed(tmp_path, penny), stdout=out)
    text = out.getvalue()
    assert "G01 (row 2, paye_tax): NOT NOTED in the file" in text
    assert "expected_tax: £290.21, ours £290.20" in text
    assert "£1,451.00 at 20% is £290.20." in text
