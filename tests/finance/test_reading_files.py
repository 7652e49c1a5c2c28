"""Every row and every penny of real published files, against a sum done another way."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest

from finance.reading import Mapping, Unreadable, read_file

SPEND = Path(__file__).resolve().parents[3] / "shared" / "data" / "spend"
FILES = sorted(SPEND.glob("*.csv"))
needs_files = pytest.mark.skipif(not FILES, reason="the published files are not on this machine")
# The heading of the amount, by the first word of the file's name; column counts are the file's own.
AMOUNT_HEADINGS = {
    "bradford": "Net Amount",
    "calderdale": "Net Amount",
    "darlington": "Invoice Line Value (net of VAT)",
    "gateshead": "Amount",
    "harrogate": "Net Amount",
    "manchester": "Net Amount",
    "newcastle": "Total (excludes VAT)",
    "northtyneside": "Net Amount",
    "oxford": "amount",
}


def plain_twin(path: Path) -> tuple[int, int, Decimal]:
    """(rows, rows whose amount is no number, sum in pounds), by csv and Decimal alone."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    heading = AMOUNT_HEADINGS[path.name.split("-")[0]].lower()
    column = [cell.lower() for cell in rows[0]].index(heading)
    total, unread = Decimal(), 0
    for row in rows[1:]:
        if re.fullmatch(r"-?\d+(\.\d+)?", row[column].strip()):
            total += Decimal(row[column].strip())
        else:
            unread += 1
    return len(rows), unread, total


@needs_files
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_row_and_penny_is_accounted_for(path: Path) -> None:
    data = path.read_bytes()
    reading = read_file(path.name, data)
    rows, unread, total = plain_twin(path)
    assert sum(reading.counts.values()) == rows == len(reading.frame) == len(reading.rows)
    assert reading.frame["row_no"].tolist() == list(range(1, rows + 1))
    assert Decimal(reading.total_pence) / 100 == total
    said = reading.frame["cause"].isin(["amount_unreadable", "not_a_payment"])
    assert int(said.sum()) == unread
    held = reading.frame[reading.frame["cause"].notna()]
    assert held["cause_text"].notna().all()
    assert reading.sha256 == hashlib.sha256(data).hexdigest()


@needs_files
def test_every_row_of_every_file_is_read() -> None:
    rows = sum(len(read_file(path.name, path.read_bytes()).rows) for path in FILES)
    assert rows == 144_696


@needs_files
def test_whose_file_it_is() -> None:
    found = {
        path.name.split("-")[0]: read_file(path.name, path.read_bytes()).organisation.name
        for path in FILES
    }
    assert found == {
        "bradford": "Bradford",
        "calderdale": "The Borough of Calderdale",
        "darlington": "Darlington",
        "gateshead": "Gateshead",
        "harrogate": "Harrogate Borough Council",
        "manchester": "Manchester City Council",
        "newcastle": "Newcastle",
        "northtyneside": "North Tyneside",
        "oxford": "Oxford City",
    }


@needs_files
@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("gateshead-2019-05", {"supplier": 6, "amount": 7, "paid_on": 8, "line_no": 4}),
        ("northtyneside-2019-05_p", {"supplier": 5, "amount": 4, "paid_on": 2}),
        ("darlington-2019-04", {"supplier": 4, "amount": 7, "paid_on": 6, "directorate": 2}),
        ("newcastle-2019-06", {"supplier": 4, "amount": 9, "paid_on": 3, "cost_centre": 7}),
        (
            "calderdale-2019-04-card",
            {"supplier": 4, "amount": 5, "paid_on": 2, "merchant_category": 6, "body": 1},
        ),
        (
            "oxford-city-expenditure-over-500-jan-mar-2014",
            {"supplier": 9, "amount": 6, "paid_on": 4, "capital_or_revenue": 7, "service": 1},
        ),
    ],
)
def test_columns_of_awkward_layouts(name: str, places: dict[str, int]) -> None:
    reading = read_file(f"{name}.csv", (SPEND / f"{name}.csv").read_bytes())
    assert {role: reading.mapping.columns[role] for role in places} == places


@needs_files
def test_oxford_numbers_are_divided_from_their_lines() -> None:
    for name, first in (("apr-jun-2017", ("1036863", "4")), ("jan-mar-2014", ("46279931", "1"))):
        path = SPEND / f"oxford-city-expenditure-over-500-{name}.csv"
        frame = read_file(path.name, path.read_bytes()).frame
        assert tuple(frame.loc[1, ["transaction", "line_no"]]) == first


@needs_files
def test_the_same_layout_is_recognised_across_months() -> None:
    signatures = {
        path.stem: read_file(path.name, path.read_bytes()).mapping.signature
        for path in FILES
        if path.name.startswith("gateshead")
    }
    assert len(set(signatures.values())) == 1  # one month has a trailing empty column


@needs_files
def test_a_saved_mapping_fits_a_month_whose_columns_moved() -> None:
    path = SPEND / "northtyneside-2019-04_i.csv"
    guessed = read_file(path.name, path.read_bytes()).mapping
    kept = {r: c for r, c in guessed.columns.items() if r != "procurement_class"}
    chosen = Mapping.from_json(guessed.with_roles(kept).to_json())
    moved = SPEND / "northtyneside-2019-05_p.csv"
    reading = read_file(moved.name, moved.read_bytes(), chosen)
    assert reading.mapping.columns == {
        role: column + (3 if column == 12 else 2) for role, column in chosen.columns.items()
    }
    with pytest.raises(Unreadable) as refused:
        read_file(moved.name, moved.read_bytes(), guessed)
    assert [(r.column, r.header) for r in refused.value.reasons] == [
        ("N", "Procurement Classification")
    ]
