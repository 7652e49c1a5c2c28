"""What a person has to look at in some payslips, and what was waived of it before."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from core.templatetags.web import day as date_words
from hr.selectors.pay import PayFacts, bank_details
from payroll.bulk.absences import Problems
from payroll.bulk.back import taken_back
from payroll.bulk.collect import Collected, letters_of
from payroll.bulk.write import is_first
from payroll.calculator.automatic_enrolment import EVENT_WORDS, Event
from payroll.calculator.wording import money, rate_text
from payroll.models import Cause, PayException, PayRun
from payroll.paying.basic import has_days
from payroll.paying.group import Worked
from payroll.paying.inputs import (
    EVENT,
    FROM,
    FROM_ON,
    PAY,
    PENSION_SCHEME,
    UNTIL,
    Shared,
    basic_of,
)

HIGH_TAX_PERCENT, PERCENT = 40, 100


@dataclass(frozen=True)
class _Seen:
    """A payslip with everything that is asked of it, by its row."""

    shared: Shared
    found: Collected
    worked: Worked
    limit: int

    def person(self, i: int) -> PayFacts:
        return self.found.facts[i]


def _each(rows: Any, cause: Cause, words: Callable[[int], str]) -> Iterator[tuple[int, Cause, str]]:
    for row in np.flatnonzero(rows):
        yield int(row), cause, words(int(row))


def _of_the_record(seen: _Seen) -> Iterator[tuple[int, Cause, str]]:
    facts = seen.found.facts
    never: Callable[[int], str] = lambda i: "Record it with the private details."  # noqa: E731
    for cause, missing in (
        (Cause.NO_NI_NUMBER, [not one.has_ni_number for one in facts]),
        (Cause.NO_BIRTH, [one.born_on is None for one in facts]),
        (Cause.NO_CODE, [not one.tax_code for one in facts]),
        (Cause.NO_BANK, [not one.has_account for one in facts]),
    ):
        yield from _each(missing, cause, never)
    taken = [taken_back(one.back) for one in seen.found.inputs]
    yield from _each(
        [pence > 0 for pence in taken],
        Cause.TAKEN_BACK,
        lambda i: f"{money(taken[i])} of pay before is taken back from this one.",
    )
    unrated = seen.found.unrated
    yield from _each(
        [one.employment_id in unrated for one in facts],
        Cause.NO_RATE,
        lambda i: f"Of a day when the job was not held: {unrated[facts[i].employment_id]}.",
    )
    for cause in (Cause.NO_EARNINGS, Cause.NO_STATUTORY):
        told = [_told(seen.found.absent.get(one.employment_id, []), cause) for one in facts]
        yield from _each(told, cause, told.__getitem__)
    undirected = [seen.found.undirected.get(one.employment_id, "") for one in facts]
    yield from _each(undirected, Cause.DIRECTOR, undirected.__getitem__)
    several = [seen.found.several.get(one.employment_id, "") for one in facts]
    yield from _each(several, Cause.SEVERAL, several.__getitem__)
    unvalued = [_without_value(one) for one in facts]
    yield from _each(unvalued, Cause.NO_VALUE, unvalued.__getitem__)
    people = seen.found.inputs
    entries = [one.enrolment for one in people]
    yield from _each(
        [bool(entry) and entry[PENSION_SCHEME] != 0 for entry in entries],
        Cause.ENROLMENT,
        lambda i: _enrolled(entries[i], people[i].arrears),
    )
    before = seen.found.before
    fitting = letters_of(before, facts, seen.shared.day)
    yield from _each(
        [one.letter != letter for one, letter in zip(before, fitting, strict=True)],
        Cause.LETTER,
        lambda i: f"Letter {before[i].letter} is kept, aged {_age(seen, i)} on the pay day.",
    )


def _enrolled(entry: Sequence[Any], arrears: Sequence[int]) -> str:
    """From when, by which earnings, and what closed periods owe."""
    words = EVENT_WORDS[Event(entry[EVENT])]
    from_on, earned = date_words(date.fromisoformat(entry[FROM_ON])), money(entry[PAY])
    said = f"{words} from {from_on}: earnings of the period are {earned}."
    if not arrears:
        return said
    member, employer = map(money, arrears)
    return f"{said} For pay since then {member} is taken, and the employer pays {employer}."


def _told(said: Problems, cause: Cause) -> str:
    """What is said of absences, as far as it fits."""
    return " ".join(f"{text}." for one, text in said if one == cause)[:300]


def _without_value(one: PayFacts) -> str:
    """Days that are held and worth nothing: of a job, or of its allowances alone."""
    every = sum(_days_of(piece) for piece in one.pieces)
    basic = sum(_days_of(piece) for piece in basic_of(one.pieces))
    if basic < one.placed:
        return f"{one.placed - basic} days of a job have no value of the pay point."
    if every - basic < one.allowed:
        return f"{one.allowed - every + basic} days of an allowance have no value in the terms."
    return ""


def _days_of(piece: Sequence[Any]) -> int:
    return (date.fromisoformat(piece[UNTIL]) - date.fromisoformat(piece[FROM])).days


def _age(seen: _Seen, i: int) -> int:
    born, on = seen.person(i).born_on, seen.shared.day
    assert born is not None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _of_the_person(seen: _Seen) -> Iterator[tuple[int, Cause, str]]:
    shared, facts, before = seen.shared, seen.found.facts, seen.found.before
    net = seen.worked.payment.statement.net
    yield from _each(
        [one.last_net is None and f.from_on >= shared.first
         for one, f in zip(before, facts, strict=True)],
        Cause.FIRST,
        lambda i: f"Began on {date_words(facts[i].from_on)}; is paid {money(net[i])}.",
    )  # fmt: skip
    yield from _each(
        [f.to_on is not None and f.to_on <= shared.until for f in facts],
        Cause.LEAVER,
        lambda i: f"Last day {_last_day(facts[i])}; is paid {money(net[i])}.",
    )
    yield from _each(
        [f.to_on is not None and f.to_on > shared.first and one.paid_until is not None
         and f.to_on <= one.paid_until for one, f in zip(before, facts, strict=True)],
        Cause.LEAVER_PAID,
        lambda i: f"Last day {_last_day(facts[i])}, paid up to {date_words(before[i].paid_until)}.",
    )  # fmt: skip


def _last_day(person: PayFacts) -> str:
    assert person.to_on is not None
    return date_words(date.fromordinal(person.to_on.toordinal() - 1))


def _of_the_pay(seen: _Seen) -> Iterator[tuple[int, Cause, str]]:
    payment, before = seen.worked.payment, seen.found.before
    net, gross, tax = payment.statement.net, payment.gross, payment.tax.tax
    yield from _each(net <= 0, Cause.NO_PAY, lambda i: f"Net pay is {money(net[i])}.")
    last = np.array([one.last_net or 0 for one in before], dtype=np.int64)
    known = np.array([one.last_net is not None for one in before], dtype=bool)
    # What is left to be paid is no month's pay, and compares with none.
    whole = np.array([has_days(one.pieces) for one in seen.found.inputs], dtype=bool)
    beyond = whole & known & (np.abs(net - last) * PERCENT > seen.limit * np.abs(last))
    yield from _each(
        beyond, Cause.CHANGE, lambda i: f"From {money(last[i])} to {money(net[i])} net."
    )
    yield from _each(
        tax * PERCENT > gross * HIGH_TAX_PERCENT,
        Cause.HIGH_TAX,
        lambda i: f"Tax of {money(tax[i])} on pay of {money(gross[i])}.",
    )
    yield from _each(
        payment.tax.limited,
        Cause.LIMITED,
        lambda i: f"No more than {money(payment.tax.limit[i])} of this pay may go in tax.",
    )
    rate, rates = payment.pensions.rate, np.array([one.last_rate for one in before])
    yield from _each(
        (rate > 0) & (rates > 0) & (rate != rates),
        Cause.TIER,
        lambda i: (
            f"From {rate_text(int(rates[i]))} to {rate_text(int(rate[i]))} of pensionable pay."
        ),
    )
    wage = payment.minimum_wage
    yield from _each(
        wage.shortfall > 0,
        Cause.MINIMUM_WAGE,
        lambda i: f"{money(wage.shortfall[i])} short of {money(wage.required[i])}.",
    )


def note(pay_run: PayRun, found: Collected, worked: Worked) -> None:
    """The exceptions of these people instead of the old ones; what says the same stays waived."""
    seen = _Seen(Shared.read(pay_run.inputs), found, worked, pay_run.period.pay_group.limit_percent)
    rows = [
        _row(pay_run, seen.person(i), cause, words)
        for part in (_of_the_record, _of_the_person, _of_the_pay)
        for i, cause, words in part(seen)
    ]
    _replace(
        pay_run, [one.employment_id for one in found.facts], rows, without=(Cause.SHARED_BANK,)
    )


def note_shared_accounts(pay_run: PayRun, people: Sequence[tuple[int, int, str]]) -> None:
    """Who of the run (employment, number, name) is paid to the same account as somebody else."""
    details = bank_details(pay_run.organisation_id, [one for one, _, _ in people],
                           pay_run.pays_on)  # fmt: skip
    by_account: dict[bytes, list[tuple[int, int, str]]] = {}
    for one in people:
        if one[0] in details:
            by_account.setdefault(details[one[0]][1], []).append(one)
    rows = []
    for sharing in by_account.values():
        for employment, number, name in sharing if len(sharing) > 1 else []:
            others = ", ".join(other for e, _, other in sharing if e != employment)
            rows.append(
                PayException(
                    organisation_id=pay_run.organisation_id, pay_run=pay_run, number=number,
                    employment_id=employment, name=name, cause=Cause.SHARED_BANK,
                    text=f"Shared with {others}."[:300],
                )
            )  # fmt: skip
    _replace(pay_run, [one for one, _, _ in people], rows, only=(Cause.SHARED_BANK,))


def _row(pay_run: PayRun, person: PayFacts, cause: Cause, words: str) -> PayException:
    return PayException(
        organisation_id=pay_run.organisation_id, pay_run=pay_run, number=person.number,
        employment_id=person.employment_id, name=person.name, cause=cause, text=words,
    )  # fmt: skip


def _replace(
    pay_run: PayRun,
    employments: Sequence[int],
    rows: list[PayException],
    *,
    only: Sequence[Cause] = tuple(Cause),
    without: Sequence[Cause] = (),
) -> None:
    waived = {}
    if not is_first(pay_run):
        causes = [cause for cause in only if cause not in without]
        old = PayException.objects.filter(
            organisation_id=pay_run.organisation_id, pay_run=pay_run, cause__in=causes,
            employment_id__in=list(employments),
        )  # fmt: skip
        before = old.filter(waived_at__isnull=False)
        waived = {(e.employment_id, e.cause, e.text): e for e in before}
        old.delete()
    for row in rows:
        same = waived.get((row.employment_id, row.cause, row.text))
        if same is not None:
            row.reason, row.waived_at = same.reason, same.waived_at
            row.waived_by_id, row.waived_by_name = same.waived_by_id, same.waived_by_name
    PayException.objects.bulk_create(rows, batch_size=1_000)
