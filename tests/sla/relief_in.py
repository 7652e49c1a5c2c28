"""A claim of relief as a row, for tests of pages that need one."""

from django.utils import timezone

from core.actors import Actor
from sla.models import ReliefEvent
from tests.finance.ledger_books import DAY


def claimed(by: Actor, words: str = "The town hall was flooded.") -> ReliefEvent:
    return ReliefEvent.objects.create(
        organisation_id=by.organisation_id,
        kind=ReliefEvent.Kind.FORCE,
        from_on=DAY,
        to_on=DAY,
        indicator_codes=["AP-03", "AP-13"],
        reason=words,
        evidence=words,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=timezone.now(),
    )
