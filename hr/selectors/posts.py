"""Posts and the points of their grades, by what people call them; files of staff."""

from datetime import date

from django.db.models import Q, QuerySet

from core.actors import Actor
from core.errors import NotFound
from hr.models import PayPoint, Position, StaffFile, StaffFileError
from hr.selectors.grades import grade_of, grades_ever
from hr.selectors.people import seen_by, within

ERRORS_SHOWN = 200
POSTS_SHOWN = 20


def position_of(organisation_id: int, code: str) -> Position | None:
    """The post of that code."""
    rows = Position.objects.filter(organisation_id=organisation_id, code=code)
    return rows.select_related("unit", "scale").first()


def posts_like(actor: Actor, text: str) -> list[Position]:
    """The first posts of the actor's units whose code begins, or whose title holds, the text."""
    rows = Position.objects.filter(
        Q(code__istartswith=text) | Q(title__icontains=text),
        within(seen_by(actor), "unit__path"),
        organisation_id=actor.organisation_id,
    )
    return list(rows.select_related("unit").order_by("title", "code")[:POSTS_SHOWN])


def point_of(position: Position, point: str, on: date) -> PayPoint | None:
    """The point of that name within the grade that a post has on a day."""
    return points_of(position, on).filter(point=point).first()


def points_of(position: Position, on: date) -> QuerySet[PayPoint]:
    """The points of the grade of a post on a day, in the order of the scale."""
    return points_ever(position).filter(grade=grade_of(position, on))


def points_ever(position: Position) -> QuerySet[PayPoint]:
    """The points of every grade that the post has on some day, in the order of the scale."""
    rows = PayPoint.objects.filter(
        organisation_id=position.organisation_id, scale_id=position.scale_id,
        grade__in=grades_ever(position),
    )  # fmt: skip
    return rows.order_by("id")


def staff_files(organisation_id: int) -> QuerySet[StaffFile]:
    """Every file, the newest first."""
    return StaffFile.objects.filter(organisation_id=organisation_id).order_by("-number")


def staff_file(organisation_id: int, number: int) -> StaffFile:
    """NotFound for a number that no file has here."""
    found = StaffFile.objects.filter(organisation_id=organisation_id, number=number).first()
    if found is None:
        raise NotFound("There is no such file.")
    return found


def errors_of(file: StaffFile) -> list[StaffFileError]:
    """The first things that are wrong with a file, by row."""
    rows = StaffFileError.objects.filter(organisation_id=file.organisation_id, file=file)
    return list(rows.order_by("row_no", "id")[:ERRORS_SHOWN])
