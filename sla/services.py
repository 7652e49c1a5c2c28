"""Loading definitions, computing measures, setting targets."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.utils import timezone

from core.actors import Actor, require, system_actor
from core.scope import scope
from events.services import record
from runs.services import finish_run, make_run
from sla.bulk import MEASURES_RUN
from sla.catalogue import entries
from sla.models import Indicator, MeasureValue, Target
from sla.permissions import SET_TARGETS
from sla.ratings import Polarity
from sla.ratings import Target as Lines
from sla.registry import Kind
from sla.rules import SLA01, SLA02, SLA03

FROM_THE_START = date(2000, 1, 1)
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)


def load_indicators(*, on: date | None = None, using: str = "default") -> int:
    """Brings the stored definitions to what the catalogue says; returns how many were written.

    A definition never seen counts from the start; a changed one gets a new version from the
    first day of the month of `on` (today if not given), so figures of earlier months keep theirs.
    """
    rows = Indicator.objects.using(using)
    stored = {row.code: row for row in rows.order_by("code", "version")}
    changed_from = (on or timezone.localdate()).replace(day=1)
    new = [
        Indicator(
            version=stored[entry.code].version + 1 if entry.code in stored else 1,
            valid_from=changed_from if entry.code in stored else FROM_THE_START,
            position=position,
            digest=entry.digest,
            **{name: getattr(entry, name) for name in _COPIED},
        )
        for position, entry in enumerate(entries(), start=1)
        if entry.code not in stored or stored[entry.code].digest != entry.digest
    ]
    with transaction.atomic(using=using):
        rows.bulk_create(new)
    return len(new)


_COPIED = (
    *("code", "name", "function", "formula", "unit", "polarity", "frequency", "kind"),
    *("numerator", "denominator", "factor", "missing", "not_live", "board", "references"),
)


def compute_measures(
    organisation_ids: Collection[int],
    months: tuple[date, date] | None = None,
    by: Actor | None = None,
) -> int:
    """Computes every base measure anew, one run per organisation; returns the values stored.

    `months` are the first days of the first and the last month, both included; None is all of
    them. Called outside any scope: each organisation is opened on its own. A value that was there
    is replaced whole, so doing it twice changes nothing.
    """
    first, until = (
        (months[0].replace(day=1), _next_month(months[1]))
        if months
        else (
            EARLIEST,
            LATEST,
        )
    )
    stored = 0
    for organisation_id in organisation_ids:
        actor = replace(by, organisation_id=organisation_id) if by else None
        with scope(acting=organisation_id):
            run = make_run(
                kind=MEASURES_RUN.key,
                key=f"{first}:{until}:{timezone.now().isoformat()}",
                inputs={"first": first.isoformat(), "until": until.isoformat()},
                by=actor or system_actor(organisation_id),
            )
        finish_run(organisation_id, run.pk)
        with scope(acting=organisation_id):
            stored += MeasureValue.objects.filter(run_id=run.pk).count()
    return stored


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def set_target(
    *,
    indicator_code: str,
    valid_from: date,
    lines: tuple[Decimal, Decimal, Decimal] | None,
    by: Actor,
) -> Target:
    """Sets (met at, approaching, inadequate) from the month of `valid_from` on; None ends it.

    Refused for volumes (SLA01), for lines in the wrong order (SLA02) and for indicators that are
    not live (SLA03). Records sla.target.set or sla.target.ended.
    """
    require(by, SET_TARGETS)
    indicator = (
        Indicator.objects.filter(code=indicator_code).exclude(numerator="").order_by("-version")
    ).first()
    SLA03.check(indicator is not None, indicator_code)
    assert indicator is not None
    SLA01.check(indicator.kind != Kind.KAI and indicator.polarity != Polarity.CONTEXT)
    if lines is not None:
        _check_order(lines, Polarity(indicator.polarity))
    met_at, approaching, inadequate = lines or (None, None, None)
    month = valid_from.replace(day=1)
    target, _ = Target.objects.update_or_create(
        organisation_id=by.organisation_id,
        indicator_code=indicator_code,
        valid_from=month,
        defaults={
            "met_at": met_at,
            "approaching": approaching,
            "inadequate": inadequate,
            "set_by_id": by.person_id,
            "set_by_name": by.name,
            "set_at": timezone.now(),
        },
    )
    verb = "sla.target.set" if lines else "sla.target.ended"
    words = f"{month:%B %Y}"
    record(verb, target, by=by, indicator=str(indicator), target=str(met_at), month=words)
    return target


def _check_order(lines: tuple[Decimal, Decimal, Decimal], polarity: Polarity) -> None:
    try:
        met_at, approaching, inadequate = (Fraction(line) for line in lines)
        Lines(met_at, approaching, inadequate, polarity)
    except ValueError as error:
        raise SLA02.refuse() from error
