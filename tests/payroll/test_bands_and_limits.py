"""Pay is looked at where tax is held to half of it and where the pension takes another rate."""

from decimal import Decimal

from django.utils import timezone

from core.actors import Actor
from core.scope import scope
from hr.models import Employment
from payroll.calculator.pension_schemes import Scheme
from payroll.models import PayException, PayGroup, PayPeriod, PayRun, Payslip
from payroll.services.particulars import Particulars, change_particulars
from tests.payroll.pay_runs import calculated, committed, group, payroll, periods, person
from tests.world import World

BOSS = "finance_manager@eastmere"


def texts(run: PayRun, cause: str) -> dict[int, str]:
    rows = PayException.objects.filter(pay_run=run, cause=cause)
    return dict(rows.values_list("number", "text"))


def test_tax_that_half_of_pay_holds_back_is_looked_at(world: World) -> None:
    by = payroll(world, person(1), person(2, tax_code="K4000"))
    run = calculated(by)
    with scope(acting=by.organisation_id):
        slip = Payslip.objects.get(pay_run=run, number=2)
        assert slip.tax_pence == slip.taxable_pence // 2
        said = texts(run, "limited")
    assert said == {2: f"No more than £{slip.tax_pence / 100:,.2f} of this pay may go in tax."}


def test_another_rate_of_pension_is_looked_at_once(world: World) -> None:
    by = payroll(world, person(1), person(2))
    with scope(acting=by.organisation_id):
        first, second, third = periods(group(by))[:3]
    assert texts_of(world, by, first) == {}
    with scope(acting=by.organisation_id):
        whose, paid = Employment.objects.get(number=1), PayGroup.objects.get()
        to = Particulars(paid, "A", paid.scheme, half=True)
        given = {"reason": "Asked for 50/50", "by": by, "at": timezone.now()}
        change_particulars(employment=whose, to=to, **given)
    said = texts_of(world, by, second)
    with scope(acting=by.organisation_id):
        full, half = (
            Payslip.objects.get(pay_run__period=one, number=1).pension_rate
            for one in (first, second)
        )
    assert full == 2 * half
    assert said == {1: f"From {full / 100:g}% to {half / 100:g}% of pensionable pay."}
    assert texts_of(world, by, third) == {}


def test_who_is_in_a_money_purchase_scheme_by_their_group_pays_its_rate(world: World) -> None:
    by = payroll(world, person(1))
    with scope(acting=by.organisation_id):
        rates = {"member_rate_percent": Decimal(5), "employer_rate_percent": Decimal(3)}
        (first, *_) = periods(group(by, scheme=Scheme.MONEY_PURCHASE.value, **rates))
    run = calculated(by, first)
    with scope(acting=by.organisation_id):
        slip = Payslip.objects.get(pay_run=run)
    # Qualifying earnings of a month lie above £520; a fifth of the member's 5% is tax relief.
    qualifying = slip.gross_pence - 520_00
    assert slip.pension_rate == 500
    assert abs(slip.pension_pence - Decimal(qualifying) * 5 / 100 * 4 / 5) < 1
    assert abs(slip.employer_pension_pence - Decimal(qualifying) * 3 / 100) < 1


def texts_of(world: World, by: Actor, period: PayPeriod) -> dict[int, str]:
    """What is said of rates in a run of the period, which is then committed."""
    run = calculated(by, period)
    with scope(acting=run.organisation_id):
        said = texts(run, "tier")
    committed(run, by, world.actor(BOSS))
    return said
