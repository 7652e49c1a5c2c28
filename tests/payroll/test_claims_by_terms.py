"""Unsocial hours and standby: claimed as hours and sessions, paid as the terms of the day say."""

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.services import set_routes
from core.actors import Actor, system_actor
from core.errors import Refused
from core.scope import scope
from hr.models import Allowance
from hr.selectors.allowances import claimed_terms, term_of
from hr.services.allowances import NewAllowance, record_allowance
from hr.services.terms import install_terms
from payroll.claimed import NewItem
from payroll.models import PayClaim, PayException, PayItem, Payslip
from payroll.paying.inputs import Inputs
from payroll.paying.items import amounts_of, minutes_of
from payroll.selectors.slips import explained
from payroll.services.claims import create_element
from payroll.services.replaying import replay
from tests.payroll.pay_runs import calculated, committed, group, payroll, periods, person
from tests.payroll.test_claims import claimed, decided, lines, today
from tests.world import World

OF_THE_TERMS: dict[str, Any] = {"percent": 0, "taxed": True, "pensionable": True}


@pytest.fixture
def office(world: World) -> Actor:
    """Two people on the NJC scale, whose nights and standby are claimed."""
    by = payroll(world, person(1), person(2))
    with scope(acting=by.organisation_id):
        create_element(code="NIGHT", name="Nights", basis="enhanced", by=by, **OF_THE_TERMS)
        create_element(code="STANDBY", name="Standby", basis="sessions", by=by, **OF_THE_TERMS)
        bands = [(0, None, "finance_manager")]
        set_routes(subject_key="payroll.claim", bands=bands, by=system_actor(by.organisation_id))
    return by


def nights(employee: int = 1, minutes: int = 600, **given: Any) -> NewItem:
    return NewItem(2, employee, "NIGHT", given.pop("on", today()), minutes, **given)


def standby(employee: int = 1, sessions: int = 2, **given: Any) -> NewItem:
    return NewItem(3, employee, "STANDBY", given.pop("on", today()), sessions=sessions, **given)


def njc(**given: Any) -> NewAllowance:
    facts = {"code": "njc-STANDBY", "name": "Standby, a session", "kind": "standby",
             "paid": "session", "source": "Local agreement of May", "status": "published",
             "amount_pence": 40_00, "claimed_as": "STANDBY", "scale_code": "njc"}  # fmt: skip
    return NewAllowance(**{**facts, **given})


def test_a_share_of_the_hourly_rate_is_added_and_rounded_once() -> None:
    def row(minutes: int, share: int) -> list[Any]:
        return [
            1,
            1,
            "",
            0,
            True,
            True,
            "2026-11-01",
            minutes,
            31_049_00,
            2250,
            0,
            "Nights",
            share,
            0,
        ]

    # Band 5: 15.8785… an hour. 30% of 10 hours 47.635…, 60% of half an hour 4.763…, a third 5.292….
    rows = [row(600, 30_000), row(30, 60_000), row(60, 33_333)]
    assert amounts_of(rows).tolist() == [47_64, 4_76, 5_29]
    one = Inputs("0T", False, "A", 0, 0, False, 0, None, "2020-01-01", 0, 0, [], [rows[0]])
    # They are hours of the job: the minimum wage does not count them again.
    assert minutes_of([one]).tolist() == [0]


def test_nights_and_standby_are_paid_as_the_terms_say(world: World, office: Actor) -> None:
    claim = decided(world, claimed(office, nights(), standby(), standby(2, 1)))
    with scope(acting=office.organisation_id):
        first = periods(group(office))[0]
    run = calculated(office, first)
    with scope(acting=office.organisation_id):
        slip = Payslip.objects.get(pay_run=run, number=1)
        items = {one[2]: one for one in slip.inputs["items"]}
        assert items["Standby"][10:] == [2 * 35_50, "Standby, a session", 0, 2]
        assert items["Nights"][11:] == ["Nights of a normal working week", 33_333, 0]
        night = int(amounts_of([items["Nights"]])[0])
        assert lines(run)["extra"] in (night, 71_00) and night > 0
        found = explained(slip)
        said = {line.name: line.workings for line in found.lines}
        assert found.agrees
        assert "2 sessions at £35.50 (Standby, a session): £71.00." in said["Standby"][0]
        assert "33.333% more (Nights of a normal working week)" in said["Nights"][0]
        assert claim.total_pence == night + 3 * 35_50
        assert slip.pension_pence > Payslip.objects.get(pay_run=run, number=2).pension_pence
    run = committed(run, office, world.actor("finance_manager@eastmere"))
    with scope(acting=office.organisation_id):
        assert replay(pay_run=run, by=office).agrees
        assert not PayItem.objects.filter(pay_run=None).exists()


def test_another_sum_holds_from_its_day_on(world: World, office: Actor) -> None:
    hr = world.actor("hr_officer@eastmere")
    tomorrow = today() + timedelta(days=1)
    with scope(acting=office.organisation_id):
        record_allowance(new=njc(), from_on=tomorrow, today=today(), by=hr)
        terms = claimed_terms(office.organisation_id, {"STANDBY"})
        worth = [term_of(terms, "STANDBY", "njc", "G2", on) for on in (today(), tomorrow)]
        assert [one and one.amount_pence for one in worth] == [35_50, 40_00]
        assert term_of(terms, "STANDBY", "local", "L1", tomorrow) is None
        for wrong, code in (
            (njc(rate_percent=Decimal(5)), "HRR68"), (njc(claimed_as=""), "HRR68"),
            (njc(code="NEW", paid="hour"), "HRR68"), (njc(kind="unsocial"), "HRR68"),
            (njc(code="NEW", least_pence=1), "HRR68"),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                record_allowance(new=wrong, from_on=tomorrow, today=today(), by=hr)
            assert refused.value.code == code, wrong
        # Before a change that is recorded, and for days that may have been claimed.
        for code, early in (("njc-STANDBY", today()), ("NEW", today() - timedelta(days=1))):
            with pytest.raises(Refused) as refused:
                record_allowance(new=njc(code=code), from_on=early, today=today(), by=hr)
            assert refused.value.code == "HRR69"


def test_the_bands_of_agenda_for_change_have_their_own_share(world: World) -> None:
    hr = world.actor("hr_officer@eastmere")
    with scope(acting=hr.organisation_id):
        install_terms(template="afc", by=hr)
        terms = claimed_terms(hr.organisation_id, {"NIGHT", "SUNDAY"})
        found = {
            (name, grade): term_of(terms, name, "afc", grade, date(2026, 5, 1))
            for name in ("NIGHT", "SUNDAY")
            for grade in ("2", "3", "4", "8a", "9", "1")
        }
    assert {key: one and one.rate_percent for key, one in found.items()} == {
        ("NIGHT", "2"): 41, ("NIGHT", "3"): 35, ("NIGHT", "4"): 30, ("NIGHT", "8a"): 30,
        ("NIGHT", "9"): 30, ("NIGHT", "1"): None, ("SUNDAY", "2"): 83, ("SUNDAY", "3"): 69,
        ("SUNDAY", "4"): 60, ("SUNDAY", "8a"): 60, ("SUNDAY", "9"): 60, ("SUNDAY", "1"): None,
    }  # fmt: skip


def test_what_the_terms_do_not_have_is_refused_or_waits(world: World, office: Actor) -> None:
    with pytest.raises(Refused, match="Standby is claimed in sessions, and nothing else"):
        claimed(office, standby(minutes=60))
    with pytest.raises(Refused, match="Nights is claimed in hours"):
        claimed(office, nights(minutes=0, sessions=1))
    with scope(acting=office.organisation_id), pytest.raises(Refused) as refused:
        create_element(
            code="SLEEP", name="Sleeping in", basis="sessions", by=office, **OF_THE_TERMS
        )
    assert refused.value.code == "PRL86"
    decided(world, claimed(office, standby()))
    with scope(acting=office.organisation_id):
        Allowance.objects.filter(code="njc-STANDBY").update(grades="G9")
        first = periods(group(office))[0]
    with pytest.raises(Refused, match="the terms of that day have no Standby for this grade"):
        claimed(office, standby(2))
    run = calculated(office, first)
    with scope(acting=office.organisation_id):
        assert PayException.objects.get(pay_run=run, cause="no_rate").number == 1
        assert "extra" not in lines(run)


def test_the_pages_record_terms_and_take_sessions(
    world: World, office: Actor, client: Client
) -> None:
    client.force_login(world.people["hr_officer@eastmere"])
    url = reverse("allowance_terms_new", args=["eastmere"])
    given = {"code": "ONCALL", "name": "On call, a weekend", "kind": "standby", "paid": "session",
             "amount": "90.50", "claimed_as": "ONCALL", "scale_code": "njc", "grades": "G2, G3",
             "from_on": today().isoformat(), "source": "Local", "status": "published"}  # fmt: skip
    assert client.post(url, {**given, "rate_percent": "5"}).status_code == 422
    assert client.post(url, given).status_code == 302
    shown = client.get(reverse("terms", args=["eastmere"])).content.decode()
    assert "For sessions that are claimed as ONCALL, grades G2, G3" in shown
    assert "The leave year begins in April;" in shown
    with scope(acting=office.organisation_id):
        made = Allowance.objects.get(code="ONCALL")
        assert (made.amount_pence, made.grades, made.from_on) == (90_50, "G2,G3", today())
        create_element(code="ONCALL", name="On call", basis="sessions", by=office, **OF_THE_TERMS)
    client.force_login(world.people["payroll_officer@eastmere"])
    assert client.get(url).status_code == 403
    asked = client.get(reverse("pay_claim_new", args=["eastmere"])).content.decode()
    assert "Nights (hours)" in asked and "On call (sessions)" in asked
    sent = {"employee": "1", "element": "ONCALL", "worked_on": timezone.localdate().isoformat(),
            "sessions": "2", "job": "1", "reason": "Floods"}  # fmt: skip
    answer = client.post(reverse("pay_claim_new", args=["eastmere"]), sent, follow=True)
    assert "2 sessions" in answer.content.decode()
    with scope(acting=office.organisation_id):
        assert PayClaim.objects.get().total_pence == 181_00


def test_terms_that_were_there_before_are_brought_to_the_same(world: World) -> None:
    migration = import_module("hr.migrations.0016_claimed_by_terms")
    hr = world.actor("hr_officer@eastmere")
    names = ("paid", "claimed_as", "grades", "scale_code")

    def known() -> dict[str, tuple[str, ...]]:
        rows = Allowance.objects.exclude(code__in=("njc-NIGHT", "police-NIGHT"))
        return {row[0]: row[1:] for row in rows.values_list("code", *names)}

    with scope(acting=hr.organisation_id):
        for template in ("afc", "njc", "police", "local"):
            install_terms(template=template, by=hr)
        expected = known()
        Allowance.objects.update(paid="year", claimed_as="", grades="", scale_code="")
        with connection.cursor() as cursor:
            cursor.execute(migration._CLAIMED, {"bands": migration.BANDS_4_TO_9})
            cursor.execute(migration._OF_SCALES)
        assert known() == expected
    assert expected["afc-SUN-3"] == ("hour", "SUNDAY", "3", "afc")
