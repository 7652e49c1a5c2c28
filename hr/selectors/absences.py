"""Who is away: what payroll is worked out from, lists, and the terms of an employer."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from core.actors import Actor, paths_where
from core.db.arrays import number_array
from core.errors import NotFound
from hr.models import Absence, AbsenceTerms, Employment, Placement, WorkedDay
from hr.permissions import RECORD_ABSENCES, SEE_ABSENCES
from hr.selectors.people import in_units, within

_AWAY = """
SELECT a.employment_id, a.number, a.kind, a.from_on, a.to_on, a.qualifying, a.event_on, a.adopting,
       a.evidence <> 'none', a.weeks_used, a.recorded_at,
       a.superseded_at IS NULL OR a.superseded_at > %(known_at)s, a.notice_on,
       ARRAY(SELECT w.worked_on FROM hr_workedday w
              WHERE w.organisation_id = %(here)s AND w.employment_id = a.employment_id
                AND w.absence = a.number AND w.recorded_at <= %(known_at)s
                AND (w.withdrawn_at IS NULL OR w.withdrawn_at > %(known_at)s) ORDER BY 1)
  FROM hr_absence a
 WHERE a.organisation_id = %(here)s AND a.employment_id = ANY (%(ids)s)
   AND a.recorded_at <= %(known_at)s AND a.from_on < %(until)s
 ORDER BY a.employment_id, a.from_on, a.id
"""


@dataclass(frozen=True)
class AwayFacts:
    """An absence as payroll needs it. `holds` is false for one that was corrected or withdrawn."""

    employment_id: int
    number: int
    kind: str
    from_on: date
    to_on: date | None
    qualifying: int
    event_on: date | None
    adopting: bool
    evidence: bool
    weeks_used: int
    recorded_at: datetime
    holds: bool
    notice_on: date | None
    worked: list[date]


def away_facts(
    organisation_id: int, employment_ids: Sequence[int], *, until: date, known_at: datetime
) -> dict[int, list[AwayFacts]]:
    """Every absence that began before a day, as known at a moment, by employment; one statement.

    Those that hold no longer are among them: what was paid for them is corrected.
    """
    given: dict[str, Any] = {"here": organisation_id, "ids": number_array(employment_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_AWAY, {**given, "until": until, "known_at": known_at})
        found: dict[int, list[AwayFacts]] = defaultdict(list)
        for row in cursor.fetchall():
            found[row[0]].append(AwayFacts(*row))
        return dict(found)


def employments_away(organisation_id: int, since: date) -> QuerySet[Any]:
    """Employments with an absence, as it is known now, that lasts to a day or later: their keys."""
    rows = Absence.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=since), organisation_id=organisation_id,
        superseded_at__isnull=True,
    )  # fmt: skip
    return rows.order_by().values("employment_id").distinct()


def absence_terms(organisation_id: int) -> QuerySet[AbsenceTerms]:
    """Every rule on pay while away, the newest day first; of one day the last recorded is first."""
    rows = AbsenceTerms.objects.filter(organisation_id=organisation_id)
    return rows.order_by("-from_on", "-recorded_at", "-id")


def full_while_away(terms: Sequence[AbsenceTerms], on: date) -> tuple[bool, bool]:
    """Whether basic pay goes on in sickness and in family leave on a day: without a rule it does.

    `terms` in the order of `absence_terms`.
    """
    held = next((one for one in terms if one.from_on <= on), None)
    return (held.sick_full, held.family_full) if held else (True, True)


def absences_of(
    actor: Actor, *, on: date | None = None, employee: int = 0, permission: str = SEE_ABSENCES
) -> QuerySet[Absence]:
    """Absences as they are known now, the newest first: those that began in units for which the
    actor holds the permission. `on` narrows to who is away on a day, `employee` to a number."""
    rows = Absence.objects.filter(
        organisation_id=actor.organisation_id, superseded_at__isnull=True
    ).select_related("employment")
    if paths := paths_where(actor, permission).get(actor.organisation_id, ()):
        jobs = Placement.objects.filter(
            Q(to_on__isnull=True) | Q(to_on__gt=OuterRef("from_on")),
            within(paths, "position__unit__path"), organisation_id=actor.organisation_id,
            assignment__employment_id=OuterRef("employment_id"), superseded_at__isnull=True,
            from_on__lte=OuterRef("from_on"),
        )  # fmt: skip
        rows = rows.filter(Exists(jobs))
    if on:
        rows = rows.filter(Q(to_on__isnull=True) | Q(to_on__gt=on), from_on__lte=on)
    rows = rows.filter(employment__number=employee) if employee else rows
    return rows.order_by("-from_on", "-id")


def absence_of(actor: Actor, number: int, permission: str = SEE_ABSENCES) -> Absence:
    """NotFound unless it is known now, and began where the actor holds the permission."""
    found = absences_of(actor, permission=permission).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such absence.")
    return found


def own_absences(organisation_id: int, person_id: int | None) -> QuerySet[Absence]:
    """A person's own, the newest first."""
    rows = Absence.objects.filter(
        organisation_id=organisation_id, superseded_at__isnull=True,
        employment__person_id=person_id, employment__organisation_id=organisation_id,
    )  # fmt: skip
    return rows.select_related("employment").order_by("-from_on", "-id")


def worked_days(absence: Absence) -> list[date]:
    """The days of it on which the person worked, as it is known now."""
    rows = WorkedDay.objects.filter(
        organisation_id=absence.organisation_id, employment_id=absence.employment_id,
        absence=absence.number, withdrawn_at__isnull=True,
    )  # fmt: skip
    return list(rows.order_by("worked_on").values_list("worked_on", flat=True))


def versions_of(absence: Absence) -> list[Absence]:
    """Everything that was ever known of an absence, the newest first."""
    rows = Absence.objects.filter(organisation_id=absence.organisation_id, number=absence.number)
    return list(rows.order_by("-recorded_at", "-id"))


def employments_recorded(actor: Actor, numbers: Sequence[int], on: date) -> dict[int, Employment]:
    """Of these employee numbers, those whose absences the actor may record, by number."""
    rows = Employment.objects.filter(
        organisation_id=actor.organisation_id, number__in=list(numbers)
    )
    if paths := paths_where(actor, RECORD_ABSENCES).get(actor.organisation_id, ()):
        rows = in_units(rows, actor.organisation_id, paths, on)
    return {one.number: one for one in rows}


def employment_recorded(actor: Actor, number: int, on: date) -> Employment:
    """NotFound unless the actor may record absences of this employee number."""
    if found := employments_recorded(actor, [number], on).get(number):
        return found
    raise NotFound("There is no such person whose absences you may record.")
