"""Files of staff: every row that is wrong is named, and nothing is half-loaded."""

import io

import pytest
import xlsxwriter
from django.utils import timezone

from core.errors import Refused
from core.scope import scope
from hr.models import Employment, Placement, PrivateDetails, StaffFileError
from hr.reading import COLUMNS
from hr.selectors.people import placements_of
from hr.services.files import load_staff
from hr.services.private import Details
from tenants.models import Grant, Person
from tests.hr.record import csv_of, employer, hire, load, row
from tests.world import World

CAREER = (
    row(ni_number="AB123456C", sort_code="200415", account_number="12345678", tax_code="1257L"),
    row(**{"from": "01/10/2025", "point": "06", "hours": "18.5", "cost_centres": "110:60;200:40"}),
    row(**{"job": "2", "from": "2026-01-01", "post": "P2", "point": "09", "hours": "4",
           "cost_centres": "northdale"}),
)  # fmt: skip
CAREER = tuple({**CAREER[0], **{k: v for k, v in one.items() if v}} for one in CAREER)


def said(*rows: dict[str, str], world: World) -> list[tuple[int, str]]:
    by = employer(world)
    with scope(acting=by.organisation_id):
        file = load(by, *rows)
        assert file.state == "refused"
        assert not Employment.objects.exists()
        rows_said = StaffFileError.objects.order_by("row_no", "id")
        return [(one.row_no, one.text) for one in rows_said]


def test_rows_of_a_job_are_its_history(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        file = load(by, *CAREER)
        assert (file.state, file.rows, file.people) == ("loaded", 3, 1)
        someone = Employment.objects.get()
        second, new, old = placements_of(someone)
        assert (str(old.to_on), new.to_on, second.assignment.number) == ("2025-10-01", None, 2)
        assert (new.weekly_minutes, new.pay_point.point) == (1110, "06")
        assert [(s.unit.code, s.ten_thousandths) for s in new.shares.all()] == [
            ("110", 6000),
            ("200", 4000),
        ]
        assert [s.other_id for s in second.shares.all()] == [world.id("northdale")]
        assert Details.opened(PrivateDetails.objects.get()).ni_number == "AB123456C"
        person = Person.objects.get(email="zoe@staff.example")
        assert not person.has_usable_password()
        assert Grant.objects.get(person=person).role == "staff"
        starter = hire(by, world)
        assert starter.number == 101


def test_a_file_brings_what_hmrc_is_told(world: World) -> None:
    by = employer(world)
    told = {"gender": "F", "address": "1 High Street; Leeds", "postcode": "LS1 4AP",
            "passport": "925665416", "starter_declaration": "C"}  # fmt: skip
    with scope(acting=by.organisation_id):
        load(by, row(**told))
        found = Details.opened(PrivateDetails.objects.get())
        assert (found.lines, found.postcode) == (["1 High Street", "Leeds"], "LS1 4AP")
        assert (found.gender, found.passport, found.starter) == ("F", "925665416", "C")


@pytest.mark.parametrize(
    ("basis", "kept"), [("Month 1", True), ("X", True), ("cumulative", False), ("", False)]
)
def test_a_file_brings_the_basis_of_a_tax_code(world: World, basis: str, kept: bool) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        load(by, row(tax_code="1257L", tax_basis=basis))
        found = Details.opened(PrivateDetails.objects.get())
        assert (found.tax_code, found.non_cumulative) == ("1257L", kept)


def test_a_basis_needs_a_code_and_is_one_of_these(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        for given in ({"tax_basis": "week 1"}, {"tax_code": "1257L", "tax_basis": "weekly"}):
            assert load(by, row(**given), name=f"{given}.csv").state == "refused"


def test_the_same_file_is_recognised(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        load(by, row())
        with pytest.raises(Refused) as error:
            load(by, row(), name="other.csv")
        assert error.value.code == "HRR09"
        assert Placement.objects.count() == 1


def test_a_refused_file_may_come_again(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        bad = row(post="P9")
        assert [load(by, bad).number, load(by, bad).number] == [1, 2]


def test_facts_for_hmrc_are_checked_row_by_row(world: World) -> None:
    several = row(gender="M"), row(gender="F", **{"from": "01/10/2025"}), row(gender="W")
    (first, differs), (second, wrong) = said(*several, world=world)
    assert (first, second) == (3, 4)
    assert "differ from those of row 2" in differs
    assert "gender" in wrong


def test_a_workbook_reads_like_a_text(world: World) -> None:
    by = employer(world)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, COLUMNS)
        sheet.write_row(1, 0, [row().get(name, "") for name in COLUMNS])
    with scope(acting=by.organisation_id):
        given = {"by": by, "at": timezone.now()}
        assert load_staff(name="a.xlsx", data=out.getvalue(), **given).state == "loaded"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": ""}, "name: enter a value"),
        ({"employee": "1.5"}, "employee: «1.5» is not a whole number"),
        ({"from": "31/02/2025"}, "from: «31/02/2025» is not a date"),
        ({"hours": "200"}, "hours: «200» is not hours of a week"),
        ({"hours": "NaN"}, "hours: «NaN» is not hours of a week"),
        ({"email": "zoe"}, "email: write an address"),
        ({"cost_centres": "110:50"}, "cost_centres: «110:50» is not like"),
        ({"cost_centres": "999"}, "cost_centres: there is no cost centre «999» here"),
        ({"ni_number": "QQ123456C"}, "A National Insurance number is two letters"),
        ({"sort_code": "200415"}, "A sort code has six digits"),
        ({"post": "P9"}, "post: there is no post «P9» here"),
        ({"point": "09"}, "point: «09» is not a point of the grade of this post"),
        ({"from": "2025-03-01"}, "from: lies outside the employment"),
        ({"employed_to": "2024-01-01"}, "employed_to: lies before employed_from"),
        ({"leaving_reason": "Retired"}, "leaving_reason: only leavers have one"),
        ({"job": "2"}, "job: the first job of a person has number 1"),
        ({"leaving_reason": "x" * 81, "employed_to": "2026-01-01"}, "at most 80 characters"),
    ],
)
def test_what_is_wrong_is_said_by_row(world: World, given: dict[str, str], words: str) -> None:
    found = said(row(**given), world=world)
    assert any(number == 2 and words in text for number, text in found), found


def test_rows_that_contradict_each_other(world: World) -> None:
    found = said(
        row(),
        row(),
        row(**{"from": "2026-01-01", "name": "Zoë Hara"}),
        row(employee="7"),
        world=world,
    )
    texts = {text for _, text in found}
    assert "from: this job has two rows from the same day" in texts
    assert "employee: the facts of the person differ from those of row 2" in texts
    assert "email: another employee of this file has the same address" in texts


def test_who_is_here_already(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        load(by, row())
        file = load(by, row(hours="36"))
        texts = set(StaffFileError.objects.values_list("text", flat=True))
        assert file.state == "refused"
        assert texts == {
            "employee: the number 100 is taken already",
            "email: this person is employed here already",
        }


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"", "file is empty"),
        ("a.csv", csv_of(), "a heading and no rows"),
        ("a.csv", csv_of(row()).replace(b'"job"', b'"name"'), "columns are missing: job"),
        ("a.csv", csv_of(row()).replace(b'"born_on"', b'"shoe"'), "not in the template: shoe"),
        ("a.xlsx", b"no workbook", "columns are missing"),
        ("a.xlsx", b"PK\x03\x04 torn", "damaged"),
        ("a.pdf", b"%PDF-1.7", "is a PDF"),
    ],
)
def test_a_file_that_cannot_be_read(world: World, name: str, data: bytes, words: str) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        with pytest.raises(Refused, match=words) as error:
            load_staff(name=name, data=data, by=by, at=timezone.now())
        assert error.value.code == "HRR10"
