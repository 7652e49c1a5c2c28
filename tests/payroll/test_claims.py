"""Hours and expenses: sent in, approved by somebody else, in the next pay, and paid once."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.models import Delegation, Request
from approvals.services import decide, set_routes
from approvals.services.decisions import Decision
from approvals.services.delegations import delegate, end_delegation
from core.actors import Actor, system_actor
from core.errors import Refused
from core.invariants import problems
from core.scope import scope
from core.unreadable import Unreadable
from hr.models import Employment
from payroll.claimed import NewItem, read
from payroll.models import PayClaim, PayElement, PayItem, PayRun, Payslip
from payroll.models import PayslipLine as Line
from payroll.paying.items import amounts_of
from payroll.selectors.slips import explained, sentences
from payroll.services.claims import create_element, make_claim
from payroll.services.replaying import replay
from payroll.services.runs import recalculate_some
from tenants.models import Grant, Unit
from tests.days import today
from tests.payroll.pay_runs import calculated, committed, group, paid, payroll, periods, person
from tests.world import SINCE, World

HALF_AGAIN: dict[str, Any] = {"basis": "hours", "percent": 150, "taxed": True, "pensionable": False}
TRAVEL: dict[str, Any] = {"basis": "amount", "percent": 0, "taxed": False, "pensionable": False}


def item(employee: int = 1, **given: Any) -> NewItem:
    facts = {"row": 2, "employee": employee, "element": "OT", "worked_on": today()}
    return NewItem(
        **{**facts, **({"minutes": 120} if "amount_pence" not in given else {}), **given}
    )


def travel(employee: int = 1, pence: int = 2345, **given: Any) -> NewItem:
    return item(employee, element="TRAVEL", amount_pence=pence, **given)


@pytest.fixture
def office(world: World) -> Actor:
    """The payroll officer of two people, with two elements of pay and a route for claims."""
    by = payroll(world, person(1), person(2))
    with scope(acting=by.organisation_id):
        create_element(code="OT", name="Overtime at time and a half", by=by, **HALF_AGAIN)
        create_element(code="TRAVEL", name="Travel", by=by, **TRAVEL)
        bands = [(0, None, "finance_manager")]
        set_routes(subject_key="payroll.claim", bands=bands, by=system_actor(by.organisation_id))
    return by


def claimed(by: Actor, *items: NewItem, **given: Any) -> PayClaim:
    with scope(acting=by.organisation_id):
        return make_claim(items=items, reason="Flood duty", by=by, **given)


def decided(world: World, claim: PayClaim, decision: Decision = "approve") -> PayClaim:
    with scope(acting=claim.organisation_id):
        request = Request.objects.get(subject_key="payroll.claim", subject_id=claim.pk)
        boss = world.actor("finance_manager@eastmere")
        comment = "" if decision == "approve" else "Not agreed"
        decide(request=request, decision=decision, comment=comment, by=boss, as_of=timezone.now())
        claim.refresh_from_db()
    return claim


def lines(run: PayRun, number: int = 1) -> dict[str, int]:
    rows = Line.objects.filter(payslip__pay_run=run, payslip__number=number)
    return {one.kind: one.amount_pence for one in rows.select_related("element")}


def test_hours_are_paid_at_a_part_of_the_hourly_rate_rounded_once() -> None:
    def row(full: int, week: int, minutes: int, percent: int) -> list[Any]:
        return [1, 1, "", percent, True, False, "2026-11-01", minutes, full, week, 0]

    # £31,049 over 52.143 weeks of 37.5 hours is £15.88 an hour (NHS terms, 2025-26).
    found = amounts_of(
        [row(31_049_00, 2250, 60, 100), row(31_049_00, 2250, 60, 150), row(31_049_00, 2250, 7, 133)]
    )
    # 3104900 / (52.143 * 37.5) = 1587.85…; half again 2381.78…; 7 minutes at 1.33: 246.38…
    assert found.tolist() == [1588, 2382, 246]


def test_a_claim_is_in_the_next_pay_and_paid_once(world: World, office: Actor) -> None:
    claim = decided(world, claimed(office, item(), travel(), item(2, minutes=30)))
    with scope(acting=office.organisation_id):
        first, second = periods(group(office))[:2]
    run = calculated(office, first)
    with scope(acting=office.organisation_id):
        found = lines(run)
        slip = Payslip.objects.get(number=1)
        assert found["expenses"] == slip.expenses_pence == 2345
        assert found["extra"] > 0
        # Travel is paid back beside the pay: it is in net pay and in nothing that is taxed.
        assert slip.gross_pence == found["basic"] + found["extra"]
        assert slip.taxable_pence == slip.gross_pence - slip.pension_pence
        assert slip.net_pence == sum(found.values())
        assert run.results["expenses"] == 2345
    run = paid(committed(run, office, world.actor("finance_manager@eastmere")), office)
    with scope(acting=office.organisation_id):
        assert set(PayItem.objects.values_list("pay_run_id", flat=True)) == {run.pk}
        assert list(problems(office.organisation_id)) == []
        assert replay(pay_run=run, by=office).agrees
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(l.amount_pence) FROM finance_journalline l"
                " JOIN finance_coding c ON c.organisation_id = l.organisation_id"
                "  AND c.id = l.coding_id"
                " JOIN finance_account a ON a.organisation_id = c.organisation_id"
                "  AND a.id = c.account_id WHERE l.batch_id = %s AND a.code = '53000'",
                [run.batch_id],
            )
            assert cursor.fetchone()[0] == 2345
    later = calculated(office, second)
    with scope(acting=office.organisation_id):
        assert set(lines(later)) & {"extra", "expenses"} == set()
        said = sentences(explained(Payslip.objects.get(pay_run=run, number=1)))
        assert said == []
        now = Payslip.objects.get(pay_run=later, number=1)
        before = Payslip.objects.get(pay_run=run, number=1)
        assert now.gross_pence < before.gross_pence
    assert claim.state == PayClaim.State.APPROVED


def test_a_payslip_says_how_a_claim_came_about(world: World, office: Actor) -> None:
    decided(world, claimed(office, item(), item(minutes=90, note="Night"), travel()))
    run = calculated(office)
    run = committed(run, office, world.actor("finance_manager@eastmere"))
    with scope(acting=office.organisation_id):
        found = explained(Payslip.objects.get(pay_run=run, number=1))
        assert found.agrees
        extra, back = (
            next(line for line in found.lines if line.name.startswith(name))
            for name in ("Overtime", "Travel")
        )
    assert len(extra.workings) == 2
    assert "2 hours at 1.5 times the hourly rate of £" in extra.workings[0]
    assert back.workings == (f"{today():%-d %B %Y}: £23.45.",)


def test_nothing_is_paid_before_it_is_approved_or_when_it_is_not(
    world: World, office: Actor
) -> None:
    decided(world, claimed(office, item()), "reject")
    waiting = claimed(office, travel())
    run = calculated(office)
    with scope(acting=office.organisation_id):
        assert set(lines(run)) & {"extra", "expenses"} == set()
    decided(world, waiting)
    with scope(acting=office.organisation_id):
        one = Employment.objects.get(number=1)
        run = recalculate_some(pay_run=run, employments=[one.pk], by=office)
        assert lines(run)["expenses"] == 2345
    # What was rejected can be claimed again.
    assert claimed(office, item()).state == PayClaim.State.WAITING


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ([item(9)], "Row 2, employee: nobody here has the number 9."),
        ([item(element="GIFT")], "Row 2, element: there is no element «GIFT» here."),
        ([item(element="TRAVEL")], "Row 2, amount: Travel is claimed as an amount"),
        ([item(amount_pence=100)], "Row 2, hours: Overtime at time and a half is claimed in hours"),
        ([item(job=2)], "Row 2, job: job 2 was not held on that day."),
        ([item(worked_on=date(2019, 1, 1))], "Row 2, day: it lies in the future or more than two"),
        ([item(worked_on=date(2099, 1, 1))], "Row 2, day: it lies in the future"),
        ([item(), item(row=3)], "Row 3, day: another row says the same."),
    ],
)
def test_what_is_wrong_is_said_by_row_and_field(
    office: Actor, wrong: list[NewItem], words: str
) -> None:
    with pytest.raises(Refused) as error:
        claimed(office, *wrong)
    assert error.value.code == "PRL20"
    assert words in error.value.message
    with scope(acting=office.organisation_id):
        assert not PayClaim.objects.exists()


def test_the_same_is_not_claimed_twice(office: Actor) -> None:
    claim = claimed(office, item())
    with pytest.raises(Refused, match=f"{claim} has the same already"):
        claimed(office, item(row=7), travel())
    claimed(office, travel(2), sha256="a" * 64, name="a.csv")
    with pytest.raises(Refused) as error:
        claimed(office, travel(2, pence=99), sha256="a" * 64, name="b.csv")
    assert error.value.code == "PRL21"
    with scope(acting=office.organisation_id):
        row = PayItem.objects.filter(claim=claim).get()
        with pytest.raises(IntegrityError), transaction.atomic():
            row.pk = None
            row.save(force_insert=True)


def test_elements_have_a_name_of_their_own(office: Actor) -> None:
    for code, name in (("OT", "Other"), ("NEW", "Travel"), ("NEW", "Basic pay, job 2")):
        with scope(acting=office.organisation_id), pytest.raises(Refused) as error:
            create_element(code=code, name=name, by=office, **TRAVEL)
        assert error.value.code == "PRL23"
    with scope(acting=office.organisation_id):
        assert PayElement.objects.count() == 2


def test_nobody_approves_pay_of_their_own(world: World, office: Actor) -> None:
    boss = world.actor("finance_manager@eastmere")
    claim = claimed(office, item())
    with scope(acting=office.organisation_id):
        Employment.objects.filter(number=1).update(person_id=boss.person_id)
        request = Request.objects.get(subject_key="payroll.claim", subject_id=claim.pk)
        with pytest.raises(Refused) as error:
            decide(request=request, decision="approve", comment="", by=boss, as_of=timezone.now())
    assert error.value.code == "PRL22"


def test_staff_claim_for_themselves_and_see_only_their_own(world: World, office: Actor) -> None:
    claimed(office, travel(2))
    person_id = world.actor("staff@eastmere").person_id
    with scope(acting=office.organisation_id):
        Employment.objects.filter(number=1).update(person_id=person_id)
    client = Client()
    client.force_login(world.people["staff@eastmere"])
    given = {"employee": "1", "element": "TRAVEL", "worked_on": today().isoformat(), "job": "1",
             "amount": "12.50", "reason": "Train to York"}  # fmt: skip
    answer = client.post(reverse("my_claim_new", args=["eastmere"]), given)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    page = client.get(answer["Location"]).content.decode()
    assert "£12.50" in page
    assert "Train to York" in page
    page = client.get(reverse("my_claims", args=["eastmere"])).content.decode()
    assert page.count("CLAIM-") == 1
    assert client.get(reverse("my_claim", args=["eastmere", 1])).status_code == 404
    other = {**given, "employee": "2"}
    assert client.post(reverse("my_claim_new", args=["eastmere"]), other).status_code == 422


def test_a_file_is_taken_whole_or_not_at_all(world: World, office: Actor) -> None:
    client = Client()
    client.force_login(world.people["payroll_officer@eastmere"])
    url, day = reverse("pay_claim_file", args=["eastmere"]), f"{today():%d/%m/%Y}"
    head = "employee,element,day,hours,amount,job,note\n"

    def send(text: str) -> Any:
        sent = SimpleUploadedFile("october.csv", (head + text).encode())
        return client.post(url, {"file": sent, "reason": "October rota"})

    answer = send(f"1,OT,{day},2.5,,1,\n2,TRAVEL,{day},,12.345,,\n").content.decode()
    assert "Row 3, amount: «12.345» is not an amount like 23.45." in answer
    answer = send(f"1,OT,{day},2.5,,1,\n2,TRAVEL,{day},,12.34,,bus\n")
    assert answer.status_code == 302
    with scope(acting=office.organisation_id):
        claim = PayClaim.objects.get()
        assert (claim.items_count, claim.name) == (2, "october.csv")
    assert (
        "sent in before"
        in send(f"1,OT,{day},2.5,,1,\n2,TRAVEL,{day},,12.34,,bus\n").content.decode()
    )


def test_a_file_without_its_columns_says_so() -> None:
    with pytest.raises(Unreadable, match="These columns are missing: element, day"):
        read(b"employee,hours\n1,2\n")
    items, wrong = read(b"employee,element,day,hours\n1,OT,2026-02-30,2\nx,OT,2026-02-01,0\n")
    assert items == []
    assert [row for row, _ in wrong] == [2, 3, 3]


def test_programs_send_claims_in_and_read_them(world: World, office: Actor) -> None:
    client = Client()
    client.force_login(world.people["payroll_officer@eastmere"])
    asked = {"employee": 1, "element": "OT", "day": today().isoformat(), "minutes": 90}
    sent = {"reason": "Rota", "items": [asked, {**asked, "employee": 2}]}
    headers = {"Idempotency-Key": "rota-1"}
    given: dict[str, Any] = {"content_type": "application/json", "headers": headers}
    answer = client.post("/api/v1/eastmere/claims/new/", sent, **given)
    assert answer.status_code == 201, answer.content
    again = client.post("/api/v1/eastmere/claims/new/", sent, **given)
    assert again.headers["Idempotency-Replayed"] == "true"
    found = client.get(f"/api/v1/eastmere/claims/{answer.json()['number']}/").json()
    assert [(one["employee"], one["minutes"], one["pay_run"]) for one in found["items"]] == [
        (1, 90, None), (2, 90, None)
    ]  # fmt: skip
    assert len(client.get("/api/v1/eastmere/claims/").json()["results"]) == 1
    elements = {one["code"]: one for one in client.get("/api/v1/eastmere/pay-elements/").json()}
    assert (elements["OT"]["basis"], elements["OT"]["taxed"]) == ("hours", True)
    client.force_login(world.people["staff@eastmere"])
    assert client.get("/api/v1/eastmere/pay-elements/").status_code == 403


def test_cards_of_many_claims_cost_as_much_as_one(world: World, office: Actor) -> None:
    client, asks = Client(), []
    client.force_login(world.people["finance_manager@eastmere"])
    for number in (1, 2):
        claimed(office, *(travel(number, pence=100 + n) for n in range(7)))
        answer = client.get("/eastmere/waiting/")
        page = answer.content.decode()
        assert page.count(f"Travel, {today():%-d %B %Y}: £1.0") == 5 * number
        assert page.count("2 more items") == number
        asks.append(int(answer["X-Queries"]))
    assert asks[0] == asks[1]


def test_who_decides_for_somebody_else_can_open_the_claim(world: World, office: Actor) -> None:
    """A manager of another unit decides by delegation, and reads it before and afterwards."""
    claim = claimed(office, item())
    other, boss = world.people["manager@eastmere"], world.actor("finance_manager@eastmere")
    address = f"/eastmere/claims/{claim.number}/"
    client = Client()
    client.force_login(other)
    with scope(acting=office.organisation_id):
        unit = Unit.objects.create(
            organisation_id=office.organisation_id, code="FAR", name="Far", path="FAR.",
            valid=(SINCE, None),
        )  # fmt: skip
        Grant.objects.filter(person=other).update(unit=unit)
    assert client.get(address).status_code == 404
    days = {"first_on": today(), "last_on": today()}
    with scope(acting=office.organisation_id):
        delegate(to_person_id=other.pk, **days, by=boss, as_of=timezone.now())
    assert client.get(address).status_code == 200
    with scope(acting=office.organisation_id):
        request = Request.objects.get(subject_key="payroll.claim")
        by = world.actor("manager@eastmere")
        decide(request=request, decision="approve", comment="", by=by, as_of=timezone.now())
        end_delegation(delegation_id=Delegation.objects.get().pk, by=boss, as_of=timezone.now())
    assert client.get(address).status_code == 200
    assert client.get(f"/api/v1{address}").status_code == 200
    another = claimed(office, item(2))
    assert client.get(f"/eastmere/claims/{another.number}/").status_code == 404
