"""Allowances of jobs: asked for, agreed, ended, and dated on both axes."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from approvals.models import Request
from core.actors import Actor
from core.errors import Refused
from core.invariants import problems
from core.scope import scope
from events.models import Event
from hr.models import Employment, HeldAllowance, StaffFileError, StaffRequest
from hr.selectors.allowances import allowances_of
from hr.selectors.awards import costs_of
from hr.services.requests import request_leaver
from hr.subjects import REQUEST
from tests.calls import call, code
from tests.hr.allowed import allowance, ask_allowance, ask_end, job
from tests.hr.record import FIRST, LATER, agree, employer, hire, load, row
from tests.hr.test_awards import terms
from tests.world import World

DAY = timedelta(days=1)
LAST = date(2026, 6, 30)
Days = list[tuple[date, date | None]]


@pytest.fixture
def by(world: World) -> Actor:
    """HR of an employer with one person and an allowance in its terms."""
    by = employer(world)
    with scope(acting=by.organisation_id):
        hire(by, world)
        allowance(by)
    return by


def number() -> int:
    return int(Employment.objects.get().number)


def days(known_at: Any = None) -> Days:
    """From and until of what the one person has, first to last."""
    rows = allowances_of(Employment.objects.get(), known_at)
    return [(one.from_on, one.to_on) for one in reversed(rows)]


def refused(rule: str, ask: Any) -> str:
    with pytest.raises(Refused) as error:
        ask()
    assert error.value.code == rule
    return str(error.value)


def test_an_allowance_is_given_when_a_second_person_agrees(world: World, by: Actor) -> None:
    with scope(acting=by.organisation_id):
        asked = ask_allowance(by, number(), LATER, last_on=LAST)
        assert days() == []
        # Five per cent of £25,583 for 37 of 37 hours.
        request = Request.objects.get(subject_key="hr.request", subject_id=asked.pk)
        assert request.amount_pence == 1_279_15
        (shown,) = REQUEST.reading(StaffRequest.objects.filter(pk=asked.pk))
        card = dict(REQUEST.card(shown))
        assert (card["Allowance"], card["Last day"]) == ("Area SHARE", "30 June 2026")
        before = timezone.now()
        agree(asked, world)
        assert days() == [(LATER, LAST + DAY)]
        assert days(before) == []
        event = Event.objects.get(verb="hr.staff.allowance_given")
        assert event.data["allowance"] == "Area SHARE"
        assert list(problems(by.organisation_id)) == []


def test_it_ends_from_a_day_and_what_was_known_stays(world: World, by: Actor) -> None:
    with scope(acting=by.organisation_id):
        agree(ask_allowance(by, number(), LATER), world)
        before = timezone.now()
        asked = ask_end(by, number(), LAST)
        assert dict(REQUEST.card(asked))["First day without it"] == "30 June 2026"
        agree(asked, world)
        assert days() == [(LATER, LAST)]
        assert days(before) == [(LATER, None)]
        assert Event.objects.get(verb="hr.staff.allowance_ended").data["on"] == "30 June 2026"
        refused("HRR66", lambda: ask_end(by, number(), LAST))
        # Given again from the day on, and taken away as if it had never been.
        agree(ask_allowance(by, number(), LAST), world)
        assert days() == [(LATER, LAST), (LAST, None)]
        agree(ask_end(by, number(), LATER), world)
        assert days() == []
        assert list(problems(by.organisation_id)) == []


def test_what_cannot_be_is_refused_in_words(world: World, by: Actor) -> None:
    with scope(acting=by.organisation_id):
        ask: Any = lambda on=LATER, **given: ask_allowance(by, number(), on, **given)  # noqa: E731
        assert "are: SHARE" in refused("HRR64", lambda: ask(code="OTHER"))
        refused("HRR64", lambda: ask(FIRST, code="LATE"))
        refused("HRR67", lambda: ask(code="njc-STANDBY"))
        refused("HRR17", lambda: ask(last_on=LATER - DAY))
        refused("HRR02", lambda: ask(FIRST - DAY))
        refused("HRR66", lambda: ask_end(by, number(), LATER))
        refused("HRR66", lambda: ask_end(by, number(), LATER, code="OTHER"))
        allowance(by, "LATE", from_on=LATER)
        refused("HRR64", lambda: ask(LATER - DAY, code="LATE"))
        agree(ask(last_on=LAST), world)
        refused("HRR65", lambda: ask(LAST))
        refused("HRR65", lambda: ask(FIRST))
        agree(ask(FIRST, last_on=LATER - DAY), world)
        agree(ask(LAST + DAY), world)
        agree(ask(code="LATE"), world)


def test_the_database_lets_no_two_rows_say_it_of_a_day(by: Actor) -> None:
    with scope(acting=by.organisation_id):
        at = timezone.now()
        facts = {"organisation_id": by.organisation_id, "assignment": job(number())}
        facts |= {"code": "SHARE", "recorded_at": at}
        HeldAllowance.objects.create(**facts, from_on=FIRST, to_on=LAST)
        HeldAllowance.objects.create(**{**facts, "code": "OTHER"}, from_on=FIRST)
        HeldAllowance.objects.create(**facts, from_on=LAST)
        with pytest.raises(IntegrityError, match="held_allowance_one_a_day"), transaction.atomic():
            HeldAllowance.objects.create(**facts, from_on=LATER, to_on=LAST)


def test_it_ends_with_the_employment(world: World, by: Actor) -> None:
    with scope(acting=by.organisation_id):
        agree(ask_allowance(by, number(), LATER), world)
        allowance(by, "OTHER")
        agree(ask_allowance(by, number(), LAST + DAY, code="OTHER"), world)
        leaves = request_leaver(
            assignment=job(number()), last_on=LAST, reason="Another job", by=by
        )  # fmt: skip
        agree(leaves, world)
        assert days() == [(LATER, LAST + DAY)]
        assert list(problems(by.organisation_id)) == []
        # Of who has left it is given until then, also when nothing else is said.
        agree(ask_allowance(by, number(), LATER, code="OTHER"), world)
        assert days() == [(LATER, LAST + DAY)] * 2


def test_a_rise_of_pay_is_known_with_what_allowances_rise_by(world: World, by: Actor) -> None:
    with scope(acting=by.organisation_id):
        plain = costs_of(terms(), LATER)[0].yearly_pence
        agree(ask_allowance(by, number(), LATER), world)
        assert costs_of(terms(), LATER)[0].yearly_pence == round(plain * 1.05)
        allowance(by, "SUM", amount_pence=3_000_00)
        agree(ask_allowance(by, number(), LATER, code="SUM"), world)
        assert costs_of(terms(), LATER)[0].yearly_pence == round(plain * 1.05)


def test_a_file_brings_allowances(world: World) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        allowance(by)
        allowance(by, "SUM", amount_pence=3_000_00)
        both = row(allowances="SHARE; SUM")
        one = row(allowances="SUM", **{"from": LATER.isoformat()})
        assert load(by, both, one).state == "loaded"
        rows = allowances_of(Employment.objects.get())
        assert [(held.code, held.from_on, held.to_on) for held in rows] == [
            ("SUM", LATER, None), ("SHARE", FIRST, LATER), ("SUM", FIRST, LATER),
        ]  # fmt: skip
        assert list(problems(by.organisation_id)) == []


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("NONE", "the terms know no «NONE» on that day"),
        ("LATE", "the terms know no «LATE» on that day"),
        ("njc-STANDBY", "«njc-STANDBY» is paid for hours or sessions, which are claimed"),
        ("LATE; LATE", "«LATE; LATE» is not codes with «;» between them, each once"),
    ],
)
def test_a_file_says_what_is_wrong_with_allowances(world: World, cell: str, text: str) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        allowance(by, "LATE", from_on=LATER)
        assert load(by, row(allowances=cell)).state == "refused"
        assert [one.text for one in StaffFileError.objects.all()] == [f"allowances: {text}"]


def test_pages_ask_and_show(world: World, by: Actor) -> None:
    with scope(acting=by.organisation_id):
        mine = number()
    hr = Client()
    hr.force_login(world.people["hr_officer@eastmere"])
    here = f"/eastmere/staff/{mine}/"
    given = {"allowance": "SHARE", "from_on": "01/01/2026", "reason": "Works there"}
    wrong = hr.post(f"{here}jobs/1/allowance/", {**given, "last_on": "31/12/2025"})
    assert wrong.status_code == 422
    asked = hr.get(f"{here}jobs/1/allowance/").content.decode()
    assert "Choose" in asked and "None is paid by the year" not in asked
    assert "This job has no allowance" in hr.get(f"{here}jobs/1/allowance/end/").content.decode()
    assert hr.post(f"{here}jobs/1/allowance/", given).status_code == 302
    assert "Allowance from 1 January 2026 waits" in hr.get(here).content.decode()
    with scope(acting=by.organisation_id):
        agree(StaffRequest.objects.get(kind="allowance"), world)
    page = hr.get(here).content.decode()
    assert "Area SHARE" in page and "Allowance from 1 January 2026: Area SHARE" in page
    assert hr.get(f"{here}?known=9999-12-31").status_code == 200
    assert "Area SHARE" not in hr.get(f"{here}?known=2026-01-01").content.decode().split(
        "What happened"
    )[0]  # fmt: skip
    assert "Area SHARE" in hr.get(f"{here}jobs/1/allowance/end/").content.decode()
    assert hr.post(f"{here}jobs/1/allowance/end/", given).status_code == 302
    with scope(acting=by.organisation_id):
        agree(StaffRequest.objects.get(kind="no_more"), world)
        assert days() == []


def test_programs_ask(world: World, by: Actor) -> None:
    with scope(acting=by.organisation_id):
        given = {"number": number(), "job": 1, "from_on": "2026-01-01", "reason": "Works there"}
    where = "staff-requests/allowances/"
    given["code"] = "NONE"
    assert code(call(world, "hr_officer", where, given)) == (422, "HRR64")
    assert code(call(world, "hr_officer", f"{where}ends/", given)) == (422, "HRR66")
    given["code"] = "SHARE"
    told = call(world, "hr_officer", where, {**given, "last_on": "2026-06-30"}).json()
    assert (told["kind"], told["allowance"], told["last_on"]) == (
        "allowance", "SHARE", "2026-06-30",
    )  # fmt: skip
    with scope(acting=by.organisation_id):
        agree(StaffRequest.objects.get(number=told["number"]), world)
    told = call(world, "hr_officer", f"{where}ends/", given).json()
    assert (told["kind"], told["allowance"], told["last_on"]) == ("no_more", "SHARE", None)
    for path in (where, f"{where}ends/"):
        assert call(world, "staff", path, given).status_code == 403
        assert call(world, "hr_officer@northdale", path, given).status_code == 404
