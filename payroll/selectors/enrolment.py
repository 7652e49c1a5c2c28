"""Automatic enrolment: what holds for an employer, how employments stand, which letters are due."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from core.db.arrays import number_array
from core.errors import NotFound
from payroll.calculator.automatic_enrolment import (
    AUTOMATIC_ENROLMENT,
    Event,
    OptOut,
    opt_outs,
)
from payroll.calculator.dates import as_dates
from payroll.models import EnrolmentSetting, PayRun, Payslip, PensionLetter, PensionStatus
from payroll.models.enrolment import JOINING, LEAVING
from payroll.paying.enrolment import Rule, Standing

PER_CENT = 100
# An event later in the record holds; of one day, the one recorded last.
_STANDINGS = """
SELECT s.employment_id, max(s.id),
       coalesce((array_agg(s.category ORDER BY s.from_on DESC, s.id DESC)
         FILTER (WHERE s.from_on <= %(day)s))[1], 0),
       coalesce((array_agg(s.event ORDER BY s.from_on DESC, s.id DESC)
         FILTER (WHERE s.from_on <= %(day)s AND s.event = ANY (%(moves)s)))[1], ''),
       coalesce((array_agg(s.scheme ORDER BY s.from_on DESC, s.id DESC)
         FILTER (WHERE s.from_on <= %(day)s AND s.event = ANY (%(joining)s)))[1], 0),
       (array_agg(s.from_on ORDER BY s.from_on DESC, s.id DESC)
         FILTER (WHERE s.from_on <= %(day)s AND s.event = ANY (%(moves)s)))[1],
       max(s.until_on) FILTER (WHERE s.from_on <= %(day)s), max(s.notice_on),
       coalesce(bool_or(s.event = ANY (%(joining)s)) FILTER (WHERE s.from_on > %(day)s), false)
  FROM payroll_pensionstatus s
 WHERE s.organisation_id = %(here)s AND s.employment_id = ANY (%(ids)s)
 GROUP BY s.employment_id
"""
# What committed payslips took from the enrolment that was opted out of, less what was given back.
_REFUNDS = """
SELECT s.employment_id, sum(s.pension_pence)::bigint,
       sum(s.employer_pension_pence - coalesce(g.pence, 0))::bigint
  FROM payroll_payslip s
  JOIN unnest(%(ids)s::bigint[], %(days)s::date[], %(schemes)s::int[]) AS o (id, from_on, scheme)
    ON o.id = s.employment_id AND o.scheme = (s.inputs ->> 'scheme')::int
  JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = s.pay_run_id
   AND r.state IN ('committed', 'paid')
  JOIN payroll_payperiod p ON p.organisation_id = %(here)s AND p.id = r.period_id
   AND p.ends_on >= o.from_on
  LEFT JOIN LATERAL (SELECT -sum(l.amount_pence) AS pence FROM payroll_payslipline l
    WHERE l.organisation_id = %(here)s AND l.payslip_id = s.id AND l.kind = 'pension_given') g
    ON true
 WHERE s.organisation_id = %(here)s AND s.employment_id = ANY (%(ids)s)
 GROUP BY s.employment_id
"""
Refund = tuple[int, int]


def settings_of(organisation_id: int) -> QuerySet[EnrolmentSetting]:
    """All that was recorded, what holds latest first."""
    rows = EnrolmentSetting.objects.filter(organisation_id=organisation_id)
    return rows.order_by("-from_on", "-recorded_at", "-id")


def rules_on(organisation_id: int, day: date) -> list[Rule]:
    """The rule that holds on a day, then those before it; none where nobody is enrolled."""
    return [
        Rule(
            one.duties_from, one.scheme, int(one.member_rate_percent * PER_CENT),
            int(one.employer_rate_percent * PER_CENT), one.postponement_months, one.re_enrol_on,
        )
        for one in settings_of(organisation_id).filter(from_on__lte=day)
    ]  # fmt: skip


def standings(
    organisation_id: int, employments: Sequence[int], day: date = date.max
) -> list[Standing]:
    """How each of them stands as of a day, in their order."""
    given: dict[str, Any] = {"here": organisation_id, "ids": number_array(employments), "day": day}
    given |= {"moves": [*JOINING, *LEAVING], "joining": JOINING}
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, given)
        known = {row[0]: Standing(*row) for row in cursor.fetchall()}
    return [known.get(one) or Standing(one) for one in employments]


def refunds_owed(organisation_id: int, known: Sequence[Standing]) -> dict[int, Refund]:
    """What opting out still gives back, by employment: to the member and to the employer."""
    gone = [one for one in known if one.event == Event.OPTED_OUT]
    if not gone:
        return {}
    columns = zip(*((one.employment_id, one.from_on, one.scheme) for one in gone), strict=True)
    given: dict[str, Any] = dict(zip(("ids", "days", "schemes"), map(list, columns), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_REFUNDS, {"here": organisation_id, **given})
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall() if row[1] or row[2]}


def statuses_of(organisation_id: int, employments: Sequence[int]) -> QuerySet[PensionStatus]:
    """The record of these employments, newest first."""
    rows = PensionStatus.objects.filter(
        organisation_id=organisation_id, employment_id__in=employments
    )
    return rows.select_related("employment").order_by("-id")


class Contribution(NamedTuple):
    """What the newest pay of somebody put into a scheme; pence."""

    employment_id: int
    pays_on: date
    scheme: int
    member: int
    employer: int


def last_contributions(organisation_id: int, employments: Sequence[int]) -> dict[int, Contribution]:
    """By employment, for who was a member of a scheme when they were last paid."""
    rows = Payslip.objects.filter(
        organisation_id=organisation_id, employment_id__in=employments,
        pay_run__state__in=PayRun.FINAL, pay_run__sequence=1,
    )  # fmt: skip
    newest = rows.order_by("employment_id", "-pays_on", "-id").distinct("employment_id")
    found = newest.values_list(
        "employment_id", "pays_on", "inputs__scheme", "pension_pence", "employer_pension_pence"
    )
    return {row[0]: Contribution(*row) for row in found if row[2]}


def own_letters(organisation_id: int, person_id: int | None) -> QuerySet[PensionLetter]:
    """The letters to a person, the newest first."""
    rows = letters_here(organisation_id).filter(status__employment__person=person_id)
    return rows.order_by("-pk")


def letters_here(organisation_id: int, state: str = "") -> QuerySet[PensionLetter]:
    """Letters by the day they are due; `due` are those not given yet, `given` the others."""
    rows = PensionLetter.objects.filter(organisation_id=organisation_id)
    if state:
        rows = rows.filter(given_on__isnull=state == "due")
    return rows.select_related("status__employment").order_by("due_on", "pk")


def one_letter(rows: QuerySet[PensionLetter], letter: int) -> PensionLetter:
    """A letter among these, or NotFound."""
    found = rows.filter(pk=letter).first()
    if found is None:
        raise NotFound("There is no such letter.")
    return found


def enrolment_letter(known: Standing, organisation_id: int) -> PensionLetter | None:
    """The letter of the enrolment by which somebody is a member now."""
    if known.event not in JOINING or known.from_on is None:
        return None
    rows = letters_here(organisation_id).filter(
        status__employment_id=known.employment_id, status__from_on=known.from_on,
        status__event__in=JOINING,
    )  # fmt: skip
    return rows.first()


def opt_out_window(letter: PensionLetter, on: date) -> OptOut:
    """When opting out is possible, and whether a notice of that day is in time."""
    law = AUTOMATIC_ENROLMENT.on(on)
    member_from, told_on, notice_on = (
        as_dates([one]) for one in (letter.status.from_on, letter.given_on, on)
    )
    return opt_outs(member_from, told_on, notice_on, np.zeros(1, dtype=np.int64), law)


def proposed_in_open_runs(organisation_id: int, employments: Sequence[int]) -> bool:
    """Whether a run that is not committed yet proposes something for any of them."""
    rows = Payslip.objects.filter(
        organisation_id=organisation_id, employment_id__in=employments,
        inputs__enrolment__0__isnull=False,
    )  # fmt: skip
    open_ = PayRun.objects.filter(organisation_id=organisation_id).exclude(state__in=PayRun.FINAL)
    return rows.filter(pay_run__in=open_.values("pk")).exists()
