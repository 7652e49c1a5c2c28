"""Two pay days without a riddle and a second person, or a waiver: then a rehearsal goes live."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.actors import Actor
from core.errors import Clash, NotAllowed, Refused
from core.outside import heard
from core.scope import scope
from payroll.legacy import NewAmount
from payroll.models import GoLive, ParallelDifference, ParallelRun, PayPeriod, PayRun
from payroll.selectors.going_live import standing_of_groups
from payroll.services.differences import compare, explain
from payroll.services.going_live import agree_go_live, ask_go_live, decline_go_live, sign_off
from payroll.services.parallel import withdraw
from payroll.services.runs import recalculate_some
from tests.payroll.parallel_books import changed, compared, theirs
from tests.payroll.pay_runs import again, calculated, committed, group, payroll, periods, person
from tests.world import World


@pytest.fixture
def office(world: World) -> Actor:
    world.becomes("rehearsal")
    return payroll(world, *(person(n, tax_code="BR") for n in (1, 2)))


@pytest.fixture
def boss(world: World, office: Actor) -> Actor:
    return world.actor("finance_manager@eastmere")


def days_of(by: Actor) -> list[PayPeriod]:
    with scope(acting=by.organisation_id):
        return periods(group(by))


def beside(by: Actor, day: PayPeriod, *, riddles: int = 0) -> ParallelRun:
    """Results of a pay day, compared; with as many people whose net pay nobody explains."""
    run = calculated(by, day)
    with scope(acting=by.organisation_id):
        rows: list[NewAmount] = theirs(run)
        for number in range(1, riddles + 1):
            rows = changed(rows, number, "net", by=900)
        return compared(by, run, rows)


def signed(by: Actor, boss: Actor, day: PayPeriod, *, riddles: int = 0) -> ParallelRun:
    one = beside(by, day, riddles=riddles)
    with scope(acting=by.organisation_id):
        sign_off(parallel=one, by=boss, at=timezone.now())
        run = PayRun.objects.get(period=day)
    committed(again(run), by, boss)
    return one


def code_of(act: Any, **given: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(**given)
    return str(refused.value.code)


def test_a_parallel_run_is_signed_by_a_second_person(office: Actor, boss: Actor) -> None:
    one, at = beside(office, days_of(office)[0], riddles=1), timezone.now()
    with scope(acting=office.organisation_id):
        with pytest.raises(NotAllowed):
            sign_off(parallel=one, by=office, at=at)
        ParallelRun.objects.filter(pk=one.pk).update(made_by_id=boss.person_id)
        assert code_of(sign_off, parallel=one, by=boss, at=at) == "PRL80"
        ParallelRun.objects.filter(pk=one.pk).update(made_by_id=office.person_id)
        ids = [ParallelDifference.objects.get().pk]
        explain(parallel=one, ids=ids, cause="rule", words="Their table is old", by=office)
        assert code_of(sign_off, parallel=one, by=boss, at=at) == "PRL79"
        ParallelDifference.objects.update(said="", explanation="", explained_by_name="")
        run = PayRun.objects.get()
        whose = list(run.payslips.values_list("employment_id", flat=True))
        recalculate_some(pay_run=run, employments=whose, by=office)
        assert code_of(sign_off, parallel=one, by=boss, at=at) == "PRL79"
        compare(parallel=one, by=office, at=at)
        sign_off(parallel=one, by=boss, at=at)
        assert (one.state, one.unexplained, one.signed_by_name) == ("signed", 1, boss.name)
        for act in (
            lambda: compare(parallel=one, by=office, at=at),
            lambda: withdraw(parallel=one, reason="Late", by=office),
            lambda: sign_off(parallel=one, by=boss, at=at),
        ):
            with pytest.raises(Clash):
                act()
        assert code_of(explain, parallel=one, ids=ids, cause="rule", words="So", by=office) == (
            "PRL78"
        )


def test_two_clear_pay_days_in_a_row_go_live(world: World, office: Actor, boss: Actor) -> None:
    first, second, *_ = days_of(office)
    at, here = timezone.now(), office.organisation_id
    signed(office, boss, first)
    with scope(acting=here):
        assert code_of(ask_go_live, waiver=" ", by=office, at=at) == "PRL81"
    signed(office, boss, second)
    with scope(acting=here):
        (standing,) = standing_of_groups(here)
        assert standing.ready
        asked = ask_go_live(waiver="Not needed", by=office, at=at)
        clear = [{"number": n, "unexplained": 0} for n in (2, 1)]
        assert asked.waiver == ""
        assert asked.figures == [{"group": "M", "ready": True, "signed": clear}]
        assert code_of(ask_go_live, waiver="", by=office, at=at) == "PRL82"
        with pytest.raises(NotAllowed):
            agree_go_live(asked=asked, by=office, at=at)
        assert heard([here]) == {}
        agree_go_live(asked=asked, by=boss, at=at)
        assert heard([here]).keys() == {here}
        assert code_of(ask_go_live, waiver="Again", by=office, at=at) == "TEN15"
        with pytest.raises(Clash):
            agree_go_live(asked=asked, by=boss, at=at)


@pytest.mark.parametrize(("which", "riddles"), [((0, 1), 1), ((0, 2), 0)])
def test_riddles_and_gaps_need_a_waiver_under_a_name(
    office: Actor, boss: Actor, which: tuple[int, int], riddles: int
) -> None:
    """A pay day with something unexplained, or two with one between that nobody compared."""
    days, at, here = days_of(office), timezone.now(), office.organisation_id
    signed(office, boss, days[which[0]])
    if which == (0, 2):
        committed(calculated(office, days[1]), office, boss)
    signed(office, boss, days[which[1]], riddles=riddles)
    with scope(acting=here):
        assert not standing_of_groups(here)[0].ready
        assert code_of(ask_go_live, waiver="", by=office, at=at) == "PRL81"
        asked = ask_go_live(waiver="Their penny is wrong", by=office, at=at)
        GoLive.objects.filter(pk=asked.pk).update(asked_by_id=boss.person_id)
        asked.refresh_from_db()
        assert code_of(agree_go_live, asked=asked, by=boss, at=at) == "PRL80"
        GoLive.objects.filter(pk=asked.pk).update(asked_by_id=office.person_id)
        asked.refresh_from_db()
        assert code_of(decline_go_live, asked=asked, reason=" ", by=boss, at=at) == "PRL13"
        decline_go_live(asked=asked, reason="Ask them first", by=boss, at=at)
        again_asked = ask_go_live(waiver="They agree", by=office, at=at)
        agree_go_live(asked=again_asked, by=boss, at=at)
        assert heard([here]).keys() == {here}


def test_the_pages_from_signing_to_going_live(world: World, office: Actor, boss: Actor) -> None:
    beside(office, days_of(office)[0], riddles=1)
    mine, other = Client(), Client()
    mine.force_login(world.people["payroll_officer@eastmere"])
    other.force_login(world.people["finance_manager@eastmere"])
    here = "/eastmere/payroll/parallel/"
    signing = other.post(f"{here}1/sign/", follow=True).content.decode()
    assert "Signed off" in signing and "1 unexplained" in signing
    live = f"{here}going-live/"
    assert "Not signed" in mine.get(live).content.decode()
    said = mine.post(f"{live}ask/", follow=True).content.decode()
    assert "Or say why" in said
    mine.post(f"{live}ask/", {"waiver": "Their penny is wrong"})
    shown = other.get(live).content.decode()
    assert "Payroll officer of eastmere asked to go live by a waiver: Their penny" in shown
    no = other.post(f"{live}decide/", {"decision": "decline", "reason": "Wait"}, follow=True)
    assert "The rehearsal goes on" in no.content.decode()
    mine.post(f"{live}ask/", {"waiver": "Now they agree"})
    yes = other.post(f"{live}decide/", {"decision": "agree"}, follow=True).content.decode()
    assert "The organisation is live" in yes and "Nothing here is real" not in yes


def test_programs_sign_and_go_live(world: World, office: Actor, boss: Actor) -> None:
    beside(office, days_of(office)[0], riddles=1)

    def call(who: str, path: str, sent: Any, key: str) -> Any:
        client = Client()
        client.force_login(world.people[f"{who}@eastmere"])
        headers = {"Idempotency-Key": key}
        where = f"/api/v1/eastmere/{path}"
        return client.post(where, sent, "application/json", headers=headers)

    assert call("finance_manager", "parallel-runs/1/signature/", {}, "a").json()["state"] == (
        "signed"
    )
    assert call("payroll_officer", "go-live/new/", {}, "b").json()["code"] == "PRL81"
    made = call("payroll_officer", "go-live/new/", {"waiver": "Their penny is wrong"}, "c")
    assert (made.status_code, made.json()["rests_on"][0]["signed"]) == (
        201, [{"number": 1, "unexplained": 1}]
    )  # fmt: skip
    done = call("finance_manager", "go-live/decision/", {"decision": "agree"}, "d").json()
    assert (done["state"], done["decided_by"]) == ("agreed", boss.name)
    client = Client()
    client.force_login(world.people["auditor@eastmere"])
    (row,) = client.get("/api/v1/eastmere/go-live/").json()["results"]
    assert row["waiver"] == "Their penny is wrong"
