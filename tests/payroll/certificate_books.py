"""P60s of everybody who was paid, as if the tax year were over."""

from datetime import UTC, datetime

from django.utils import timezone

from core.actors import Actor
from core.scope import scope
from payroll.calculator.periods import year_start
from payroll.models import Certificate, CertificateBatch
from payroll.services.certificates import start_certificates
from runs.services import work_run


def asked_for(by: Actor, year: int) -> CertificateBatch:
    """P60s of the tax year that began then, asked for after its end; in no scope."""
    at = datetime(year + 1, 4, 20, 9, tzinfo=UTC)
    with scope(acting=by.organisation_id):
        return start_certificates(kind="P60", tax_year=year, by=by, at=at)


def certificates(by: Actor, many: int = 1) -> dict[str, int]:
    """As many batches, the first of which issues everybody's; the keys of one of them."""
    with scope(acting=by.organisation_id):
        year = year_start(timezone.localdate()).year
    for number in range(many):
        batch = asked_for(by, year)
        work_run(by.organisation_id, batch.run_id)
        if number == 0:
            first = batch
    with scope(acting=by.organisation_id):
        one = Certificate.objects.filter(batch=first).order_by("number")[0]
    return {"certificate_batch": first.number, "certificate": one.number}
