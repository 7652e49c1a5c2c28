"""Waiving what is open in a period: asked by one person, agreed by another."""

from datetime import datetime

from django.utils import timezone

from core.actors import Actor, require
from events.services import record
from finance.models import Period, PeriodWaiver
from finance.permissions import CLOSE_PERIODS, POST_JOURNALS
from finance.rules_ledger import LED12, LED13, LED14
from finance.selectors.closing import BY_KEY, standings

REASON_LENGTH = 300


def ask_waiver(
    *, period: int, assertion: str, reason: str, by: Actor, at: datetime | None = None
) -> PeriodWaiver:
    """Asks that a period closes although an assertion does not hold; asked again it starts anew.

    LED12 where it holds, LED13 without a reason. Event finance.period.waiver_asked.
    """
    require(by, POST_JOURNALS)
    found = {each.assertion.key: each for each in standings(by.organisation_id, period)}
    here = found.get(assertion)
    LED12.check(here is not None and not here.holds)
    assert here is not None
    said = " ".join(reason.split())
    LED13.check(0 < len(said) <= REASON_LENGTH)
    row, _ = PeriodWaiver.objects.update_or_create(
        organisation_id=by.organisation_id,
        period=period,
        assertion=assertion,
        defaults={
            "found": here.found,
            "found_pence": here.pence,
            "reason": said,
            "asked_by_id": by.person_id,
            "asked_by_name": by.name,
            "asked_at": at or timezone.now(),
            "agreed_by_id": None,
            "agreed_by_name": "",
            "agreed_at": None,
        },
    )
    _record("finance.period.waiver_asked", row, by, said)
    return row


def agree_waiver(
    *, period: int, assertion: str, by: Actor, at: datetime | None = None
) -> PeriodWaiver:
    """A second person agrees (LED14 to who asked, or to nothing asked).

    Event finance.period.waiver_agreed.
    """
    require(by, CLOSE_PERIODS)
    rows = PeriodWaiver.objects.select_for_update().filter(
        organisation_id=by.organisation_id,
        period=period,
        assertion=assertion,
        agreed_at__isnull=True,
    )
    row = rows.first()
    LED14.check(row is not None and by.person_id and by.person_id != row.asked_by_id)
    assert row is not None
    row.agreed_by_id, row.agreed_by_name = by.person_id, by.name
    row.agreed_at = at or timezone.now()
    row.save(update_fields=["agreed_by_id", "agreed_by_name", "agreed_at"])
    _record("finance.period.waiver_agreed", row, by, row.reason)
    return row


def _record(verb: str, row: PeriodWaiver, by: Actor, comment: str) -> None:
    month = Period.objects.get(organisation_id=row.organisation_id, period=row.period)
    what = BY_KEY[row.assertion].says
    record(verb, month, by=by, period=str(month), what=what, comment=comment)
