"""Payslips as their owner and the payroll officer see them, with what changed and why."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.scope import scope
from events.models import Event
from hr.models import Employment, Placement
from payroll.models import Payslip
from payroll.paying.changes import Slip, changes
from payroll.paying.inputs import Inputs, Shared
from payroll.selectors.slips import explained, sentences
from tests.payroll.pay_runs import calculated, committed, group, payroll, periods, person
from tests.payroll.test_pay_calendar import NOVEMBER, piece, someone
from tests.world import World


def slip(inputs: Inputs, lines: dict[tuple[str, int], int], *, shared: Shared = NOVEMBER) -> Slip:
    return Slip(shared, inputs, lines, sum(lines.values()), 200_000 + len(lines))


WHOLE = piece("2026-11-01", "2026-12-01")


@pytest.mark.parametrize(
    ("was", "now", "why"),
    [
        ({2: "G2, 04"}, {}, "the point is G2, 05 instead of G2, 04"),
        ({3: 2_500_000}, {}, "the point is worth £26,000.00 a year instead of £25,000.00"),
        ({4: 1_110}, {}, "hours are 37 a week instead of 18.5"),
        ({1: "Porter"}, {}, "the post is Clerk instead of Porter"),
        ({6: "2026-11-21"}, {}, "before 10 of 30 days were paid"),
        ({}, {7: "2026-11-11"}, "this time 10 of 30 days were paid"),
    ],
)
def test_a_change_of_pay_names_its_cause(
    was: dict[int, Any], now: dict[int, Any], why: str
) -> None:
    before, after = ([*WHOLE] for _ in range(2))
    for row, given in ((before, was), (after, now)):
        for place, value in given.items():
            row[place] = value
    found = changes(
        slip(someone(before), {("basic", 1, 0): 100, ("tax", 0, 0): -20}),
        slip(someone(after), {("basic", 1, 0): 150, ("tax", 0, 0): -30}),
    )
    assert [(one.key[0], one.pence) for one in found] == [("basic", 50), ("tax", -10)]
    assert found[0].why == why


def test_changes_add_up_and_name_codes_letters_and_jobs() -> None:
    other = Inputs(**{**vars(someone(WHOLE, [2, *WHOLE[1:]])), "code": "BR", "letter": "M"})
    found = changes(
        slip(someone(WHOLE), {("basic", 1, 0): 900, ("tax", 0, 0): -90, ("nic", 0, 0): -50}),
        slip(
            other,
            {
                ("basic", 1, 0): 900,
                ("basic", 2, 0): 300,
                ("tax", 0, 0): -240,
                ("student", 0, 0): -9,
            },
        ),
    )
    assert {one.key[:2]: (one.pence, one.why) for one in found} == {
        ("basic", 2): (300, "this job was not paid before"),
        ("tax", 0): (-150, "the tax code is BR instead of 1257L"),
        ("nic", 0): (50, "the letter is M instead of A"),
        ("student", 0): (-9, "it was worked out anew"),
    }


@pytest.fixture
def two_months(world: World) -> World:
    """Two committed months of Ada, who stands in the world as a member of staff, and of Ben."""
    staff = world.people["staff@eastmere"]
    by = payroll(world, person(1, email=staff.email, name="Ada Byron", tax_code="BR"), person(2))
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        first, second = periods(group(by))[:2]
    committed(calculated(by, first), by, boss)
    with scope(acting=by.organisation_id):
        one = Employment.objects.get(number=1)
        Placement.objects.filter(assignment__employment=one).update(weekly_minutes=1_110)
    committed(calculated(by, second), by, boss)
    return world


def test_every_line_is_worked_out_again_from_what_is_stored(two_months: World) -> None:
    with scope(acting=two_months.id("eastmere")):
        now = Payslip.objects.select_related("pay_run").order_by("-pays_on", "number")[0]
        found = explained(now)
        assert found.agrees
        assert sum(line.amount for line in found.lines) == now.net_pence
        assert all(line.workings for line in found.lines)
        said = sentences(found)
        assert said[0].startswith("Basic pay: £")
        assert said[0].endswith("less, because hours are 18.5 a week instead of 37.")
        signs = {"more": 1, "less": -1}
        pence = [
            int(m[1].replace(",", "").replace(".", "")) * signs[m[2]]
            for m in (re.search(r"£([\d,.]+) (more|less)", one) for one in said)
            if m
        ]
        assert sum(pence[:-1]) == pence[-1]
        now.pay_run.digest = "0" * 64
        other = explained(now)
        assert not other.agrees
        assert sum(line.amount for line in other.lines) == now.net_pence


def test_staff_see_their_own_pay_and_nobody_elses(two_months: World, client: Client) -> None:
    here = {"organisation": "eastmere"}
    client.force_login(two_months.people["staff@eastmere"])
    page = client.get(reverse("my_payslips", kwargs=here)).content.decode()
    assert page.count('data-row="') == 2
    page = client.get(reverse("my_payslip", kwargs={**here, "run": 2})).content.decode()
    for words in ("Ada Byron", "Year to date", "What changed since", "A twelfth of it is", "BR"):
        assert words in page
    document = client.get(reverse("my_payslip_pdf", kwargs={**here, "run": 2}))
    assert document.content.startswith(b"%PDF")
    assert b"/StructTreeRoot" in document.content
    theirs = {**here, "number": 2, "run": 2}
    assert client.get(reverse("payslip", kwargs=theirs)).status_code == 403
    for who in ("finance_manager", "hr_officer", "manager", "auditor", "administrator"):
        client.force_login(two_months.people[f"{who}@eastmere"])
        assert client.get(reverse("payslip", kwargs=theirs)).status_code == 403, who
        assert client.get(reverse("my_payslip", kwargs={**here, "run": 2})).status_code == 404, who
    client.force_login(two_months.people["payroll_officer@northdale"])
    assert client.get(reverse("payslip", kwargs=theirs)).status_code == 404


def test_a_payroll_officer_sees_everybodys_pay_and_each_look_is_kept(
    two_months: World, client: Client
) -> None:
    here = {"organisation": "eastmere", "number": 1}
    client.force_login(two_months.people["payroll_officer@eastmere"])
    assert b"Pay of Ada Byron" in client.get(reverse("pay_history", kwargs=here)).content
    assert client.get(reverse("payslip", kwargs={**here, "run": 1})).status_code == 200
    assert client.get(reverse("payslip_pdf", kwargs={**here, "run": 1})).status_code == 200
    assert client.get(reverse("payslip", kwargs={**here, "run": 9})).status_code == 404
    assert client.get(reverse("pay_history", kwargs={**here, "number": 9})).status_code == 404
    with scope(acting=two_months.id("eastmere")):
        looks = Event.objects.filter(subject_key="hr.employment", verb__startswith="payroll.")
        one = Employment.objects.get(number=1)
        assert [(e.verb, e.subject_id) for e in looks.order_by("id")] == [
            ("payroll.history.seen", one.pk),
            ("payroll.payslip.seen", one.pk),
            ("payroll.payslip.seen", one.pk),
        ]


def test_pay_that_is_not_committed_is_nobodys_payslip(world: World, client: Client) -> None:
    staff = world.people["staff@eastmere"]
    by = payroll(world, person(1, email=staff.email, name="Ada Byron"))
    calculated(by)
    client.force_login(staff)
    page = client.get(reverse("my_payslips", kwargs={"organisation": "eastmere"})).content
    assert b"No payslips yet" in page
