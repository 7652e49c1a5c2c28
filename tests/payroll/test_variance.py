"""Why a run differs from the run before: causes that add up, shown to people and programs."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.services import set_routes
from core.actors import Actor, system_actor
from core.scope import scope
from hr.models import Employment
from hr.services.private import Details, change_private
from payroll.models import PayRun, Payslip, PayslipLine
from payroll.services.claims import create_element
from payroll.variance import AMOUNTS, causes_of, together
from tests.hr.record import FULL, load, point
from tests.payroll.pay_runs import calculated, claims, committed, group, payroll, periods, person
from tests.payroll.test_back_pay import change
from tests.payroll.test_claims import TRAVEL
from tests.world import World

Runs = tuple[PayRun, PayRun]
BOSS = "finance_manager@eastmere"


@pytest.fixture
def runs(world: World) -> Runs:
    """A committed run and the next one, in which everything has changed for somebody."""
    by = payroll(world, *(person(n) for n in (1, 3, 4, 5, 6)))
    with scope(acting=by.organisation_id):
        first, second = periods(group(by))[:2]
        create_element(code="TRAVEL", name="Travel", by=by, **TRAVEL)
        bands = [(0, None, "finance_manager")]
        set_routes(subject_key="payroll.claim", bands=bands, by=system_actor(by.organisation_id))
        left = {"employed_to": first.ends_on.isoformat()}
        load(world.actor("hr_officer@eastmere"), person(2, **left), name="leaver.csv")
    before = committed(calculated(by, first), by, world.actor(BOSS))
    starts = second.starts_on
    with scope(acting=by.organisation_id):
        new = {"employed_from": starts.isoformat(), "from": starts.isoformat()}
        load(world.actor("hr_officer@eastmere"), person(7, **new), name="starter.csv")
        code = {"employment": Employment.objects.get(number=6), "details": Details(tax_code="BR")}
        change_private(from_on=starts, by=by, at=timezone.now(), **code)
        claims(world, by, 1, words="Site")
    change(world, 3, first.starts_on, pay_point=point_named(by, "06"))
    change(world, 4, starts, pay_point=point_named(by, "06"))
    change(world, 5, starts, weekly_minutes=FULL // 2)
    return before, calculated(by, second)


def point_named(by: Actor, name: str) -> Any:
    with scope(acting=by.organisation_id):
        return point(name)


def slip(run: PayRun, number: int) -> Payslip:
    return Payslip.objects.get(pay_run=run, number=number)


def line(run: PayRun, number: int, kind: str) -> int:
    rows = PayslipLine.objects.filter(payslip__pay_run=run, payslip__number=number, kind=kind)
    return sum(rows.values_list("amount_pence", flat=True))


def moved(runs: Runs, number: int, kind: str) -> int:
    before, now = runs
    return line(now, number, kind) - line(before, number, kind)


def test_every_change_has_its_cause_and_they_add_up(world: World, runs: Runs) -> None:
    before, now = runs
    rows = causes_of(now.variance)
    found = {row.cause: row for row in rows}
    total = together(rows)
    for name, amount in AMOUNTS.items():
        assert getattr(total, name) == amount(now.results) - amount(before.results), name
    assert causes_of(before.variance) == []
    with scope(acting=now.organisation_id):
        starter, leaver = slip(now, 7), slip(before, 2)
        cost = starter.gross_pence + starter.employer_nic_pence + starter.employer_pension_pence
        assert (found["starters"].gross, found["starters"].employer) == (starter.gross_pence, cost)
        assert (found["leavers"].gross, found["leavers"].net) == (
            -leaver.gross_pence, -leaver.net_pence,
        )  # fmt: skip
        award = moved(runs, 3, "basic") + moved(runs, 4, "basic")
        assert award > 0
        assert found["award"].gross == award
        assert found["hours"].gross == moved(runs, 5, "basic") < 0
        assert found["back"].gross == line(now, 3, "back") > 0
        assert (found["claims"].gross, found["claims"].net) == (0, line(now, 1, "expenses"))
        assert found["code"].net == moved(runs, 6, "tax") < 0
        assert found["code"].employer == 0
        pension = sum(moved(runs, n, "pension") for n in (1, 3, 4, 5, 6))
        assert found["pension"].net == pension
    assert "other" not in found
    assert "statutory" not in found


def test_part_periods_belong_to_who_started_or_left(world: World) -> None:
    by = payroll(world, person(1))
    with scope(acting=by.organisation_id):
        first, second = periods(group(by))[:2]
        began = (first.starts_on + timedelta(days=10)).isoformat()
        ends = (second.ends_on - timedelta(days=10)).isoformat()
        rows = person(2, employed_from=began, **{"from": began}), person(3, employed_to=ends)
        load(world.actor("hr_officer@eastmere"), *rows, name="parts.csv")
    before = committed(calculated(by, first), by, world.actor(BOSS))
    now = calculated(by, second)
    found = {row.cause: row for row in causes_of(now.variance)}
    with scope(acting=by.organisation_id):
        assert found["starters"].gross == moved((before, now), 2, "basic") > 0
        assert found["leavers"].gross == moved((before, now), 3, "basic") < 0
    assert found.keys() <= {"starters", "leavers", "pension", "deductions"}


def test_page_paper_and_programs_show_it(world: World, runs: Runs, client: Client) -> None:
    _, now = runs
    client.force_login(world.people["finance_manager@eastmere"])
    where = {"organisation": "eastmere", "number": now.number}
    page = client.get(reverse("pay_run", kwargs=where)).content.decode()
    for words in ("What changed since the run before", "Why gross pay changed", "app-svg-narrow",
                  "Pay awards and grades", "Cost to the employer", "Together"):  # fmt: skip
        assert words in page, words
    assert "Person 3" not in page
    paper = client.get(reverse("pay_sign_off", kwargs=where)).content
    assert paper.startswith(b"%PDF")
    told = client.get(f"/api/v1/eastmere/pay-runs/{now.number}/").json()
    by_cause = {row["cause"]: row for row in told["variance"]}
    rows = {row.cause: row for row in causes_of(now.variance)}
    assert by_cause.keys() == rows.keys()
    assert by_cause["hours"]["gross"] == f"{rows['hours'].gross / 100:.2f}"
