"""Suppliers whom nothing is paid: those that are held, why, and which are due for review."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from core.errors import NotFound
from core.permissions import PERMISSIONS
from finance.models import Supplier, SupplierHold
from finance.permissions import HOLD_SUPPLIERS
from tenants.selectors import role_holders

SHOWN = {"held": "In force", "due": "Due for review", "released": "Released", "all": "All"}


def hold_list(organisations: Sequence[int], shown: str, today: date) -> QuerySet[SupplierHold]:
    """Those in force (the next review first), due for review, released, or all."""
    rows = SupplierHold.objects.filter(organisation_id__in=list(organisations))
    if shown != "all":
        rows = rows.filter(released_at__isnull=shown != "released")
    if shown == "due":
        rows = rows.filter(review_on__lte=today)
    return rows.select_related("supplier").order_by("review_on", "id")


def hold_by_number(organisation_id: int, number: int) -> SupplierHold:
    """With its supplier. NotFound for a number that no hold has here."""
    rows = SupplierHold.objects.filter(organisation_id=organisation_id, number=number)
    found = rows.select_related("supplier").first()
    if found is None:
        raise NotFound("There is no such hold.")
    return found


def holds_on(supplier: Supplier) -> QuerySet[SupplierHold]:
    """The hold in force on a supplier: one at most."""
    return SupplierHold.objects.filter(
        organisation_id=supplier.organisation_id,
        supplier_id=supplier.pk,
        released_at__isnull=True,
    )


def people_on_holds(organisation_id: int, on: date) -> dict[int, str]:
    """Who may see to a held supplier of an organisation that day: names by person."""
    holders = role_holders(PERMISSIONS[HOLD_SUPPLIERS].roles, on)
    return {one.person_id: one.name for one in holders if one.organisation_id == organisation_id}
