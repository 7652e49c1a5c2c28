"""Making the employer payment summary of a tax month. It is not sent: no connection to HMRC."""

import base64
import hashlib
import zlib
from datetime import date, datetime

from django.utils import timezone

from core.actors import Actor, require
from core.errors import InvariantBroken
from core.outside import may_leave
from core.scope import SCO01, current_scope
from core.vault import next_ids, place_in, seal, unseal
from events.services import record
from finance.rules_payments import PAY13
from payroll.models import PaymentSummary, PayRun
from payroll.permissions import RUN_PAY
from payroll.reporting.envelope import mark_of
from payroll.reporting.eps import Summary
from payroll.reporting.official import objection
from payroll.rules import OWE06, OWE07, OWE08, OWE09, OWE10, PRL40
from payroll.selectors.charges import Charges, charges_to_date, month_ends
from payroll.selectors.references import reference_on
from payroll.selectors.summaries import summaries_of
from tenants.services import next_number


def make_eps(*, tax_year: int, month: int, final: bool, by: Actor, at: datetime) -> PaymentSummary:
    """The summary of a tax month of the year that began in `tax_year`, out of committed runs.

    That nobody was paid is said of a month that is over. PRL40 without references, OWE06 to OWE10.
    Event payroll.eps.made.
    """
    require(by, RUN_PAY)
    here, last = by.organisation_id, month_ends(tax_year, month)
    today = timezone.localdate(at)
    OWE07.check(not final or (month == 12 and today > last))
    reference = reference_on(here, last)
    PRL40.check(reference, "Record the references of the employer first.")
    assert reference is not None
    first = (
        date(tax_year, 4, 6) if month == 1 else month_ends(tax_year, month - 1) + date.resolution
    )
    charges = charges_to_date(here, tax_year, month)
    nobody = not _paid(here, first, last)
    OWE09.check(today > last or not nobody)
    before = [one for one in summaries_of(here) if one.tax_year == tax_year]
    summary = Summary(
        paye_reference=reference.paye_reference, accounts_office=reference.accounts_office,
        first=first, last=last, month=month, no_payment=nobody,
        claims=_said_anew(charges, before),
        recovered={kind: one.recovered for kind, one in charges.family.items() if one.paid},
        compensation={kind: one.compensation for kind, one in charges.family.items()},
        levy=charges.levy if charges.levy or any(one.levy_pence for one in before) else None,
        levy_share=charges.share, final=final,
    )  # fmt: skip
    OWE06.check(summary.says_something)
    return _keep(summary, charges, tax_year, before, by, at)


def _paid(here: int, first: date, last: date) -> bool:
    return PayRun.objects.filter(
        organisation_id=here, state__in=PayRun.FINAL, pays_on__gte=first,
        pays_on__lte=last,
    ).exists()  # fmt: skip


def _said_anew(charges: Charges, before: list[PaymentSummary]) -> bool | None:
    """Whether the allowance is claimed, if HMRC was told otherwise; nothing of what it knows."""
    said = next((one.claims_allowance for one in before if one.claims_allowance is not None), False)
    return None if charges.claims == said else charges.claims


def _keep(
    summary: Summary, charges: Charges, tax_year: int, before: list[PaymentSummary], by: Actor,
    at: datetime,
) -> PaymentSummary:  # fmt: skip
    here, text = by.organisation_id, summary.text()
    against = objection(text)
    OWE10.check(not against, against)
    data = text.encode()
    sha256 = hashlib.sha256(data).hexdigest()
    OWE08.check(not any(one.month == summary.month and one.sha256 == sha256 for one in before))
    (row,) = next_ids(PaymentSummary)
    made = PaymentSummary.objects.create(
        id=row, organisation_id=here, number=next_number("eps", by=by), tax_year=tax_year,
        month=summary.month, no_payment=summary.no_payment, claims_allowance=summary.claims,
        levy_pence=charges.levy, recovered_pence=charges.recovered,
        compensation_pence=charges.compensation, final=summary.final, irmark=mark_of(text),
        sha256=sha256, made_by_name=by.name, made_at=at,
        content_sealed=seal(
            place_in(PaymentSummary, "content_sealed", here, row),
            base64.b64encode(zlib.compress(data)).decode(),
        ),
    )  # fmt: skip
    period = f"{tax_year}-{(tax_year + 1) % 100:02d}, month {summary.month}"
    record("payroll.eps.made", made, by=by, at=at, period=period, mark=made.irmark)
    return made


def take_eps(*, summary: PaymentSummary, by: Actor) -> bytes:
    """The very bytes that were made, for who takes them to HMRC.

    PAY13 for one of a rehearsal, SCO01 where nobody is acted for. Event payroll.eps.downloaded.
    """
    require(by, RUN_PAY)
    here = current_scope()
    SCO01.check(here is not None and here.acting == by.organisation_id)
    PAY13.check(may_leave(by.organisation_id, summary.made_at))
    place = place_in(PaymentSummary, "content_sealed", summary.organisation_id, summary.pk)
    data = zlib.decompress(base64.b64decode(unseal(place, summary.content_sealed)))
    if hashlib.sha256(data).hexdigest() != summary.sha256:
        raise InvariantBroken(f"{summary} is not what was made.")
    record("payroll.eps.downloaded", summary, by=by, mark=summary.irmark)
    return data
