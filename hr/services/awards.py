"""Pay awards: proposed with their cost, approved by a second person, then true of every point."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from approvals.services import request_approval
from core.actors import Actor, require
from core.money import formatted
from core.states import move
from events.services import record
from hr.models import PayAward
from hr.permissions import KEEP_TERMS
from hr.rules import HRR03, HRR20
from hr.selectors.awards import RISEN, Regrading, Terms, costs_of
from hr.services.regrading import regrade
from tenants.services import next_number

State = PayAward.State
MOVES = {
    "approve": ((State.WAITING,), State.APPROVED),
    "return": ((State.WAITING,), State.RETURNED),
    "reject": ((State.WAITING,), State.REJECTED),
}
MOST_HUNDREDTHS = 50_00
# What begins before the day is cut there and goes on risen; what begins later rises as a whole.
# The values are cut before new ones follow: a point has one value a day at every moment.
_RISEN = f"""
DROP TABLE IF EXISTS pg_temp.risen_value;
CREATE TEMP TABLE risen_value ON COMMIT DROP AS
SELECT v.id, v.pay_point_id, v.from_on, v.to_on, {RISEN} AS risen
  FROM hr_payvalue v JOIN hr_paypoint p ON p.organisation_id = %(here)s AND p.id = v.pay_point_id
 WHERE v.organisation_id = %(here)s AND p.scale_id = %(scale)s
   AND (v.to_on IS NULL OR v.to_on > %(from_on)s)
"""  # noqa: S608 (no words of people)
_CUT = """
UPDATE hr_payvalue v SET to_on = %(from_on)s FROM risen_value r
 WHERE v.organisation_id = %(here)s AND v.id = r.id AND r.from_on < %(from_on)s;
UPDATE hr_payvalue v SET annual_pence = r.risen, recorded_at = %(at)s, source = %(source)s
  FROM risen_value r
 WHERE v.organisation_id = %(here)s AND v.id = r.id AND r.from_on >= %(from_on)s
"""
_GO_ON = """
INSERT INTO hr_payvalue (organisation_id, pay_point_id, annual_pence, from_on, to_on, source,
  status, recorded_at)
SELECT %(here)s, pay_point_id, risen, %(from_on)s, to_on, %(source)s, 'published', %(at)s
  FROM risen_value WHERE from_on < %(from_on)s
"""


def propose_award(*, terms: Terms, reason: str, by: Actor) -> PayAward:
    """Asks that every point of a scale rises from a day on, with what that costs by unit.

    HRR20 for a rise of nothing or beyond a half, HRR03 while another of the scale waits. Event
    hr.award.proposed.
    """
    require(by, KEEP_TERMS)
    at = timezone.now()
    HRR20.check(
        0 <= terms.percent_hundredths <= MOST_HUNDREDTHS
        and terms.least_pence >= 0
        and (terms.percent_hundredths or terms.least_pence)
    )
    return propose(
        asked=terms, reason=reason, by=by, at=at, percent_hundredths=terms.percent_hundredths,
        least_pence=terms.least_pence, whole_pounds=terms.whole_pounds,
    )  # fmt: skip


def propose(
    *, asked: Terms | Regrading, reason: str, by: Actor, at: datetime, **facts: Any
) -> PayAward:
    """The proposal with its cost as it is now, sent to the second person. HRR03."""
    waiting = PayAward.objects.filter(
        organisation_id=by.organisation_id, scale=asked.scale, state=State.WAITING
    )
    HRR03.check(not waiting.exists())
    costs = costs_of(asked, timezone.localdate(at))
    award = PayAward.objects.create(
        organisation_id=by.organisation_id, number=next_number("pay_award", by=by),
        scale=asked.scale, from_on=asked.from_on, reason=reason[:200],
        costs=[list(one) for one in costs], made_by_id=by.person_id, made_by_name=by.name,
        made_at=at, **facts,
    )  # fmt: skip
    yearly = sum(one.yearly_pence for one in costs)
    about = {"by": by, "thread": award.thread}
    record("hr.award.proposed", award, at=at, cost=formatted(yearly), reason=award.reason, **about)
    what = "Regrading" if award.regrades else "Pay award"
    request_approval(
        subject=award, amount_pence=max(yearly, 0), summary=f"{what}: {asked.scale.name}", as_of=at,
        **about,
    )  # fmt: skip
    return award


def carry_out(row: PayAward, *, by: Actor) -> None:
    """Values rise or jobs move; what closed periods owe is paid by the next pay runs."""
    _close(row, "approve", by)
    if row.regrades:
        jobs = regrade(row, timezone.now())
        record("hr.award.regraded", row, by=by, thread=row.thread, jobs=jobs)
        return
    terms = Terms(row.scale, row.from_on, row.percent_hundredths, row.least_pence, row.whole_pounds)
    given = {**terms.values(), "at": timezone.now(), "source": f"{row}: {row.reason}"[:200]}
    with connection.cursor() as cursor:
        for sql in (_RISEN, _CUT, _GO_ON):
            cursor.execute(sql, given)
        cursor.execute("SELECT count(*) FROM risen_value")
        values = cursor.fetchone()[0]
    record("hr.award.carried_out", row, by=by, thread=row.thread, values=values)


def send_back(row: PayAward, *, by: Actor, comment: str) -> None:
    """Nothing rises; it can be proposed again."""
    _close(row, "return", by)


def turn_down(row: PayAward, *, by: Actor, comment: str) -> None:
    """Nothing rises."""
    _close(row, "reject", by)


def _close(row: PayAward, verb: str, by: Actor) -> None:
    rows = PayAward.objects.filter(organisation_id=by.organisation_id, pk=row.pk)
    move(rows, MOVES, verb, expected=1)
