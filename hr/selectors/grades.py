"""The grade of a post on a day: a regrading may change it."""

from datetime import date

from hr.models import Position, PositionGrade


def changed_grades(organisation_id: int, on: date) -> dict[int, str]:
    """The grades on a day of posts that had another one at first, by the id of the post."""
    rows = PositionGrade.objects.filter(organisation_id=organisation_id, from_on__lte=on)
    return dict(rows.order_by("id").values_list("position_id", "grade"))


def grade_of(position: Position, on: date) -> str:
    """The grade of a post on a day."""
    rows = position.grades.filter(organisation_id=position.organisation_id, from_on__lte=on)
    return rows.order_by("-id").values_list("grade", flat=True).first() or position.grade


def grades_ever(position: Position) -> set[str]:
    """Every grade that the post has on some day."""
    rows = position.grades.filter(organisation_id=position.organisation_id)
    return {position.grade, *rows.values_list("grade", flat=True)}
