"""Who bears the cost of a job, as people write it: «H10:60; northdale:40»."""

from datetime import date
from decimal import InvalidOperation
from typing import NamedTuple

from hr.keys import percent
from hr.models import WHOLE, Position
from hr.reading import shares as read_shares
from hr.rules import HRR60
from tenants.models import Organisation
from tenants.selectors import OrganisationRow, all_organisations, units


class Share(NamedTuple):
    """A part of a cost, in ten-thousandths, by a unit here or by another organisation."""

    unit_id: int | None
    other_id: int | None
    ten_thousandths: int


def others(here: int) -> list[OrganisationRow]:
    """The other organisations that may bear a cost: those that have not left."""
    left = Organisation.Status.FORMER
    return [one for one in all_organisations() if one.id != here and one.status != left]


def organisation_name(key: int) -> str:
    """The short name of an organisation, also of one that has left."""
    return next(one.short_name for one in all_organisations() if one.id == key)


def bearers(here: int, text: str, on: date) -> tuple[Share, ...]:
    """The shares that a text gives, of units that exist on a day and of other organisations.

    HRR60 names what is wrong with it.
    """
    try:
        given = read_shares(text)
    except (ValueError, InvalidOperation) as error:
        raise HRR60.refuse() from error
    HRR60.check(bool(given))
    own = {unit.code: unit.pk for unit in units(here, on)}
    elsewhere = {one.slug: one.id for one in others(here)}
    found = []
    for code, size in given:
        unit = own.get(code)
        HRR60.check(unit is not None or code in elsewhere, f"«{code[:40]}»")
        found.append(Share(unit, None if unit else elsewhere[code], size))
    return tuple(found)


def borne_by(position: Position) -> tuple[Share, ...]:
    """The whole cost by the unit of a post."""
    return (Share(position.unit_id, None, WHOLE),)


def written(shares: list[tuple[str, int]]) -> str:
    """Codes with their ten-thousandths, as `bearers` reads them again."""
    return "; ".join(f"{code}:{percent(size)}" for code, size in shares)
