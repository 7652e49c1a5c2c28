"""Two payrolls beside each other: every difference has its cause, and people say the rest."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.actors import Actor
from core.errors import Clash, NotAllowed, Refused
from core.scope import scope
from events.models import Event
from payroll.models import ParallelDifference, ParallelRun, PayRun
from payroll.selectors.parallel import counts_of, differences_of, who_explains
from payroll.services.differences import agree, assign, compare, explain, look_at_differences
from payroll.services.parallel import confirm_guesses, withdraw
from tenants.roles import Role
from tenants.services import give_role
from tests.payroll.parallel_books import amount, changed, compared, loaded, theirs
from tests.payroll.pay_runs import again, calculated, claimable, claims, payroll, person
from tests.world import SINCE, World


@pytest.fixture
def office(world: World) -> Actor:
    """A payroll officer whose colleague can run the pay as well."""
    by = payroll(world, *(person(n, tax_code="BR") for n in (1, 2, 3)))
    with scope(acting=by.organisation_id):
        give_role(
            person=world.people["hr_officer@eastmere"], role=Role.PAYROLL_OFFICER, since=SINCE
        )
    return by


def colleague(world: World) -> Actor:
    return world.actor("hr_officer@eastmere")


def found(parallel: ParallelRun) -> list[tuple[int, str, str, str]]:
    rows = ParallelDifference.objects.filter(parallel_run=parallel).order_by("employee", "target")
    return [(one.employee, one.target, one.cause, one.found) for one in rows]


def test_the_same_pay_has_no_differences(office: Actor) -> None:
    run = calculated(office)
    with scope(acting=office.organisation_id):
        parallel = compared(office, run, theirs(run))
        assert found(parallel) == []
        assert parallel.pay_run == run


@pytest.mark.parametrize(
    ("what", "given", "cause", "words"),
    [
        ("tax", {"by": 2}, "rounding", "2p"),
        ("tax", {"by": 3}, "rule", "The same tax code and pay, and another amount"),
        ("tax", {"by": 500, "fact": "0T"}, "parameter", "Tax code: 0T there, BR here"),
        ("tax", {"by": 500, "fact": "br m1"}, "parameter", "Tax code: BRX there, BR here"),
        ("tax", {"by": 500, "fact": ""}, "unexplained", ""),
        ("nic", {"by": 500, "fact": "C"}, "parameter", "Letter: C there, A here"),
        ("nic", {"by": -9, "fact": "a"}, "rule", "The same letter and pay, and another amount"),
        ("pension", {"by": 500}, "unexplained", ""),
        ("net", {"by": 500}, "unexplained", ""),
        ("basic", {"by": 500, "minutes": 600}, "input", "Hours: 10.00 there, "),
        ("basic", {"by": 500, "rate_pence": 100}, "parameter", "Rate: £1.00 there, £"),
        ("basic", {"by": 500}, "rule", "The same hours and rate, and another amount"),
        ("basic", {"by": 500, "rate_pence": None}, "parameter", "The same hours, so another rate"),
        ("basic", {"by": 500, "minutes": None, "rate_pence": None}, "unexplained", ""),
    ],
)
def test_every_difference_has_its_cause(
    office: Actor, what: str, given: dict[str, Any], cause: str, words: str
) -> None:
    run = calculated(office)
    with scope(acting=office.organisation_id):
        parallel = compared(office, run, changed(theirs(run), 2, what, **given))
        ((employee, target, why, said),) = found(parallel)
    assert (employee, target, why) == (2, what, cause)
    assert said == words or (words.endswith((" ", "£")) and said.startswith(words))


def test_what_follows_from_a_difference_says_so(office: Actor) -> None:
    """And the sum of roundings is one."""
    run = calculated(office)
    with scope(acting=office.organisation_id):
        rows = changed(theirs(run), 1, "basic", by=5_000, minutes=600)
        for what in ("pension", "tax", "nic", "net"):
            rows = changed(rows, 1, what, by=-700)
        for what in ("tax", "nic"):
            rows = changed(rows, 2, what, by=2)
        rows = changed(rows, 2, "net", by=4)
        parallel = compared(office, run, rows)
        causes = {(one, what): (cause, said) for one, what, cause, said in found(parallel)}
        follows = {causes[1, what] for what in ("pension", "tax", "nic", "net")}
        assert causes[1, "basic"][0] == "input"
        assert [(cause, said[:12]) for cause, said in follows] == [("input", "Follows from")]
        assert causes[2, "net"] == ("rounding", "Roundings of what it is the sum of")
        assert {causes[2, what][0] for what in ("tax", "nic")} == {"rounding"}


def test_people_and_elements_of_one_side_alone(world: World, office: Actor) -> None:
    with scope(acting=office.organisation_id):
        claimable(office, "Car")
        claims(world, office, 3, words="Car")
    run = calculated(office)
    with scope(acting=office.organisation_id):
        slip = run.payslips.get(number=3)
        extra = [amount(run.period, 77, "Basic", 5), amount(run.period, 2, "Gift Aid giving", -900)]
        rows = [one for one in theirs(run) if one.employee != 1]
        parallel = compared(office, run, [*rows, *extra])
        said = {(one, what): (cause, words) for one, what, cause, words in found(parallel)}
        assert said[77, "basic"] == ("input", "Paid by the other payroll, and not here")
        assert said[1, "tax"] == ("input", "Paid here, and not by the other payroll")
        assert said[2, "giving"] == ("input", "Entered there, and not here")
        assert said[3, "expenses"] == ("input", "Entered here, and not there")
        assert ParallelDifference.objects.get(employee=77).name == ""
        assert slip.expenses_pence == 100


def test_what_says_the_same_keeps_what_people_said(world: World, office: Actor) -> None:
    run, at = calculated(office), timezone.now()
    with scope(acting=office.organisation_id):
        rows = changed(theirs(run), 2, "tax", by=500, fact="")
        parallel = compared(office, run, changed(rows, 3, "net", by=900))
        first, second = ParallelDifference.objects.order_by("employee")
        ids = [first.pk, second.pk]
        explain(parallel=parallel, ids=ids, cause="rule", words="Their table is old", by=office)
        with pytest.raises(Refused) as refused:
            agree(parallel=parallel, ids=ids, by=office, at=at)
        assert refused.value.code == "PRL77"
        assert agree(parallel=parallel, ids=[first.pk], by=colleague(world), at=at) == 1
        ParallelDifference.objects.filter(pk=second.pk).update(legacy_pence=1)
        compare(parallel=parallel, by=office, at=at)
        now = {one.employee: one for one in ParallelDifference.objects.all()}
        assert (now[2].pk, now[2].cause, now[2].explanation) == (
            first.pk, "rule", "Their table is old"
        )  # fmt: skip
        assert (now[3].cause, now[3].said) == ("unexplained", "")
        counts = counts_of(parallel)
        assert (counts["rule"].count, counts["rule"].less_pence) == (1, -500)
        assert (counts["unexplained"].count, counts["rule"].waiting) == (1, 0)


def test_acts_on_differences_are_refused(world: World, office: Actor) -> None:
    run, at = calculated(office), timezone.now()
    with scope(acting=office.organisation_id):
        parallel = loaded(office, run.period, *changed(theirs(run), 2, "tax", by=500))
        with pytest.raises(Refused) as refused:
            compare(parallel=parallel, by=office, at=at)
        assert refused.value.code == "PRL75"
        confirm_guesses(by=office, at=at)
        PayRun.objects.filter(pk=run.pk).update(state="calculating")
        with pytest.raises(Refused) as refused:
            compare(parallel=parallel, by=office, at=at)
        assert refused.value.code == "PRL76"
        PayRun.objects.filter(pk=run.pk).update(state="calculated")
        compare(parallel=parallel, by=office, at=at)
        ids = list(differences_of(parallel).values_list("pk", flat=True))
        for cause, words, code in (("rule", " ", "PRL13"), ("rounding", "So", "PRL78")):
            with pytest.raises(Refused) as refused:
                explain(parallel=parallel, ids=ids, cause=cause, words=words, by=office)
            assert refused.value.code == code
        row = ParallelDifference.objects.select_related("employment").get()
        type(row.employment).objects.filter(pk=row.employment_id).update(person_id=office.person_id)
        with pytest.raises(Refused) as refused:
            explain(parallel=parallel, ids=ids, cause="rule", words="So", by=office)
        assert refused.value.code == "PRL25"
        with pytest.raises(NotAllowed):
            look_at_differences(parallel=parallel, by=world.actor("finance_manager@eastmere"))
        withdraw(parallel=parallel, reason="Wrong", by=office)
        with pytest.raises(Clash):
            compare(parallel=parallel, by=office, at=at)
        with pytest.raises(Refused) as refused:
            explain(parallel=parallel, ids=ids, cause="rule", words="So", by=colleague(world))
        assert refused.value.code == "PRL78"


def test_differences_are_given_to_who_runs_the_pay(world: World, office: Actor) -> None:
    run = calculated(office)
    with scope(acting=office.organisation_id):
        parallel = compared(office, run, changed(theirs(run), 2, "net", by=900))
        people = who_explains(office.organisation_id, timezone.localdate())
        assert {one.person_id for one in people} == {
            world.people[f"{role}@eastmere"].pk for role in ("payroll_officer", "hr_officer")
        }
        ids = list(differences_of(parallel).values_list("pk", flat=True))
        assert assign(parallel=parallel, ids=ids, to=people[0], by=office) == 1
        assert ParallelDifference.objects.get().assigned_to_name == people[0].name


def test_the_pages_from_comparison_to_agreement(world: World, office: Actor) -> None:
    run = calculated(office)
    with scope(acting=office.organisation_id):
        rows = changed(theirs(run), 2, "tax", by=500, fact="")
        loaded(office, run.period, *changed(rows, 3, "net", by=900))
    mine, other = Client(), Client()
    mine.force_login(world.people["payroll_officer@eastmere"])
    other.force_login(world.people["hr_officer@eastmere"])
    here = "/eastmere/payroll/parallel/1/"
    assert (
        "Say first what every element" in mine.post(f"{here}compare/", follow=True).content.decode()
    )
    mine.post("/eastmere/payroll/parallel/elements/")
    shown = mine.post(f"{here}compare/", follow=True).content.decode()
    assert "Differences by cause" in shown and "Unexplained" in shown
    listed = mine.get(f"{here}differences/?cause=unexplained").content.decode()
    assert "Person 2" in listed and "Person 3" in listed and "£5.00" in listed
    assert "Person 3" not in mine.get(f"{here}differences/?q=2").content.decode()
    export = mine.get(f"{here}differences/?format=csv&of=Differences")
    assert b"Person 2" in export.content
    sent = {"scope": "all", "action": "explain", "said": "rule", "words": "Their table is old"}
    assert mine.post(f"{here}differences/settle/?cause=unexplained", sent).status_code == 302
    with scope(acting=office.organisation_id):
        key = ParallelDifference.objects.get(employee=2).pk
        people = ParallelDifference.objects.get(employee=3)
    one = mine.get(f"{here}differences/{key}/").content.decode()
    assert "Rule: Their table is old" in one and "Rows of the file" in one
    agreeing = {"rows": [key], "action": "agree"}
    assert (
        "explained this difference yourself"
        in mine.post(f"{here}differences/settle/", agreeing, follow=True).content.decode()
    )
    other.post(f"{here}differences/settle/", agreeing)
    giving = {"rows": [people.pk], "action": "assign", "holder_id": office.person_id}
    other.post(f"{here}differences/settle/", giving)
    with scope(acting=office.organisation_id):
        agreed = ParallelDifference.objects.get(pk=key)
        assert agreed.agreed_by_name == world.people["hr_officer@eastmere"].name
        assert ParallelDifference.objects.get(employee=3).assigned_to_id == office.person_id
        assert Event.objects.filter(verb="payroll.parallel.seen").count() >= 4
    boss = Client()
    boss.force_login(world.people["finance_manager@eastmere"])
    totals = boss.get(here).content.decode()
    assert "Differences by cause" in totals and "Person 2" not in totals
    assert boss.get(f"{here}differences/").status_code == 403


def test_programs_compare_and_explain(world: World, office: Actor) -> None:
    run = calculated(office)
    with scope(acting=office.organisation_id):
        loaded(office, run.period, *changed(theirs(run), 2, "net", by=900))
        confirm_guesses(by=office, at=timezone.now())
    here = "/api/v1/eastmere/parallel-runs/1/"

    def call(who: str, path: str, sent: Any, key: str) -> Any:
        client = Client()
        client.force_login(world.people[f"{who}@eastmere"])
        headers = {"Idempotency-Key": key}
        return client.post(f"{here}{path}", sent, "application/json", headers=headers)

    causes = call("payroll_officer", "comparison/", {}, "a").json()["causes"]
    assert {"cause": "unexplained", "count": 1, "more": "0.00", "less": "-9.00",
            "waiting": 0} in causes  # fmt: skip
    client = Client()
    client.force_login(world.people["payroll_officer@eastmere"])
    (row,) = client.get(f"{here}differences/?standing=open").json()["results"]
    some = {"ids": [row["id"]]}
    given = call("payroll_officer", "assignment/", {**some, "person": office.person_id}, "b")
    assert given.json() == {"count": 1}
    assert call("payroll_officer", "assignment/", {**some, "person": 1}, "c").status_code == 404
    said = {**some, "cause": "input", "words": "A cheque by hand"}
    assert call("payroll_officer", "explanation/", said, "d").json() == {"count": 1}
    assert call("payroll_officer", "agreement/", some, "e").json()["code"] == "PRL77"
    assert call("hr_officer", "agreement/", some, "f").json() == {"count": 1}
    (row,) = client.get(f"{here}differences/?standing=agreed").json()["results"]
    assert (row["cause"], row["agreed_by"]) == ("input", world.people["hr_officer@eastmere"].name)
    assert again(run).state == "calculated"
