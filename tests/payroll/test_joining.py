"""How many people are paid, from one file: taken whole, or refused by row, field and remedy."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.errors import NotAllowed, Refused
from core.scope import scope
from events.models import Event
from hr.models import Employment
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.periods import year_start
from payroll.joined import COLUMNS, NewParticulars, read
from payroll.models import PayMember
from payroll.services.joining import load_particulars
from tests.payroll.pay_runs import group, payroll, person
from tests.world import World

GOOD = "1,M,C,LGPS,yes,5000.00,400.50,month 1,P45\n2,M,A,,,,,,\n"


@pytest.fixture
def office(world: World) -> Actor:
    by = payroll(world, *(person(number) for number in (1, 2, 3)))
    with scope(acting=by.organisation_id):
        group(by)
    return by


def file(text: str) -> bytes:
    return (",".join(COLUMNS) + "\n" + text).encode()


def loaded(by: Actor, text: str = GOOD, reason: str = "Starters") -> tuple[int, int]:
    rows, wrong = read(file(text))
    assert wrong == []
    with scope(acting=by.organisation_id):
        done = load_particulars(rows=rows, reason=reason, by=by, at=timezone.now())
    return done.people, done.changed


def members(by: Actor) -> dict[int, PayMember]:
    with scope(acting=by.organisation_id):
        rows = PayMember.objects.select_related("employment")
        return {one.employment.number: one for one in rows}


def where(name: str) -> str:
    return reverse(name, args=["eastmere"])


def test_a_file_brings_what_the_p45s_say_and_again_changes_nothing(office: Actor) -> None:
    assert loaded(office) == (2, 2)
    found = members(office)
    one, two = found[1], found[2]
    assert (one.letter, one.scheme, one.half) == ("C", Scheme.LGPS, True)
    year = year_start(timezone.localdate()).year
    brought = (one.brought_year, one.brought_pay_pence, one.brought_tax_pence)
    assert brought == (year, 5_000_00, 400_50)
    assert (two.scheme, two.brought_year) == (Scheme.LGPS, 0)  # the scheme of the group
    with scope(acting=office.organisation_id):
        said = Event.objects.filter(verb="payroll.particulars.changed").order_by("id")
        assert [event.data["comment"] for event in said] == ["P45", "Starters"]
        assert "400" not in str(said[0].data)
    assert loaded(office) == (2, 0)
    # Without a P45 what was brought along stays.
    assert loaded(office, "1,M,A,nhs,,,,,\n") == (1, 1)
    again = members(office)[1]
    assert (again.letter, again.brought_pay_pence) == ("A", 5_000_00)


def test_a_file_says_who_is_a_director_and_a_later_one_leaves_it(office: Actor) -> None:
    assert loaded(office, "1,M,A,,,,,,,06/04/2026,an,9000,100.50,0\n2,M,A,,,,,,\n") == (2, 2)
    year = year_start(timezone.localdate()).year
    names = ("director_from", "director_method", "director_year", "director_pay_pence")
    said = [getattr(members(office)[1], name) for name in names]
    assert said == [date(2026, 4, 6), "AN", year, 9_000_00]
    assert members(office)[2].director_from is None
    assert loaded(office, "1,M,A,,,,,,\n") == (1, 0)
    assert loaded(office, "1,M,A,,,,,,,2026-05-01,AL\n") == (1, 1)
    said = [getattr(members(office)[1], name) for name in names]
    assert said == [date(2026, 5, 1), "AL", year, 9_000_00]
    assert loaded(office, "2,M,A,,,,,,,,,,,,2026-09-01,2026-10-01,7.50\n") == (1, 1)
    assert loaded(office, "2,M,A,,,,,,,,,,,,,2026-11-01\n") == (1, 1)
    two = members(office)[2]
    assert (two.apprentice_from, two.lodged_from) == (date(2026, 9, 1), date(2026, 11, 1))
    assert (two.lodging_pence, two.director_from) == (7_50, None)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("9,M,A,,,,,,\n", "employee"),
        ("2,M,A,,,,,,\n2,M,A,,,,,,\n", "employee"),
        ("3,M,A,,,,,,\n", "employee"),
        ("2,W,A,,,,,,\n", "pay_group"),
        ("2,M,Q,,,,,,\n", "letter"),
        ("2,M,A,nhs,yes,,,,\n", "half"),
        ("2,M,A,,,100.00,,month 1,\n", "tax_before"),
        ("2,M,A,,,100.00,200.00,month 1,\n", "tax_before"),
        ("2,M,A,,,100.00,20.00,week 53,\n", "period"),
        ("2,M,A,,,,,,,2026-04-06,\n", "director_method"),
        ("2,M,A,,,,,,,,AN\n", "director_from"),
        ("2,M,A,,,,,,,,,1,1,1\n", "director_from"),
        ("2,M,A,,,,,,,2026-04-06,AN,1,1\n", "director_pay"),
        ("2,M,A,,,,,,,,,,,,,,5.00\n", "lodged_from"),
    ],
)
def test_what_does_not_fit_is_said_by_row_and_nothing_is_taken(
    world: World, office: Actor, text: str, field: str
) -> None:
    with scope(acting=office.organisation_id):
        mine = Employment.objects.filter(number=3)
        mine.update(person=world.people["payroll_officer@eastmere"])
    with pytest.raises(Refused) as refused:
        loaded(office, f"1,M,A,,,,,,\n{text}")
    assert refused.value.code == "PRL68"
    assert f"Row 3, {field}: " in refused.value.message
    assert members(office) == {}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("x,M,A,,,,,,\n", "employee"),
        (",M,A,,,,,,\n", "employee"),
        ("1,M,AB,,,,,,\n", "letter"),
        ("1,M,A,local,,,,,\n", "scheme"),
        ("1,M,A,,perhaps,,,,\n", "half"),
        ("1,M,A,,,-1,0,month 1,\n", "pay_before"),
        ("1,M,A,,,1,0,month 13,\n", "period"),
        ("1,M,A,,,,,,,April,AN\n", "director_from"),
        ("1,M,A,,,,,,,2026-04-06,AX\n", "director_method"),
        ("1,M,A,,,,,,,2026-04-06,AN,-1,0,0\n", "director_pay"),
    ],
)
def test_what_cannot_be_read_names_its_field(text: str, field: str) -> None:
    rows, wrong = read(file(text))
    assert (rows, [(one.row, one.field) for one in wrong]) == ([], [(2, field)])


def test_no_other_role_loads_and_a_reason_is_asked_for(world: World, office: Actor) -> None:
    for who in ("hr_officer", "finance_manager"):
        with pytest.raises(NotAllowed):
            loaded(world.actor(f"{who}@eastmere"))
    with pytest.raises(Refused) as refused:
        loaded(office, reason=" ")
    assert refused.value.code == "PRL63"


def test_many_cost_as_many_statements_as_one(office: Actor) -> None:
    def statements(*numbers: int) -> int:
        rows = [NewParticulars(row=n, employee=n, group="M", letter="A") for n in numbers]
        with (
            scope(acting=office.organisation_id),
            CaptureQueriesContext(connection) as asked,
        ):
            load_particulars(rows=rows, reason="Move", by=office, at=timezone.now())
        return len(asked)

    assert statements(1) == statements(2, 3)


def sent(text: str, **given: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("new.csv", file(text)), "reason": "Starters", **given}


def test_the_page_checks_says_what_to_mend_and_loads(
    world: World, office: Actor, client: Client
) -> None:
    client.force_login(world.people["payroll_officer@eastmere"])
    page = where("pay_particulars_file")
    template = client.get(where("pay_particulars_template"))
    assert template.content.decode().split() == [",".join(COLUMNS)]
    assert page in client.get(where("pay_members")).content.decode()
    answer = client.post(page, sent("x,M,A,,,,,,\n2,W,A,,,,,,\n"))
    text = answer.content.decode()
    assert answer.status_code == 422 and "2 things to mend" in text
    assert "Row 2, employee: «x» is not an employee number." in text
    assert "Row 3, pay_group: there is no pay group «W»" in text
    wrong = client.post(page, {**sent(""), "file": SimpleUploadedFile("new.csv", b"a,b\n1,2\n")})
    assert wrong.status_code == 422 and "columns are missing" in wrong.content.decode()
    assert "2 rows can be loaded" in client.post(page, sent(GOOD, check="1")).content.decode()
    assert members(office) == {}
    assert client.post(page, sent(GOOD)).status_code == 302
    assert set(members(office)) == {1, 2}


def test_programs_load_many(world: World, office: Actor, client: Client) -> None:
    client.force_login(world.people["payroll_officer@eastmere"])

    def answer(*people: dict[str, Any]) -> Any:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        asked = {"people": people, "reason": "Move"}
        address = where("api_pay_particulars_load")
        return client.post(address, asked, content_type="application/json", headers=key)

    one = {"employee": 1, "pay_group": "M", "letter": "A"}
    p45 = {"pay_pence": 100, "tax_pence": 0, "unit": "month", "period": 1}
    assert answer({**one, **p45}).json() == {"people": 1, "changed": 1}
    assert members(office)[1].brought_pay_pence == 100
    refused = answer({**one, "pay_pence": 100}, {**one, "employee": 2})
    assert (refused.status_code, refused.json()["code"]) == (422, "PRL68")
    assert "Row 1, tax_before" in refused.json()["detail"]
    director = {"director_from": "2026-05-01", "director_method": "AL"}
    assert answer({**one, **director}).json() == {"people": 1, "changed": 1}
    assert members(office)[1].director_method == "AL"
