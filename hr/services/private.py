"""NI number, tax and bank details: each look at them is an event, and they are superseded."""

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from core.actors import Actor, require
from core.errors import NotAllowed
from events.services import record
from hr.models import Employment, PrivateDetails
from hr.permissions import CHANGE_PRIVATE, SEE_PRIVATE
from hr.rules import HRR11, HRR12, HRR14, HRR17

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


def look_at_private(
    *, employment: Employment, on: date, by: Actor, at: datetime
) -> PrivateDetails | None:
    """What is known of that day, for those entitled and for the person. Event hr.private.seen."""
    if by.person_id is None or by.person_id != employment.person_id:
        require(by, SEE_PRIVATE)
    record("hr.private.seen", employment, by=by, at=at)
    rows = _known(employment).filter(from_on__lte=on)
    return rows.filter(Q(to_on__isnull=True) | Q(to_on__gt=on)).first()


def change_private(
    *, employment: Employment, details: Details, from_on: date, by: Actor, at: datetime
) -> PrivateDetails:
    """The details from a day on; those before it stay as they were. Never one's own.

    HRR11, HRR12 for malformed numbers, HRR14 if later ones are recorded, HRR17 before the
    employment. Event hr.private.changed, which says nothing of them.
    """
    require(by, CHANGE_PRIVATE)
    if by.person_id is not None and by.person_id == employment.person_id:
        raise NotAllowed("You cannot change your own details here. A colleague has to.")
    details.check()
    HRR17.check(from_on >= employment.from_on)
    last = _known(employment).select_for_update().order_by("-from_on").first()
    if last is not None:
        HRR14.check(last.from_on <= from_on)
        PrivateDetails.objects.filter(organisation_id=by.organisation_id, pk=last.pk).update(
            superseded_at=at
        )
        if last.from_on < from_on:
            last.pk, last.recorded_at, last.superseded_at = None, at, None
            last.to_on = from_on
            PrivateDetails.objects.bulk_create([last])
    made = PrivateDetails.objects.create(
        organisation_id=by.organisation_id,
        employment=employment,
        from_on=from_on,
        recorded_at=at,
        **asdict(details),
    )
    record("hr.private.changed", employment, by=by, at=at, on=f"{from_on:%-d %B %Y}")
    return made


def _known(employment: Employment) -> QuerySet[PrivateDetails]:
    return PrivateDetails.objects.filter(
        organisation_id=employment.organisation_id,
        employment=employment,
        superseded_at__isnull=True,
    )
