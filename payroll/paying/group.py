"""A pay group from its inputs: columns for the calculator, and its answer with pieces and costs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from payroll.calculator.automatic_enrolment import Workers
from payroll.calculator.dates import Dates, Whole
from payroll.calculator.minimum_wage import HoursAndPay
from payroll.calculator.payment import Payment, pay_group
from payroll.calculator.pension_schemes import Membership
from payroll.calculator.pensions import MONTHLY
from payroll.calculator.people import Element, Group, People
from payroll.calculator.periods import Frequency
from payroll.calculator.rounding import Amounts
from payroll.calculator.state_pension import STATE_PENSION_AGE, pensionable_from
from payroll.calculator.tax_codes import Codes, columns, parse_code
from payroll.paying.allowances import allowances_of
from payroll.paying.away import away_of
from payroll.paying.back import back_of
from payroll.paying.basic import Pieces, pieces_of
from payroll.paying.costs import Costs, costs_of
from payroll.paying.directors import directorships_of
from payroll.paying.inputs import Inputs, Shared, outlasts
from payroll.paying.items import Extra, extras_of, minutes_of
from payroll.paying.jointly import jointly_of
from payroll.paying.orders import orders_of
from payroll.paying.recovery import plans_of

# Whose date of birth is not known is taken for an adult below pension age, and is an exception.
ADULT = "1990-01-01"


@dataclass(frozen=True)
class Worked:
    """The payment of a group, with the pieces of its basic pay and who bears it."""

    payment: Payment
    pieces: Pieces
    costs: Costs
    jobs: tuple[int, ...]  # the job of each element of basic pay, in their order
    extras: tuple[Extra, ...]  # then allowances, who is away, back pay, and claims by element


def work_out(shared: Shared, people: Sequence[Inputs]) -> Worked:
    """Everybody's pay of one run. Refused as `pay_group` refuses; PRL02 for a tax code."""
    pieces = pieces_of(shared, people)
    jobs = tuple(int(job) for job in np.unique(pieces.job)) or (1,)
    away = away_of(shared, people)
    allowed = allowances_of(pieces, len(people))
    extras = (*allowed, *away.extras, *back_of(people), *extras_of(people))
    group = Group(shared.day, shared.frequency, shared.first, allow=shared.allow)
    minutes = pieces.minutes_of(len(people)) - away.minutes + minutes_of(people)
    payment = pay_group(group, _people(shared, people, pieces, jobs, extras, minutes))
    # What is given back lowers what pay costs: of gross pay already, of net pay here.
    pay = payment.pay - payment.net_recovered.total
    costs = costs_of(
        people, pieces, pay, payment.employer_nic, payment.employer_pension,
        payment.expenses,
    )  # fmt: skip
    return Worked(payment, pieces, costs, jobs, extras)


def _people(
    shared: Shared,
    people: Sequence[Inputs],
    pieces: Pieces,
    jobs: Sequence[int],
    extras: Sequence[Extra],
    minutes: Whole,
) -> People:
    count = len(people)
    plans, theirs = plans_of(people)
    return People(
        liable_before=_whole([one.liable_before for one in people]),
        elements=(
            *(_element(pieces, count, job) for job in jobs),
            *(extra.element for extra in extras),
        ),
        codes=_codes(people, shared.day),
        pay_before=_whole([one.taxable_before for one in people]),
        tax_before=_whole([one.tax_before for one in people]),
        letters=np.array([one.letter for one in people], dtype="U1"),
        loans=_whole([one.loans for one in people]),
        directors=directorships_of(people),
        jointly=jointly_of(people),
        asked=_whole(
            [[one.sacrifice for one in people], [one.pension_sacrifice for one in people]]
        ),
        sacrificed_for_pension=(False, True),
        pension_to_date=_whole([one.pension_given for one in people]),
        members=_members(shared, people, pieces.annual_of(count)),
        gift=_whole([one.gift for one in people]),
        orders=orders_of(shared, people),
        overpaid=plans,
        overpaid_person=theirs,
        work=_work(people, minutes),
        workers=workers_of(people, shared.day),
        weekly=np.array([bool(one.left) and not any(map(outlasts, one.away)) for one in people]),
    )


def _element(pieces: Pieces, count: int, job: int) -> Element:
    said: Callable[[int], list[str]] = lambda i: pieces.workings(i, job)  # noqa: E731
    name = "Basic pay" if job == 1 else f"Basic pay, job {job}"
    return Element(name, pieces.of(count, job), said)


def _whole(values: list[int] | list[list[int]]) -> Amounts:
    return np.array(values, dtype=np.int64)


def _codes(people: Sequence[Inputs], day: date) -> Codes:
    """Codes in columns; a code is read once, however many have it."""
    asked = {(one.code, one.cumulative) for one in people}
    read = {key: parse_code(key[0], day, cumulative=key[1]) for key in asked}
    return columns([read[one.code, one.cumulative] for one in people])


def _days(values: list[str | None]) -> Dates:
    return np.array([value or "NaT" for value in values], dtype="datetime64[D]")


def _members(shared: Shared, people: Sequence[Inputs], annual: Amounts) -> Membership:
    count = len(people)
    nought = np.zeros(count, dtype=np.int64)
    monthly = shared.frequency is Frequency.MONTHLY
    days = MONTHLY if monthly else 7 * shared.frequency.span
    return Membership(
        scheme=_whole([one.scheme for one in people]), annual=annual,
        beside=_whole([one.beside for one in people]),
        half=np.array([one.half for one in people], dtype=bool),
        without_sick_pay=np.zeros(count, dtype=bool), arrears=nought,
        days=np.full(count, days), rate=_whole([one.member_rate for one in people]),
        employer_rate=_whole([one.employer_rate for one in people]), **_joined_and_left(people),
    )  # fmt: skip


def _joined_and_left(people: Sequence[Inputs]) -> dict[str, Amounts]:
    """Of who was no member on all days, and of who opted out; mostly of nobody."""
    found: dict[str, Amounts] = {}
    if any(one.member_days for one in people):
        days = _whole([list(one.member_days or (1, 1)) for one in people])
        found |= {"member_days": days[:, 0], "paid_days": days[:, 1]}
    if any(one.refund or one.arrears for one in people):
        refunds = _whole([_given_back(one) for one in people])
        found |= {"refund": refunds[:, 0], "employer_refund": refunds[:, 1]}
    return found


def _given_back(one: Inputs) -> list[int]:
    """Of the member and the employer; below zero what is taken besides, for closed periods."""
    return [-pence for pence in one.arrears] or list(one.refund or (0, 0))


def _work(people: Sequence[Inputs], minutes: Whole) -> HoursAndPay:
    nought = np.zeros(len(people), dtype=np.int64)
    # Without hours nothing is asked, whatever the lodging costs.
    lodging = _whole([list(one.lodging or (0, 0)) for one in people]) * (minutes > 0)[:, None]
    return HoursAndPay(
        born=_days([one.born_on or ADULT for one in people]),
        apprentice_from=_days([one.apprentice_from for one in people]), pay=nought,
        for_the_employer=nought, minutes=minutes, accommodation_days=lodging[:, 0],
        accommodation_charge=lodging[:, 1],
    )  # fmt: skip


def workers_of(people: Sequence[Inputs], day: date) -> Workers:
    """Everybody as automatic enrolment sees them, with the ages as the law of the day has them."""
    count = len(people)
    born = _days([one.born_on or ADULT for one in people])
    never, no = _days([None for _ in people]), np.zeros(count, dtype=bool)
    return Workers(
        born=born, pensionable_on=pensionable_from(born, STATE_PENSION_AGE.on(day)),
        earnings=np.zeros(count, dtype=np.int64),
        duties_from=_days([one.employed_from for one in people]), deferred_to=never,
        member=np.array([one.scheme != 0 and not one.refund for one in people], dtype=bool),
        opted_in_on=never,
        left_on=never, written_to=no,
    )  # fmt: skip
