"""Setting targets."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.utils import timezone

from core.actors import Actor, require
from events.services import record
from sla.models import Indicator, SignedMonth, Target
from sla.permissions import SET_TARGETS
from sla.ratings import Polarity
from sla.ratings import Target as Lines
from sla.registry import Kind
from sla.rules import SLA01, SLA02, SLA03, SLA09


def set_target(
    *,
    indicator_code: str,
    valid_from: date,
    lines: tuple[Decimal, Decimal, Decimal] | None,
    by: Actor,
    at: datetime | None = None,
) -> Target:
    """Sets (met at, approaching, inadequate) from the month of `valid_from` on; None ends it.

    Refused for volumes (SLA01), for lines in the wrong order (SLA02), for indicators that are not
    live (SLA03) and backwards (SLA09): a month that is over keeps the target it was judged by, a
    signed month and those before it keep theirs or none. Records sla.target.set or
    sla.target.ended.
    """
    require(by, SET_TARGETS)
    indicator = (
        Indicator.objects.filter(code=indicator_code).exclude(numerator="").order_by("-version")
    ).first()
    SLA03.check(indicator is not None, indicator_code)
    assert indicator is not None
    SLA01.check(indicator.kind != Kind.KAI and indicator.polarity != Polarity.CONTEXT)
    if lines is not None:
        _check_order(lines, Polarity(indicator.polarity))
    met_at, approaching, inadequate = lines or (None, None, None)
    month, at = valid_from.replace(day=1), at or timezone.now()
    _check_forwards(by.organisation_id, indicator_code, month, timezone.localdate(at))
    target, _ = Target.objects.update_or_create(
        organisation_id=by.organisation_id,
        indicator_code=indicator_code,
        valid_from=month,
        defaults={
            "met_at": met_at,
            "approaching": approaching,
            "inadequate": inadequate,
            "set_by_id": by.person_id,
            "set_by_name": by.name,
            "set_at": at,
        },
    )
    verb = "sla.target.set" if lines else "sla.target.ended"
    words = f"{month:%B %Y}"
    record(verb, target, by=by, indicator=str(indicator), target=str(met_at), month=words)
    return target


def _check_forwards(organisation_id: int, code: str, month: date, today: date) -> None:
    signed = SignedMonth.objects.filter(organisation_id=organisation_id, month__gte=month)
    SLA09.check(not signed.exists(), f"{month:%B %Y} is signed, or a later month.")
    judged = Target.objects.filter(
        organisation_id=organisation_id, indicator_code=code, valid_from__lte=month
    )
    over = month < today.replace(day=1)
    SLA09.check(not (over and judged.exists()), f"{month:%B %Y} is over and has a target.")


def _check_order(lines: tuple[Decimal, Decimal, Decimal], polarity: Polarity) -> None:
    try:
        met_at, approaching, inadequate = (Fraction(line) for line in lines)
        Lines(met_at, approaching, inadequate, polarity)
    except ValueError as error:
        raise SLA02.refuse() from error
