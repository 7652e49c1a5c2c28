"""One act on many invoices: set-based, with a result that says what was left out and why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from core.actors import Actor, require
from core.errors import Refusal
from core.permissions import PERMISSIONS
from events.services import record_many
from finance.models import Invoice
from finance.permissions import ENTER_INVOICES
from finance.rules import INV08, INV09, INV10
from finance.selectors.holds import stopped
from finance.services.invoices import HOLD_CAUSES, MOVES, State, submit_for_approval
from finance.services.responses import answer_suppliers

OUT_OF_REACH = "Your role does not reach the cost centre of this invoice."
# Each one asks for its route and writes its request: this many take about five seconds.
MOST_SUBMITTED = 500
# First of all: a proposal that has them is waited for and then seen by the next statement.
LOCK = """
SELECT 1 FROM finance_invoice WHERE organisation_id = %s AND id = ANY(%s) ORDER BY id FOR UPDATE
"""
HOLD = """
UPDATE finance_invoice i
   SET state = 'held', hold_cause = %s, hold_text = %s, held_on = %s, touched = true,
       stopped_at = %s, answer_on = %s, owner_id = %s, owner_name = %s, version = i.version + 1
 WHERE i.organisation_id = %s AND i.id = ANY(%s) AND i.state = ANY(%s)
   AND NOT EXISTS (SELECT 1 FROM finance_allocation a WHERE a.organisation_id = %s
                    AND a.invoice_id = i.id AND a.live AND a.part > i.parts)
RETURNING i.id, i.thread
"""
TAKE = """
UPDATE finance_invoice i SET owner_id = %s, owner_name = %s, version = i.version + 1
 WHERE i.organisation_id = %s AND i.id = ANY(%s) AND i.state IN ('held', 'disputed')
   AND i.owner_id IS DISTINCT FROM %s
RETURNING i.id, i.thread
"""
RELEASE = """
UPDATE finance_invoice i
   SET state = CASE WHEN i.journal_id IS NULL THEN 'received' ELSE 'posted' END,
       hold_cause = '', hold_text = '', stopped_at = NULL, answer_on = NULL, owner_id = NULL,
       owner_name = '', version = i.version + 1
 WHERE i.organisation_id = %s AND i.id = ANY(%s) AND i.state = 'held'
RETURNING i.id, i.thread
"""


@dataclass(frozen=True)
class Outcome:
    """How many of `asked` were changed, and the others by the sentence that stopped them."""

    asked: int
    changed: int
    left_out: tuple[tuple[str, int], ...] = ()

    def in_words(self, done: str) -> str:
        """«Held 12 of 14 invoices. 2 left out: …»"""
        plural = "invoice" if self.asked == 1 else "invoices"
        said = f"{done} {self.changed:,} of {self.asked:,} {plural}."
        for sentence, count in self.left_out:
            said += f" {count:,} left out: {sentence}"
        return said


def _reached(invoice_ids: Sequence[int], by: Actor) -> list[int]:
    """Of the invoices of this organisation, those of units for which the actor may enter them."""
    rows = Invoice.objects.filter(organisation_id=by.organisation_id, pk__in=list(invoice_ids))
    rights = [r for r in by.rights_here() if r.role in PERMISSIONS[ENTER_INVOICES].roles]
    if not by.system and all(right.unit_path for right in rights):
        within = Q()
        for right in rights:
            within |= Q(unit_path__startswith=right.unit_path)
        rows = rows.filter(within)
    return list(rows.values_list("pk", flat=True))


def hold_invoices(
    *, invoice_ids: Sequence[int], cause: str, text: str = "", by: Actor, as_of: date
) -> Outcome:
    """Holds those that can be held. Event finance.invoice.held for each."""
    require(by, ENTER_INVOICES)
    INV09.check(cause in HOLD_CAUSES and (text.strip() or cause != "other"))
    sources = [str(state) for state in MOVES["hold"][0]]
    reached = _reached(invoice_ids, by)
    organisation = by.organisation_id
    clock = stopped(cause=cause, owner=by, on=as_of)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [organisation, reached])
        cursor.execute(
            HOLD,
            [
                *(cause, text.strip(), as_of, *clock.values()),
                *(organisation, reached, sources, organisation),
            ],
        )
        changed = cursor.fetchall()
    held = Invoice.objects.filter(organisation_id=organisation, pk__in=[row[0] for row in changed])
    answer_suppliers(invoices=held.filter(origin=Invoice.Origin.EINVOICE), by=by)
    said: dict[str, Any] = {"comment": text.strip()} if text.strip() else {}
    words = HOLD_CAUSES[cause]
    record_many("finance.invoice.held", "finance.invoice", changed, by=by, cause=words, **said)
    return _outcome(invoice_ids, reached, [row[0] for row in changed], "hold", by)


def take_invoices(*, invoice_ids: Sequence[int], by: Actor) -> int:
    """Those that are held or disputed and not one's own become one's own; returns how many.

    Event finance.invoice.taken for each.
    """
    require(by, ENTER_INVOICES)
    reached = _reached(invoice_ids, by)
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [by.person_id, by.name, by.organisation_id, reached, by.person_id])
        taken = cursor.fetchall()
    record_many("finance.invoice.taken", "finance.invoice", taken, by=by, owner=by.name)
    return len(taken)


def release_invoices(*, invoice_ids: Sequence[int], by: Actor) -> Outcome:
    """Releases those that are held. Event finance.invoice.released for each."""
    require(by, ENTER_INVOICES)
    reached = _reached(invoice_ids, by)
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, [by.organisation_id, reached])
        changed = cursor.fetchall()
    record_many("finance.invoice.released", "finance.invoice", changed, by=by)
    return _outcome(invoice_ids, reached, [row[0] for row in changed], "release", by)


def submit_invoices(*, invoice_ids: Sequence[int], by: Actor) -> Outcome:
    """Sends for approval those that can be, the oldest `MOST_SUBMITTED` of them at a time."""
    require(by, ENTER_INVOICES)
    reached = _reached(invoice_ids, by)
    states = dict(
        Invoice.objects.filter(organisation_id=by.organisation_id, pk__in=reached).values_list(
            "pk", "state"
        )
    )
    ready = sorted(pk for pk, state in states.items() if state == State.RECEIVED)
    left_out = Counter(_wrong_state(state) for state in states.values() if state != State.RECEIVED)
    left_out[OUT_OF_REACH] += len(set(invoice_ids)) - len(states)
    if len(ready) > MOST_SUBMITTED:
        left_out[f"Only {MOST_SUBMITTED} go at a time. Send the others next."] = (
            len(ready) - MOST_SUBMITTED
        )
    changed = 0
    rows = Invoice.objects.filter(
        organisation_id=by.organisation_id, pk__in=ready[:MOST_SUBMITTED]
    ).select_related("supplier")
    for row in rows.order_by("pk"):
        try:
            with transaction.atomic():
                submit_for_approval(invoice=row, version=row.version, by=by)
            changed += 1
        except Refusal as refusal:
            left_out[refusal.message] += 1
    return Outcome(len(set(invoice_ids)), changed, _said(left_out))


def _wrong_state(state: str) -> str:
    return f"{INV08.__doc__} ({State(state).label})"


def _said(left_out: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple((sentence, count) for sentence, count in left_out.most_common() if count)


def _outcome(
    ids: Sequence[int], reached: Sequence[int], changed: Sequence[int], verb: str, by: Actor
) -> Outcome:
    """Counts those that stayed by their state; one in the right state lies in a payment."""
    stayed = Invoice.objects.filter(
        organisation_id=by.organisation_id, pk__in=set(reached) - set(changed)
    ).values_list("state", flat=True)
    sources = MOVES[verb][0]
    reasons = Counter(
        str(INV10.__doc__) if state in sources else f"{INV08.__doc__} ({State(state).label})"
        for state in stayed
    )
    reasons[OUT_OF_REACH] += len(set(ids) - set(reached))
    return Outcome(len(ids), len(changed), _said(reasons))
