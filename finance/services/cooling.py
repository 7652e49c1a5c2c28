"""How long changed bank details cool off: a dated setting, changed with a reason."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.actors import Actor, require
from core.templatetags.web import day
from events.services import record_about
from finance.models import CoolingOff
from finance.permissions import KEEP_COOLING
from finance.rules import SUP19, SUP20, SUP21
from finance.selectors.cooling import cooling_days

MOST_DAYS = 60


def set_cooling_off(
    *, days: int, from_on: date, reason: str, by: Actor, at: datetime
) -> CoolingOff:
    """From a later day than today; nothing that cools off already is paid sooner or later by it.

    SUP19 for days out of range, SUP20 for today or earlier, and where the day has one already,
    SUP21 without a reason. Event finance.cooling_off.set.
    """
    require(by, KEEP_COOLING)
    said = " ".join(reason.split())
    SUP19.check(0 <= days <= MOST_DAYS)
    SUP20.check(from_on > timezone.localdate(at))
    SUP21.check(said)
    before = cooling_days(by.organisation_id, from_on)
    try:
        with transaction.atomic():
            row = CoolingOff.objects.create(
                organisation_id=by.organisation_id,
                from_on=from_on,
                days=days,
                reason=said,
                made_by_id=by.person_id,
                made_by_name=by.name,
                made_at=at,
            )
    except IntegrityError as error:
        if "one_cooling_off_from_a_day" in str(error):
            raise SUP20.refuse() from None
        raise
    about = ("tenants.organisation", by.organisation_id)
    record_about("finance.cooling_off.set", *about, by=by, at=at, days=days, before=before,
                 day=day(from_on), comment=said)  # fmt: skip
    return row
