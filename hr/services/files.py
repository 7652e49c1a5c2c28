"""Files of staff: loaded whole or not at all, and never twice."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from core.actors import Actor, require
from core.errors import Refused
from core.unreadable import Unreadable
from events.services import record
from hr.bulk import check, insert, private_rows, stage
from hr.keys import name_key
from hr.models import PrivateDetails, StaffFile, StaffFileError
from hr.permissions import LOAD_STAFF
from hr.reading import read, typed
from hr.rules import HRR09, HRR10
from hr.services.private import Details
from tenants.roles import Role
from tenants.services import ensure_people, give_roles, next_number

State = StaffFile.State
MOST_ERRORS = 2_000
Row = tuple[int, dict[str, str]]
Text = tuple[int, str]


def load_staff(*, name: str, data: bytes, by: Actor, at: datetime) -> StaffFile:
    """Reads a file and loads it if nothing is wrong with any row; else keeps what is wrong.

    HRR09 for a file that was loaded, HRR10 for one that cannot be read. Event hr.file.loaded or
    hr.file.refused.
    """
    require(by, LOAD_STAFF)
    digest = hashlib.sha256(data).hexdigest()
    known = StaffFile.objects.filter(organisation_id=by.organisation_id, sha256=digest)
    HRR09.check(not known.filter(state=State.LOADED).exists())
    try:
        rows = read(data)
    except Unreadable as error:
        raise HRR10.refuse(str(error)) from error
    return _load(name, digest, rows, by, at)


def _load(
    name: str, digest: str, rows: list[tuple[int, dict[str, str]]], by: Actor, at: datetime
) -> StaffFile:
    here = by.organisation_id
    good, shares, allowances, wrong = _typed(rows)
    stage(good, shares, allowances)
    wrong += check(here)
    file = StaffFile.objects.create(
        organisation_id=here,
        number=next_number("staff_file", by=by),
        name=name[:120],
        sha256=digest,
        state=State.REFUSED if wrong else State.LOADED,
        rows=len(rows),
        people=0 if wrong else len({row["employee"] for row in good}),
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at,
    )
    if wrong:
        _keep_errors(file, sorted(wrong))
        record("hr.file.refused", file, by=by, at=at, name=file.name, errors=len(wrong))
        return file
    ensure_people(rows=[(row["email"], row["name"]) for row in good])
    give_roles(people=insert(here, at), role=Role.STAFF)
    _keep_private(here, at)
    _count_on(max(row["employee"] for row in good), by)
    record("hr.file.loaded", file, by=by, at=at, name=file.name, rows=file.rows,
           people=file.people)  # fmt: skip
    return file


def _typed(
    rows: Iterable[Row],
) -> tuple[list[dict[str, Any]], list[tuple[int, str, int]], list[Text], list[Text]]:
    """Rows that can be staged, their cost shares and allowances, what is wrong with the others."""
    good, shares, allowances, wrong = [], [], list[Text](), list[Text]()
    for number, row in rows:
        values, said = typed(row)
        said += _private_errors(values)
        if said:
            wrong += [(number, text) for text in said]
            continue
        shares += [(number, code, size) for code, size in values.pop("cost_centres") or []]
        allowances += [(number, code) for code in values.pop("allowances") or []]
        values |= {
            "row_no": number,
            "name_norm": name_key(values["name"]),
            "email": values["email"].lower(),
            "from_on": values["from"],
            "minutes": values["hours"],
        }
        good.append(values)
    return good, shares, allowances, wrong


def _private_errors(values: Mapping[str, Any]) -> list[str]:
    wanted = ("ni_number", "sort_code", "account_number", "gender", "address", "postcode",
              "passport", "given_names", "family_name")  # fmt: skip
    given: dict[str, Any] = {name: values[name] or "" for name in wanted}
    try:
        Details(**given, starter=values["starter_declaration"] or "").check()
    except Refused as refusal:
        return [refusal.message]
    return []


def _keep_private(organisation_id: int, at: datetime) -> None:
    PrivateDetails.objects.bulk_create(
        [
            PrivateDetails(
                organisation_id=organisation_id,
                employment_id=employment,
                from_on=from_on,
                recorded_at=at,
                **Details(*facts).columns(organisation_id, row),
            )
            for row, employment, from_on, *facts in private_rows()
        ],
        batch_size=1000,
    )


def _keep_errors(file: StaffFile, wrong: list[tuple[int, str]]) -> None:
    StaffFileError.objects.bulk_create(
        [
            StaffFileError(
                organisation_id=file.organisation_id, file=file, row_no=row_no, text=text[:300]
            )
            for row_no, text in wrong[:MOST_ERRORS]
        ],
        batch_size=1000,
    )


def _count_on(highest: int, by: Actor) -> None:
    """Starters are numbered after whatever numbers the file brought."""
    reached = next_number("employment", by=by)
    if reached <= highest:
        next_number("employment", by=by, count=highest - reached)
