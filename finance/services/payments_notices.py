"""The payments compliance notice: signed by the officer responsible for the finances."""

from dataclasses import asdict
from datetime import datetime

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from core.actors import Actor, require
from events.services import record
from finance.models import PaymentsNotice
from finance.paying.compliance import HalfYear, statement_of
from finance.permissions import SIGN_NOTICES
from finance.rules_payments import PCN01, PCN02, PCN03, PCN04, PCN05
from finance.selectors.payments_notices import figures_of, notices
from tenants.selectors import all_organisations


def sign_notice(
    *,
    period: HalfYear,
    job_title: str,
    seen: str,
    by: Actor,
    reason: str = "",
    at: datetime | None = None,
) -> PaymentsNotice:
    """Freezes the figures of a half-year as its next version, under the officer's name and job.

    `seen` is the digest of the figures that the officer saw. Refused: PCN01 before the half-year
    is over, PCN02 without a job, PCN03 another version without a reason, PCN04 without payments,
    PCN05 when the figures are others by now. Event finance.payments_notice.signed.
    """
    require(by, SIGN_NOTICES)
    at = at or timezone.now()
    PCN01.check(period.last_on < timezone.localdate(at))
    PCN02.check(job_title.strip())
    _one_at_a_time(by)
    before = notices(by.organisation_id).filter(first_on=period.first_on)
    version = 1 + (before.aggregate(last=Max("version"))["last"] or 0)
    PCN03.check(version == 1 or reason.strip())
    figures = figures_of(by.organisation_id, period)
    PCN04.check(figures.payments or figures.payable)
    PCN05.check(figures.digest == seen)
    row = PaymentsNotice.objects.create(
        organisation_id=by.organisation_id,
        first_on=period.first_on,
        last_on=period.last_on,
        version=version,
        figures=asdict(figures),
        statement=statement_of(_name(by)),
        job_title=job_title.strip()[:80],
        reason=reason.strip()[:300] if version > 1 else "",
        signed_by_id=by.person_id,
        signed_by_name=by.name,
        signed_at=at,
    )
    said = {"version": version, "job_title": row.job_title}
    record("finance.payments_notice.signed", row, by=by, at=at, **said)
    return row


def _name(by: Actor) -> str:
    return next(o.name for o in all_organisations() if o.id == by.organisation_id)


def _one_at_a_time(by: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{by.organisation_id}|finance.payments_notice"],
        )
