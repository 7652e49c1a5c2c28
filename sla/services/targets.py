"""Targets: proposed by one person, agreed by another, in force from a month that is not signed."""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from approvals.services import request_approval
from core.actors import Actor, require
from core.states import move
from events.services import record
from sla.models import Indicator, SignedMonth, Target, TargetChange
from sla.permissions import SET_TARGETS
from sla.ratings import Polarity
from sla.ratings import Target as Lines
from sla.registry import Kind
from sla.rules import SLA01, SLA02, SLA03, SLA09, SLA10, SLA11, SLA12

TargetLines = tuple[Decimal, Decimal, Decimal] | None
State = TargetChange.State
MOVES = {
    "agree": ((State.PROPOSED,), State.AGREED),
    "refuse": ((State.PROPOSED,), State.REFUSED),
}
REASON_LENGTH = 300


def propose_target(
    *,
    indicator_code: str,
    valid_from: date,
    lines: TargetLines,
    reason: str,
    by: Actor,
    at: datetime | None = None,
) -> TargetChange:
    """Proposes (met at, approaching, inadequate) from the month of `valid_from` on; None ends it.

    It waits for a second person. Refused as `set_target` is, SLA11 without a reason, SLA12 while
    another change of the same target waits. Event sla.target.proposed.
    """
    require(by, SET_TARGETS)
    said = " ".join(reason.split())
    SLA11.check(0 < len(said) <= REASON_LENGTH)
    at, month = at or timezone.now(), valid_from.replace(day=1)
    indicator = TargetsHere(by.organisation_id, [indicator_code]).check(
        indicator_code, month, lines, at
    )
    try:
        with transaction.atomic():
            change = TargetChange.objects.create(
                organisation_id=by.organisation_id,
                indicator_code=indicator_code,
                valid_from=month,
                **_columns(lines),
                reason=said,
                made_by_id=by.person_id,
                made_by_name=by.name,
                made_at=at,
            )
    except IntegrityError as error:
        if "one_target_proposed" in str(error):
            raise SLA12.refuse() from None
        raise
    thread = uuid.uuid4()
    words = {"indicator": str(indicator), "month": f"{month:%B %Y}", "reason": said}
    record("sla.target.proposed", change, by=by, at=at, thread=thread, **words)
    summary = f"Target of {indicator} from {month:%B %Y}"
    request_approval(
        subject=change, amount_pence=0, summary=summary, thread=thread, by=by, as_of=at
    )
    return change


def agree_target(change: TargetChange, by: Actor) -> None:
    """Called by approvals: it holds from its month. SLA09 if that has been signed meanwhile."""
    at = timezone.now()
    here = TargetChange.objects.filter(organisation_id=change.organisation_id, pk=change.pk)
    move(here, MOVES, "agree", expected=1, **_ended(by, at))
    _put(change.indicator_code, change.valid_from, change.lines, change, by, at)


def refuse_target(change: TargetChange, by: Actor, comment: str) -> None:
    """Called by approvals: the target stays what it was. Event sla.target.refused."""
    at = timezone.now()
    here = TargetChange.objects.filter(organisation_id=change.organisation_id, pk=change.pk)
    move(here, MOVES, "refuse", expected=1, comment=comment, **_ended(by, at))
    record("sla.target.refused", change, by=by, at=at, indicator=change.indicator_code)


def _ended(by: Actor, at: datetime) -> dict[str, Any]:
    return {"ended_by_id": by.person_id, "ended_by_name": by.name, "ended_at": at}


def set_target(
    *,
    indicator_code: str,
    valid_from: date,
    lines: TargetLines,
    by: Actor,
    at: datetime | None = None,
) -> Target:
    """Sets a target that the service agreement brought with it; SLA10 for a person.

    Refused for volumes (SLA01), for lines in the wrong order (SLA02), for indicators that are not
    live (SLA03) and backwards (SLA09): a month that is over keeps the target it was judged by, a
    signed month and those before it keep theirs or none. Records sla.target.set or
    sla.target.ended.
    """
    SLA10.check(by.system)
    return _put(indicator_code, valid_from.replace(day=1), lines, None, by, at or timezone.now())


def _put(
    code: str,
    month: date,
    lines: TargetLines,
    change: TargetChange | None,
    by: Actor,
    at: datetime,
) -> Target:
    indicator = TargetsHere(by.organisation_id, [code]).check(code, month, lines, at)
    name = change.made_by_name if change else by.name
    target, _ = Target.objects.update_or_create(
        organisation_id=by.organisation_id,
        indicator_code=code,
        valid_from=month,
        defaults={
            **_columns(lines),
            "set_by_id": change.made_by_id if change else by.person_id,
            "set_by_name": name,
            "set_at": at,
            "change": change,
        },
    )
    verb = "sla.target.set" if lines else "sla.target.ended"
    goal, words = str(lines[0]) if lines else "none", f"{month:%B %Y}"
    record(verb, target, by=by, at=at, indicator=str(indicator), target=goal, month=words)
    return target


def _columns(lines: TargetLines) -> dict[str, Decimal | None]:
    met_at, approaching, inadequate = lines or (None, None, None)
    return {"met_at": met_at, "approaching": approaching, "inadequate": inadequate}


class TargetsHere:
    """What new lines of these indicators, or of all, are compared with; five queries."""

    def __init__(self, organisation_id: int, codes: Collection[str] | None = None) -> None:
        named = {} if codes is None else {"indicator_code__in": codes}
        here = {"organisation_id": organisation_id}
        live = Indicator.objects.exclude(numerator="")
        if codes is not None:
            live = live.filter(code__in=codes)
        self.indicators = {row.code: row for row in live.order_by("version")}
        self.signed = SignedMonth.objects.filter(**here).aggregate(last=Max("month"))["last"]
        self.targets: dict[str, list[Target]] = {}
        for row in Target.objects.filter(**here, **named).order_by("valid_from"):
            self.targets.setdefault(row.indicator_code, []).append(row)
        waiting = TargetChange.objects.filter(**here, **named, state=State.PROPOSED)
        self.waiting = set(waiting.values_list("indicator_code", flat=True))

    def lines_in(self, code: str, month: date) -> TargetLines:
        """The lines in force in a month."""
        found = [row.lines for row in self.targets.get(code, ()) if row.valid_from <= month]
        return found[-1] if found else None

    def check(self, code: str, month: date, lines: TargetLines, at: datetime) -> Indicator:
        """The indicator, if it can have these lines from that month on."""
        found: Indicator | None = self.indicators.get(code)
        SLA03.check(found is not None, code)
        assert found is not None
        SLA01.check(found.kind != Kind.KAI and found.polarity != Polarity.CONTEXT)
        if lines is not None:
            _check_order(lines, Polarity(found.polarity))
        signed = self.signed is not None and self.signed >= month
        SLA09.check(not signed, f"{month:%B %Y} is signed, or a later month.")
        over = month < timezone.localdate(at).replace(day=1)
        judged = any(row.valid_from <= month for row in self.targets.get(code, ()))
        SLA09.check(not (over and judged), f"{month:%B %Y} is over and has a target.")
        return found


def _check_order(lines: tuple[Decimal, Decimal, Decimal], polarity: Polarity) -> None:
    try:
        met_at, approaching, inadequate = (Fraction(line) for line in lines)
        Lines(met_at, approaching, inadequate, polarity)
    except ValueError as error:
        raise SLA02.refuse() from error
