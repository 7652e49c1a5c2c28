"""Results of another payroll, loaded and compared by the services."""

import hashlib
from typing import Any

from django.utils import timezone

from core.actors import Actor
from payroll.legacy import NewAmount
from payroll.models import LegacyElement, ParallelDifference, ParallelRun, PayPeriod
from payroll.selectors.parallel import who_explains
from payroll.services.differences import assign, compare, explain
from payroll.services.parallel import confirm_guesses, load_results, withdraw


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


def parallels(by: Actor, days: list[PayPeriod], employee: int, *, words: str) -> dict[str, int]:
    """Results of these pay days, each loaded a second time and compared; keys of the last ones."""
    at, (holder, *_) = timezone.now(), who_explains(timezone.localdate())
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
    return {
        "parallel": last.number,
        "difference": ParallelDifference.objects.filter(parallel_run=last)[0].pk,
        "legacy_element": LegacyElement.objects.get(code=f"{words} 0").pk,
    }
