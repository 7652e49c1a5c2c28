"""The journey of a figure: its base measures, their runs, the rows beneath, and back from a row."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from core.actors import Actor, may
from core.errors import NotFound
from core.registry import SUBJECTS, Subject, find, subject_of
from core.web.pages import may_open
from sla.models import Indicator, MeasureValue
from sla.registry import LIVE, MEASURES, RowsLink, net_keys
from sla.selectors import Values, indicator_versions, month_of, shown_both

PLACES = ("Above the line", "Below the line")


@dataclass(frozen=True)
class Base:
    """A base measure of a figure as it was computed; no value if the run found nothing.

    `plain` is the measure in whose unit it is: its own, or the one that relief was given to.
    """

    place: str
    label: str
    key: str
    plain: str
    value: MeasureValue | None


def live_figure(code: str, month: str) -> tuple[Indicator, date]:
    """An indicator that is measured, and the month. NotFound."""
    versions, first = indicator_versions(code), month_of(month)
    if not versions or not versions[0].live:
        raise NotFound()
    return versions[0], first


def bases_of(organisation_id: int, indicator: Indicator, month: date) -> list[Base]:
    """What stands above the line and below it, each with the run that computed it.

    What is left of both after relief follows, where some was given.
    """
    gross = [indicator.numerator, indicator.denominator]
    net = net_keys(indicator.code)
    rows = MeasureValue.objects.filter(
        organisation_id=organisation_id, month=month, part="", measure__in=[*gross, *net]
    )
    found = {row.measure: row for row in rows.select_related("run")}
    bases = [
        Base(place, MEASURES[key].label, key, key, found.get(key))
        for place, key in zip(PLACES, gross, strict=True)
        if key in MEASURES
    ]
    return bases + [
        Base(place, "After relief", key, plain, found[key])
        for place, key, plain in zip(PLACES, net, gross, strict=True)
        if key in found
    ]


def figure_in_words(bases: list[Base], indicator: Indicator, month: date) -> str:
    """The figure that these come to, and what it is after relief."""
    values = Values({(0, one.key, month): one.value.value for one in bases if one.value})
    net = values.net(0, indicator, month)
    return shown_both(values.figure(0, indicator, month), net, indicator)


def rows_link(indicator: Indicator) -> RowsLink | None:
    """Where the rows behind an indicator are, if they can be shown at all."""
    measure = MEASURES.get(indicator.numerator)
    return measure.source.rows if measure else None


def rows_beneath(actor: Actor, indicator: Indicator, month: date) -> QuerySet[Any] | None:
    """The rows of a month as far as the actor sees them; None where they are not told apart."""
    link = rows_link(indicator)
    if link is None or link.beneath is None or not may(actor, link.permission):
        return None
    return link.beneath(actor, month)


def row_beneath(actor: Actor, key: str, number: int) -> tuple[Any, Subject]:
    """A row that figures may count, and its kind. NotFound if the actor does not see it."""
    row: Any = find(key, actor.organisation_id, number)
    for _code, link, month in _counting(row) if row else ():
        if may(actor, link.permission) and link.beneath:
            if not link.beneath(actor, month).filter(pk=number).exists():
                raise NotFound()
            return row, SUBJECTS[key]
    raise NotFound()


def _counting(row: Any) -> list[tuple[str, RowsLink, date]]:
    """Code, link and month of every live indicator over rows of this kind."""
    key, found = subject_of(row), []
    for live in LIVE.values():
        link = MEASURES[live.numerator].source.rows
        on = getattr(row, link.column) if link and link.subject == key else None
        if link and on:
            found.append((live.code, link, on.replace(day=1)))
    return found


def counted_in(row: Any) -> list[tuple[str, date]]:
    """The indicators over rows like this one, each with the month whose rows it is among."""
    return [(code, month) for code, _link, month in _counting(row)]


def papers_of(actor: Actor, slug: str, row: Any) -> list[tuple[str, str]]:
    """The page of a row and what lies beneath it, with their addresses, as far as they open."""
    kind = SUBJECTS[subject_of(row)]
    links = [(f"Page of this {kind.label.lower()}", kind.link(slug, row)), *kind.papers(slug, row)]
    return [(title, address) for title, address in links if may_open(actor, address)]
