"""Remittance advice: written once for each payment that left, then sent by e-mail."""

from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.utils import timezone

from access.selectors.mail import Sender, sender_of
from core.actors import Actor, require
from core.outside import heard
from core.scope import scope
from core.templatetags.web import day
from events.services import record
from finance.models import Payment, PaymentRun, RemittanceAdvice
from finance.paying import advice
from finance.permissions import SEND_REMITTANCES
from finance.rules_payments import PAY15, PAY16
from finance.selectors.payments import allocations_of
from finance.selectors.remittances import standing
from finance.services.payments import thread_of
from tenants.selectors import OrganisationRow, all_organisations

SENT_AT_ONCE = 200
TRIED_FOR = timedelta(days=3)
WRITE = """
INSERT INTO finance_remittanceadvice
  (organisation_id, payment_id, address, made_by_id, made_by_name, made_at, problem)
SELECT p.organisation_id, p.id, s.email, %(person)s, %(name)s, %(at)s, ''
  FROM finance_payment p
  JOIN finance_supplier s ON s.organisation_id = p.organisation_id AND s.id = p.supplier_id
 WHERE p.organisation_id = %(organisation)s AND p.payment_run_id = %(run)s
   AND p.state = 'released' AND s.email <> '' AND p.liability_id IS NULL
ON CONFLICT (organisation_id, payment_id) DO NOTHING
"""


def write_advice(*, run: PaymentRun, by: Actor, at: datetime | None = None) -> int:
    """Writes to every supplier of the run who has an address and was not written to; how many.

    Refused: PAY15 (not released, or published), PAY16 (nobody is left). Event
    finance.payment_run.advised.
    """
    require(by, SEND_REMITTANCES)
    PAY15.check(run.state == PaymentRun.State.RELEASED and run.bank_account_id is not None)
    at = at or timezone.now()
    values: dict[str, Any] = {"organisation": by.organisation_id, "run": run.pk, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(WRITE, {**values, "person": by.person_id, "name": by.name})
        written = int(cursor.rowcount)
    PAY16.check(written)
    without = standing(run).without
    said = {"suppliers": f"{written:,}", "without": f"{without:,}"}
    record("finance.payment_run.advised", run, by=by, thread=thread_of(run), at=at, **said)
    return written


def send_advice(*, as_of: datetime) -> int:
    """Sends what is not sent yet; returns how many. Nothing without a server of e-mail.

    An organisation that only rehearses reaches nobody outside. Each message is a transaction of
    its own: one that was sent just before the process died is sent again under the same
    Message-ID, by which programs of e-mail know it.
    """
    if not settings.EMAIL_HOST:
        return 0
    places = {organisation.id: organisation for organisation in all_organisations()}
    since = heard(places)
    return sum(_send_here(places[place], since[place], as_of) for place in since)


def _send_here(organisation: OrganisationRow, since: datetime, as_of: datetime) -> int:
    with scope(acting=organisation.id):
        unsent = _unsent(organisation.id, as_of).filter(made_at__gte=since)
        waiting = unsent.order_by("id")
        ids = list(waiting.values_list("pk", flat=True)[:SENT_AT_ONCE])
        sender = sender_of(organisation.id, organisation.name)
    mailer = get_connection()
    sent = 0
    for key in ids:
        with scope(acting=organisation.id):
            row = (
                _unsent(organisation.id, as_of)
                .filter(pk=key)
                .select_for_update(skip_locked=True, of=("self",))
                .select_related("payment__supplier")
                .first()
            )
            if row is not None:
                message = _message(row, organisation, sender, as_of)
                message.connection = mailer
                sent += _send(row, message, as_of)
    return sent


def _unsent(organisation_id: int, as_of: datetime) -> Any:
    """What waits; a payment that came back meanwhile is told of no more."""
    return RemittanceAdvice.objects.filter(
        organisation_id=organisation_id,
        sent_at__isnull=True,
        made_at__gt=as_of - TRIED_FOR,
        payment__state=Payment.State.RELEASED,
    )


def _send(row: RemittanceAdvice, message: EmailMessage, as_of: datetime) -> bool:
    done = RemittanceAdvice.objects.filter(organisation_id=row.organisation_id, pk=row.pk)
    try:
        message.send()
    except (SMTPException, OSError) as error:
        done.update(problem=f"{type(error).__name__}: {error}"[:200])
        return False
    done.update(sent_at=as_of, problem="")
    return True


def _message(
    row: RemittanceAdvice, organisation: OrganisationRow, sender: Sender, at: datetime
) -> EmailMessage:
    payment, payer = row.payment, organisation.name
    settled = list(allocations_of(payment))
    paid_on = f"The money is in the account on {day(payment.paid_on)}."
    message = EmailMessage(
        f"Remittance advice {payment} from {payer}",
        f"{advice.sentence(payment, payer)}\n{paid_on}\n\n"
        "The invoices are in the attached document, and as a file for your own books.\n",
        sender.from_email,
        to=[row.address],
        reply_to=sender.reply_to,
        headers={"Message-ID": f"<remittance-{organisation.id}-{payment.number}@commonwell>"},
    )
    name = f"remittance-{payment}"
    paper = advice.as_pdf(payment, settled, payer=payer, colour=organisation.brand_colour, at=at)
    message.attach(f"{name}.pdf", paper, "application/pdf")
    message.attach(f"{name}.csv", advice.as_csv(payment, settled, payer=payer), "text/csv")
    return message
