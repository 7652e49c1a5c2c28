"""What the payroll that was left says of the month that was paid here, and what differs."""

import hashlib
from datetime import date
from typing import Any

from django.utils import timezone

from core.scope import scope
from payroll.legacy import NewAmount
from payroll.models import LineKind, ParallelDifference, PayRun, Payslip, PayslipLine
from payroll.paying.inputs import FULL, MINUTES
from payroll.services.differences import compare, explain
from payroll.services.parallel import confirm_guesses, load_results
from sharedservices.demo.pay import last_run
from sharedservices.demo.people import Place
from tenants.roles import Role

# Of so many people one has a difference of that kind.
PENNY, CODE, HOURS, RIDDLE = 61, 157, 211, 293
NAMES = {
    LineKind.BASIC: ("100", "Basic pay"),
    LineKind.BACK: ("110", "Back pay"),
    LineKind.PENSION: ("300", "Pension contribution"),
    LineKind.TAX: ("400", "Income tax"),
    LineKind.NIC: ("410", "National Insurance"),
    LineKind.STUDENT: ("420", "Student loan"),
    LineKind.POSTGRADUATE: ("430", "Postgraduate loan"),
}
WHY = "The bureau rounded the contribution of each job, and not of all of them"


def leave_parallel(place: Place, *, today: date) -> None:
    """Results of the last paid run: rounded otherwise, with an old tax code, other hours, a riddle.

    Deductions stand above nought, as bureaux write them.
    """
    by, here = place.actor(Role.PAYROLL_OFFICER, today), place.organisation_id
    with scope(acting=here):
        run = last_run(place)
        if run is None:
            return
        amounts = _amounts(run)
        parallel = load_results(
            group=run.period.pay_group, amounts=amounts, name="bureau-results.csv", by=by,
            sha256=hashlib.sha256(repr(amounts).encode()).hexdigest(), at=timezone.now(),
        )  # fmt: skip
        confirm_guesses(by=by, at=timezone.now())
        compare(parallel=parallel, by=by, at=timezone.now())
        riddles = ParallelDifference.objects.filter(
            parallel_run=parallel, target=LineKind.PENSION
        ).values_list("pk", flat=True)
        explain(parallel=parallel, ids=list(riddles)[:2], cause="rule", words=WHY, by=by)


def _amounts(run: PayRun) -> list[NewAmount]:
    slips = dict(Payslip.objects.filter(pay_run=run).values_list("pk", "inputs"))
    lines = PayslipLine.objects.filter(payslip__pay_run=run, kind__in=NAMES, job__lte=1)
    found = lines.order_by("payslip__number", "place").values_list(
        "payslip_id", "payslip__number", "kind", "amount_pence"
    )
    return [
        _changed(place, number, kind, pence, slips[slip], run)
        for place, (slip, number, kind, pence) in enumerate(found, start=2)
    ]


def _changed(
    row: int, number: int, kind: str, pence: int, inputs: dict[str, Any], run: PayRun
) -> NewAmount:
    """A row of the bureau: mostly what was paid here."""
    code, name = NAMES[LineKind(kind)]
    facts: dict[str, Any] = {}
    amount = pence if kind in (LineKind.BASIC, LineKind.BACK) else -pence
    if kind == LineKind.BASIC and len(inputs["pieces"]) == 1:
        (piece,) = inputs["pieces"]
        facts = {"minutes": piece[MINUTES], "rate_pence": piece[FULL]}
        if number % HOURS == 0:
            facts["minutes"] -= 60
            amount -= 100_00
    elif kind == LineKind.TAX:
        facts["fact"] = inputs["code"] + ("" if inputs["cumulative"] else "X")
        if number % CODE == 0:
            facts["fact"] = "1100L"
            amount += 26_00
        elif number % PENNY == 0:
            amount += 1
    elif kind == LineKind.NIC:
        facts["fact"] = inputs["letter"]
    elif kind == LineKind.PENSION and number % RIDDLE == 0:
        amount += 3_10
    return NewAmount(row, number, code, amount, run.period.pays_on, name=name, **facts)
