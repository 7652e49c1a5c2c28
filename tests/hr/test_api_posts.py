"""Posts, terms, changes of jobs and files of staff by program: the rules of the pages."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.scope import scope
from tenants.models import Unit
from tests.calls import call, code
from tests.hr.record import employer, hire
from tests.world import World

OFFICER = "hr_officer"


@pytest.fixture
def staffed(world: World) -> tuple[World, int]:
    """An employer, and the number of somebody in a job."""
    by = employer(world)
    with scope(acting=by.organisation_id):
        return world, hire(by, world, "eastmere", name="Ada Byron", email="ada@e.example").number


def test_another_point_hours_or_post(staffed: tuple[World, int]) -> None:
    world, number = staffed
    job = {"number": number, "job": 1, "from_on": "2026-12-01", "reason": "Wants a day off"}
    same = {**job, "post": "P1", "point": "05"}
    assert code(call(world, OFFICER, "staff-requests/transfers/", same)) == (422, "HRR05")
    assert code(call(world, OFFICER, "staff-requests/changes/", job)) == (422, "HRR04")
    asked = call(world, OFFICER, "staff-requests/changes/", {**job, "hours": "30"})
    assert (asked.status_code, asked.json()["weekly_hours"]) == (201, "30")
    strange = {**job, "point": "no such"}
    assert call(world, OFFICER, "staff-requests/changes/", strange).status_code == 400
    nobody = {**job, "number": 990_001, "hours": "30"}
    assert call(world, OFFICER, "staff-requests/changes/", nobody).status_code == 404
    move = {**job, "post": "P9", "point": "05"}
    assert call(world, OFFICER, "staff-requests/transfers/", move).status_code == 400
    for where in ("staff-requests/changes/", "staff-requests/transfers/"):
        assert call(world, "staff", where, job).status_code == 403
        assert call(world, f"{OFFICER}@northdale", where, job).status_code == 404


def test_shares_of_cost_and_secondments(staffed: tuple[World, int]) -> None:
    world, number = staffed
    job = {"number": number, "job": 1, "from_on": "2026-12-01", "reason": "Joint work"}
    lent = {**job, "host": "northdale", "last_on": "2027-11-30"}
    where = "staff-requests/secondments/"
    early = {**lent, "last_on": "2026-11-30"}
    assert code(call(world, OFFICER, where, early)) == (422, "HRR61")
    for wrong in ({"host": "eastmere"}, {"host": "nowhere"}, {"percent": "0"}):
        assert call(world, OFFICER, where, {**lent, **wrong}).status_code == 400
    told = call(world, OFFICER, where, {**lent, "percent": "62.50"}).json()
    assert (told["kind"], told["cost_centres"]) == ("secondment", "northdale:62.5")
    assert told["last_on"] == "2027-11-30"
    shares = {**job, "cost_centres": "110:60; northdale:40"}
    assert code(call(world, OFFICER, "staff-requests/cost-splits/", shares)) == (422, "HRR03")
    for path in (where, "staff-requests/cost-splits/", "staff-requests/joint-posts/"):
        assert call(world, "staff", path, job).status_code == 403
        assert call(world, f"{OFFICER}@northdale", path, job).status_code == 404


def test_shares_and_a_joint_post(staffed: tuple[World, int]) -> None:
    world, number = staffed
    job = {"number": number, "job": 1, "from_on": "2026-12-01", "reason": "Joint work"}
    where = "staff-requests/cost-splits/"
    assert code(call(world, OFFICER, where, {**job, "cost_centres": "110:60"})) == (422, "HRR60")
    post = {**job, "post": "P2", "point": "09", "hours": "7.5"}
    where = "staff-requests/joint-posts/"
    same = {**post, "post": "P1", "point": "05"}
    assert code(call(world, OFFICER, where, same)) == (422, "HRR63")
    assert call(world, OFFICER, where, {**post, "point": "none"}).status_code == 400
    told = call(world, OFFICER, where, post).json()
    assert (told["post"], told["weekly_hours"], told["cost_centres"]) == ("P2", "7.5", "")


def test_a_post_and_terms(staffed: tuple[World, int]) -> None:
    world, _number = staffed
    with scope(readable={world.id("eastmere")}):
        unit = Unit.objects.get(code="110").pk
    given: dict[str, Any] = {"code": "P9", "title": "Ranger", "unit": unit, "scale": "njc"}
    given |= {"grade": "G2", "budget": "1.50", "from_on": "2026-12-01"}
    assert code(call(world, OFFICER, "posts/new/", {**given, "grade": "G99"})) == (422, "HRR06")
    made = call(world, OFFICER, "posts/new/", given)
    assert (made.status_code, made.json()["unit"]) == (201, "110")
    assert code(call(world, OFFICER, "posts/new/", given)) == (422, "HRR16")
    assert call(world, OFFICER, "posts/new/", {**given, "unit": 990_001}).status_code == 404
    later = call(world, OFFICER, "posts/?on=2026-12-01").json()["results"]
    (told,) = [one for one in later if one["code"] == "P9"]
    assert (told["budgeted"], told["filled"], told["vacant"]) == (150, 0, 150)
    before = call(world, OFFICER, "posts/?on=2026-11-30").json()["results"]
    assert sum(one["budgeted"] for one in before if one["code"] == "P9") == 0
    assert [one["code"] for one in later] == sorted(one["code"] for one in later)
    assert call(world, "staff", "posts/").status_code == 403
    installed = {"template": "njc"}
    assert code(call(world, OFFICER, "terms/installation/", installed)) == (422, "HRR15")
    unknown = {"template": "none"}
    assert code(call(world, OFFICER, "terms/installation/", unknown)) == (422, "HRR01")
    assert call(world, "payroll_officer", "terms/installation/", unknown).status_code == 403


def test_a_file_is_kept_with_what_is_wrong(world: World) -> None:
    employer(world)
    client = Client()
    client.force_login(world.people["hr_officer@eastmere"])

    def send(name: str, data: bytes) -> Any:
        file = {"file": SimpleUploadedFile(name, data)}
        headers = {"Idempotency-Key": name}
        return client.post("/api/v1/eastmere/staff-files/new/", file, headers=headers)

    assert code(send("moods.csv", b"Mood\nGood\n")) == (422, "HRR10")
