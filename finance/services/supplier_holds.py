"""Holding all payments to a supplier, reviewing that, and releasing it by a second person."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from core.actors import Actor, require
from core.errors import Clash
from core.templatetags.web import day
from events.services import record
from finance.models import Supplier, SupplierHold
from finance.permissions import HOLD_SUPPLIERS, RELEASE_SUPPLIERS
from finance.rules import SUP22, SUP23, SUP24, SUP25, SUP26
from finance.selectors.supplier_holds import people_on_holds
from tenants.services import next_number

LONGEST_DAYS = 366
Status = Supplier.Status


def hold_supplier(
    *, supplier: Supplier, reason: str, owner_id: int, review_on: date, by: Actor, at: datetime
) -> SupplierHold:
    """Nothing more is paid to it until somebody else releases it; its invoices are still entered.

    SUP22 without a reason, SUP23 for who may not see to holds here, SUP24 for a review that is not
    within a year, SUP25 unless it is in use. Event finance.supplier.held.
    """
    require(by, HOLD_SUPPLIERS)
    said, owner = " ".join(reason.split()), _owner(owner_id, review_on, by, at)
    SUP22.check(said)
    _move(supplier, Status.ACTIVE, Status.HELD)
    hold = SupplierHold.objects.create(
        organisation_id=by.organisation_id,
        number=next_number("supplier_hold", by=by),
        supplier=supplier,
        reason=said,
        owner_id=owner_id,
        owner_name=owner,
        review_on=review_on,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at,
    )
    _record("held", hold, by, at, comment=said, owner=owner, day=day(review_on))
    return hold


def review_hold(
    *,
    hold: SupplierHold,
    version: int,
    note: str,
    owner_id: int,
    review_on: date,
    by: Actor,
    at: datetime,
) -> None:
    """It was looked at and stays in force until a later review. SUP22 to SUP24; Clash.

    Event finance.supplier.hold_reviewed.
    """
    require(by, HOLD_SUPPLIERS)
    said, owner = " ".join(note.split()), _owner(owner_id, review_on, by, at)
    SUP22.check(said)
    _change(hold, version, owner_id=owner_id, owner_name=owner, review_on=review_on)
    _record("hold_reviewed", hold, by, at, comment=said, owner=owner, day=day(review_on))


def release_supplier(
    *, hold: SupplierHold, version: int, reason: str, by: Actor, at: datetime
) -> None:
    """It is paid again. SUP22 without a reason, SUP26 for who held it; Clash.

    Event finance.supplier.released.
    """
    require(by, RELEASE_SUPPLIERS)
    said = " ".join(reason.split())
    SUP22.check(said)
    SUP26.check(by.person_id is not None and by.person_id != hold.made_by_id)
    _change(
        hold,
        version,
        released_by_id=by.person_id,
        released_by_name=by.name,
        released_at=at,
        release_reason=said,
    )
    _move(hold.supplier, Status.HELD, Status.ACTIVE)
    _record("released", hold, by, at, comment=said)


def _owner(owner_id: int, review_on: date, by: Actor, at: datetime) -> str:
    today = timezone.localdate(at)
    able = people_on_holds(by.organisation_id, today)
    SUP23.check(owner_id in able)
    SUP24.check(today < review_on <= today + timedelta(days=LONGEST_DAYS))
    return able[owner_id]


def _move(supplier: Supplier, source: str, target: str) -> None:
    here = Supplier.objects.filter(organisation_id=supplier.organisation_id, pk=supplier.pk)
    moved = here.filter(status=source).update(status=target, version=F("version") + 1)
    SUP25.check(moved)


def _change(hold: SupplierHold, version: int, **changes: Any) -> None:
    rows = SupplierHold.objects.filter(
        organisation_id=hold.organisation_id, pk=hold.pk, version=version, released_at__isnull=True
    )
    if rows.update(version=F("version") + 1, **changes) != 1:
        raise Clash()


def _record(verb: str, hold: SupplierHold, by: Actor, at: datetime, **data: Any) -> None:
    record(f"finance.supplier.{verb}", hold.supplier, by=by, at=at, **data)
