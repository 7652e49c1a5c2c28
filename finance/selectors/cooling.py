"""How long changed bank details of suppliers cool off, and how long they did before."""

from datetime import date

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from finance.models import CoolingOff

# Working days, where an organisation has set none.
USUAL_DAYS = 5


def cooling_days(organisation_id: int, on: date) -> int:
    """Working days between the agreement to a change on that day and the first payment there."""
    rows = CoolingOff.objects.filter(organisation_id=organisation_id, from_on__lte=on)
    days = rows.order_by("-from_on").values_list("days", flat=True).first()
    return USUAL_DAYS if days is None else days


def cooling_days_there(on: date) -> Coalesce:
    """The same for each row of a query, by its organisation."""
    rows = CoolingOff.objects.filter(organisation_id=OuterRef("organisation_id"), from_on__lte=on)
    latest = Subquery(rows.order_by("-from_on").values("days")[:1], output_field=IntegerField())
    return Coalesce(latest, Value(USUAL_DAYS), output_field=IntegerField())


def cooling_history(organisation_id: int) -> QuerySet[CoolingOff]:
    """Everything that was ever set, the latest day first."""
    return CoolingOff.objects.filter(organisation_id=organisation_id).order_by("-from_on")


def cooling_words(days: int) -> str:
    """For people who enter or agree to bank details."""
    if not days:
        return "Bank details that replace others are paid at once: no cooling-off is set here."
    unit = "day" if days == 1 else "days"
    return f"Bank details that replace others are paid after {days} working {unit} of cooling off."
