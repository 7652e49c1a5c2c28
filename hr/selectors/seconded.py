"""Who works elsewhere for a time: those whom we second out, and those whom others second to us."""

from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery

from core.actors import Actor, require
from hr.models import CostShare, Placement
from hr.permissions import SEE_STAFF
from hr.selectors.people import seen_by, within


def seconded_out(actor: Actor, on: date) -> QuerySet[Placement]:
    """Of the units that the actor sees: whose secondment runs on a day or begins later, by name.

    Each says what the host bears, in ten-thousandths: `borne`.
    """
    here = actor.organisation_id
    shares = CostShare.objects.filter(
        organisation_id=here, placement_id=OuterRef("id"), other_id=OuterRef("host_id")
    )
    rows = Placement.objects.filter(
        Q(host__isnull=False, to_on__gt=on), within(seen_by(actor), "position__unit__path"),
        organisation_id=here, superseded_at__isnull=True,
    )  # fmt: skip
    rows = rows.annotate(borne=Subquery(shares.values("ten_thousandths")[:1]))
    rows = rows.select_related("assignment__employment", "position__unit")
    return rows.order_by("assignment__employment__name_norm", "from_on", "id")


class SecondedIn(NamedTuple):
    """What a host knows of somebody: no more than this. `borne` is in ten-thousandths."""

    employer: str
    name: str
    title: str
    from_on: date
    to_on: date
    borne: int


def seconded_in(actor: Actor, on: date) -> list[SecondedIn]:
    """Whom other organisations second here on a day or later, by name.

    For those who see the staff of the whole organisation: a secondment names none of its units.
    """
    require(actor, SEE_STAFF, unit_path="")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ctx.seconded_in(%s, %s)", [actor.organisation_id, on])
        return [SecondedIn(*row) for row in cursor.fetchall()]
