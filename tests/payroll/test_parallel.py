"""Results of another payroll: read, loaded whole or not at all, their elements said once."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from core.actors import Actor
from core.errors import Clash, NotAllowed, Refused
from core.scope import scope
from core.unreadable import Unreadable
from payroll.legacy import NewAmount, guess, read, written_above_nought
from payroll.models import LegacyAmount, LegacyElement, ParallelRun, PayPeriod
from payroll.services.parallel import (
    Chosen,
    confirm_element,
    confirm_guesses,
    withdraw,
)
from tests.payroll.parallel_books import amount, loaded
from tests.payroll.pay_runs import claimable, group, payroll, periods, person
from tests.world import World

HEAD = "employee,element,amount,period,hours,rate,code,name\n"


@pytest.fixture
def office(world: World) -> Actor:
    return payroll(world, person(1), person(2))


def first_period(by: Actor) -> PayPeriod:
    found = periods(group(by))[0]
    return PayPeriod.objects.select_related("pay_group").get(pk=found.pk)


def file(day: str, *rows: str) -> bytes:
    return (HEAD + "".join(row.replace("DAY", day) + "\n" for row in rows)).encode()


def test_a_file_is_read_by_its_headings() -> None:
    rows = ['1,PAYE,"1,234.56",DAY,,,1257L,Income tax', "2,BASIC,-10,DAY,37.5,28407.00,,"]
    amounts, wrong = read(file("30/11/2026", *rows))
    assert wrong == []
    first, second = amounts
    assert (first.row, first.employee, first.amount_pence, first.fact) == (2, 1, 123456, "1257L")
    assert (second.amount_pence, second.minutes, second.rate_pence) == (-1000, 2250, 2840700)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("x,PAYE,1.00,DAY", "employee: «x» is not an employee number"),
        ("1,,1.00,DAY", "element: enter a value"),
        ("1,PAYE,much,DAY", "amount: «much» is not an amount like 1234.56 or -200.00"),
        ("1,PAYE,1.005,DAY", "amount: «1.005» is not an amount like 1234.56 or -200.00"),
        ("1,PAYE,1.00,November", "period: «November» is not a pay day like 30/11/2026"),
        ("1,PAYE,1.00,DAY,-1", "hours: «-1» is not hours like 7.5"),
        ("1,PAYE,1.00,DAY,,,EMERGENCY 0T", "code: «EMERGENCY 0T» is not a tax code or a letter"),
    ],
)
def test_what_is_wrong_is_said_by_row_and_column(row: str, words: str) -> None:
    amounts, wrong = read(file("2026-11-30", "1,BASIC,5.00,DAY", row))
    assert wrong == [(3, words)]
    assert [one.row for one in amounts] == [2]
    with pytest.raises(Unreadable, match="missing: period"):
        read(b"employee,element,amount\n1,PAYE,1.00\n")


@pytest.mark.parametrize(
    ("code", "name", "target"),
    [
        ("001", "Basic Salary", "basic"),
        ("HCAS", "Inner London HCAS pay", "allowance"),
        ("PAYE", "", "tax"),
        ("NIC", "Employee NI", "nic"),
        ("ERNI", "Employer NI", "employer_nic"),
        ("310", "ER Pension", "employer_pension"),
        ("LGPS", "Superannuation", "pension"),
        ("SL", "Student loan plan 2", "student"),
        ("PGL", "Postgrad loan", "postgraduate"),
        ("CCAEO", "Council tax order", "orders"),
        ("SSP", "Statutory sick pay", "ssp"),
        ("NET", "Net pay", "net"),
        ("TOT", "Gross", "gross"),
        ("OT15", "Overtime at 1.5", "element:7"),
        ("MILEAGE", "", "element:8"),
        ("ZZ9", "Telephone", ""),
    ],
)
def test_elements_are_guessed_by_name(code: str, name: str, target: str) -> None:
    assert guess(code, name, {"overtime at 1.5": "element:7", "mileage": "element:8"}) == target


def test_deductions_above_nought_are_noticed() -> None:
    assert written_above_nought("tax", [200, -5])
    assert not written_above_nought("tax", [-200, 5])
    assert not written_above_nought("basic", [200])


def test_results_are_loaded_once_for_a_pay_day(office: Actor) -> None:
    with scope(acting=office.organisation_id):
        claimable(office, "Car")
        period = first_period(office)
        rows = [amount(period, 1, "PAYE", 200), amount(period, 1, "TRAVEL", 300, name="Car TRAVEL")]
        made = loaded(office, period, *rows)
        assert (made.rows, made.people, str(made)) == (2, 1, "PARALLEL-1")
        assert LegacyAmount.objects.filter(parallel_run=made).count() == 2
        tax, travel = LegacyElement.objects.order_by("code")
        assert (tax.target, tax.reversed, tax.confirmed_at) == ("tax", True, None)
        assert (travel.target, travel.element.code) == ("expenses", "TRAVEL")
        for code, name in (("PRL70", "results.csv"), ("PRL72", "other.csv")):
            with pytest.raises(Refused) as refused:
                loaded(office, period, *rows, name=name)
            assert refused.value.code == code
        withdraw(parallel=made, reason="Wrong month", by=office)
        again = loaded(office, period, *rows)
        assert (again.number, LegacyElement.objects.count()) == (2, 2)
        with pytest.raises(Clash):
            withdraw(parallel=made, reason="Again", by=office)
        with pytest.raises(Refused, match="Give the reason"):
            withdraw(parallel=again, reason=" ", by=office)


def test_rows_of_another_day_or_of_none_are_refused_whole(office: Actor) -> None:
    with scope(acting=office.organisation_id):
        period = first_period(office)
        later = NewAmount(1, 2, "PAYE", 1, period.ends_on.replace(day=1))
        for rows, words in (
            ([amount(period, 1, "PAYE", 1), later], "Row 3, period: a file holds one pay day"),
            ([later], "Row 2, period: .* is no pay day of Monthly staff"),
            ([], "There are no rows"),
        ):
            with pytest.raises(Refused, match=words) as refused:
                loaded(office, period, *rows)
            assert refused.value.code == "PRL71"
        assert not ParallelRun.objects.exists() and not LegacyElement.objects.exists()


def test_what_an_element_is_holds_once_it_is_confirmed(office: Actor) -> None:
    at = timezone.now()
    with scope(acting=office.organisation_id):
        claimable(office, "Car")
        period = first_period(office)
        loaded(office, period, amount(period, 1, "PAYE", 200), amount(period, 1, "ZZ9", 5))
        assert confirm_guesses(by=office, at=at) == 1
        for chosen in (Chosen("ZZ9"), Chosen("ZZ9", "extra"), Chosen("NONE", "tax"),
                       Chosen("ZZ9", "dice")):  # fmt: skip
            with pytest.raises(Refused) as refused:
                confirm_element(chosen=chosen, by=office, at=at)
            assert refused.value.code == "PRL74"
        row = confirm_element(chosen=Chosen("ZZ9", ours="TRAVEL"), by=office, at=at)
        assert (row.target, row.element.code, row.confirmed_by_name) == (
            "expenses", "TRAVEL", office.name
        )  # fmt: skip
        confirm_element(chosen=Chosen("ZZ9", "ignored"), by=office, at=at)
        assert LegacyElement.objects.get(code="ZZ9").element is None


def test_only_payroll_loads(world: World, office: Actor) -> None:
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=office.organisation_id):
        period = first_period(office)
        with pytest.raises(NotAllowed):
            loaded(boss, period, amount(period, 1, "PAYE", 1))


def test_the_pages_from_the_file_to_the_meaning(world: World, office: Actor) -> None:
    with scope(acting=office.organisation_id):
        day = f"{first_period(office).pays_on:%d/%m/%Y}"
    client = Client()
    client.force_login(world.people["payroll_officer@eastmere"])
    here = "/eastmere/payroll/parallel/"

    def sent(*rows: str) -> Any:
        upload = SimpleUploadedFile("results.csv", file(day, *rows))
        return client.post(f"{here}new/", {"group": "M", "file": upload})

    wrong = sent("1,PAYE,1.00,DAY", "2,PAYE,one,DAY")
    assert wrong.status_code == 422
    assert "Row 3, amount: «one» is not an amount" in wrong.content.decode()
    assert (
        "it holds a PDF"
        in client.post(
            f"{here}new/", {"group": "M", "file": SimpleUploadedFile("a.csv", b"%PDF-1")}
        ).content.decode()
    )
    good = sent("1,PAYE,200.00,DAY", "1,ZZ9,1.00,DAY")
    assert good.status_code == 302
    shown = client.get(good.url).content.decode()
    assert "Income tax: a guess" in shown and "Nobody has said" in shown
    assert "2 elements to be confirmed" in shown
    again = sent("1,PAYE,200.00,DAY", "1,ZZ9,1.00,DAY")
    assert "It is PARALLEL-1." in again.content.decode()
    client.post(f"{here}elements/")
    with scope(acting=office.organisation_id):
        key = LegacyElement.objects.get(code="ZZ9").pk
    assert client.post(f"{here}elements/{key}/", {"target": "basic"}).status_code == 302
    shown = client.get(good.url).content.decode()
    assert "to be confirmed" not in shown and "Basic pay" in shown
    assert client.get(f"{here}template.csv").content.startswith(b"employee,element,amount,period")
    assert client.post(f"{here}1/withdraw/", {"reason": "Wrong"}).status_code == 302
    assert "Withdrawn" in client.get(here).content.decode()


def test_programs_load_the_same(world: World, office: Actor) -> None:
    with scope(acting=office.organisation_id):
        day = first_period(office).pays_on.isoformat()
    client = Client()
    client.force_login(world.people["payroll_officer@eastmere"])
    asked = {
        "group": "M", "pays_on": day, "name": "From the bureau",
        "amounts": [{"employee": 1, "element": "PAYE", "pence": 20000, "code": "1257L"}],
    }  # fmt: skip

    def post(path: str, sent: Any, key: str) -> Any:
        headers = {"Idempotency-Key": key}
        return client.post(f"/api/v1/eastmere/{path}", sent, "application/json", headers=headers)

    made = post("parallel-runs/new/", asked, "one")
    assert made.status_code == 201, made.content
    assert made.json()["elements"][0]["target"] == "tax"
    again = post("parallel-runs/new/", asked, "two")
    assert (again.status_code, again.json()["code"]) == (422, "PRL70")
    said = post("legacy-elements/confirmation/", {"code": "PAYE", "target": "tax"}, "three")
    assert said.json()["confirmed_by"] == office.name
    ended = post("parallel-runs/1/withdrawal/", {"reason": "Wrong"}, "four")
    assert ended.json()["state"] == "withdrawn"
