"""Months of figures: signed once, explained where they stand out, corrected without a change."""

from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from core.actors import Actor, require
from events.services import record
from sla.bulk import lock_figures
from sla.models import Correction, Remark, SignedMonth
from sla.permissions import REMARK_ON_FIGURES, SIGN_FIGURES
from sla.rules import SLA04, SLA05, SLA06, SLA07, SLA08
from sla.selectors import indicator_versions

STATEMENT = (
    "The figures of this month were worked out from the records of this organisation by the agreed"
    " definitions. I have looked through them and answer for them."
)
REMARK_LENGTH = 500
REASON_LENGTH = 300


def sign_month(
    *, month: date, job_title: str, by: Actor, at: datetime | None = None
) -> SignedMonth:
    """Freezes the figures of a month under the name and job of an officer.

    What later computing finds is kept as a correction beside them. Refused: SLA04 before the month
    is over, SLA05 a second time, SLA06 without figures, SLA07 without a job title. Event
    sla.month.signed.
    """
    require(by, SIGN_FIGURES)
    at = at or timezone.now()
    month = month.replace(day=1)
    SLA04.check(month < timezone.localdate(at).replace(day=1))
    SLA07.check(job_title.strip())
    lock_figures(by.organisation_id)
    rows = SignedMonth.objects.filter(organisation_id=by.organisation_id, month=month)
    SLA05.check(not rows.exists(), f"{month:%B %Y}")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT figures, digest FROM ctx.figures_of_month(%s, %s)", [by.organisation_id, month]
        )
        figures, digest = cursor.fetchone()
    SLA06.check(figures, f"{month:%B %Y}")
    row = SignedMonth.objects.create(
        organisation_id=by.organisation_id,
        month=month,
        statement=STATEMENT,
        job_title=job_title.strip()[:80],
        figures=figures,
        digest=digest,
        signed_by_id=by.person_id,
        signed_by_name=by.name,
        signed_at=at,
    )
    record("sla.month.signed", row, by=by, at=at, month=str(row), figures=figures)
    return row


def remark(
    *, indicator_code: str, month: date, text: str, by: Actor, at: datetime | None = None
) -> Remark:
    """Says something of a figure, for everybody who sees it; nothing is taken back.

    SLA08 unless one to REMARK_LENGTH characters about a defined indicator. Event
    sla.figure.remarked.
    """
    require(by, REMARK_ON_FIGURES)
    at = at or timezone.now()
    said = " ".join(text.split())
    versions = indicator_versions(indicator_code)
    SLA08.check(versions and 0 < len(said) <= REMARK_LENGTH)
    row = Remark.objects.create(
        organisation_id=by.organisation_id,
        indicator_code=indicator_code,
        month=month.replace(day=1),
        text=said,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at,
    )
    words = f"{row.month:%B %Y}"
    record("sla.figure.remarked", row, by=by, at=at, indicator=str(versions[0]), month=words)
    return row


def explain_corrections(
    *, measure: str, month: date, reason: str, by: Actor, at: datetime | None = None
) -> int:
    """Says why a measure of a signed month changed, for each correction that has no reason yet.

    SLA08 unless one to REASON_LENGTH characters. Returns how many; event sla.correction.explained.
    """
    require(by, REMARK_ON_FIGURES)
    at = at or timezone.now()
    said = " ".join(reason.split())
    SLA08.check(0 < len(said) <= REASON_LENGTH)
    rows = Correction.objects.filter(
        organisation_id=by.organisation_id, measure=measure, month=month, reason=""
    )
    first = rows.order_by("id").first()
    if first is None:
        return 0
    done = rows.update(reason=said, reason_by_name=by.name, reason_at=at)
    record("sla.correction.explained", first, by=by, at=at, measure=measure, month=f"{month:%B %Y}")
    return done
