"""How people are paid is seen and changed by payroll officers, and the next pay takes it."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.errors import NotAllowed, Refused
from core.scope import scope
from events.models import Event
from hr.models import Employment
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.periods import year_start
from payroll.models import PayGroup, PayMember, Payslip
from payroll.services.particulars import Particulars, change_particulars
from tests.payroll.pay_runs import calculated, group, payroll, periods, person
from tests.world import World

DIRECTOR: dict[str, Any] = {
    "director_from": date(2026, 5, 1), "director_method": "AL", "director_pay_pence": 9_000_00,
    "director_nic_pence": 100_50, "director_employer_nic_pence": 0,
}  # fmt: skip
SENT: dict[str, Any] = {
    "letter": "C", "scheme": int(Scheme.LGPS), "half": "on", "brought_pay": "5000",
    "brought_tax": "400.50", "reason": "P45 of 3 November",
}  # fmt: skip


@pytest.fixture
def office(world: World) -> Actor:
    by = payroll(world, person(1), person(2))
    with scope(acting=by.organisation_id):
        group(by)
    return by


def changed(by: Actor, number: int = 1, *, reason: str = "P45", **given: Any) -> PayMember:
    with scope(acting=by.organisation_id):
        facts = {
            "pay_group": PayGroup.objects.get(),
            "letter": "A",
            "scheme": int(Scheme.LGPS),
            **given,
        }
        whose = Employment.objects.get(number=number)
        return change_particulars(
            employment=whose, to=Particulars(**facts), reason=reason, by=by, at=timezone.now()
        )


def where(name: str, *arguments: Any) -> str:
    return reverse(name, args=["eastmere", *arguments])


def test_a_p45_before_the_first_pay_is_taken_by_it(office: Actor) -> None:
    brought = {"brought_pay_pence": 5_000_00, "brought_tax_pence": 400_50}
    row = changed(office, letter="C", letter_kept=True, **brought)
    assert row.brought_year == year_start(timezone.localdate()).year
    with scope(acting=office.organisation_id):
        first = periods(PayGroup.objects.get())[0]
    run = calculated(office, first)
    with scope(acting=office.organisation_id):
        slip, other = (Payslip.objects.get(pay_run=run, number=n) for n in (1, 2))
        same_year = year_start(run.pays_on).year == row.brought_year
        assert slip.inputs["taxable_before"] == (5_000_00 if same_year else 0)
        assert slip.nic_pence == 0 < other.nic_pence
        # The run that enrolled everybody else left what was entered before.
        assert PayMember.objects.get(employment__number=1).letter == "C"


def test_what_changed_is_an_event_without_the_amounts(office: Actor) -> None:
    changed(office)
    changed(office, letter="M", brought_pay_pence=12_345_67, reason="Under 21")
    with scope(acting=office.organisation_id):
        event = Event.objects.filter(verb="payroll.particulars.changed").latest("id")
    assert event.data["what"] == "National Insurance letter, pay before, tax year of the P45"
    assert event.data["letter"] == "M"
    assert "12" not in str(event.data)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"half": True, "scheme": int(Scheme.NHS)}, "PRL61"),
        ({"brought_tax_pence": -1}, "PRL62"),
        ({"reason": " "}, "PRL63"),
        ({"director_from": date(2026, 4, 6)}, "PRL83"),
        ({"director_method": "AN"}, "PRL83"),
        ({"director_from": date(2026, 4, 6), "director_method": "XX"}, "PRL83"),
        (
            {"director_pay_pence": 0, "director_nic_pence": 0, "director_employer_nic_pence": 0},
            "PRL83",
        ),
        (
            {"director_from": date(2026, 4, 6), "director_method": "AL", "director_pay_pence": 1},
            "PRL83",
        ),
        ({**DIRECTOR, "director_nic_pence": -1}, "PRL83"),
        ({"lodging_pence": 1}, "PRL85"),
        ({"lodged_from": date(2026, 4, 6), "lodging_pence": -1}, "PRL85"),
    ],
)
def test_what_does_not_fit_is_refused(office: Actor, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        changed(office, **given)
    assert refused.value.code == code


def test_a_directorship_is_kept_with_its_figures_and_none_of_them_in_the_event(
    office: Actor,
) -> None:
    row = changed(office, **DIRECTOR)
    assert row.director_year == year_start(timezone.localdate()).year
    assert {name: getattr(row, name) for name in DIRECTOR} == DIRECTOR
    with scope(acting=office.organisation_id):
        event = Event.objects.filter(verb="payroll.particulars.changed").latest("id")
    assert event.data["director"] == "Alternative: with the last pay of the tax year"
    assert "director since" in event.data["what"] and "9000" not in str(event.data)
    again = changed(office)
    assert (again.director_from, again.director_method, again.director_year) == (None, "", 0)


def test_a_directorship_is_entered_on_the_page_and_shown_again(
    world: World, office: Actor, client: Client
) -> None:
    client.force_login(world.people["payroll_officer@eastmere"])
    with scope(acting=office.organisation_id):
        sent = {**SENT, "pay_group": PayGroup.objects.get().pk}
    page = where("pay_particulars", 1)
    answer = client.post(page, {**sent, "director_from": "2026-05-01"})
    assert answer.status_code == 422 and "A director has a first day" in answer.content.decode()
    given = {"director_from": "2026-05-01", "director_method": "AN", "director_pay": "9000",
             "director_nic": "100.50", "director_employer_nic": "0", "lodged_from": "2026-06-01",
             "lodging": "12.34", "apprentice_from": "2026-07-01"}  # fmt: skip
    assert client.post(page, {**sent, **given}).status_code == 302
    again = client.get(page).content.decode()
    for shown in (
        'value="9000.00"',
        'value="100.50"',
        'value="0.00"',
        'value="12.34"',
        '<option value="AN" selected',
    ):
        assert shown in again, shown
    with scope(acting=office.organisation_id):
        row = PayMember.objects.get(employment__number=1)
    assert (row.director_from, row.director_nic_pence) == (date(2026, 5, 1), 100_50)
    assert (row.lodged_from, row.apprentice_from) == (date(2026, 6, 1), date(2026, 7, 1))


def test_nobody_changes_their_own_and_no_other_role_does(world: World, office: Actor) -> None:
    with scope(acting=office.organisation_id):
        me = world.people["payroll_officer@eastmere"]
        Employment.objects.filter(number=1).update(person=me)
    with pytest.raises(Refused) as refused:
        changed(office)
    assert refused.value.code == "PRL25"
    with scope(acting=office.organisation_id):
        given = {
            "to": Particulars(PayGroup.objects.get(), "A", 0),
            "reason": "x",
            "at": timezone.now(),
        }
        whose = Employment.objects.get(number=2)
        with pytest.raises(NotAllowed):
            change_particulars(employment=whose, by=world.actor("hr_officer@eastmere"), **given)


def test_the_pages_list_and_change(world: World, office: Actor, client: Client) -> None:
    client.force_login(world.people["payroll_officer@eastmere"])
    listed = client.get(where("pay_members")).content.decode()
    assert listed.count("None yet: joins with the first run") == 2
    with scope(acting=office.organisation_id):
        key = PayGroup.objects.get().pk
    page = where("pay_particulars", 1)
    assert client.get(page).status_code == 200
    answer = client.post(page, {**SENT, "scheme": int(Scheme.NHS), "pay_group": key})
    assert answer.status_code == 422
    assert "Local Government Pension Scheme" in answer.content.decode()
    assert client.post(page, {**SENT, "pay_group": key}).status_code == 302
    again = client.get(page).content.decode()
    assert 'value="5000.00"' in again and 'value="400.50"' in again
    for query, found in (("?q=person+1", True), (f"?group={key}", True), ("?group=0", False)):
        text = client.get(where("pay_members") + query).content.decode()
        assert ("Person 1" in text) is found, query
    with scope(acting=office.organisation_id):
        assert Event.objects.filter(verb="payroll.particulars.seen").count() == 4
    assert client.get(where("pay_particulars", 99)).status_code == 404


def test_programs_read_and_change(world: World, office: Actor, client: Client) -> None:
    client.force_login(world.people["payroll_officer@eastmere"])
    address = where("api_pay_particulars", 1)
    assert client.get(address).status_code == 404
    with scope(acting=office.organisation_id):
        code = PayGroup.objects.get().code
    sent = {"pay_group": code, "letter": "A", "scheme": 2, "reason": "P45",
            "brought_pay_pence": 100}  # fmt: skip
    key = {"Idempotency-Key": str(uuid.uuid4())}
    answer = client.post(address, sent, content_type="application/json", headers=key)
    assert answer.status_code == 200
    assert answer.json() == client.get(address).json()
    assert (answer.json()["pay_group"], answer.json()["brought_pay"]) == (code, "1.00")
    director: dict[str, Any] = {
        "director_from": "2026-05-01", "director_method": "AL", "director_pay_pence": 100,
        "director_nic_pence": 0, "director_employer_nic_pence": 15,
    }  # fmt: skip
    key = {"Idempotency-Key": str(uuid.uuid4())}
    given = client.post(
        address, {**sent, **director}, content_type="application/json", headers=key
    ).json()
    assert (given["director_from"], given["director_method"]) == ("2026-05-01", "AL")
    assert (given["apprentice_from"], given["lodging"]) == (None, "0.00")
    assert (given["director_pay"], given["director_employer_nic"]) == ("1.00", "0.15")
