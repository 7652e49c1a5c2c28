"""Who works here: lists, one person with their history, and the establishment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    DateField,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Greatest, Least

from core.actors import Actor, paths_where
from core.errors import NotFound
from hr.keys import name_key
from hr.models import GRADE_ON, CostShare, Employment, HoursBasis, PayValue, Placement, StaffRequest
from hr.permissions import SEE_STAFF
from hr.selectors.terms import on_day


def seen_by(actor: Actor) -> tuple[str, ...]:
    """Paths of the units whose staff an actor sees; empty means all of them."""
    return paths_where(actor, SEE_STAFF).get(actor.organisation_id, ())


def within(paths: Sequence[str], column: str) -> Q:
    """Whose path begins with one of these."""
    found = Q()
    for path in paths:
        found |= Q(**{f"{column}__begins": path})
    return found


def staff(
    actor: Actor, on: date, *, text: str = "", unit_path: str = "", scale: int | None = None
) -> QuerySet[Placement]:
    """The jobs on a day as they are known now, by name; `text` begins a name or is a number."""
    rows = Placement.objects.filter(
        on_day(on), organisation_id=actor.organisation_id, superseded_at__isnull=True
    )
    rows = rows.filter(within(seen_by(actor), "position__unit__path"))
    if unit_path:
        rows = rows.filter(position__unit__path__begins=unit_path)
    if scale:
        rows = rows.filter(position__scale_id=scale)
    said = text.strip()
    if said.isdecimal() and len(said) < 16:
        rows = rows.filter(assignment__employment__number=int(said))
    elif said:
        rows = rows.filter(assignment__employment__name_norm__begins=name_key(said))
    rows = rows.select_related(
        "assignment__employment", "position__unit", "pay_point", "position__scale"
    )
    return rows.order_by("assignment__employment__name_norm", "id")


def employment_for(actor: Actor, number: int, on: date) -> Employment:
    """NotFound unless there is such an employment in a unit that the actor sees.

    A manager sees people whose job is, or was last, in their units.
    """
    rows = Employment.objects.filter(organisation_id=actor.organisation_id, number=number)
    paths = seen_by(actor)
    if paths:
        rows = in_units(rows, actor.organisation_id, paths, on)
    found = rows.select_related("person").first()
    if found is None:
        raise NotFound("There is no such person in your part of the organisation.")
    return found


def in_units(
    rows: QuerySet[Employment], organisation_id: int, paths: Sequence[str], on: date
) -> QuerySet[Employment]:
    """Of these, whoever works in the units on the day, or began or ended there next to it."""
    day = Value(on, output_field=DateField())
    rows = rows.annotate(
        day=Case(
            When(to_on__isnull=True, then=Greatest(day, "from_on")), default=Least(day, "to_on")
        )
    )
    jobs = Placement.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=OuterRef("day")),
        within(paths, "position__unit__path"),
        organisation_id=organisation_id,
        assignment__employment_id=OuterRef("id"),
        superseded_at__isnull=True,
    )
    return rows.filter(Exists(jobs))


def employments_of(organisation_id: int, person_id: int | None) -> list[Employment]:
    """A person's own employments here, the newest first."""
    rows = Employment.objects.filter(organisation_id=organisation_id, person_id=person_id)
    return list(rows.order_by("-from_on"))


def placements_of(
    employment: Employment, known_at: datetime | None = None, *, on: date | None = None
) -> list[Placement]:
    """The history of all jobs, newest first: as known now, or as it was known at a moment.

    With `on`, each says what its point and its full week are on that day: `full_pence`, `basis`.
    """
    rows = Placement.objects.filter(
        organisation_id=employment.organisation_id, assignment__employment=employment
    )
    if known_at is None:
        rows = rows.filter(superseded_at__isnull=True)
    else:
        rows = rows.filter(
            Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at), recorded_at__lte=known_at
        )
    shares = CostShare.objects.filter(organisation_id=employment.organisation_id)
    rows = rows.select_related("assignment", "position__unit", "position__scale", "pay_point")
    if on is not None:
        here = Q(on_day(on), organisation_id=employment.organisation_id)
        values = PayValue.objects.filter(here, pay_point_id=OuterRef("pay_point_id"))
        weeks = HoursBasis.objects.filter(here, code=OuterRef("position__scale__hours_code"))
        rows = rows.annotate(
            full_pence=Subquery(values.values("annual_pence")[:1]),
            basis=Subquery(weeks.values("full_time_minutes")[:1]),
        )
    shared = Prefetch("shares", shares.select_related("unit").order_by("id"))
    return list(rows.prefetch_related(shared).order_by("-from_on", "assignment__number"))


def waiting_for_staff(employment: Employment) -> list[StaffRequest]:
    """What is asked for and not decided."""
    return list(
        StaffRequest.objects.filter(
            organisation_id=employment.organisation_id,
            employment=employment,
            state=StaffRequest.State.WAITING,
        ).order_by("id")
    )


def job_of(actor: Actor, number: int, job: int, on: date) -> Placement:
    """The newest placement of a job of somebody whom the actor sees."""
    found = employment_for(actor, number, on)
    for one in placements_of(found):
        if one.assignment.number == job:
            one.assignment.employment = found
            return one
    raise NotFound("There is no such job.")


def staff_requests(actor: Actor, state: str = "") -> QuerySet[StaffRequest]:
    """What was asked about people in the units that the actor sees, newest first."""
    rows = StaffRequest.objects.filter(organisation_id=actor.organisation_id)
    paths = seen_by(actor)
    if paths:
        placements = Placement.objects.filter(
            within(paths, "position__unit__path"),
            organisation_id=actor.organisation_id,
            assignment_id=OuterRef("assignment_id"),
            superseded_at__isnull=True,
        )
        rows = rows.filter(Exists(placements) | within(paths, "position__unit__path"))
    rows = rows.filter(state=state) if state else rows
    return rows.select_related("position").order_by("-number")


def staff_request(actor: Actor, number: int) -> StaffRequest:
    """NotFound unless it is about somebody whom the actor sees."""
    found = staff_requests(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such request.")
    return found


@dataclass(frozen=True)
class Post:
    """A post with full-time equivalents in hundredths: budgeted and filled."""

    code: str
    title: str
    unit_name: str
    unit_path: str
    grade: str
    budgeted: int
    filled: int
    unit_code: str
    scale_code: str
    budgeted_from: date | None
    codes: list[str]  # of `hr.selectors.codes.OF_POSTS`

    @property
    def vacant(self) -> int:
        """Below nothing where more people are in post than are paid for."""
        return self.budgeted - self.filled


# Rounded once for each post, so that two half-timers are one whole.
_ESTABLISHMENT = f"""
SELECT p.code, p.title, u.name, u.path, {GRADE_ON.format(post="p", day="%(on)s")},
       coalesce(b.fte_hundredths, 0),
       coalesce(f.hundredths, 0), u.code, c.code, b.from_on,
       ARRAY[p.staff_group, p.job_role, p.area_of_work, p.occupation_code]::text[]
  FROM hr_position p
  JOIN tenants_unit u ON u.organisation_id = p.organisation_id AND u.id = p.unit_id
  JOIN hr_payscale c ON c.organisation_id = p.organisation_id AND c.id = p.scale_id
  LEFT JOIN hr_positionbudget b ON b.organisation_id = p.organisation_id AND b.position_id = p.id
       AND b.from_on <= %(on)s AND (b.to_on IS NULL OR b.to_on > %(on)s)
  LEFT JOIN (
    SELECT l.position_id, round(sum(l.weekly_minutes) * 100.0 / min(h.full_time_minutes))::int
           AS hundredths
      FROM hr_placement l
      JOIN hr_position q ON q.organisation_id = l.organisation_id AND q.id = l.position_id
      JOIN hr_payscale s ON s.organisation_id = q.organisation_id AND s.id = q.scale_id
      JOIN hr_hoursbasis h ON h.organisation_id = s.organisation_id AND h.code = s.hours_code
       AND h.from_on <= %(on)s AND (h.to_on IS NULL OR h.to_on > %(on)s)
     WHERE l.organisation_id = %(here)s AND l.superseded_at IS NULL
       AND l.from_on <= %(on)s AND (l.to_on IS NULL OR l.to_on > %(on)s)
     GROUP BY l.position_id
  ) f ON f.position_id = p.id
 WHERE p.organisation_id = %(here)s
   AND (%(all)s OR EXISTS (SELECT FROM unnest(%(paths)s::text[]) w WHERE u.path ^@ w))
 ORDER BY u.path, p.code
"""  # noqa: S608 (no words of people)


def establishment(actor: Actor, on: date) -> list[Post]:
    """Every post of the units that the actor sees, on a day, in the order of the tree."""
    paths = list(seen_by(actor))
    given: dict[str, Any] = {
        "here": actor.organisation_id,
        "on": on,
        "all": not paths,
        "paths": paths,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ESTABLISHMENT, given)
        return [Post(*row) for row in cursor.fetchall()]


# For the units that would end: (unit, how many people go on in posts there).
PLACED_IN_UNITS = """
SELECT q.unit_id, count(DISTINCT l.assignment_id) FROM hr_placement l
  JOIN hr_position q ON q.organisation_id = l.organisation_id AND q.id = l.position_id
  JOIN unnest(%(units)s::bigint[], %(days)s::date[]) e(unit, day) ON e.unit = q.unit_id
 WHERE l.organisation_id = %(organisation)s AND l.superseded_at IS NULL
   AND (l.to_on IS NULL OR l.to_on > e.day)
 GROUP BY q.unit_id
"""
