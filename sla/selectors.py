"""Reading definitions, targets and figures. A figure is an unrounded fraction, or says why not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction

from django.db.models import BigIntegerField, CharField, QuerySet, Value
from django.utils.dateparse import parse_date

from core.errors import NotFound
from core.money import formatted, round_whole
from sla.models import (
    Correction,
    Indicator,
    MeasureValue,
    Remark,
    SignedMonth,
    Target,
    TargetChange,
)
from sla.ratings import Assessment, Polarity, display, rate
from sla.ratings import Target as Lines
from sla.registry import Kind, net_keys

BAND_LINES = ("met_at", "approaching", "inadequate")


@dataclass(frozen=True)
class Figure:
    """A month's numerator and denominator (None: not computed), and what they come to."""

    month: date
    numerator: int | None
    denominator: int | None
    value: Fraction | None
    reason: str = ""


@dataclass(frozen=True)
class Values:
    """Base measures of organisations by (organisation, measure, month), without their parts."""

    by_key: dict[tuple[int, str, date], int] = field(repr=False)
    parts: dict[str, list[tuple[str, int]]] = field(default_factory=dict, repr=False)
    months: tuple[date, ...] = ()

    def figure(self, organisation_id: int, indicator: Indicator, month: date) -> Figure:
        """The value of an indicator; a denominator of nothing is not measured, never 0 or 100."""
        top = self.by_key.get((organisation_id, indicator.numerator, month))
        factor = Fraction(indicator.factor)
        if not indicator.denominator:
            value = None if top is None else top * factor
            return Figure(month, top, None, value, "" if top is not None else indicator.missing)
        bottom = self.by_key.get((organisation_id, indicator.denominator, month))
        if not bottom:
            return Figure(month, top, bottom, None, indicator.missing)
        return Figure(month, top or 0, bottom, Fraction(top or 0, bottom) * factor)

    def net(self, organisation_id: int, indicator: Indicator, month: date) -> Figure | None:
        """The figure after relief; None where none was given."""
        keys = net_keys(indicator.code)
        top, bottom = (self.by_key.get((organisation_id, key, month)) for key in keys)
        if top is None or bottom is None:
            return None
        if not bottom:
            return Figure(month, top, bottom, None, indicator.missing)
        return Figure(month, top, bottom, Fraction(top, bottom) * Fraction(indicator.factor))

    def series(
        self, organisation_id: int, indicator: Indicator, until: date | None = None, last: int = 0
    ) -> list[Figure]:
        """The figures of every month from the first computed one; of the `last` months if given."""
        months = [month for month in self.months if until is None or month <= until]
        return [self.figure(organisation_id, indicator, month) for month in months[-last:]]


def current_indicators(on: date) -> list[Indicator]:
    """The definitions in force on a day, in the order of the catalogue."""
    versions = Indicator.objects.filter(valid_from__lte=on).order_by("code", "-version")
    return sorted(versions.distinct("code"), key=lambda row: row.position)


def indicators_in_force(on: date) -> QuerySet[Indicator]:
    """As `current_indicators`, for lists that are read in parts."""
    versions = Indicator.objects.filter(valid_from__lte=on).order_by("code", "-version")
    return Indicator.objects.filter(pk__in=versions.distinct("code").values("pk"))


def indicator_versions(code: str) -> list[Indicator]:
    """All versions of one definition, newest first; empty for an unknown code."""
    return list(Indicator.objects.filter(code=code).order_by("-version"))


def measure_values(
    organisation_ids: Collection[int],
    indicators: Sequence[Indicator],
    *,
    parts_of: str = "",
    since: date | None = None,
) -> Values:
    """What the indicators need, in one query; with the parts of one parted measure beside."""
    keys = {key for row in indicators for key in (row.numerator, row.denominator) if key}
    keys |= {key for row in indicators for key in net_keys(row.code)}
    rows = MeasureValue.objects.filter(
        organisation_id__in=list(organisation_ids), measure__in=[*keys, parts_of]
    )
    if since is not None:
        rows = rows.filter(month__gte=since)
    by_key: dict[tuple[int, str, date], int] = {}
    parts: dict[tuple[date, str], int] = {}
    columns = ("organisation_id", "measure", "month", "part", "value")
    for organisation_id, measure, month, part, value in rows.values_list(*columns):
        if part:
            parts[month, part] = parts.get((month, part), 0) + value
        else:
            by_key[organisation_id, measure, month] = value
    listed: dict[str, list[tuple[str, int]]] = {}
    for (month, part), value in parts.items():
        listed.setdefault(month.isoformat(), []).append((part, value))
    return Values(by_key, listed, _without_gaps({month for _, _, month in by_key}))


def _without_gaps(found: set[date]) -> tuple[date, ...]:
    """Every month from the first to the last: a month without values is shown as not measured."""
    if not found:
        return ()
    first, last = min(found), max(found)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    places = (first.month - 1 + step for step in range(count))
    return tuple(date(first.year + place // 12, place % 12 + 1, 1) for place in places)


def targets_of(organisation_ids: Collection[int], codes: Collection[str] = ()) -> list[Target]:
    """The targets of organisations, oldest first."""
    rows = Target.objects.filter(organisation_id__in=list(organisation_ids))
    if codes:
        rows = rows.filter(indicator_code__in=list(codes))
    return list(rows.order_by("valid_from"))


def lines_in_words(row: Target | TargetChange) -> str:
    """A target and the two lines under it."""
    if row.met_at is None or row.approaching is None or row.inadequate is None:
        return "No target"
    met_at, approaching, inadequate = (
        f"{line.normalize():f}" for line in (row.met_at, row.approaching, row.inadequate)
    )
    return f"{met_at}, approaching from {approaching}, inadequate beyond {inadequate}"


@dataclass(frozen=True)
class TargetStep:
    """One step in the history of targets: what was wanted from when, by whom, why, and its end."""

    indicator_code: str
    valid_from: date
    lines: str
    state: str
    made_by_name: str
    made_at: datetime
    reason: str
    ended_by_name: str = ""
    ended_at: datetime | None = None
    comment: str = ""


def target_history(organisation_id: int, code: str = "") -> list[TargetStep]:
    """Every change that was proposed and the targets before any, newest first; two queries."""
    changes = TargetChange.objects.filter(organisation_id=organisation_id)
    given = Target.objects.filter(organisation_id=organisation_id, change__isnull=True)
    if code:
        changes, given = changes.filter(indicator_code=code), given.filter(indicator_code=code)
    steps = [
        TargetStep(
            row.indicator_code,
            row.valid_from,
            lines_in_words(row),
            row.get_state_display(),
            row.made_by_name,
            row.made_at,
            row.reason,
            row.ended_by_name,
            row.ended_at,
            row.comment,
        )
        for row in changes
    ]
    steps += [
        TargetStep(
            row.indicator_code,
            row.valid_from,
            lines_in_words(row),
            "Given",
            row.set_by_name,
            row.set_at,
            "Came with the service agreement.",
        )
        for row in given
    ]
    newest = sorted(steps, key=lambda each: each.indicator_code)
    return sorted(newest, key=lambda each: (each.valid_from, each.made_at), reverse=True)


def target_on(
    targets: Collection[Target], organisation_id: int, indicator: Indicator, month: date
) -> Lines | None:
    """The lines in force in a month; None without any, and always for a volume."""
    if indicator.kind == Kind.KAI or indicator.polarity == Polarity.CONTEXT:
        return None
    found = [
        row
        for row in targets
        if row.organisation_id == organisation_id
        and row.indicator_code == indicator.code
        and row.valid_from <= month
    ]
    if not found or found[-1].met_at is None:
        return None
    met_at, approaching, inadequate = (Fraction(getattr(found[-1], name)) for name in BAND_LINES)
    return Lines(met_at, approaching, inadequate, Polarity(indicator.polarity))


def assess(figure: Figure, lines: Lines | None) -> Assessment:
    """The rating of a figure, tested unrounded; without a value its own reason."""
    found = rate(figure.value, lines)
    return found if figure.value is not None else Assessment(None, found.rating, figure.reason)


def rating_words(found: Assessment, net: Figure | None) -> str:
    """The rating, and whether it is of the figure after relief."""
    return f"{found.rating} after relief" if net is not None else str(found.rating)


def shown_both(
    figure: Figure, net: Figure | None, indicator: Indicator, lines: Lines | None = None
) -> str:
    """The gross figure, with that after relief where some was given."""
    gross = shown(figure.value, indicator, lines)
    if net is None:
        return gross
    return f"{gross} gross, {shown(net.value, indicator, lines)} after relief"


def shown(value: Fraction | None, indicator: Indicator, lines: Lines | None = None) -> str:
    """A value as people read it, never printed on the other side of its target."""
    if value is None:
        return "Not measured"
    if indicator.unit.startswith("£"):
        return formatted(round_whole(value * 100)) + indicator.unit.removeprefix("£")
    if indicator.unit == "" and not indicator.denominator:
        return f"{round_whole(value):,}"
    suffix = "%" if indicator.unit == "%" else f" {indicator.unit}".rstrip()
    met_at = lines.met_at if lines else None
    return display(value, met_at, Polarity(indicator.polarity), suffix=suffix)


def chart_unit(indicator: Indicator) -> str:
    """The unit that a chart writes at its figures."""
    return indicator.unit if indicator.unit in ("%", "£") else ""


def latest_month(months: Sequence[date], today: date) -> date | None:
    """The newest whole month with values, or the newest of all while no month is whole."""
    whole = [month for month in months if month < today.replace(day=1)]
    return whole[-1] if whole else (months[-1] if months else None)


def chosen_month(asked: str, months: Sequence[date], today: date) -> date | None:
    """The month of a query such as 2026-05 if it has values, else the latest one."""
    for month in months:
        if f"{month:%Y-%m}" == asked:
            return month
    return latest_month(months, today)


def live_values(organisation_id: int, today: date) -> Values:
    """The figures of the measures that are live today."""
    live = [row for row in current_indicators(today) if row.live]
    return measure_values([organisation_id], live)


def signed_months(organisation_id: int) -> dict[date, SignedMonth]:
    """Who answers for which month."""
    rows = SignedMonth.objects.filter(organisation_id=organisation_id)
    return {row.month: row for row in rows}


@dataclass(frozen=True)
class Signature:
    """Who answers for the figures of a month, in which words."""

    statement: str
    job_title: str
    signed_by_name: str
    signed_at: datetime


@dataclass(frozen=True)
class Said:
    """Something that was said of a figure."""

    text: str
    made_by_name: str
    made_at: datetime


@dataclass(frozen=True)
class Notes:
    """What people put to a month: the signature, None while it is provisional, and remarks by
    the code of their indicator, oldest first."""

    signed: Signature | None = None
    remarks: dict[str, list[Said]] = field(default_factory=dict)


def notes_of(organisation_id: int, month: date) -> Notes:
    """Signature and remarks of a month, in one query."""
    here = {"organisation_id": organisation_id, "month": month}
    nobody, first = Value("", CharField()), Value(0, BigIntegerField())
    signatures = SignedMonth.objects.filter(**here).values_list(
        nobody, first, "statement", "job_title", "signed_by_name", "signed_at"
    )
    remarks = Remark.objects.filter(**here).values_list(
        "indicator_code", "id", "text", nobody, "made_by_name", "made_at"
    )
    signed: Signature | None = None
    said: dict[str, list[Said]] = {}
    for code, _, text, job, name, at in sorted(signatures.union(remarks, all=True)):
        if code:
            said.setdefault(code, []).append(Said(text, name, at))
        else:
            signed = Signature(text, job, name, at)
    return Notes(signed, said)


def remarks_of(organisation_id: int, code: str = "") -> list[Remark]:
    """What was said of an indicator, or of all, newest first."""
    rows = Remark.objects.filter(organisation_id=organisation_id)
    return list((rows.filter(indicator_code=code) if code else rows).order_by("-id"))


def corrections_of(organisation_id: int, month: date | None = None) -> list[Correction]:
    """What is known now of signed figures, where that is something else: newest months first."""
    rows = Correction.objects.filter(organisation_id=organisation_id)
    if month is not None:
        rows = rows.filter(month=month)
    newest = rows.order_by("-month", "measure", "part", "-id").distinct("month", "measure", "part")
    return [row for row in newest if row.value != row.signed_value]


def as_known_now(values: Values, corrections: Sequence[Correction]) -> Values:
    """The values with every correction in the place of what was signed."""
    known = dict(values.by_key)
    for row in corrections:
        if not row.part:
            key = (row.organisation_id, row.measure, row.month)
            known.pop(key, None)
            if row.value is not None:
                known[key] = row.value
    return replace(values, by_key=known)


def month_of(text: str) -> date:
    """The first day of a month of an address, like 2026-05. NotFound if there is none such."""
    try:
        found = parse_date(f"{text}-01")
    except ValueError:
        found = None
    if found is None:
        raise NotFound("There is no such month.")
    return found
