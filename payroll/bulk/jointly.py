"""Several employments of one person in a run: what counts beside each, and what to look at."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hr.selectors.pay import other_employments
from payroll.bulk.collect import Collected, collect
from payroll.models import PayMember, PayRun, Payslip
from payroll.paying.basic import pieces_of
from payroll.paying.group import work_out
from payroll.paying.inputs import Shared
from payroll.paying.jointly import Employed, counted_jointly

Others = dict[int, list[tuple[int, int]]]


def others_of(pay_run: PayRun, employments: Sequence[int]) -> Others:
    """(employment, number) of the other employments in the period of who has several."""
    shared = Shared.read(pay_run.inputs)
    return other_employments(pay_run.organisation_id, employments, shared.first, shared.until)


def with_others(pay_run: PayRun, employments: Sequence[int]) -> tuple[list[int], list[int]]:
    """These people of a calculated run, each with all their employments that it pays; and of
    these the ones of who has several.
    """
    others = others_of(pay_run, employments)
    if not others:
        return list(employments), []
    paid = Payslip.objects.filter(
        organisation_id=pay_run.organisation_id, pay_run=pay_run,
        employment_id__in={other for some in others.values() for other, _ in some},
    ).values_list("employment_id", flat=True)  # fmt: skip
    return sorted({*employments, *paid}), sorted({*others, *paid})


def persons_of(pay_run: PayRun, employments: Sequence[int]) -> dict[int, int]:
    """Employments with a number that those of one person share, 0 for who has no other one."""
    others = others_of(pay_run, employments)
    return {
        one: min([one, *(other for other, _ in others[one])]) if one in others else 0
        for one in employments
    }


def count_jointly(
    pay_run: PayRun, found: Collected, several: Sequence[int], known_at: datetime
) -> Collected:
    """The people with what counts beside each of their employments, which are all among them.

    `several` are those of who has several.
    """
    ids = [one.employment_id for one in found.facts]
    others = others_of(pay_run, several) if several else {}
    if not others:
        return found
    here = {"organisation_id": pay_run.organisation_id}
    known = PayMember.objects.filter(
        **here, employment_id__in={other for some in others.values() for other, _ in some}
    )
    groups = dict(known.values_list("employment_id", "pay_group_id"))
    mine, inside = pay_run.period.pay_group_id, set(ids)
    besides = sorted(
        {other for other, group in groups.items() if group == mine and other not in inside}
    )
    employed = _employed(pay_run, found, others, besides, known_at)
    inputs, noted = list(found.inputs), dict[int, str]()
    place = {employment: n for n, employment in enumerate(ids)}
    shared, done = Shared.read(pay_run.inputs), set[int]()
    for one in others:
        if one in done:
            continue
        cluster = [e for e in sorted([one, *(other for other, _ in others[one])]) if e in employed]
        done.update(cluster)
        answers = counted_jointly(shared.day, [employed[e] for e in cluster])
        for employment, (answer, why) in zip(cluster, answers, strict=True):
            if employment in place:
                inputs[place[employment]] = answer
                elsewhere = [
                    n for other, n in others[employment] if groups.get(other, mine) != mine
                ]
                late = [n for other, n in others[employment] if other in besides]
                noted |= _said(employment, why, elsewhere, [] if pay_run.supplementary else late)
    return replace(found, inputs=inputs, several=noted)


def _said(
    employment: int, why: str, elsewhere: Sequence[int], late: Sequence[int]
) -> dict[int, str]:
    """What to look at, in words, if anything."""
    said = [f"{why}: contributions are worked out on each alone."] if why else []
    said += [
        f"Employment {', '.join(map(str, numbers))} {where}, and not counted with this one."
        for numbers, where in (
            (elsewhere, "is in another pay group"),
            (late, "is not in this run yet"),
        )
        if numbers
    ]
    return {employment: " ".join(said)[:300]} if said else {}


def _employed(
    pay_run: PayRun,
    found: Collected,
    others: Others,
    besides: Sequence[int],
    known_at: datetime,
) -> dict[int, Employed]:
    """Those of the run, worked out by themselves, and those `besides` that it does not pay."""
    shared = Shared.read(pay_run.inputs)
    rows = [n for n, one in enumerate(found.facts) if one.employment_id in others]
    alone = [replace(found.inputs[n], jointly=(), beside=0) for n in rows]
    liable = work_out(shared, alone).payment.liable.tolist()
    facts = [found.facts[n] for n in rows]
    if besides:
        more = collect(pay_run, besides, known_at)
        facts, alone = [*facts, *more.facts], [*alone, *more.inputs]
        liable += [None] * len(more.facts)
    annual = pieces_of(shared, alone).annual_of(len(alone)).tolist()
    return {
        fact.employment_id: Employed(fact.number, *rest)
        for fact, *rest in zip(facts, alone, liable, annual, strict=True)
    }
