"""What payroll does in a rehearsal reaches no bank and no person, and stays so after going live."""

import pytest
from django.test import Client

from core.errors import Refused
from core.outside import heard, may_leave
from core.scope import scope
from payroll.models import PayFile, PayRun
from payroll.selectors.slips import payslips_of
from payroll.services.paying import note_download
from tenants.models import Organisation
from tests.documents import text_of
from tests.payroll.pay_runs import calculated, committed, paid, payroll, person
from tests.world import World


def client(world: World, who: str) -> Client:
    browser = Client()
    browser.force_login(world.people[who])
    return browser


def rehearsed(world: World, status: str = "rehearsal") -> PayRun:
    by = payroll(world, person(1))
    world.becomes(status)
    boss = world.actor("finance_manager@eastmere")
    return paid(committed(calculated(by), by, boss), by)


def own(pay_run: PayRun) -> int:
    """How many payslips of the run the person whose pay it is can open."""
    with scope(acting=pay_run.organisation_id):
        whose = pay_run.payslips.get().employment.person_id
        return payslips_of(pay_run.organisation_id, person_id=whose).count()


def test_its_bank_files_are_refused_for_good(world: World) -> None:
    run = rehearsed(world)
    by = world.actor("payroll_officer@eastmere")
    for status in ("rehearsal", "live"):
        world.becomes(status)
        with scope(acting=run.organisation_id):
            files = list(PayFile.objects.filter(pay_run=run))
            assert len(files) == 2
            for file in files:
                with pytest.raises(Refused, match="cannot be taken to a bank") as refused:
                    note_download(file=file, by=by)
                assert refused.value.code == "PAY13"
        answer = client(world, "payroll_officer@eastmere").get(
            f"/eastmere/payroll/runs/{run.number}/files/bacs18/"
        )
        assert (answer.status_code, b"ADA BYRON" in answer.content) == (422, False)


def test_its_payslips_reach_nobody_and_say_what_they_are(world: World) -> None:
    run = rehearsed(world)
    officer = client(world, "payroll_officer@eastmere")
    for status in ("rehearsal", "live"):
        world.becomes(status)
        assert own(run) == 0
        paper = text_of(officer.get(f"/eastmere/payroll/people/1/{run.number}.pdf").content)
        assert "Rehearsal, not to be used: Payslip of Person 1" in paper


def test_of_a_live_organisation_they_do(world: World) -> None:
    run = rehearsed(world, "live")
    assert own(run) == 1
    officer = client(world, "payroll_officer@eastmere")
    paper = text_of(officer.get(f"/eastmere/payroll/people/1/{run.number}.pdf").content)
    assert "Rehearsal" not in paper
    file = officer.get(f"/eastmere/payroll/runs/{run.number}/files/bacs18/")
    assert (file.status_code, b"ADA BYRON" in file.content) == (200, True)


def test_every_page_of_a_rehearsal_says_so(world: World) -> None:
    officer = client(world, "payroll_officer@eastmere")
    said = "nothing leaves for a bank, HMRC or a person"
    assert said not in officer.get("/eastmere/payroll/").content.decode()
    world.becomes("rehearsal")
    assert said in officer.get("/eastmere/payroll/").content.decode()


def test_the_database_keeps_since_when_an_organisation_is_heard(world: World) -> None:
    here = world.id("eastmere")
    with scope(acting=here):
        made_at = Organisation.objects.get(pk=here).live_since
    assert made_at is None
    world.becomes("rehearsal")
    assert heard([here, world.id("northdale")]).keys() == {world.id("northdale")}
    world.becomes("live")
    since = heard([here])[here]
    with scope(acting=here):
        Organisation.objects.filter(pk=here).update(live_since=None)
        assert Organisation.objects.get(pk=here).live_since == since
    assert may_leave(here, since)
    world.becomes("former")
    assert heard([here]) == {}
