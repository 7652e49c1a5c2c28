"""Loading definitions and computing measures."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils import timezone

from core.actors import Actor, system_actor
from core.scope import scope
from runs.services import finish_run, make_run
from sla.bulk import MEASURES_RUN
from sla.catalogue import entries
from sla.models import Indicator, MeasureValue

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
