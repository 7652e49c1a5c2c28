"""Claims of hours, expenses and one-off pay: checked, approved by a second person, paid once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile

from django.db import IntegrityError, transaction
from django.utils import timezone

from approvals.services import request_approval
from core.actors import Actor, require
from core.money import formatted
from core.states import move
from events.services import record
from hr.models import Allowance, Employment
from hr.selectors.allowances import claimed_terms, term_of
from hr.selectors.jobs import employments_numbered
from hr.selectors.pay import JobRate, job_rates
from payroll.bulk.items import by_terms
from payroll.claimed import NewItem
from payroll.models import PayClaim, PayElement, PayItem
from payroll.paying.items import amounts_of
from payroll.permissions import CLAIM_OWN, KEEP_ELEMENTS, MAKE_CLAIMS
from payroll.rules import PRL13, PRL20, PRL21, PRL22, PRL23, PRL86
from tenants.services import next_number

State, Basis = PayClaim.State, PayElement.Basis
MOVES = {
    "approve": ((State.WAITING,), State.APPROVED),
    "return": ((State.WAITING,), State.RETURNED),
    "reject": ((State.WAITING,), State.REJECTED),
}
OLDEST = timedelta(days=2 * 366)
MOST_SAID = 20
RESERVED = ("basic pay", "back pay")
PAID_BY_TERMS: dict[str, str] = {
    Basis.ENHANCED: Allowance.Paid.HOUR, Basis.SESSIONS: Allowance.Paid.SESSION,
}  # fmt: skip
# What is entered of each basis, as `NewItem` has it; the rest is nothing.
ENTERED = {
    Basis.HOURS: ("minutes", "in hours"), Basis.ENHANCED: ("minutes", "in hours"),
    Basis.SESSIONS: ("sessions", "in sessions"), Basis.AMOUNT: ("amount_pence", "as an amount"),
}  # fmt: skip
FIELDS = {"minutes": "hours", "sessions": "sessions", "amount_pence": "amount"}


def create_element(
    *, code: str, name: str, basis: str, percent: int, taxed: bool, pensionable: bool, by: Actor
) -> PayElement:
    """A kind of pay that can be claimed from now on; it is never changed. PRL23 if it is known,
    PRL86 where the terms have nothing under its code though it is paid as they say.

    Event payroll.element.created.
    """
    require(by, KEEP_ELEMENTS)
    PRL23.check(not name.lower().startswith(RESERVED))
    if basis in PAID_BY_TERMS:
        terms = claimed_terms(by.organisation_id, {code})
        PRL86.check(any(one.paid == PAID_BY_TERMS[basis] for one in terms))
    try:
        with transaction.atomic():
            made = PayElement.objects.create(
                organisation_id=by.organisation_id, code=code, name=name, basis=basis,
                percent=percent if basis == Basis.HOURS else 0, taxed=taxed,
                pensionable=pensionable,
            )  # fmt: skip
    except IntegrityError as error:
        if "once" not in str(error):
            raise
        raise PRL23.refuse() from None
    record("payroll.element.created", made, by=by, name=name)
    return made


@dataclass(frozen=True)
class _Known:
    """What the tables know of the items: by employee number, by code, by job and day."""

    employments: dict[int, Employment]
    elements: dict[str, PayElement]
    rates: dict[tuple[int, int, date], JobRate]
    terms: list[Allowance]

    def rate(self, item: NewItem) -> JobRate | None:
        someone = self.employments.get(item.employee)
        return self.rates.get((someone.pk, item.job, item.worked_on)) if someone else None

    def term(self, item: NewItem) -> Allowance | None:
        rate, element = self.rate(item), self.elements.get(item.element)
        if rate is None or element is None or element.basis not in PAID_BY_TERMS:
            return None
        return term_of(self.terms, element.code, rate.scale, rate.grade, item.worked_on)


def make_claim(
    *,
    items: Sequence[NewItem],
    reason: str,
    by: Actor,
    name: str = "",
    sha256: str = "",
    at: datetime | None = None,
) -> PayClaim:
    """Sends items in for approval, all of them or none. One's own need no right over others.

    PRL13 without a reason, PRL20 with what is wrong by row, PRL21 for a file sent in before. Event
    payroll.claim.made.
    """
    at = at or timezone.now()
    PRL13.check(reason.strip())
    PRL20.check(items, "There are none.")
    _check_file(sha256, by)
    known = _known(items, by, at)
    _check_rights(known, by)
    wrong = _wrong(items, known, timezone.localdate(at))
    PRL20.check(not wrong, " ".join(wrong[:MOST_SAID]))
    paths = {rate.unit_path for item in items if (rate := known.rate(item))}
    path = _common(paths)
    if not _own(known, by):
        require(by, MAKE_CLAIMS, unit_path=path)
    claim = _keep(items, known, path, reason.strip(), by, (name[:120], sha256), at)
    facts = {"items": claim.items_count, "total": formatted(claim.total_pence)}
    record("payroll.claim.made", claim, by=by, at=at, thread=claim.thread, comment=claim.reason,
           **facts)  # fmt: skip
    request_approval(
        subject=claim, amount_pence=claim.total_pence, unit_path=path, by=by, as_of=at,
        summary=f"{_whose(known)}: {claim.reason}", thread=claim.thread,
    )  # fmt: skip
    return claim


def _known(items: Sequence[NewItem], by: Actor, at: datetime) -> _Known:
    here = {"organisation_id": by.organisation_id}
    numbers = {one.employee for one in items}
    employments = {one.number: one for one in employments_numbered(by.organisation_id, numbers)}
    elements = {one.code: one for one in PayElement.objects.filter(**here)}
    jobs = [
        (employments[one.employee].pk, one.job, one.worked_on)
        for one in items
        if one.employee in employments
    ]
    asked = {one.element for one in items}
    named = {c for c in asked if c in elements and elements[c].basis in PAID_BY_TERMS}
    terms = claimed_terms(by.organisation_id, named) if named else []
    return _Known(employments, elements, job_rates(by.organisation_id, jobs, at), terms)


def _check_file(digest: str, by: Actor) -> None:
    sent = PayClaim.objects.filter(
        organisation_id=by.organisation_id, sha256=digest,
        state__in=(State.WAITING, State.APPROVED),
    )  # fmt: skip
    PRL21.check(not digest or not sent.exists())


def _own(known: _Known, by: Actor) -> bool:
    """Whether all of it is the actor's own."""
    found = {one.person_id for one in known.employments.values()}
    return by.person_id is not None and found == {by.person_id}


def _check_rights(known: _Known, by: Actor) -> None:
    require(by, CLAIM_OWN if _own(known, by) else MAKE_CLAIMS)


def _common(paths: set[str]) -> str:
    """The path of the unit under which all of them lie; empty for the whole organisation."""
    steps = [path.split(".")[:-1] for path in paths]
    shared = list(takewhile(lambda step: len(set(step)) == 1, zip(*steps, strict=False)))
    return "".join(f"{step[0]}." for step in shared)


def _wrong(items: Sequence[NewItem], known: _Known, today: date) -> list[str]:
    """What is wrong with each row, its field first."""
    said, seen = [], set[NewItem]()
    for item in items:
        for text in _wrong_with(item, known, today):
            said.append(f"Row {item.row}, {text}.")
        same = NewItem(**{**vars(item), "row": 0})
        if same in seen:
            said.append(f"Row {item.row}, day: another row says the same.")
        seen.add(same)
    return said + _sent_before(items, known)


def _wrong_with(item: NewItem, known: _Known, today: date) -> list[str]:
    element = known.elements.get(item.element)
    said = []
    if item.employee not in known.employments:
        said.append(f"employee: nobody here has the number {item.employee}")
    if element is None:
        said.append(f"element: there is no element «{item.element}» here")
    elif [name for name in FIELDS if getattr(item, name)] != [ENTERED[Basis(element.basis)][0]]:
        name, words = ENTERED[Basis(element.basis)]
        said.append(f"{FIELDS[name]}: {element.name} is claimed {words}, and nothing else")
    if not today - OLDEST <= item.worked_on <= today:
        said.append("day: it lies in the future or more than two years back")
    elif item.employee in known.employments and known.rate(item) is None:
        said.append(f"job: job {item.job} was not held on that day")
    elif element and known.rate(item) and element.basis in PAID_BY_TERMS and not known.term(item):
        said.append(f"element: the terms of that day have no {element.name} for this grade")
    return said


def _sent_before(items: Sequence[NewItem], known: _Known) -> list[str]:
    ids = {one.pk for one in known.employments.values()}
    rows = PayItem.objects.filter(employment_id__in=ids, live=True).select_related("claim")
    names = (
        *("employment_id", "element_id", "job", "worked_on", "minutes", "sessions"),
        *("amount_pence", "note"),
    )
    days = {one.worked_on for one in items}
    found = {
        tuple(getattr(one, name) for name in names): one.claim
        for one in rows.filter(worked_on__in=days)
    }
    said = []
    for item in items:
        element, someone = known.elements.get(item.element), known.employments.get(item.employee)
        if element and someone:
            key = (someone.pk, element.pk, *(getattr(item, name) for name in names[2:]))
            if key in found:
                said.append(f"Row {item.row}, day: {found[key]} has the same already.")
    return said


def _keep(
    items: Sequence[NewItem],
    known: _Known,
    path: str,
    reason: str,
    by: Actor,
    file: tuple[str, str],
    at: datetime,
) -> PayClaim:
    name, digest = file
    here = {"organisation_id": by.organisation_id}
    claim = PayClaim.objects.create(
        **here, number=next_number("pay_claim", by=by), name=name, sha256=digest,
        reason=reason[:200], unit_path=path, items_count=len(items),
        total_pence=_worth(items, known), made_by_id=by.person_id, made_by_name=by.name, made_at=at,
    )  # fmt: skip
    PayItem.objects.bulk_create(
        [
            PayItem(
                **here, claim=claim, element=known.elements[one.element],
                employment=known.employments[one.employee], job=one.job, worked_on=one.worked_on,
                minutes=one.minutes, sessions=one.sessions, amount_pence=one.amount_pence,
                note=one.note,
            )
            for one in items
        ],
        batch_size=2_000,
    )  # fmt: skip
    return claim


def _worth(items: Sequence[NewItem], known: _Known) -> int:
    rows = []
    for one in items:
        rate = known.rate(one)
        assert rate is not None
        percent = known.elements[one.element].percent
        values = [one.minutes, rate.full_year, rate.full_week, one.amount_pence]
        if term := known.term(one):
            values = by_terms(term, values, one.sessions)
        rows.append([0, 0, "", percent, True, False, "", *values])
    return int(amounts_of(rows).sum())


def _whose(known: _Known) -> str:
    names = [one.name for one in known.employments.values()]
    return names[0] if len(names) == 1 else f"{len(names)} people"


def agree(row: PayClaim, *, by: Actor) -> None:
    """Its items are paid by the next run that is calculated. PRL22 for pay of one's own."""
    own = PayItem.objects.filter(
        organisation_id=row.organisation_id, claim=row, employment__person_id=by.person_id
    )
    PRL22.check(by.person_id is None or not own.exists())
    _close(row, "approve", by)


def send_back(row: PayClaim, *, by: Actor, comment: str) -> None:
    """Nothing of it is paid; it can be sent in again."""
    _close(row, "return", by)


def turn_down(row: PayClaim, *, by: Actor, comment: str) -> None:
    """Nothing of it is paid."""
    _close(row, "reject", by)


def _close(row: PayClaim, verb: str, by: Actor) -> None:
    here = {"organisation_id": row.organisation_id}
    move(PayClaim.objects.filter(**here, pk=row.pk), MOVES, verb, expected=1)
    if verb != "approve":
        PayItem.objects.filter(**here, claim=row).update(live=False)
    outcome = MOVES[verb][1].label
    record("payroll.claim.closed", row, by=by, thread=row.thread, outcome=outcome,
           items=row.items_count, total=formatted(row.total_pence))  # fmt: skip
