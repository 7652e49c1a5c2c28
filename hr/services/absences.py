"""Recording who is away: a correction ends what was known and writes what is known from then on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db import connection

from core.actors import Actor, require
from core.errors import Clash
from core.templatetags.web import day
from core.vault import next_ids, place_in, seal, unseal
from events.services import record, record_each
from hr.models import (
    AFTER_LEAVING,
    MONDAY_TO_FRIDAY,
    Absence,
    AbsenceKind,
    AbsenceTerms,
    Employment,
    Evidence,
    WorkedDay,
)
from hr.permissions import KEEP_TERMS, RECORD_ABSENCES, SEE_WHY_AWAY
from hr.rules import HRR19, HRR23, HRR24, HRR25, HRR26, HRR27, HRR28, HRR29, HRR39
from tenants.services import next_number

DAY = timedelta(days=1)
Days = tuple[date, date]


@dataclass(frozen=True)
class NewAbsence:
    """What is recorded of an absence. Days are its first and last; without a last one it is open.

    `qualifying` are the bits of the working days, Sunday lowest; the rest is as in `Absence`.
    """

    kind: str
    from_on: date
    last_on: date | None = None
    qualifying: int = MONDAY_TO_FRIDAY
    event_on: date | None = None
    adopting: bool = False
    notice_on: date | None = None
    weeks_used: int = 0
    evidence: str = Evidence.NONE
    reason: str = ""

    @property
    def to_on(self) -> date | None:
        return self.last_on + DAY if self.last_on else None

    def check(self, employment: Employment) -> None:
        """HRR24, HRR25, HRR27."""
        until, who = employment.to_on or date.max, f"Employee {employment.number}"
        sick = self.kind == AbsenceKind.SICKNESS
        begins = date.max if self.kind in AFTER_LEAVING else until
        HRR24.check(employment.from_on <= self.from_on < begins, who)
        HRR24.check(self.last_on is None or self.from_on <= self.last_on, who)
        HRR24.check(not sick or self.last_on is None or self.last_on < until, who)
        about = self.event_on is not None and self.notice_on is not None
        nothing = not (self.event_on or self.notice_on or self.adopting)
        HRR25.check(nothing if sick else about, who)
        HRR27.check(0 < self.qualifying < 1 << 7, who)


def record_absences(
    *, absences: Sequence[tuple[Employment, NewAbsence]], by: Actor, at: datetime
) -> list[Absence]:
    """Records absences of one or many people; the statements are the same however many.

    HRR23 where two share a day, HRR24, HRR25, HRR27, HRR26 for one's own. Event
    hr.absence.recorded, which says no kind and no reason.
    """
    require(by, RECORD_ABSENCES)
    for employment, new in absences:
        _not_own(employment, by)
        new.check(employment)
    _lock([employment.pk for employment, _ in absences])
    _check_free(absences, by)
    first = next_number("absence", by=by, count=len(absences))
    numbered = [
        (employment, new, first + place) for place, (employment, new) in enumerate(absences)
    ]
    made = _write(numbered, by, at)
    subjects = [(one.employment_id, {"number": one.number}) for one in made]
    record_each("hr.absence.recorded", "hr.employment", subjects, by=by)
    return made


def correct_absence(*, absence: Absence, to: NewAbsence, by: Actor, at: datetime) -> Absence:
    """What was known ends now, and the same number says what is known from now on.

    Without a reason the one before stays. HRR28 if it was corrected meanwhile, else as
    `record_absences`. Event hr.absence.corrected.
    """
    require(by, RECORD_ABSENCES)
    employment = absence.employment
    _not_own(employment, by)
    to.check(employment)
    _lock([employment.pk])
    _supersede(absence, by, at)
    _check_free([(employment, to)], by)
    kept = to if to.reason.strip() else replace(to, reason=_reason_of(absence))
    (made,) = _write([(employment, kept, absence.number)], by, at)
    record("hr.absence.corrected", employment, by=by, at=at, number=absence.number)
    return made


def withdraw_absence(*, absence: Absence, reason: str, by: Actor, at: datetime) -> None:
    """The person was not away: what was known ends now, and nothing follows it.

    HRR26, HRR28, HRR29 without a reason. Event hr.absence.withdrawn.
    """
    require(by, RECORD_ABSENCES)
    _not_own(absence.employment, by)
    HRR29.check(reason.strip())
    _supersede(absence, by, at)
    record(
        "hr.absence.withdrawn", absence.employment, by=by, at=at, number=absence.number,
        reason=reason.strip()[:200],
    )  # fmt: skip


def record_worked_day(
    *, absence: Absence, worked_on: date, worked: bool, by: Actor, at: datetime
) -> None:
    """Somebody worked on a day of their family leave, or did not after all (`worked` is false).

    HRR26, HRR39. Event hr.absence.worked, which says no kind.
    """
    require(by, RECORD_ABSENCES)
    employment = absence.employment
    _not_own(employment, by)
    _lock([employment.pk])
    until = min(absence.to_on or date.max, employment.to_on or date.max)
    lies = absence.from_on <= worked_on < until
    HRR39.check(not worked or (not absence.sick and lies))
    rows = WorkedDay.objects.filter(
        organisation_id=by.organisation_id, employment=employment, worked_on=worked_on,
        withdrawn_at__isnull=True,
    )  # fmt: skip
    HRR39.check(rows.exists() != worked)
    if worked:
        WorkedDay.objects.create(
            organisation_id=by.organisation_id, employment=employment, absence=absence.number,
            worked_on=worked_on, recorded_at=at, recorded_by_name=by.name,
        )  # fmt: skip
    else:
        rows.update(withdrawn_at=at)
    what = "recorded" if worked else "withdrawn"
    record("hr.absence.worked", employment, by=by, at=at, number=absence.number, what=what)


def look_at_reason(*, absence: Absence, reason: str, by: Actor, at: datetime) -> str:
    """Why somebody is away, for those entitled, who say why they look, and for the person (HRR19).

    Event hr.absence.seen with the reason of the look.
    """
    own = by.person_id is not None and by.person_id == absence.employment.person_id
    if not own:
        require(by, SEE_WHY_AWAY)
        HRR19.check(reason.strip())
    why = "their own" if own else reason.strip()[:200]
    record("hr.absence.seen", absence.employment, by=by, at=at, number=absence.number, reason=why)
    return _reason_of(absence)


def _reason_of(absence: Absence) -> str:
    """What is sealed as the reason: for looks that are recorded and rows made from it."""
    place = place_in(Absence, "reason_sealed", absence.organisation_id, absence.pk)
    return unseal(place, absence.reason_sealed)


def record_absence_terms(
    *, sick_full: bool, family_full: bool, from_on: date, by: Actor, at: datetime
) -> AbsenceTerms:
    """Whether basic pay goes on in sickness and in family leave, from a day on.

    What held before stays recorded. Event hr.absence_terms.recorded.
    """
    require(by, KEEP_TERMS)
    made = AbsenceTerms.objects.create(
        organisation_id=by.organisation_id, sick_full=sick_full, family_full=family_full,
        from_on=from_on, recorded_at=at, recorded_by_name=by.name,
    )  # fmt: skip
    words = {True: "full", False: "statutory only"}
    record(
        "hr.absence_terms.recorded", made, by=by, at=at, on=day(from_on),
        sick=words[sick_full], family=words[family_full],
    )  # fmt: skip
    return made


def _not_own(employment: Employment, by: Actor) -> None:
    HRR26.check(by.person_id is None or by.person_id != employment.person_id)


def _lock(employments: Sequence[int]) -> None:
    """In one order, so that two files with the same people do not wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('hr.absence', id))"
            " FROM (SELECT DISTINCT unnest(%s::bigint[]) AS id ORDER BY 1) locked",
            [list(employments)],
        )


def _check_free(absences: Sequence[tuple[Employment, NewAbsence]], by: Actor) -> None:
    """HRR23 where one shares a day with another, recorded or new."""
    known = Absence.objects.filter(
        organisation_id=by.organisation_id, superseded_at__isnull=True,
        employment_id__in=[employment.pk for employment, _ in absences],
    )  # fmt: skip
    days: dict[int, list[Days]] = defaultdict(list)
    for employment_id, first, until in known.values_list("employment_id", "from_on", "to_on"):
        days[employment_id].append((first, until or date.max))
    for employment, new in absences:
        days[employment.pk].append((new.from_on, new.to_on or date.max))
    numbers = {employment.pk: employment.number for employment, _ in absences}
    for key, mine in days.items():
        free = all(a[1] <= b[0] for a, b in pairwise(sorted(mine)))
        HRR23.check(free, f"Employee {numbers[key]}")


def _supersede(absence: Absence, by: Actor, at: datetime) -> None:
    rows = Absence.objects.filter(organisation_id=by.organisation_id, pk=absence.pk)
    if at < absence.recorded_at:
        raise Clash()
    HRR28.check(rows.filter(superseded_at__isnull=True).update(superseded_at=at) == 1)


def _write(
    rows: Sequence[tuple[Employment, NewAbsence, int]], by: Actor, at: datetime
) -> list[Absence]:
    keys = next_ids(Absence, len(rows))
    return Absence.objects.bulk_create(
        [
            Absence(
                id=key, organisation_id=by.organisation_id, employment=employment, number=number,
                kind=new.kind, from_on=new.from_on, to_on=new.to_on, qualifying=new.qualifying,
                event_on=new.event_on, adopting=new.adopting, notice_on=new.notice_on,
                weeks_used=new.weeks_used, evidence=new.evidence,
                reason_sealed=seal(
                    place_in(Absence, "reason_sealed", by.organisation_id, key), new.reason.strip()
                ),
                recorded_at=at, recorded_by_id=by.person_id, recorded_by_name=by.name,
            )
            for key, (employment, new, number) in zip(keys, rows, strict=True)
        ],
        batch_size=1_000,
    )  # fmt: skip
