"""Publishing spending: who is not named, by dated rules, and files approved by a second."""

import hashlib
import uuid
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from approvals.services import request_approval
from core.actors import Actor, require
from core.errors import NotFound
from core.states import move
from events.services import record
from finance.models import Account, RedactionRule, SpendPublication, Supplier
from finance.permissions import PROPOSE_PUBLICATION, SET_REDACTIONS
from finance.rules_publications import PUB01, PUB02, PUB03, PUB04, PUB05, PUB06
from finance.selectors.publications import publications, spending
from tenants.models import Unit
from tenants.selectors import all_organisations

State = SpendPublication.State
MOVES = {
    "publish": ((State.PROPOSED,), State.PUBLISHED),
    "refuse": ((State.PROPOSED,), State.REFUSED),
}
NAMED = {"supplier": Supplier, "account": Account, "unit": Unit}


def add_redaction(
    *,
    kind: str,
    value: str = "",
    legal_reason: str,
    from_on: date,
    by: Actor,
    at: datetime | None = None,
) -> RedactionRule:
    """From a day on the payees of what it fits are not named.

    PUB01 without a legal reason, PUB02 for a code that there is not, or a missing one. Event
    finance.redaction.added.
    """
    require(by, SET_REDACTIONS)
    why, code = " ".join(legal_reason.split()), value.strip()
    PUB01.check(0 < len(why) <= 200)
    model: Any = NAMED.get(kind)
    if model is None:
        PUB02.check(not code)
    else:
        rows = model.objects.filter(organisation_id=by.organisation_id, code=code)
        PUB02.check(rows.exists(), code)
    row = RedactionRule.objects.create(
        organisation_id=by.organisation_id,
        kind=RedactionRule.Kind(kind),
        value=code,
        legal_reason=why,
        from_on=from_on,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at or timezone.now(),
    )
    record("finance.redaction.added", row, by=by, at=at, what=str(row), reason=why)
    return row


def end_redaction(
    *, number: int, until_on: date, by: Actor, at: datetime | None = None
) -> RedactionRule:
    """From a day on the payees are named again. PUB03 before it began, or when it has ended.

    Event finance.redaction.ended.
    """
    require(by, SET_REDACTIONS)
    rows = RedactionRule.objects.filter(organisation_id=by.organisation_id, pk=number)
    row = rows.first()
    if row is None:
        raise NotFound("There is no such rule.")
    PUB03.check(row.until_on is None and until_on >= row.from_on)
    PUB03.check(rows.filter(until_on=None).update(until_on=until_on, ended_by_name=by.name))
    row.refresh_from_db()
    record("finance.redaction.ended", row, by=by, at=at, what=str(row))
    return row


def propose_publication(
    *,
    month: date,
    threshold_pence: int,
    by: Actor,
    reason: str = "",
    at: datetime | None = None,
) -> SpendPublication:
    """Freezes the file of a month as it would be published, and asks a second person.

    PUB04 before the month is over or with nothing to publish, PUB05 another version without a
    reason, PUB06 while one waits. Event finance.publication.proposed.
    """
    require(by, PROPOSE_PUBLICATION)
    at, first, why = at or timezone.now(), month.replace(day=1), " ".join(reason.split())[:300]
    found = spending(by.organisation_id, first, threshold_pence)
    PUB04.check(first < timezone.localdate(at).replace(day=1))
    PUB04.check(found.published or found.redacted)
    before = publications(by.organisation_id).filter(month=first)
    PUB05.check(why or not before.filter(state=State.PUBLISHED).exists())
    row = _stored(found, first, threshold_pence, why, before, by, at)
    thread = uuid.uuid4()
    record("finance.publication.proposed", row, by=by, at=at, thread=thread, what=str(row))
    summary = f"Publish: {row}"
    request_approval(subject=row, amount_pence=0, summary=summary, thread=thread, by=by, as_of=at)
    return row


def _stored(
    found: Any, month: date, threshold: int, why: str, before: Any, by: Actor, at: datetime
) -> SpendPublication:
    body = next(o.name for o in all_organisations() if o.id == by.organisation_id)
    content = found.as_csv(body)
    totals = {
        f"{key}_{part}": getattr(total, part)
        for key, total in found.totals().items()
        for part in ("rows", "pence")
    }
    try:
        with transaction.atomic():
            return SpendPublication.objects.create(
                organisation_id=by.organisation_id,
                month=month,
                version=1 + (before.aggregate(last=Max("version"))["last"] or 0),
                threshold_pence=threshold,
                reason=why,
                content=content,
                sha256=hashlib.sha256(content).hexdigest(),
                **totals,
                paid_pence=found.paid_pence,
                made_by_id=by.person_id,
                made_by_name=by.name,
                made_at=at,
            )
    except IntegrityError as error:
        if "one_publication_proposed" in str(error) or "version_once" in str(error):
            raise PUB06.refuse() from None
        raise


def publish(row: SpendPublication, by: Actor) -> None:
    """Called by approvals: the file may be published."""
    _end(row, by, "publish", "finance.publication.approved")


def refuse_publication(row: SpendPublication, by: Actor, comment: str) -> None:
    """Called by approvals: it stays in the house."""
    _end(row, by, "refuse", "finance.publication.refused", comment=comment)


def _end(row: SpendPublication, by: Actor, verb: str, event: str, **changes: Any) -> None:
    at = timezone.now()
    here = SpendPublication.objects.filter(organisation_id=row.organisation_id, pk=row.pk)
    who = {"ended_by_id": by.person_id, "ended_by_name": by.name, "ended_at": at}
    move(here, MOVES, verb, expected=1, **who, **changes)
    record(event, row, by=by, at=at, what=str(row), sha256=row.sha256)
