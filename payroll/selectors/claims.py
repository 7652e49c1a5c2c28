"""Claims of hours and expenses: whose one may see, and what is in them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from approvals.selectors.requests import subjects_before
from core.actors import Actor, paths_where
from core.errors import NotFound
from core.templatetags.web import day, pounds
from payroll.calculator.wording import hours
from payroll.models import PayClaim, PayElement, PayItem
from payroll.permissions import SEE_CLAIMS

CLAIM, SHOWN_ON_A_CARD = "payroll.claim", 5


def claims_for(actor: Actor, state: str = "") -> QuerySet[PayClaim]:
    """Claims of the units that the actor sees, newest first."""
    rows = PayClaim.objects.filter(organisation_id=actor.organisation_id)
    within = Q()
    for path in paths_where(actor, SEE_CLAIMS).get(actor.organisation_id, ()):
        within |= Q(unit_path__startswith=path)
    rows = rows.filter(within)
    return (rows.filter(state=state) if state else rows).order_by("-number")


def claims_open_to(actor: Actor) -> QuerySet[PayClaim]:
    """Those, and the claims on which the actor decides for somebody else, or has decided."""
    before = PayClaim.objects.filter(
        organisation_id=actor.organisation_id, pk__in=subjects_before(actor, CLAIM)
    )
    return claims_for(actor).order_by() | before


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


def quantity(minutes: int, amount_pence: int, sessions: int = 0) -> str:
    """«3.5 hours», «2 sessions» or an amount."""
    if sessions:
        return f"{sessions} session{'s' if sessions > 1 else ''}"
    return hours(minutes) if minutes else pounds(amount_pence)


def with_first_items(rows: QuerySet[PayClaim]) -> QuerySet[PayClaim]:
    """The claims with what `card_of` shows of them, in one query however many they are."""
    mine = {"organisation_id": OuterRef("organisation_id"), "claim_id": OuterRef("pk")}
    first = PayItem.objects.filter(**mine).order_by("employment_id", "worked_on", "id")
    facts = JSONObject(
        who="employment__name",
        what="element__name",
        on="worked_on",
        minutes="minutes",
        pence="amount_pence",
        sessions="sessions",
    )
    return rows.annotate(first_items=ArraySubquery(first.values(facts=facts)[:SHOWN_ON_A_CARD]))


def card_of(claim: PayClaim) -> list[tuple[str, str]]:
    """The facts to decide on: what it is worth, why, and its first items.

    Of a claim that was read `with_first_items`.
    """
    shown: list[dict[str, Any]] = claim.first_items  # type: ignore[attr-defined]
    facts = [("Worth about", pounds(claim.total_pence)), ("Why", claim.reason)]
    facts += [
        (
            one["who"],
            f"{one['what']}, {day(date.fromisoformat(one['on']))}:"
            f" {quantity(one['minutes'], one['pence'], one['sessions'])}",
        )
        for one in shown
    ]
    rest = claim.items_count - len(shown)
    return [*facts, *([("And", f"{rest:,} more items")] if rest > 0 else [])]
