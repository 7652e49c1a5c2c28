"""Claims of hours and expenses: whose one may see, and what is in them."""

from collections.abc import Sequence

from django.db.models import Prefetch, Q, QuerySet

from core.actors import Actor, paths_where
from core.errors import NotFound
from core.templatetags.web import day, pounds
from payroll.calculator.wording import hours
from payroll.models import PayClaim, PayElement, PayItem
from payroll.permissions import SEE_CLAIMS

SHOWN_ON_A_CARD = 5


def claims_for(actor: Actor, state: str = "") -> QuerySet[PayClaim]:
    """Claims of the units that the actor sees, newest first."""
    rows = PayClaim.objects.filter(organisation_id=actor.organisation_id)
    within = Q()
    for path in paths_where(actor, SEE_CLAIMS).get(actor.organisation_id, ()):
        within |= Q(unit_path__startswith=path)
    rows = rows.filter(within)
    return (rows.filter(state=state) if state else rows).order_by("-number")


def own_claims(actor: Actor) -> QuerySet[PayClaim]:
    """Claims that a person sent in, newest first."""
    rows = PayClaim.objects.filter(organisation_id=actor.organisation_id)
    if actor.person_id is None:
        return rows.none()
    return rows.filter(made_by_id=actor.person_id).order_by("-number")


def one_claim(rows: QuerySet[PayClaim], number: int) -> PayClaim:
    """The claim of that number among these, or NotFound."""
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound("There is no such claim.")
    return found


def items_of(claim: PayClaim) -> QuerySet[PayItem]:
    """Its items by person and day, with all that a page says of them."""
    rows = PayItem.objects.filter(organisation_id=claim.organisation_id, claim=claim)
    rows = rows.select_related("element", "employment", "pay_run")
    return rows.order_by("employment_id", "worked_on", "id")


def elements_of(organisation_id: int) -> Sequence[PayElement]:
    """The elements of pay that can be claimed, by name."""
    return list(PayElement.objects.filter(organisation_id=organisation_id).order_by("name"))


def quantity(item: PayItem) -> str:
    """«3.5 hours» or an amount."""
    return hours(item.minutes) if item.minutes else pounds(item.amount_pence)


def with_first_items(rows: QuerySet[PayClaim]) -> QuerySet[PayClaim]:
    """The claims with what `card_of` shows of them, in one query however many they are."""
    first = PayItem.objects.select_related("element", "employment")
    first = first.order_by("employment_id", "worked_on", "id")[:SHOWN_ON_A_CARD]
    return rows.prefetch_related(Prefetch("items", first, to_attr="first_items"))


def card_of(claim: PayClaim) -> list[tuple[str, str]]:
    """The facts to decide on: what it is worth, why, and its first items.

    Of a claim that was read `with_first_items`.
    """
    shown: list[PayItem] = claim.first_items  # type: ignore[attr-defined]
    facts = [("Worth about", pounds(claim.total_pence)), ("Why", claim.reason)]
    facts += [
        (one.employment.name, f"{one.element.name}, {day(one.worked_on)}: {quantity(one)}")
        for one in shown
    ]
    rest = claim.items_count - len(shown)
    return [*facts, *([("And", f"{rest:,} more items")] if rest > 0 else [])]
