"""Letters that say why statutory pay is not paid: who is due one, and what is kept of it."""

import base64
import hashlib
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.models import Notice
from core.actors import Actor
from core.errors import NotAllowed, Refused
from core.scope import scope
from events.models import Event
from hr.models import Absence, Employment
from hr.services.absences import NewAbsence, correct_absence
from payroll.models import StatutoryLetter
from payroll.paying.refusals import Refusal
from payroll.services.refusals import (
    give_statutory_letters,
    letters_due,
    take_statutory_letter,
)
from payroll.services.statutory import NewEarnings, state_earnings
from tests.calls import call, code
from tests.documents import text_of
from tests.payroll.pay_runs import calculated, payroll, person, refer
from tests.payroll.test_statutory_pay import away
from tests.world import World

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def by(world: World, today: date) -> Actor:
    """Payroll of four people: the first signs in, the third is new, the fourth leaves soon."""
    staff = world.people["staff@eastmere"]
    began = (today - 12 * WEEK).isoformat()
    leaves = {"employed_to": (today + 5 * DAY).isoformat(), "leaving_reason": "Resigned"}
    rows = (
        person(1, email=staff.email, name=staff.name), person(2),
        person(3, employed_from=began, **{"from": began}), person(4, **leaves),
    )  # fmt: skip
    found = payroll(world, *rows)
    calculated(found)
    return found


@pytest.fixture
def hr(world: World) -> Actor:
    return world.actor("hr_officer@eastmere")


def sick(hr: Actor, by: Actor, number: int, begins: date, **given: Any) -> Absence:
    made = away(hr, number, from_on=begins, **given)
    stated(by, made, 4_000_00)
    return made


def stated(by: Actor, absence: Absence, pence: int) -> None:
    with scope(acting=by.organisation_id):
        earned = NewEarnings(pence, 8, "weeks", "Payslips of the old payroll")
        state_earnings(absence=absence, stated=earned, by=by)


def leave(hr: Actor, number: int, begins: date, **given: Any) -> Absence:
    facts = {"kind": "maternity", "event_on": begins + 5 * WEEK, "notice_on": begins - 5 * WEEK}
    return away(hr, number, from_on=begins, **{**facts, "evidence": "birth", **given})


def due(by: Actor) -> dict[int, Refusal]:
    with scope(acting=by.organisation_id):
        return {one.employee: one for one in letters_due(by=by, at=timezone.now())}


def give(by: Actor, *keys: str, on: date | None = None) -> int:
    with scope(acting=by.organisation_id):
        return give_statutory_letters(
            letters=keys, given_on=on or timezone.localdate(), by=by, at=timezone.now()
        )


def test_the_end_of_sick_pay_is_told_by_the_beginning_of_its_23rd_week(
    by: Actor, hr: Actor, today: date
) -> None:
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    soon, later = sunday - 22 * WEEK, sunday - 15 * WEEK
    made = sick(hr, by, 1, soon)
    sick(hr, by, 2, later)
    found = due(by)
    assert set(found) == {1}
    one = found[1]
    # Five working days of each of 28 weeks, from Monday on.
    ends = soon + 28 * WEEK + DAY
    assert (one.form, one.reason, one.absence) == ("SSP1", "used_up", made.number)
    assert (one.from_on, one.paid_to) == (ends, ends - 3 * DAY)
    assert one.due_on == max(ends - 6 * WEEK, today + WEEK)
    with scope(acting=by.organisation_id):
        # Who is back has nothing to be told.
        back = NewAbsence("sickness", soon, today - DAY, evidence="self")
        correct_absence(absence=made, to=back, by=hr, at=timezone.now())
    assert due(by) == {}


def test_sickness_to_the_last_day_of_employment_ends_with_it(
    by: Actor, hr: Actor, today: date
) -> None:
    sick(hr, by, 4, today - 10 * DAY)
    one = due(by)[4]
    assert (one.form, one.reason) == ("SSP1", "contract")
    assert one.from_on == today + 6 * DAY and one.paid_to and one.paid_to < one.from_on


def test_family_pay_is_refused_by_what_the_record_holds(by: Actor, hr: Actor, today: date) -> None:
    begins = today + 2 * WEEK
    new = leave(hr, 3, begins)
    leave(hr, 2, begins, kind="paternity", evidence="none", notice_on=today)
    poor = leave(hr, 1, begins, kind="adoption", event_on=today, evidence="match")
    found = due(by)
    assert {n: (one.form, one.reason.value) for n, one in found.items()} == {
        3: ("SMP1", "service"), 2: ("SPP1", "evidence"),
    }  # fmt: skip
    assert found[3].due_on == begins + WEEK
    assert found[2].due_on == today + 4 * WEEK
    assert found[3].paid_to is None and found[3].absence == new.number
    stated(by, poor, 800_00)
    one = due(by)[1]
    assert (one.form, one.reason) == ("SAP1", "earnings")
    assert "£100.00" in one.details[0]


def test_a_letter_is_kept_as_it_was_given_and_its_person_finds_it(
    world: World, by: Actor, hr: Actor, today: date, client: Client
) -> None:
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(2026, 4, 6))
    new, begins = due, today - 2 * WEEK
    made = leave(hr, 1, begins, evidence="none")
    leave(hr, 3, begins)
    found = new(by)
    with pytest.raises(Refused) as refused:
        give(by, found[1].key, on=today + DAY)
    assert refused.value.code == "PRL91"
    assert give(by, found[1].key) == 1
    assert set(new(by)) == {3}
    with pytest.raises(Refused) as refused:
        give(by, found[1].key, found[3].key)
    assert refused.value.code == "PRL91"
    with scope(acting=by.organisation_id):
        letter = StatutoryLetter.objects.get()
        first = take_statutory_letter(letter=letter, by=by)
        said = " ".join(text_of(first).split())
        for words in (
            "in place of the form SMP1", "We were not given the evidence", "AB123456C",
            "Maternity Allowance", "120/AB12345",
        ):  # fmt: skip
            assert words in said, said
        # What becomes known later changes nothing of it.
        seen = NewAbsence("maternity", begins, event_on=made.event_on, notice_on=made.notice_on,
                          evidence="birth")  # fmt: skip
        correct_absence(absence=made, to=seen, by=hr, at=timezone.now())
        assert take_statutory_letter(letter=letter, by=by) == first
        with pytest.raises(IntegrityError), transaction.atomic():
            StatutoryLetter.objects.update(reason="service")
        events = Event.objects.filter(verb__startswith="payroll.refusal.")
        assert {one.verb for one in events} == {"payroll.refusal.given", "payroll.refusal.seen"}
        assert "aternity" not in str([one.data for one in events])
        assert "aternity" not in str(list(Notice.objects.values_list("title", "body")))
        assert Notice.objects.filter(title__contains="letter for you").count() == 1
    client.force_login(world.people["staff@eastmere"])
    page = client.get(reverse("my_statutory_letters", args=["eastmere"])).content.decode()
    assert "SMP1-1" in page
    answer = client.get(reverse("my_statutory_letter", args=["eastmere", letter.number]))
    assert answer.content == first
    client.force_login(world.people["manager@eastmere"])
    answer = client.get(reverse("my_statutory_letter", args=["eastmere", letter.number]))
    assert answer.status_code == 404
    with scope(acting=by.organisation_id), pytest.raises(NotAllowed):
        letters_due(by=world.actor("manager@eastmere"), at=timezone.now())


def test_nobody_gives_their_own(world: World, by: Actor, hr: Actor, today: date) -> None:
    leave(hr, 1, today, evidence="none")
    with scope(acting=by.organisation_id):
        Employment.objects.filter(number=1).update(person_id=by.person_id)
    with pytest.raises(Refused) as refused:
        give(by, due(by)[1].key)
    assert refused.value.code == "PRL25"


def test_page_and_program_give_the_same(
    world: World, by: Actor, hr: Actor, today: date, client: Client
) -> None:
    for number in (1, 2, 3):
        leave(hr, number, today, evidence="none")
    client.force_login(world.people["payroll_officer@eastmere"])
    where = reverse("statutory_letters", args=["eastmere"])
    page = client.get(where).content.decode()
    assert page.count('name="letters"') == 3 and "No evidence" in page
    key = due(by)[1].key
    given = {"letters": [key], "given_on": today.isoformat()}
    answer = client.post(reverse("statutory_letters_given", args=["eastmere"]), given, follow=True)
    assert "Made and recorded as given: 1." in answer.content.decode()
    assert "SMP1-1" in client.get(where, {"state": "given"}).content.decode()
    officer = "payroll_officer"
    found = call(world, officer, "statutory-letters/due/").json()["letters"]
    assert [one["employee"] for one in found] == [2, 3]
    body = {"letters": [one["key"] for one in found], "given_on": today.isoformat()}
    assert call(world, officer, "statutory-letters/giving/", body).json() == {"given": 2}
    assert code(call(world, officer, "statutory-letters/giving/", body)) == (422, "PRL91")
    rows = call(world, officer, "statutory-letters/").json()["results"]
    assert [one["number"] for one in rows] == [3, 2, 1]
    file = call(world, officer, "statutory-letters/3/file/").json()
    content = base64.b64decode(file["content"])
    assert file["name"] == "SMP1-3.pdf" and content.startswith(b"%PDF")
    assert hashlib.sha256(content).hexdigest() == file["sha256"]
    assert code(call(world, "staff", "statutory-letters/due/"))[0] == 403
