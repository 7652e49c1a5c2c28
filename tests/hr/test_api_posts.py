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
