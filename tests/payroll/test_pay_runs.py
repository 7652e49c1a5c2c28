"""A pay run from the record of staff to the bank, and what nobody can do to it."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from core.errors import NotAllowed, Refused
from core.scope import scope
from core.vault import place_in, seal
from events.models import Event
from finance.formats.bacs18 import check as check_bacs
from finance.models import Coding, JournalLine
from hr.models import Employment, PrivateDetails
from payroll.calculator.periods import year_start
from payroll.models import (
    Cause,
    PayException,
    PayFile,
    PayFilePart,
    PayMember,
    PayPayment,
    PayRun,
    Payslip,
)
from payroll.models import PayslipLine as Line
from payroll.selectors.runs import bytes_of
from payroll.services.replaying import replay
from payroll.services.runs import (
    approve,
    recalculate_all,
    recalculate_some,
    send_back,
    start_pay_run,
    submit,
    waive,
)
from payroll.views.exceptions import REMEDIES
from tenants.models import Unit
from tests.payroll.pay_runs import (
    again,
    calculated,
    committed,
    group,
    next_month_end,
    paid,
    payroll,
    periods,
    person,
    submitted,
)
from tests.world import World

HALF = {"hours": "18.5", "cost_centres": "110:60; 200:40"}


def code(error: pytest.ExceptionInfo[Refused]) -> str:
    return error.value.code


def causes(run: PayRun) -> set[tuple[int, str]]:
    rows = PayException.objects.filter(pay_run=run, waived_at__isnull=True)
    return set(rows.values_list("number", "cause"))


def ledger(run: PayRun) -> dict[tuple[str, str], int]:
    """What the journals of a run say, by account and unit."""
    found: dict[tuple[str, str], int] = {}
    units = {one.pk: one.code for one in Unit.objects.all()}
    codings = {one.pk: one for one in Coding.objects.select_related("account")}
    for line in JournalLine.objects.filter(batch_id__in=[run.batch_id, run.pay_batch_id]):
        coding = codings[line.coding_id]
        key = coding.account.code, units.get(coding.unit_id, "")
        found[key] = found.get(key, 0) + line.amount_pence
    return found


def test_a_run_goes_from_the_record_to_the_bank(world: World) -> None:
    by = payroll(world, person(1), person(2, tax_code="BR", **HALF))
    boss = world.actor("finance_manager@eastmere")
    run = calculated(by)
    assert run.state == "calculated"
    with scope(acting=by.organisation_id):
        whole, half = Payslip.objects.order_by("number")
        assert half.gross_pence in ((whole.gross_pence + 1) // 2, whole.gross_pence // 2)
        assert [(one.kind, one.job) for one in whole.lines.order_by("place")] == [
            ("basic", 1), ("pension", 0), ("nic", 0)
        ]  # fmt: skip
        assert sum(whole.lines.values_list("amount_pence", flat=True)) == whole.net_pence
        totals = run.results
        assert totals["people"] == 2
        assert totals["net"] == whole.net_pence + half.net_pence
        assert causes(run) == set()
    run = paid(committed(run, by, boss), by)
    assert run.state == "paid"
    with scope(acting=by.organisation_id):
        found = ledger(run)
        employer = totals["employer_nic"] + totals["employer_pension"]
        assert found.pop(("21500", "")) == 0
        assert found.pop(("21510", "")) == -totals["tax"]
        assert found.pop(("21511", "")) == -totals["nic"] - totals["employer_nic"]
        assert found.pop(("21520", "")) == -totals["pension"] - totals["employer_pension"]
        assert found.pop(("16000", "")) == -totals["net"]
        assert found["51000", "200"] == half.gross_pence - half.gross_pence * 6 // 10
        assert {unit for _, unit in found} == {"110", "200"}
        assert sum(found.values()) == totals["gross"] + employer
        out = PayPayment.objects.order_by("number").values_list("number", "amount_pence")
        assert list(out) == [(1, whole.net_pence), (2, half.net_pence)]
        bacs, pain = PayFile.objects.order_by("format")
        assert check_bacs(bytes_of(bacs)) == []
        assert b"SALARY 2" in bytes_of(bacs)
        assert bytes_of(pain).count(b"<CdtTrfTxInf>") == 2
        lies = b"".join(bytes(part.content_sealed) for part in PayFilePart.objects.all())
        _, payee = PrivateDetails.objects.order_by("id")[0].digits()
        assert payee.encode() in bytes_of(bacs) and payee.encode() not in lies
        assert lies.startswith(b"local.") and b"SALARY" not in lies
        verbs = Event.objects.filter(subject_key="payroll.run").order_by("id")
        said = [one.verb.removeprefix("payroll.run.") for one in verbs]
        assert said == ["started", "calculated", "submitted", "approved", "committed", "paid"]


def test_what_was_paid_counts_in_the_next_month(world: World) -> None:
    by = payroll(world, person(1))
    with scope(acting=by.organisation_id):
        first, second = periods(group(by))[:2]
    paid(committed(calculated(by, first), by, world.actor("finance_manager@eastmere")), by)
    run = calculated(by, second)
    with scope(acting=by.organisation_id):
        one, two = Payslip.objects.order_by("pays_on")
        same_year = year_start(one.pays_on) == year_start(two.pays_on)
        before = one.taxable_pence if same_year else 0
        assert two.taxable_to_date_pence == before + two.taxable_pence
        assert two.inputs["tax_before"] == (one.tax_pence if same_year else 0)
        assert run.results["people"] == 1


def test_a_starter_and_a_leaver_are_paid_for_their_days_and_looked_at(world: World) -> None:
    end = next_month_end()
    start, last = end.replace(day=11), end.replace(day=10)
    by = payroll(
        world,
        person(1, **{"employed_from": start.isoformat(), "from": start.isoformat()}),
        person(2, employed_to=last.isoformat(), leaving_reason="Retired"),
    )
    with scope(acting=by.organisation_id):
        period = periods(group(by, pro_rata="calendar"))[0]
    run = calculated(by, period)
    with scope(acting=by.organisation_id):
        starter, leaver = Payslip.objects.order_by("number")
        month = sum(one.gross_pence for one in (starter, leaver))
        assert abs(month * 10 - leaver.gross_pence * end.day) <= end.day
        assert causes(run) == {(1, "first"), (2, "leaver")}


def test_exceptions_are_waived_with_a_reason_or_put_right_and_calculated_alone(
    world: World,
) -> None:
    by = payroll(
        world,
        person(1, ni_number="", account_number="00000009"),
        person(2, account_number="00000009"),
        person(3, tax_code="D1"),
    )
    run = calculated(by)
    with scope(acting=by.organisation_id):
        shared = {(1, "shared_bank"), (2, "shared_bank")}
        assert causes(run) == {(1, "no_ni_number"), (3, "high_tax"), *shared}
        ids = {one.number: one.pk for one in Employment.objects.all()}
        given = {"pay_run": run, "by": by}
        with pytest.raises(Refused) as error:
            waive(cause="high_tax", employments=[ids[3]], reason=" ", **given)
        assert code(error) == "PRL13"
        assert waive(cause="high_tax", employments=[ids[3]], reason="HMRC says so", **given) == 1
        assert (
            waive(cause="shared_bank", employments=list(ids.values()), reason="Pair", **given) == 2
        )
        with pytest.raises(Refused) as error:
            submit(pay_run=run, version=run.version, by=by)
        assert code(error) == "PRL10"
        details = PrivateDetails.objects.get(employment_id=ids[1])
        place = place_in(PrivateDetails, "ni_sealed", details.organisation_id, details.pk)
        PrivateDetails.objects.filter(pk=details.pk).update(ni_sealed=seal(place, "AB123456A"))
        before = {one.employment_id: one.pk for one in Payslip.objects.all()}
        run = recalculate_some(pay_run=run, employments=[ids[1], ids[3]], by=by)
        after = {one.employment_id: one.pk for one in Payslip.objects.all()}
        assert {key for key in after if after[key] != before[key]} == {ids[1], ids[3]}
        assert causes(run) == set()
        assert PayException.objects.get(cause="high_tax").reason == "HMRC says so"
        assert submit(pay_run=run, version=run.version, by=by).state == "submitted"


def test_nobody_settles_what_is_about_their_own_pay(world: World) -> None:
    officer = world.people["payroll_officer@eastmere"]
    by = payroll(world, person(1, ni_number="", email=officer.email, name=officer.name))
    run = calculated(by)
    with scope(acting=by.organisation_id), pytest.raises(Refused) as error:
        ids = list(Employment.objects.values_list("id", flat=True))
        waive(pay_run=run, cause="no_ni_number", employments=ids, reason="Mine", by=by)
    assert code(error) == "PRL14"


def test_a_second_person_approves_and_types_the_total(world: World) -> None:
    by = payroll(world, person(1))
    boss = world.actor("finance_manager@eastmere")
    run = submitted(calculated(by), by)
    given: dict[str, Any] = {"pay_run": run, "version": run.version}
    with scope(acting=by.organisation_id):
        with pytest.raises(NotAllowed):
            approve(typed_total_pence=run.results["net"], by=by, **given)
        with pytest.raises(Refused) as error:
            approve(typed_total_pence=run.results["net"] + 1, by=boss, **given)
        assert code(error) == "PRL12"
        with pytest.raises(IntegrityError), transaction.atomic():
            PayRun.objects.update(approved_by_id=by.person_id)
        back = send_back(pay_run=run, reason="Look at the leavers", by=boss)
        assert back.state == "calculated"
    run = submitted(back, by)
    with scope(acting=by.organisation_id):
        PayRun.objects.update(made_by_id=boss.person_id)
        with pytest.raises(Refused) as error:
            approve(pay_run=run, version=run.version, typed_total_pence=run.results["net"], by=boss)
        assert code(error) == "PRL11"


BREAKS = (
    "DELETE FROM payroll_payslipline",
    "DELETE FROM payroll_paycost",
    "INSERT INTO payroll_payslipline (organisation_id, payslip_id, place, kind, job, amount_pence)"
    " SELECT organisation_id, id, 99, 'basic', 1, 1 FROM payroll_payslip",
    "INSERT INTO payroll_paycost (organisation_id, payslip_id, unit_id, pay_pence, nic_pence,"
    " pension_pence) SELECT s.organisation_id, s.id, u.id, 1, 1, 1 FROM payroll_payslip s"
    " JOIN tenants_unit u ON u.organisation_id = s.organisation_id",
    "UPDATE payroll_payrun SET state = 'calculated'",
    "UPDATE payroll_payrun SET results = '{}'",
)


def test_committed_pay_is_final_whoever_asks(world: World) -> None:
    by = payroll(world, person(1))
    run = committed(calculated(by), by, world.actor("finance_manager@eastmere"))
    ids = [1]
    with scope(acting=by.organisation_id):
        for act in (
            lambda: recalculate_all(pay_run=run, version=run.version, by=by),
            lambda: recalculate_some(pay_run=run, employments=ids, by=by),
            lambda: waive(pay_run=run, cause="first", employments=ids, reason="No", by=by),
        ):
            with pytest.raises(Refused) as error:
                act()
            assert code(error) == "PRL08"
        with connection.cursor() as cursor:
            for statement in BREAKS:
                with pytest.raises(IntegrityError, match="committed pay run"), transaction.atomic():
                    cursor.execute(statement)
            assert Line.objects.count() == 3


def test_payslips_that_do_not_add_up_are_not_committed(world: World) -> None:
    by = payroll(world, person(1))
    run = submitted(calculated(by), by)
    with scope(acting=by.organisation_id):
        Line.objects.filter(kind="nic").delete()
        boss = world.actor("finance_manager@eastmere")
        with pytest.raises(IntegrityError, match="do not add up"), transaction.atomic():
            PayRun.objects.update(
                state="committed", approved_by_id=boss.person_id, committed_at=run.made_at
            )


def test_a_period_waits_for_the_one_before_and_is_begun_once(world: World) -> None:
    by = payroll(world, person(1))
    with scope(acting=by.organisation_id):
        first, second = periods(group(by))[:2]
        run = start_pay_run(period=first, by=by)
        assert start_pay_run(period=first, by=by) == run
        with pytest.raises(Refused) as error:
            start_pay_run(period=second, by=by)
        assert code(error) == "PRL16"
        late = world.actor("finance_manager@eastmere")
        with pytest.raises(NotAllowed):
            start_pay_run(period=second, by=late)


def test_a_group_takes_its_scale_and_another_the_rest(world: World) -> None:
    by = payroll(world, person(1))
    with scope(acting=by.organisation_id):
        from hr.services.terms import install_terms

        police = install_terms(template="police", by=world.actor("hr_officer@eastmere"))
        officers = group(by, code="P", name="Officers", scale=police)
        with pytest.raises(Refused) as error:
            start_pay_run(period=periods(officers)[0], by=by)
        assert code(error) == "PRL15"
        with pytest.raises(Refused) as error:
            group(by, code="P2", scale=police)
        assert code(error) == "PRL07"
        young = (next_month_end() - timedelta(days=365 * 19)).isoformat()
        PrivateDetails.objects.update(born_on=young)
    calculated(by)
    with scope(acting=by.organisation_id):
        assert PayMember.objects.get().letter == "M"


def test_the_pages_lead_from_the_board_to_the_file(world: World, client: Client) -> None:
    by = payroll(world, person(1, ni_number=""))
    with scope(acting=by.organisation_id):
        period = periods(group(by))[0]
    slug = {"organisation": "eastmere"}
    client.force_login(world.people["payroll_officer@eastmere"])
    assert b"Run<span" in client.get(reverse("pay_board", kwargs=slug)).content
    answer = client.post(reverse("pay_start", kwargs={**slug, "period": period.pk}))
    at = {**slug, "number": 1}
    assert answer["Location"] == reverse("pay_run", kwargs=at)
    with scope(acting=by.organisation_id):
        run = PayRun.objects.get()
    calculated_run = _work(run)
    page = client.get(reverse("pay_run", kwargs=at)).content.decode()
    assert "No National Insurance number</a>: 1 open" in page
    assert "Send for approval" not in page
    cause = {**at, "cause": "no_ni_number"}
    assert b"Person 1" in client.get(reverse("pay_exceptions", kwargs=cause)).content
    assert client.get(reverse("pay_sign_off", kwargs=at)).content.startswith(b"%PDF")
    client.post(reverse("pay_settle", kwargs=cause), {"scope": "all", "reason": "Applied for"})
    client.post(reverse("pay_submit", kwargs=at), {"version": calculated_run.version})
    other = Client()
    other.force_login(world.people["finance_manager@eastmere"])
    page = other.get(reverse("pay_run", kwargs=at)).content.decode()
    assert "Approve and commit" in page
    assert "Person 1" not in page
    assert other.get(reverse("pay_exceptions", kwargs=cause)).status_code == 403
    assert other.get(reverse("pay_people", kwargs=at)).status_code == 403
    given = {"version": again(run).version, "total": f"{calculated_run.results['net'] / 100:.2f}"}
    other.post(reverse("pay_approve", kwargs=at), given)
    _work(again(run))
    client.post(reverse("pay_out", kwargs=at))
    _work(again(run))
    file = client.get(reverse("pay_file", kwargs={**at, "format": "bacs18"}))
    assert b"SALARY 1" in file.content
    assert Client().get(reverse("pay_run", kwargs=at)).status_code == 302


def _work(run: PayRun) -> PayRun:
    from runs.services import work_run

    found = again(run)
    assert found.run_id is not None
    work_run(found.organisation_id, found.run_id)
    return again(run)


def test_a_run_is_replayed_to_the_same_bytes(world: World) -> None:
    by = payroll(world, person(1), person(2, **HALF), person(3, job="1"), person(4, tax_code="BR"))
    run = paid(committed(calculated(by), by, world.actor("finance_manager@eastmere")), by)
    out = StringIO()
    call_command("replay_pay", "eastmere", "1", stdout=out)
    assert out.getvalue().splitlines() == [
        "4 payslips come out as they are stored.",
        "The bacs18 file has the same bytes.",
        "The pain001 file has the same bytes.",
    ]
    with scope(acting=by.organisation_id):
        run.digest = "0" * 64
        with pytest.raises(Refused) as error:
            replay(pay_run=run, by=by)
        assert code(error) == "PRL19"
        with pytest.raises(NotAllowed):
            replay(pay_run=run, by=world.actor("finance_manager@eastmere"))
    with pytest.raises(CommandError, match="no organisation atlantis"):
        call_command("replay_pay", "atlantis", "1")
    with pytest.raises(CommandError, match="no such pay run"):
        call_command("replay_pay", "eastmere", "9")


def test_a_replay_names_who_does_not_come_out(world: World) -> None:
    by = payroll(world, person(1), person(2))
    run = calculated(by)
    with scope(acting=by.organisation_id):
        Line.objects.filter(payslip__number=2, kind="nic").delete()
        found = replay(pay_run=run, by=by)
    assert (found.same, found.different, found.files) == (1, [2], {})
    with pytest.raises(CommandError, match="does not come out"):
        call_command("replay_pay", "eastmere", "1", stdout=StringIO())


def test_each_cause_of_an_exception_has_a_remedy() -> None:
    assert set(REMEDIES) == set(Cause)
