"""What others bear of pay stands on a claim, to the penny, and the journal balances."""

from typing import Any

from core.scope import scope
from finance.models import Coding, JournalLine
from hr.models import Employment
from hr.services.requests import request_secondment
from payroll.models import PayRun, Payslip
from payroll.services.committing import RECHARGED
from tests.hr.record import agree
from tests.payroll.pay_runs import calculated, committed, group, payroll, periods, person
from tests.world import World

HR = "hr_officer@eastmere"


def lines(run: PayRun) -> dict[str, dict[str, int]]:
    """Pence by account and words of the journal of a run."""
    codings = dict(Coding.objects.values_list("pk", "account__code"))
    found: dict[str, dict[str, int]] = {}
    for line in JournalLine.objects.filter(batch_id=run.batch_id):
        of_account = found.setdefault(codings[line.coding_id], {})
        of_account[line.description] = of_account.get(line.description, 0) + line.amount_pence
    return found


def cost(slip: Payslip) -> list[int]:
    return [slip.gross_pence, slip.employer_nic_pence, slip.employer_pension_pence]


def test_a_seconded_person_is_recharged_until_the_end(world: World) -> None:
    """One goes wholly, one for half, one stays; the month after all cost their units again."""
    by = payroll(world, person(1), person(2, hours="18.5"), person(3))
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        first, second = periods(group(by))[:2]
        hosts = {1: ("northdale", 10_000), 2: ("centre", 5_000)}
        for number, (host, part) in hosts.items():
            someone = Employment.objects.get(number=number)
            facts: dict[str, Any] = {"host_id": world.id(host), "ten_thousandths": part}
            facts |= {"from_on": first.starts_on, "last_on": first.ends_on, "reason": "Lent"}
            job = someone.assignments.get()
            agree(request_secondment(assignment=job, **facts, by=world.actor(HR)), world)
    run = committed(calculated(by, first), by, boss)
    with scope(acting=by.organisation_id):
        found = lines(run)
        whole, part_time, _stays = Payslip.objects.order_by("number")
        theirs = {
            "Recharge to Northdale": sum(cost(whole)),
            "Recharge to Centre": sum(pence // 2 for pence in cost(part_time)),
        }
        assert found.pop(RECHARGED) == theirs
        # Three whole costs, less what others bear, are left to the units; the rest is owed.
        every = [sum(cost(one)) for one in Payslip.objects.all()]
        borne = sum(sum(found[account].values()) for account in ("51000", "51100", "51200"))
        assert borne == sum(every) - sum(theirs.values())
        owed = sum(sum(of.values()) for of in found.values()) - borne
        assert owed == -sum(every)
    later = committed(calculated(by, second), by, boss)
    with scope(acting=by.organisation_id):
        assert RECHARGED not in lines(later)
