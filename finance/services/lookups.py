"""Numbers of new suppliers looked up where they are registered: asked for here, by a worker there.

A register is asked outside any request of a browser and any transaction, again after a pause while
it says nothing; exactly one answer of each question is kept.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from core.actors import Actor, require
from core.outside import heard
from core.scope import scope
from events.services import record
from finance.models import RegisterLookup, SupplierRequest
from finance.permissions import CHANGE_SUPPLIERS
from finance.registers import LABELS, UNANSWERED, Answer, may_be_asked_for, registers
from finance.rules import SUP30, SUP31

MOST_ATTEMPTS = 4
FIRST_PAUSE = timedelta(seconds=30)
# While it is being asked nobody else asks; a worker that dies lets go of it after that.
ASKING = timedelta(minutes=2)
AT_ONCE = 20
State = RegisterLookup.State


def look_up_supplier(*, row: SupplierRequest, by: Actor, at: datetime) -> list[RegisterLookup]:
    """Has each register that is set up and knows such numbers asked; returns those new in line.

    SUP30 if there is none, SUP31 in a rehearsal. One that is being asked already is not asked
    twice. Event finance.supplier.look_up_asked, one for each.
    """
    require(by, CHANGE_SUPPLIERS)
    numbers = {"vat": row.supplier.vat_number, "company": row.supplier.company_number}
    asked = [one for one in registers() if numbers[one.key] and one.knows(numbers[one.key])]
    SUP30.check(asked)
    SUP31.check(may_be_asked_for(by.organisation_id))
    here = {"organisation_id": by.organisation_id}
    # The request's row, locked, makes those wait who ask at this moment.
    SupplierRequest.objects.select_for_update().get(**here, pk=row.pk)
    known = RegisterLookup.objects.filter(**here, request_id=row.pk, state=State.WAITING)
    waiting = set(known.values_list("register", flat=True))
    made = RegisterLookup.objects.bulk_create(
        RegisterLookup(
            **here,
            request=row,
            register=one.key,
            number=numbers[one.key],
            run_at=at,
            asked_by_id=by.person_id,
            asked_by_name=by.name,
            asked_at=at,
        )
        for one in asked
        if one.key not in waiting
    )
    for lookup in made:
        said: dict[str, Any] = {"register": LABELS[lookup.register], "number": lookup.number}
        record("finance.supplier.look_up_asked", row.supplier, by=by, at=at, **said)
    return made


def answer_lookups(*, as_of: datetime) -> int:
    """Asks registers what is due, for every organisation; returns how many answers were kept.

    Nothing while no register is set up, or in a rehearsal. Safe to run anywhere and at the same
    time.
    """
    if not registers():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisation_id FROM ctx.organisations_with_lookups()")
        places = [place for (place,) in cursor.fetchall()]
    since = heard(places)
    return sum(_answer_here(place, since[place], as_of) for place in places if place in since)


def _answer_here(organisation_id: int, since: datetime, as_of: datetime) -> int:
    with scope(acting=organisation_id):
        due = _claim(organisation_id, since, as_of)
    return sum(_ask(organisation_id, key, as_of) for key in due)


def _claim(organisation_id: int, since: datetime, as_of: datetime) -> list[int]:
    """Takes what is due for as long as asking lasts; counted as an attempt before it is one."""
    rows = RegisterLookup.objects.filter(
        organisation_id=organisation_id,
        state=State.WAITING,
        run_at__lte=as_of,
        asked_at__gte=since,
    )
    locked = rows.select_for_update(skip_locked=True).order_by("run_at", "pk")
    due = list(locked.values_list("pk", flat=True)[:AT_ONCE])
    RegisterLookup.objects.filter(organisation_id=organisation_id, pk__in=due).update(
        attempts=F("attempts") + 1, run_at=as_of + ASKING
    )
    return due


def _ask(organisation_id: int, key: int, as_of: datetime) -> bool:
    """Asks about one outside of any transaction, so that a slow register holds nothing up."""
    with scope(readable={organisation_id}):
        row = RegisterLookup.objects.get(organisation_id=organisation_id, pk=key)
    register = next((one for one in registers() if one.key == row.register), None)
    if register is None:
        answer = Answer(UNANSWERED, said="It is no longer set up.")
    else:
        answer = register.look_up(row.number)
    with scope(acting=organisation_id):
        if answer.outcome == UNANSWERED and row.attempts < MOST_ATTEMPTS:
            pause = FIRST_PAUSE * 2 ** (row.attempts - 1)
            _mine(row).update(run_at=as_of + pause, problem=answer.said[:200])
            return False
        return _keep(row, answer, as_of)


def _mine(row: RegisterLookup) -> Any:
    """The row, unless another worker has asked since: what that one is told counts."""
    return RegisterLookup.objects.filter(
        organisation_id=row.organisation_id,
        pk=row.pk,
        attempts=row.attempts,
        state=State.WAITING,
    )


def _keep(row: RegisterLookup, answer: Answer, as_of: datetime) -> bool:
    """The answer stands with the request, once. Event finance.supplier.looked_up."""
    done = _mine(row).update(state=State.DONE, answered_at=as_of, problem="")
    if not done:
        return False
    here = {"organisation_id": row.organisation_id, "pk": row.request_id}
    request = SupplierRequest.objects.select_for_update(of=("self",)).select_related("supplier")
    kept = request.get(**here)
    told = {
        "number": row.number,
        "words": answer.words,
        "outcome": answer.outcome,
        "on": timezone.localdate(as_of).isoformat(),
        "by": row.asked_by_name,
    }
    SupplierRequest.objects.filter(**here).update(looked_up={**kept.looked_up, row.register: told})
    by = Actor(
        person_id=row.asked_by_id, name=row.asked_by_name, organisation_id=row.organisation_id
    )
    words: dict[str, Any] = {
        "register": LABELS[row.register],
        "number": row.number,
        "outcome": answer.words,
    }
    record("finance.supplier.looked_up", kept.supplier, by=by, at=as_of, **words)
    return True
