"""Facts for pay and HMRC: each look at them is an event, and they are superseded."""

import re
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from core.actors import Actor, require
from core.errors import Clash, NotAllowed
from core.vault import next_ids, place_in, seal, unseal
from events.services import record
from hr.models import AccountChange, Employment, Gender, PrivateDetails, Starter
from hr.permissions import CHANGE_PRIVATE, SEE_PRIVATE
from hr.rules import HRR11, HRR12, HRR14, HRR17, HRR19, HRR21, HRR22, HRR30, HRR34, HRR37

# Letters that no number begins with, and prefixes that were never given out.
NI_NUMBER = re.compile(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")
SORT_CODE, ACCOUNT = re.compile(r"\d{6}"), re.compile(r"\d{8}")
POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}")
PASSPORT = re.compile(r"[A-Z0-9]{0,35}")
# What a file to the bank carries of a building society's roll number.
ROLL = re.compile(r"[A-Z0-9/. -]{1,18}")
LINES, LINE = 4, 35


# What is kept or taken away as one, each under its first field; a new one needs no more of the old.
GROUPS = {
    "ni_number": (),
    "given_names": ("family_name",),
    "born_on": (),
    "tax_code": ("non_cumulative",),
    "account_number": ("sort_code", "account_name", "reference"),
    "gender": (),
    "address": ("postcode",),
    "passport": (),
    "starter": (),
}


@dataclass(frozen=True)
class Details:
    """What is known of a person for pay; empty where nothing is.

    `address` has one line for each of its lines, `postcode` none where the last names a country.
    """

    ni_number: str = ""
    born_on: date | None = None
    tax_code: str = ""
    non_cumulative: bool = False
    sort_code: str = ""
    account_number: str = ""
    account_name: str = ""
    gender: str = ""
    address: str = ""
    postcode: str = ""
    passport: str = ""
    starter: str = ""
    reference: str = ""
    given_names: str = ""
    family_name: str = ""

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.address.splitlines() if line.strip()]

    def over(self, before: "Details", remove: Collection[str] = ()) -> "Details":
        """What was known before with these instead; what is empty stays, unless it is removed.

        `remove` holds keys of GROUPS. Whoever names a new account or address says all of it.
        """
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        found: dict[str, Any] = {}
        for first, others in GROUPS.items():
            whole = first in remove or given[first]
            names = [name for name in (first, *others) if whole or given[name]]
            found |= {name: given[name] for name in names}
        return replace(before, **found)

    def check(self) -> None:
        """HRR11, HRR12, HRR21, HRR22, HRR30, HRR37."""
        HRR11.check(not self.ni_number or NI_NUMBER.fullmatch(self.ni_number))
        check_account(self.sort_code, self.account_number, self.reference)
        HRR21.check(len(self.lines) <= LINES and all(len(line) <= LINE for line in self.lines))
        HRR21.check(not self.postcode or (self.lines and POSTCODE.fullmatch(self.postcode)))
        HRR22.check(self.gender in ("", *Gender.values) and self.starter in ("", *Starter.values))
        HRR22.check(PASSPORT.fullmatch(self.passport))
        HRR37.check(bool(self.given_names) == bool(self.family_name))

    def columns(self, organisation_id: int, row: int) -> dict[str, Any]:
        """What to write of them in the row of this id: numbers sealed, the rest as it is."""

        def sealed(name: str, text: str) -> bytes:
            return seal(place_in(PrivateDetails, name, organisation_id, row), text)

        where = "\n".join([*self.lines, self.postcode]) if self.lines else ""
        return {
            "id": row,
            "ni_sealed": sealed("ni_sealed", self.ni_number),
            "address_sealed": sealed("address_sealed", where),
            "passport_sealed": sealed("passport_sealed", self.passport),
            "reference_sealed": sealed("reference_sealed", self.reference),
            "given_names": self.given_names,
            "family_name": self.family_name,
            "gender": self.gender,
            "starter": self.starter,
            "born_on": self.born_on,
            "tax_code": self.tax_code,
            "non_cumulative": self.non_cumulative,
            "account_name": self.account_name,
            **PrivateDetails.columns_for(organisation_id, row, self.sort_code, self.account_number),
        }

    @classmethod
    def opened(cls, row: PrivateDetails) -> "Details":
        """What a row says: for looks that are recorded and for rows made from it."""

        def opened(name: str) -> str:
            place = place_in(PrivateDetails, name, row.organisation_id, row.pk)
            return unseal(place, getattr(row, name))

        address, _, postcode = opened("address_sealed").rpartition("\n")
        return cls(
            opened("ni_sealed"), row.born_on, row.tax_code, row.non_cumulative, *row.digits(),
            row.account_name, row.gender, address, postcode, opened("passport_sealed"), row.starter,
            opened("reference_sealed"), row.given_names, row.family_name,
        )  # fmt: skip


def check_account(sort_code: str, account_number: str, reference: str) -> None:
    """HRR12, HRR30."""
    given = bool(sort_code), bool(account_number)
    HRR12.check(given[0] == given[1])
    HRR12.check(not given[0] or SORT_CODE.fullmatch(sort_code))
    HRR12.check(not given[1] or ACCOUNT.fullmatch(account_number))
    HRR30.check(not reference or (given[0] and ROLL.fullmatch(reference)))


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


def open_private(*, employments: Collection[int], on: date, by: Actor) -> dict[int, Details]:
    """What is known of many people on a day, by employment, for a report of all of them.

    Who makes the report records the look, once for all.
    """
    require(by, SEE_PRIVATE)
    rows = PrivateDetails.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=on), organisation_id=by.organisation_id,
        employment_id__in=employments, superseded_at__isnull=True, from_on__lte=on,
    )  # fmt: skip
    return {row.employment_id: Details.opened(row) for row in rows.iterator()}


def change_private(
    *,
    employment: Employment,
    details: Details,
    from_on: date,
    by: Actor,
    at: datetime,
    remove: Collection[str] = (),
) -> PrivateDetails:
    """Details from a day on; those before it stay as they were. Never one's own.

    What is empty in them goes on as it was, unless `remove` names it (keys of GROUPS).

    HRR11, HRR12, HRR21, HRR22, HRR30, HRR37 for what is malformed, HRR14 if later ones are
    recorded, HRR17 before the employment, HRR34 for another account while the person's own change
    of it waits, Clash if somebody was faster. Event hr.private.changed, which says
    nothing of them.
    """
    require(by, CHANGE_PRIVATE)
    if by.person_id is not None and by.person_id == employment.person_id:
        raise NotAllowed("You cannot change your own details here. A colleague has to.")
    HRR17.check(from_on >= employment.from_on)
    lock_private([employment.pk])
    last = _known(employment).order_by("-from_on").first()
    before = Details.opened(last) if last else Details()
    new = details.over(before, remove)
    new.check()
    _check_waiting(employment, new, before)
    if last is not None:
        if last.recorded_at > at:
            raise Clash()
        HRR14.check(last.from_on <= from_on)
        PrivateDetails.objects.filter(organisation_id=by.organisation_id, pk=last.pk).update(
            superseded_at=at
        )
        if last.from_on < from_on:
            _write(employment, before, at=at, from_on=last.from_on, to_on=from_on)
    made = _write(employment, new, at=at, from_on=from_on)
    record("hr.private.changed", employment, by=by, at=at, on=f"{from_on:%-d %B %Y}")
    return made


def _check_waiting(employment: Employment, new: Details, before: Details) -> None:
    """HRR34 for another account than before while a change by the person waits."""
    if (new.sort_code, new.account_number) != (before.sort_code, before.account_number):
        waits = AccountChange.objects.filter(
            organisation_id=employment.organisation_id, person_id=employment.person_id,
            state=AccountChange.State.WAITING,
        )  # fmt: skip
        HRR34.check(not waits.exists())


def lock_private(employments: Collection[int]) -> None:
    """Until the transaction ends: the row of one change is not that of the next."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('hr.private', one))"
            " FROM (SELECT unnest(%s::bigint[]) AS one ORDER BY 1) o",
            [list(employments)],
        )


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
