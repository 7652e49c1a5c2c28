"""The page "What would my pay be": any case in, lines with workings out, a row to check it by."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.world import World, build_world

HERE = "/eastmere/payroll/what-if/"
ROW = f"{HERE}test-row/"
API = "/api/v1/eastmere/pay-answers/"
CASE = {"day": "30/11/2026", "frequency": "monthly", "salary": "£62,000", "code": "s1257l"}


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def client_of(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def test_the_empty_page_says_what_to_do(world: World) -> None:
    answer = client_of(world, "staff@eastmere").get(HERE)
    assert answer.status_code == 200
    assert "Nothing is worked out yet" in answer.content.decode()
    assert "Save as a test row" not in answer.content.decode()


def test_a_case_is_worked_out_line_by_line(world: World) -> None:
    given = {**CASE, "loans": ["2", "PGL"], "scheme": "percentage", "pension_rate": "9.8"}
    said = client_of(world, "staff@eastmere").post(HERE, given).content.decode()
    for words in (
        "Pay on 30 November 2026, month 8 of 2026-27",
        "£7,643.95 less the £6,688.45 already taken is £955.50.",
        "£2,985.01",
        "less £244.00 less £205.00 is £2,985.01.",
        "What the employer pays",
    ):
        assert words in said
    assert '<details class="govuk-details app-payslip__line">' in said


def test_every_section_reaches_the_payment(world: World) -> None:
    given = {
        **CASE,
        **{"sick_from": "02/11/2026", "sick_to": "06/11/2026", "gift": "10", "sacrifice": "20"},
        **{"order1_kind": "council_tax_england", "order1_made_on": "01/02/2026"},
        **{"order2_kind": "dea", "order2_made_on": "01/03/2026"},
        **{"instalment": "25", "gross_owed": "100", "net_owed": "80", "born": "03/02/1990"},
        **{"hours": "150", "scheme": "nhs", "other_pay": "100"},
    }
    said = client_of(world, "staff@eastmere").post(HERE, given).content.decode()
    for words in (
        *("Other pay", "Time away", "Statutory sick pay", "Salary sacrifice", "Payroll giving"),
        *("Council tax order", "Direct earnings attachment (DWP)", "Minimum wage"),
        *("Overpayment of an earlier year taken back", "Automatic enrolment"),
        "Some figures of the scheme are derived, not yet confirmed.",
    ):
        assert words in said


def test_the_print_view_opens_every_line_and_has_no_form(world: World) -> None:
    given = {**CASE, "view": "print"}
    said = client_of(world, "staff@eastmere").post(HERE, given).content.decode()
    assert said.count('app-payslip__line" open>') == 5
    assert "Work it out" not in said


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"code": "SD7"}, "code", "D7 has no rate in Scotland"),
        ({"day": "06/04/2027"}, "day", "no confirmed figures"),
        ({"salary": ""}, "salary", "Enter either the salary"),
        ({"pay": "5"}, "salary", "Enter either the salary"),
        ({"salary": "lots"}, "salary", "Enter an amount in pounds"),
        ({"born": "03/02/1950"}, "day", "Give the day of State Pension age"),
        ({"hours": "10"}, "day", "Give the day of birth"),
        ({"leave": "maternity"}, "day", "Give the first day of the leave"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    world: World, change: dict[str, Any], field: str, words: str
) -> None:
    answer = client_of(world, "staff@eastmere").post(HERE, CASE | change)
    said = answer.content.decode()
    assert answer.status_code == 422
    assert words in said
    assert f'<a href="#id_{field}">' in said


def test_a_saved_row_is_read_back_as_exact(world: World, tmp_path: Any) -> None:
    officer = client_of(world, "payroll_officer@eastmere")
    assert "Save as a test row" in officer.get(HERE).content.decode()
    given = {**CASE, "loans": ["2", "PGL"], "scheme": "nhs", "director": ""}
    answer = officer.post(ROW, given)
    assert answer["Content-Disposition"] == 'attachment; filename="pay-case-2026-11-30.csv"'
    path = tmp_path / "case.csv"
    path.write_bytes(answer.content)
    out = _Out()
    call_command("check_pay_vectors", str(path), stdout=out)
    assert out.counts() == [3, 0, 0, 0]
    assert "net pay £" in answer.content.decode()
    # The file is a check and not a copy: a wrong figure is found.
    path.write_text(answer.content.decode().replace(",244.00,", ",245.00,"))
    with pytest.raises(CommandError, match="1 of 3 rows differ"):
        call_command("check_pay_vectors", str(path), stdout=_Out())


class _Out:
    """Collects what a command prints."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def counts(self) -> list[int]:
        total = next(line for line in self.text.splitlines() if line.startswith("all"))
        return [int(count) for count in total.split()[1:]]


def test_only_payroll_officers_save_rows(world: World) -> None:
    assert client_of(world, "staff@eastmere").post(ROW, CASE).status_code == 403
    officer = client_of(world, "payroll_officer@eastmere")
    assert officer.post(ROW, {**CASE, "code": "?"}).status_code == 422


def test_a_program_asks_the_same(world: World) -> None:
    client = client_of(world, "staff@eastmere")
    given = {**CASE, "day": "2026-11-30", "loans": ["2"]}
    answer = client.post(API, given, content_type="application/json")
    assert answer.status_code == 200
    found = answer.json()
    assert found["lines"][0]["amount"] == "5166.67"
    assert sum(_pence(line["amount"]) for line in found["lines"]) == _pence(found["net"])
    assert found["lines"][1]["workings"]
    refused = client.post(API, {**given, "code": "?"}, content_type="application/json")
    assert refused.status_code == 400
    assert "code: " in refused.json()["detail"]


def _pence(text: str) -> int:
    return int(text.replace(".", ""))
