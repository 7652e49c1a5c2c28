"""Results of another payroll, loaded and compared by the services."""

import hashlib
from dataclasses import replace
from typing import Any

from django.utils import timezone

from core.actors import Actor
from payroll.legacy import NewAmount
from payroll.models import GoLive, LegacyElement, ParallelDifference, ParallelRun, PayPeriod, PayRun
from payroll.selectors.parallel import who_explains
from payroll.services.differences import assign, compare, explain
from payroll.services.parallel import confirm_guesses, load_results, withdraw

NAMES = {"basic": "Basic", "pension": "Pension", "tax": "PAYE", "nic": "NI", "net": "Net pay"}


def amount(period: PayPeriod, employee: int, element: str, pence: int, **given: Any) -> NewAmount:
    return NewAmount(1, employee, element, pence, period.pays_on, **given)


def loaded(
    by: Actor, period: PayPeriod, *amounts: NewAmount, name: str = "results.csv"
) -> ParallelRun:
    """These amounts as a file, numbered from its second row on."""
    rows = [NewAmount(**{**vars(one), "row": n}) for n, one in enumerate(amounts, start=2)]
    return load_results(
        group=period.pay_group, amounts=rows, name=name, by=by, at=timezone.now(),
        sha256=hashlib.sha256(repr((name, rows)).encode()).hexdigest(),
    )  # fmt: skip


def theirs(run: PayRun) -> list[NewAmount]:
    """What would be loaded if the other payroll paid the very same, facts included."""
    rows = []
    for slip in run.payslips.order_by("number"):
        given: dict[str, dict[str, Any]] = {
            "tax": {"fact": "BR"}, "nic": {"fact": slip.inputs["letter"]},
            "basic": {"minutes": sum(one[4] for one in slip.inputs["pieces"]),
                      "rate_pence": slip.inputs["pieces"][0][3]},
        }  # fmt: skip
        for line in slip.lines.exclude(kind="expenses"):
            rows.append(amount(run.period, slip.number, NAMES[line.kind], line.amount_pence,
                               **given.get(line.kind, {})))  # fmt: skip
        rows.append(amount(run.period, slip.number, "Net pay", slip.net_pence))
    return rows


def compared(by: Actor, run: PayRun, rows: list[NewAmount]) -> ParallelRun:
    parallel = loaded(by, run.period, *rows)
    confirm_guesses(by=by, at=timezone.now())
    return compare(parallel=parallel, by=by, at=timezone.now())


def changed(rows: list[NewAmount], employee: int, what: str, **given: Any) -> list[NewAmount]:
    """The rows with one of them changed; `by` is added to its amount."""
    name, by = NAMES[what], given.pop("by", 0)
    return [
        replace(one, amount_pence=one.amount_pence + by, **given)
        if (one.employee, one.element) == (employee, name)
        else one
        for one in rows
    ]


def parallels(by: Actor, days: list[PayPeriod], employee: int, *, words: str) -> dict[str, int]:
    """Results of these pay days, each loaded a second time and compared; keys of the last ones."""
    at, (holder, *_) = timezone.now(), who_explains(by.organisation_id, timezone.localdate())
    for period in days:
        rows = [
            amount(period, employee, f"{words} {n}", 100_00 + n, name=f"{words} pay", fact=words)
            for n in range(len(days))
        ]
        first = loaded(by, period, *rows, name=f"{words}-1.csv")
        withdraw(parallel=first, reason=f"{words} sent another", by=by)
        last = loaded(by, period, *rows, name=f"{words}.csv")
        confirm_guesses(by=by, at=at)
        compare(parallel=last, by=by, at=at)
        ids = ParallelDifference.objects.filter(parallel_run=last).values_list("pk", flat=True)
        assign(parallel=last, ids=ids, to=holder, by=by)
        explain(parallel=last, ids=ids, cause="rule", words=f"{words} is old", by=by)
        signed = {"number": last.number, "unexplained": 1}
        # Only a rehearsal asks to go live, and these organisations are live.
        GoLive.objects.create(
            organisation_id=by.organisation_id, state="declined", asked_by_name=words,
            waiver=f"{words} is in a hurry", asked_at=at, reason=f"{words} can wait",
            decided_by_name=words, decided_by_id=0, decided_at=at, asked_by_id=by.person_id,
            figures=[{"group": words, "ready": False, "signed": [signed]}],
        )  # fmt: skip
    return {
        "parallel": last.number,
        "difference": ParallelDifference.objects.filter(parallel_run=last)[0].pk,
        "legacy_element": LegacyElement.objects.get(code=f"{words} 0").pk,
    }
