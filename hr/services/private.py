"""NI number, tax and bank details: each look at them is an event, and they are superseded."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from core.actors import Actor, require
from core.errors import Clash, NotAllowed
from core.vault import next_ids, place_in, seal, unseal
from events.services import record
from hr.models import Employment, PrivateDetails
from hr.permissions import CHANGE_PRIVATE, SEE_PRIVATE
from hr.rules import HRR11, HRR12, HRR14, HRR17, HRR19

# Letters that no number begins with, and prefixes that were never given out.
NI_NUMBER = re.compile(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")
SORT_CODE, ACCOUNT = re.compile(r"\d{6}"), re.compile(r"\d{8}")


@dataclass(frozen=True)
class Details:
    """What is known of a person for pay; empty where nothing is."""

    ni_number: str = ""
    born_on: date | None = None
    tax_code: str = ""
    non_cumulative: bool = False
    sort_code: str = ""
    account_number: str = ""
    account_name: str = ""

    def check(self) -> None:
        """HRR11, HRR12."""
        HRR11.check(not self.ni_number or NI_NUMBER.fullmatch(self.ni_number))
        given = bool(self.sort_code), bool(self.account_number)
        HRR12.check(given[0] == given[1])
        HRR12.check(not given[0] or SORT_CODE.fullmatch(self.sort_code))
        HRR12.check(not given[1] or ACCOUNT.fullmatch(self.account_number))

    def columns(self, organisation_id: int, row: int) -> dict[str, Any]:
        """What to write of them in the row of this id: numbers sealed, the rest as it is."""
        place = place_in(PrivateDetails, "ni_sealed", organisation_id, row)
        return {
            "id": row,
            "ni_sealed": seal(place, self.ni_number),
            "born_on": self.born_on,
            "tax_code": self.tax_code,
            "non_cumulative": self.non_cumulative,
            "account_name": self.account_name,
            **PrivateDetails.columns_for(organisation_id, row, self.sort_code, self.account_number),
        }

    @classmethod
    def opened(cls, row: PrivateDetails) -> "Details":
        """What a row says: for looks that are recorded and for rows made from it."""
        place = place_in(PrivateDetails, "ni_sealed", row.organisation_id, row.pk)
        number = unseal(place, row.ni_sealed)
        return cls(
            number, row.born_on, row.tax_code, row.non_cumulative, *row.digits(), row.account_name
        )


def look_at_private(
    *, employment: Employment, on: date, by: Actor, at: datetime, reason: str = ""
) -> Details | None:
    """What is known of that day, for those entitled, who say why, and for the person (HRR19).

    Event hr.private.seen with the reason.
    """
    own = by.person_id is not None and by.person_id == employment.person_id
    if not own:
        require(by, SEE_PRIVATE)
        HRR19.check(reason.strip())
    why = "their own" if own else reason.strip()[:200]
    record("hr.private.seen", employment, by=by, at=at, reason=why)
    rows = _known(employment).filter(from_on__lte=on)
    found = rows.filter(Q(to_on__isnull=True) | Q(to_on__gt=on)).first()
    return Details.opened(found) if found else None


def change_private(
    *, employment: Employment, details: Details, from_on: date, by: Actor, at: datetime
) -> PrivateDetails:
    """The details from a day on; those before it stay as they were. Never one's own.

    HRR11, HRR12 for malformed numbers, HRR14 if later ones are recorded, HRR17 before the
    employment, Clash if somebody was faster. Event hr.private.changed, which says nothing of them.
    """
    require(by, CHANGE_PRIVATE)
    if by.person_id is not None and by.person_id == employment.person_id:
        raise NotAllowed("You cannot change your own details here. A colleague has to.")
    details.check()
    HRR17.check(from_on >= employment.from_on)
    # The row of one change is not that of the next: it is the person that is locked.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('hr.private', %s))", [employment.pk]
        )
    last = _known(employment).order_by("-from_on").first()
    if last is not None:
        if last.recorded_at > at:
            raise Clash()
        HRR14.check(last.from_on <= from_on)
        PrivateDetails.objects.filter(organisation_id=by.organisation_id, pk=last.pk).update(
            superseded_at=at
        )
        if last.from_on < from_on:
            _write(employment, Details.opened(last), at=at, from_on=last.from_on, to_on=from_on)
    made = _write(employment, details, at=at, from_on=from_on)
    record("hr.private.changed", employment, by=by, at=at, on=f"{from_on:%-d %B %Y}")
    return made


def _write(
    employment: Employment,
    details: Details,
    *,
    at: datetime,
    from_on: date,
    to_on: date | None = None,
) -> PrivateDetails:
    (row,) = next_ids(PrivateDetails)
    here = employment.organisation_id
    return PrivateDetails.objects.create(
        organisation_id=here,
        employment=employment,
        from_on=from_on,
        to_on=to_on,
        recorded_at=at,
        **details.columns(here, row),
    )


def _known(employment: Employment) -> QuerySet[PrivateDetails]:
    return PrivateDetails.objects.filter(
        organisation_id=employment.organisation_id,
        employment=employment,
        superseded_at__isnull=True,
    )
