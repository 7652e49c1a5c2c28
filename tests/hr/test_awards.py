"""Pay awards: their cost by unit, the second person, and what they make true."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.models import Request, Route
from approvals.rules import APR03
from approvals.services import decide
from core.actors import Actor
from core.errors import Refused
from core.scope import scope
from events.models import Event
from hr.models import PayAward, PayScale, PayValue
from hr.selectors.awards import Terms, costs_of
from hr.services.awards import propose_award
from tests.hr.record import employer, load, row
from tests.world import World


@pytest.fixture
def by(world: World) -> Actor:
    """The HR officer of two people on one scale, one of whom works half and is shared."""
    hr = employer(world)
    with scope(acting=hr.organisation_id):
        half = {"hours": "18.5", "cost_centres": "110:60; 200:40", "email": "b@staff.example"}
        load(hr, row(), row(employee="101", name="Bea", **half))
    return hr


def terms(**given: Any) -> Terms:
    scale = PayScale.objects.get(code="njc")
    facts = {"from_on": date(2026, 4, 1), "percent_hundredths": 320, "least_pence": 0}
    return Terms(scale, **{**facts, "whole_pounds": True, **given})


def value(on: date, point: str = "05") -> PayValue:
    rows = PayValue.objects.filter(pay_point__point=point, from_on__lte=on)
    return rows.order_by("-from_on")[0]


def agreed(world: World, award: PayAward) -> None:
    request = Request.objects.get(subject_key="hr.award", subject_id=award.pk)
    boss = world.actor("finance_manager@eastmere")
    decide(request=request, decision="approve", comment="", by=boss, as_of=timezone.now())


def test_the_cost_is_shared_by_hours_and_by_who_bears_it(by: Actor) -> None:
    with scope(acting=by.organisation_id):
        today = date(2026, 10, 1)
        now = value(today).annual_pence
        risen = (now * 10_320 + 500_000) // 1_000_000 * 100
        more = risen - now
        found = {one.code: one for one in costs_of(terms(), today)}
    assert found["110"].people == 2
    assert found["200"].people == 1
    assert found["110"].yearly_pence == round(more * 1.3)
    assert found["200"].yearly_pence == round(more * 0.2)
    # From 1 April to 30 September there are 183 days.
    assert found["200"].owed_pence == pytest.approx(more * 0.2 * 183 / 365, abs=1)


def test_an_award_is_in_force_when_a_second_person_agrees(world: World, by: Actor) -> None:
    day = date(2026, 4, 1)
    with scope(acting=by.organisation_id):
        before = value(day).annual_pence
        award = propose_award(terms=terms(percent_hundredths=100, least_pence=1_000_00),
                              reason="National agreement", by=by)  # fmt: skip
        assert value(day).annual_pence == before
        with pytest.raises(Refused) as error:
            propose_award(terms=terms(), reason="Twice", by=by)
        assert error.value.code == "HRR03"
        agreed(world, award)
        after = value(day)
        # £1,000 is more than one per cent of what the point was worth.
        assert after.annual_pence == before + 1_000_00
        assert after.from_on == day
        assert after.recorded_at is not None
        assert after.source == f"{award}: National agreement"
        overlaps = PayValue.objects.raw(
            "SELECT a.* FROM hr_payvalue a JOIN hr_payvalue b"
            " ON b.organisation_id = a.organisation_id AND b.pay_point_id = a.pay_point_id"
            " AND b.id > a.id AND daterange(a.from_on, a.to_on) && daterange(b.from_on, b.to_on)"
        )
        assert list(overlaps) == []
        award.refresh_from_db()
        assert award.state == PayAward.State.APPROVED


@pytest.mark.parametrize(("percent", "least"), [(0, 0), (50_01, 0)])
def test_an_award_is_more_than_nothing_and_no_slip_of_the_pen(
    by: Actor, percent: int, least: int
) -> None:
    with scope(acting=by.organisation_id), pytest.raises(Refused) as error:
        propose_award(terms=terms(percent_hundredths=percent, least_pence=least), reason="x", by=by)
    assert error.value.code == "HRR20"


def test_what_the_page_is_refused_leaves_nothing_behind(world: World, by: Actor) -> None:
    """The award stands before it is asked for, and nobody is there to be asked."""
    client = Client()
    client.force_login(world.people["hr_officer@eastmere"])
    with scope(acting=by.organisation_id):
        tomorrow = timezone.localdate() + timedelta(days=1)
        Route.objects.filter(subject_key="hr.award").update(from_on=tomorrow)
        scale, events = PayScale.objects.get(code="njc").pk, Event.objects.count()
    given = {"scale": scale, "from_on": "2026-04-01", "percent": "3.2", "reason": "Agreement"}
    sent = client.post(reverse("pay_award_new", args=["eastmere"]), {**given, "send": "yes"})
    assert sent.status_code == 422
    assert (APR03.__doc__ or "") in sent.content.decode()
    with scope(acting=by.organisation_id):
        assert not PayAward.objects.exists()
        assert Event.objects.count() == events


def test_the_page_shows_the_cost_before_it_sends(world: World, by: Actor) -> None:
    client = Client()
    client.force_login(world.people["hr_officer@eastmere"])
    url = reverse("pay_award_new", args=["eastmere"])
    with scope(acting=by.organisation_id):
        scale = PayScale.objects.get(code="njc").pk
    given = {"scale": scale, "from_on": "2026-04-01", "percent": "3.2", "reason": "Agreement"}
    looked = client.post(url, given).content.decode()
    assert "Propose it" in looked
    assert "Everybody" in looked
    with scope(acting=by.organisation_id):
        assert not PayAward.objects.exists()
    sent = client.post(url, {**given, "send": "yes"})
    assert sent.status_code == 302
    page = client.get(sent["Location"]).content.decode()
    assert "3.2%" in page
    assert "Agreement" in page
    listed = client.get(reverse("pay_awards", args=["eastmere"])).content.decode()
    assert "AWARD-1" in listed
    assert 'href="/eastmere/terms/"' in listed
    client.force_login(world.people["finance_manager@eastmere"])
    listed = client.get(reverse("pay_awards", args=["eastmere"])).content.decode()
    assert "Pay awards" in listed and 'href="/eastmere/terms/"' not in listed
    client.force_login(world.people["hr_officer@eastmere"])
    file = client.get(f"{sent['Location']}?format=csv").content.decode("utf-8-sig")
    assert "More a year" in file
