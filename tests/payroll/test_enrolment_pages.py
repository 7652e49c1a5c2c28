"""Pages of automatic enrolment: letters and giving them, settings, requests, one's own pension."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.errors import NotAllowed
from core.scope import scope
from core.templatetags.web import pounds
from events.models import Event
from hr.models import Employment
from payroll.calculator.pension_schemes import Scheme
from payroll.models import EnrolmentSetting, Payslip, PensionLetter, PensionStatus
from payroll.services.enrolment import opt_out
from tests.calls import call, code
from tests.documents import text_of
from tests.payroll.pay_runs import calculated, committed, group, payroll, periods, person
from tests.payroll.test_enrolment_in_runs import enrols
from tests.world import World

BOSS = "finance_manager@eastmere"
OFFICER, STAFF = "payroll_officer@eastmere", "staff@eastmere"


def page(name: str, *args: object) -> str:
    return reverse(name, args=["eastmere", *args])


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


@pytest.fixture
def office(world: World) -> Actor:
    """Three people, the first of whom signs in; last month enrolled the first and told another."""
    staff = world.people[STAFF]
    by = payroll(
        world, person(1, email=staff.email, name=staff.name), person(2, hours="14"), person(3)
    )
    last = timezone.localdate().replace(day=1) - timedelta(days=1)
    with scope(acting=by.organisation_id):
        enrols(by)
        given = {"scheme": Scheme.NONE.value, "employer_rate_percent": Decimal(0)}
        period = periods(group(by, anchor_on=last, **given))[0]
    committed(calculated(by, period), by, world.actor(BOSS))
    return by


def letter_of(by: Actor, number: int) -> int:
    with scope(acting=by.organisation_id):
        return PensionLetter.objects.get(status__employment__number=number).pk


def test_letters_are_listed_given_and_kept(world: World, office: Actor) -> None:
    client, where = signed_in(world, OFFICER), page("enrolment")
    body = client.get(where).content.decode()
    assert body.count("Enrolment</a>") == 2 and body.count("Right to opt in</a>") == 1
    first, second = letter_of(office, 1), letter_of(office, 2)
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    given = page("enrolment_given")
    refused = client.post(
        given, {"letters": [first], "given_on": tomorrow.isoformat()}, follow=True
    )
    assert "not on a day to come" in refused.content.decode()
    chosen = {"letters": [first, second], "given_on": today.isoformat()}
    assert "Recorded as given: 2." in client.post(given, chosen, follow=True).content.decode()
    assert "Select letters that are due" in client.post(given, chosen, follow=True).content.decode()
    with scope(acting=office.organisation_id):
        assert PensionLetter.objects.filter(given_on=today).count() == 2
        assert Event.objects.filter(verb="payroll.letter.given").count() == 2
    assert "Right to opt in" in client.get(f"{where}?state=given").content.decode()
    every = {"scope": "all", "given_on": today.isoformat()}
    assert "Recorded as given: 1." in client.post(given, every, follow=True).content.decode()
    assert "No letter is due" in client.get(where).content.decode()


def test_a_letter_says_what_the_law_wants_said(world: World, office: Actor) -> None:
    client = signed_in(world, OFFICER)
    first, second = letter_of(office, 1), letter_of(office, 2)
    body = client.get(page("pension_letter", first)).content.decode()
    for words in ("5.00% of your qualifying earnings", "pays 3.00%", "You can opt out within one",
                  "enrolled again", "What is on record"):  # fmt: skip
        assert words in body, words
    document = client.get(page("pension_letter_pdf", first))
    assert document["Content-Type"] == "application/pdf"
    assert "5.00% of your qualifying earnings" in text_of(document.content)
    assert (
        "right to opt in to the scheme"
        in client.get(page("pension_letter", second)).content.decode()
    )
    assert client.get(page("pension_letter", first + 99)).status_code == 404
    with scope(acting=office.organisation_id):
        seen = Event.objects.filter(verb="payroll.pension.seen")
        assert seen.count() == 3


def test_one_opts_out_by_oneself_and_sees_nobody_else(world: World, office: Actor) -> None:
    own, where = signed_in(world, STAFF), page("my_pension")
    first, second = letter_of(office, 1), letter_of(office, 2)
    body = own.get(where).content.decode()
    assert "Enrolled from" in body and "Opt out of number 1" in body
    assert own.get(page("my_pension_letter", first)).status_code == 200
    assert own.get(page("my_pension_letter_pdf", first)).status_code == 200
    for name in ("my_pension_letter", "my_pension_letter_pdf"):
        assert own.get(page(name, second)).status_code == 404
    assert own.get(page("pension_letter", first)).status_code == 403
    leave = page("my_pension_opt_out", 1)
    # Not before the letter is given.
    assert "for one month" in own.post(leave, follow=True).content.decode()
    today = timezone.localdate().isoformat()
    signed_in(world, OFFICER).post(page("enrolment_given"), {"letters": [first], "given_on": today})
    assert "You have opted out" in own.post(leave, follow=True).content.decode()
    assert (
        "not given back yet" in own.post(page("my_pension_join", 1), follow=True).content.decode()
    )
    assert own.post(page("my_pension_opt_out", 3)).status_code == 404
    with scope(acting=office.organisation_id):
        other = Employment.objects.get(number=3)
        with pytest.raises(NotAllowed):
            opt_out(employment=other, by=world.actor(STAFF), at=timezone.now())
        events = PensionStatus.objects.filter(event="opted_out")
        assert [one.employment.number for one in events] == [1]


def test_a_member_by_the_pay_group_is_told_of_the_scheme(world: World) -> None:
    staff = world.people[STAFF]
    by = payroll(world, person(1, email=staff.email, name=staff.name))
    assert (
        "not enrolled automatically"
        in signed_in(world, STAFF).get(page("my_pension")).content.decode()
    )
    run = committed(calculated(by), by, world.actor(BOSS))
    with scope(acting=by.organisation_id):
        slip = Payslip.objects.get(pay_run=run)
    body = " ".join(signed_in(world, STAFF).get(page("my_pension")).content.decode().split())
    assert "You are a member: Local Government Pension Scheme." in body
    assert f"you paid {pounds(slip.pension_pence)} and your employer" in body
    assert f"employer {pounds(slip.employer_pension_pence)}." in body
    assert "not enrolled automatically" not in body


def test_payroll_records_what_somebody_asks_for(world: World, office: Actor) -> None:
    client, where = signed_in(world, OFFICER), page("enrolment_request")
    done = client.post(where, {"employee": "2", "what": "join"}, follow=True).content.decode()
    assert "Person 2: Opted in" in done
    twice = client.post(where, {"employee": "2", "what": "join"})
    assert twice.status_code == 422 and "in a pension scheme already" in twice.content.decode()
    assert client.post(where, {"employee": "77", "what": "join"}).status_code == 422
    assert signed_in(world, "hr_officer@eastmere").get(where).status_code == 403


def test_settings_are_recorded_by_the_page(world: World, office: Actor) -> None:
    client, where = signed_in(world, OFFICER), page("enrolment_settings")
    given: dict[str, Any] = {
        "from_on": "2026-07-01", "duties_from": "2026-04-06", "scheme": "5",
        "member_rate_percent": "4", "employer_rate_percent": "3", "postponement_months": "2",
    }  # fmt: skip
    refused = client.post(where, given)
    assert refused.status_code == 422 and "8% at least" in refused.content.decode()
    done = client.post(where, {**given, "employer_rate_percent": "4"}, follow=True)
    assert "2 months" in done.content.decode()
    with scope(acting=office.organisation_id):
        assert EnrolmentSetting.objects.count() == 2


def test_programs_read_and_record_the_same(world: World, office: Actor) -> None:
    rows = call(world, "payroll_officer", "pension-letters/?state=due").json()["results"]
    assert {one["status"]["employee"]: one["kind"] for one in rows} == {1: 3, 2: 2, 3: 3}
    given = {"letters": [rows[0]["id"]], "given_on": timezone.localdate().isoformat()}
    told = [call(world, "payroll_officer", "pension-letters/giving/", given) for _ in range(2)]
    assert told[0].json() == {"given": 1}
    assert code(told[1]) == (422, "PEN11")
    asked = {"employee": 3, "what": "opt_out"}
    assert code(call(world, "payroll_officer", "pension-requests/new/", asked)) == (422, "PEN03")
    joined = call(
        world, "payroll_officer", "pension-requests/new/", {"employee": 2, "what": "join"}
    )
    assert (joined.status_code, joined.json()["event"]) == (201, "opted_in")
    assert call(world, "finance_manager", "pension-letters/").status_code == 403
