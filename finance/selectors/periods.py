"""Reads of the periods of one organisation."""

from django.db.models import QuerySet

from core.errors import NotFound
from finance.models import Period


def periods_here(organisation_id: int, **wanted: int | str) -> QuerySet[Period]:
    """Every period that was made, also those not yet open; narrowed by `year` and `status`."""
    return Period.objects.filter(organisation_id=organisation_id, **wanted)


def period_here(organisation_id: int, period: int) -> Period:
    """A period by its month as yyyymm. NotFound where none was made."""
    row = periods_here(organisation_id, period=period).first()
    if row is None:
        raise NotFound("There is no such period.")
    return row
