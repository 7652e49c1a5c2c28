"""A mass regrading: its cost by unit, the second person, and the history that it leaves."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.actors import Actor
from core.errors import Refused
from core.invariants import problems
from core.scope import scope
from hr.models import CostShare, PayAward, PayScale, PayValue, Placement, Position
from hr.selectors.awards import costs_of, kept_costs
from hr.selectors.budget import budgeted_pay
from hr.selectors.grades import grade_of
from hr.selectors.people import establishment
from hr.selectors.posts import points_of
from hr.services.proposing import JobMove, NewRegrading, propose_regrading, regrading_of
from hr.services.requests import request_secondment, request_starter
from tests.calls import call, code
from tests.hr.record import agree, employer, load, row
from tests.hr.test_awards import agreed
from tests.world import World

DAY = date(2026, 4, 1)


@pytest.fixture
def by(world: World) -> Actor:
    """The HR officer of three people of one grade; one of them works half and is shared."""
    hr = employer(world)
    with scope(acting=hr.organisation_id):
        half = {"hours": "18.5", "cost_centres": "110:60; 200:40", "email": "b@staff.example"}
        gardener = {"post": "P2", "point": point_of("G3"), "email": "c@staff.example"}
        loaded = load(hr, row(), row(employee="101", name="Bea", **half),
                      row(employee="102", name="Cy", **gardener))  # fmt: skip
        assert loaded.state == loaded.State.LOADED, list(loaded.errors.values_list("text"))
    return hr


def point_of(grade: str) -> str:
    """The last point of a grade."""
    rows = PayValue.objects.filter(pay_point__grade=grade)
    return str(rows.order_by("-annual_pence")[0].pay_point.point)


def new(**given: Any) -> NewRegrading:
    scale = PayScale.objects.get(code="njc")
    facts: dict[str, Any] = {"from_on": DAY, "from_grade": "G2", "to_grade": "G3"}
    return NewRegrading(scale, **{**facts, **given})


def now_of(number: int) -> list[Placement]:
    rows = Placement.objects.filter(
        assignment__employment__number=number, superseded_at__isnull=True
    )
    return list(rows.select_related("pay_point").order_by("from_on"))


def worth(placement: Placement, on: date) -> int:
    rows = PayValue.objects.filter(pay_point=placement.pay_point, from_on__lte=on)
    return rows.order_by("-from_on")[0].annual_pence


def test_the_cost_is_known_by_unit_with_what_comes_on_top(by: Actor) -> None:
    with scope(acting=by.organisation_id):
        today = date(2026, 10, 1)
        before = {number: worth(now_of(number)[-1], today) for number in (100, 101)}
        asked = regrading_of(new())
        found = {one.code: one for one in costs_of(asked, today)}
        (new_point,) = {to for was, to in asked.moves if was == now_of(100)[0].pay_point_id}
        value = PayValue.objects.filter(pay_point_id=new_point, from_on__lte=today)
        more = value.order_by("-from_on")[0].annual_pence - before[100]
    assert more >= 0
    assert found["110"].people == 2
    assert found["110"].yearly_pence == round(more * 1.3)
    assert found["200"].yearly_pence == round(more * 0.2)
    assert found["200"].owed_pence == pytest.approx(more * 0.2 * 183 / 365, abs=1)
    # Nobody was paid yet: the employer's National Insurance alone comes on top.
    assert found["200"].on_cost_pence == found["200"].yearly_pence * 15 // 100


def test_a_whole_grade_moves_when_a_second_person_agrees(world: World, by: Actor) -> None:
    with scope(acting=by.organisation_id):
        old = {number: now_of(number)[0] for number in (100, 101, 102)}
        award = propose_regrading(new=new(), reason="Job evaluation", by=by)
        assert [one.pk for one in now_of(100)] == [old[100].pk]
        with pytest.raises(Refused) as error:
            propose_regrading(new=new(), reason="Twice", by=by)
        assert error.value.code == "HRR03"
        agreed(world, award)
        for number in (100, 101):
            first, second = now_of(number)
            assert (first.from_on, first.to_on) == (old[number].from_on, DAY)
            assert first.pay_point_id == old[number].pay_point_id
            assert (second.from_on, second.to_on) == (DAY, None)
            assert second.pay_point.grade == "G3"
            assert worth(second, DAY) >= worth(first, DAY)
            was = Placement.objects.get(pk=old[number].pk)
            # What was known stays: the old row ends where the new ones begin to be known.
            assert was.superseded_at == first.recorded_at == second.recorded_at
            shares = [
                sorted(
                    CostShare.objects.filter(placement=one).values_list("unit", "ten_thousandths")
                )
                for one in (was, first, second)
            ]
            assert shares[0] == shares[1] == shares[2]
        assert [one.pk for one in now_of(102)] == [old[102].pk]
        post = Position.objects.get(code="P1")
        assert [grade_of(post, on) for on in (DAY - timedelta(days=1), DAY)] == ["G2", "G3"]
        award.refresh_from_db()
        assert (award.state, award.regrades) == (PayAward.State.APPROVED, True)
        assert award.words.startswith("G2 to G3: ")
        assert kept_costs(award)
        assert list(problems(by.organisation_id)) == []


def test_a_post_takes_its_new_grade_on_the_day(world: World, by: Actor) -> None:
    """Before it the establishment, the budget and what may be asked for have the old one."""
    with scope(acting=by.organisation_id):
        ahead, post = date(2026, 11, 1), Position.objects.get(code="P1")
        before = ahead - timedelta(days=1)
        was = budgeted_pay(by, before)
        agreed(world, propose_regrading(new=new(from_on=ahead), reason="Evaluation", by=by))
        shown = {on: {one.code: one.grade for one in establishment(by, on)}
                 for on in (before, ahead)}  # fmt: skip
        assert (shown[before]["P1"], shown[ahead]["P1"]) == ("G2", "G3")
        assert shown[before]["P2"] == shown[ahead]["P2"] == "G3"
        assert budgeted_pay(by, before) == was
        assert sum(budgeted_pay(by, ahead).values()) > sum(was.values())
        assert points_of(post, before)[0].grade == "G2"
        facts: dict[str, Any] = {"name": "Di", "email": "d@staff.example", "position": post}
        facts |= {"weekly_minutes": 2220, "reason": "New", "by": by}
        old, top = points_of(post, before)[0], points_of(post, ahead)[0]
        for point, on in ((top, before), (old, ahead)):
            with pytest.raises(Refused) as error:
                request_starter(pay_point=point, from_on=on, **facts)
            assert error.value.code == "HRR06"
        assert request_starter(pay_point=old, from_on=before, **facts).pay_point == old
        # A later regrading back is dated as well, and what was between stays.
        again = ahead + timedelta(days=60)
        back = new(from_on=again, from_grade="G3", to_grade="G2")
        agreed(world, propose_regrading(new=back, reason="Appeal", by=by))
        assert [grade_of(post, on) for on in (before, ahead, again)] == ["G2", "G3", "G2"]


def test_a_file_of_staff_knows_the_grade_of_each_day(world: World, by: Actor) -> None:
    with scope(acting=by.organisation_id):
        agreed(world, propose_regrading(new=new(), reason="Evaluation", by=by))
        old, top = point_of("G2"), point_of("G3")
        days = {"employed_from": "2026-03-01", "email": "e@staff.example", "employee": "104"}
        wrong = load(by, row(**{**days, "from": "2026-03-01", "point": top}))
        assert wrong.state == wrong.State.REFUSED
        right = load(by, row(**{**days, "from": "2026-03-01", "point": old}),
                     row(**{**days, "from": "2026-04-01", "point": top}))  # fmt: skip
        assert right.state == right.State.LOADED, list(right.errors.values_list("text"))


def test_who_is_seconded_stays_so(world: World, by: Actor) -> None:
    some = timedelta(days=10)
    with scope(acting=by.organisation_id):
        facts: dict[str, Any] = {"ten_thousandths": 10_000, "from_on": DAY - some}
        facts["last_on"] = DAY + some
        job, host = now_of(100)[0].assignment, world.id("northdale")
        lent = request_secondment(assignment=job, host_id=host, **facts, reason="Lent", by=by)
        agree(lent, world)
        agreed(world, propose_regrading(new=new(), reason="Job evaluation", by=by))
        found = [(one.from_on, one.pay_point.grade, one.host_id) for one in now_of(100)]
        assert found[1:] == [
            (DAY - some, "G2", host),
            (DAY, "G3", host),
            (DAY + some + timedelta(days=1), "G3", None),
        ]


def test_named_jobs_move_and_nobody_else(world: World, by: Actor) -> None:
    with scope(acting=by.organisation_id):
        jobs = [JobMove(101, 1, "G3", point_of("G3"))]
        award = propose_regrading(new=new(jobs=jobs), reason="Appeal", by=by)
        agreed(world, award)
        assert len(now_of(100)) == 1
        assert now_of(101)[-1].pay_point.grade == "G3"
        # Somebody of the post is in the old grade still.
        assert grade_of(Position.objects.get(code="P1"), DAY) == "G2"
        assert award.words == "1 job of a list"


def test_points_lead_where_they_are_said_to(by: Actor) -> None:
    with scope(acting=by.organisation_id):
        top, here = point_of("G3"), now_of(100)[0].pay_point
        moves = dict(regrading_of(new(points={here.point: top})).moves)
        assert now_of(102)[0].pay_point_id == moves[here.pk]


def test_what_cannot_be_is_refused(by: Actor) -> None:
    with scope(acting=by.organisation_id):
        for rule, given in (
            ("HRR50", {"to_grade": "G99"}),
            ("HRR50", {"from_grade": "G2", "to_grade": "G2"}),
            ("HRR50", {"points": {"05": "none"}}),
            ("HRR50", {"jobs": [JobMove(999, 1, "G3", point_of("G3"))]}),
            ("HRR50", {"jobs": [JobMove(100, 1, "G3", "none")]}),
            ("HRR51", {"from_grade": "G4", "to_grade": "G3"}),
        ):
            with pytest.raises(Refused) as error:
                propose_regrading(new=new(**given), reason="x", by=by)
            assert error.value.code == rule, given


def test_the_page_shows_the_cost_before_it_sends(world: World, by: Actor) -> None:
    client = Client()
    client.force_login(world.people["hr_officer@eastmere"])
    url = reverse("regrading_new", args=["eastmere"])
    with scope(acting=by.organisation_id):
        scale, top = PayScale.objects.get(code="njc").pk, point_of("G3")
    given = {"scale": scale, "from_on": "2026-04-01", "from_grade": "G2", "to_grade": "G3",
             "reason": "Evaluation"}  # fmt: skip
    looked = client.post(url, given).content.decode()
    assert "Propose it" in looked and "On top for the employer" in looked
    with scope(acting=by.organisation_id):
        assert not PayAward.objects.exists()
    wrong = client.post(url, {**given, "jobs": "100, x"})
    assert wrong.status_code == 422 and "Line 1" in wrong.content.decode()
    assert "at the grades" in client.post(url, {**given, "to_grade": "X"}).content.decode()
    sent = client.post(url, {**given, "jobs": f"100, 1, G3, {top}\n", "send": "yes"})
    assert sent.status_code == 302
    assert "1 job of a list" in client.get(sent["Location"]).content.decode()


def test_a_program_proposes_it(world: World, by: Actor) -> None:
    where = "pay-awards/regradings/new/"
    given = {"scale": "njc", "from_on": "2026-04-01", "from_grade": "G2", "to_grade": "G3",
             "reason": "Evaluation"}  # fmt: skip
    assert call(world, "payroll_officer", where, given).status_code == 403
    assert call(world, "hr_officer", where, {**given, "scale": "none"}).status_code == 404
    assert code(call(world, "hr_officer", where, {**given, "to_grade": "X"})) == (422, "HRR50")
    made = call(world, "hr_officer", where, given)
    assert made.status_code == 201
    assert made.json()["regrading"].startswith("G2 to G3")
    assert made.json()["costs"][0]["on_cost"] > "0"
