"""The account that pay goes to, changed by the person: asked for, stopped, in force later."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from approvals.services.notices import tell_all
from core.actors import Actor, require, system_actor
from core.errors import NotFound
from core.scope import scope
from core.states import move
from core.templatetags.web import day
from core.vault import indexes, next_ids, place_in, seal, unseal
from core.working_time import add_working_days
from events.services import record, record_about, record_each
from hr.models import AccountChange, AccountCooling, Employment, PrivateDetails
from hr.permissions import CHANGE_OWN_ACCOUNT, KEEP_ACCOUNT_COOLING, STOP_ACCOUNT_CHANGES
from hr.rules import HRR31, HRR32, HRR33, HRR35, HRR36
from hr.selectors.accounts import cooling_days
from hr.selectors.people import employments_of
from hr.services.private import Details, check_account, lock_private
from tenants.selectors import all_organisations, working_calendar
from tenants.services import next_number

State = AccountChange.State
MOVES = {
    "stop": ((State.WAITING,), State.STOPPED),
    "hold": ((State.WAITING,), State.DONE),
}
LEAST_DAYS, MOST_DAYS = 1, 20
NAME = re.compile(r"[A-Za-z0-9]")
PAGE = "my_account"
AT_ONCE = 500


@dataclass(frozen=True)
class NewAccount:
    """Where pay shall go. `unsure`: it fails the modulus check, and the person says it is right."""

    sort_code: str
    account_number: str
    account_name: str
    reference: str = ""
    unsure: bool = False

    def columns(self, organisation_id: int) -> dict[str, Any]:
        """What to create the change with: its id, and what is sealed for it."""
        numbers = AccountChange.sealed(organisation_id, self.sort_code, self.account_number)
        place = place_in(AccountChange, "reference_sealed", organisation_id, numbers["id"])
        return {
            **numbers,
            "account_name": self.account_name,
            "reference_sealed": seal(place, self.reference),
            "unsure": self.unsure,
        }

    @classmethod
    def opened(cls, row: AccountChange) -> "NewAccount":
        """What a change says, for the row of details that is made from it."""
        place = place_in(AccountChange, "reference_sealed", row.organisation_id, row.pk)
        reference = unseal(place, row.reference_sealed)
        return cls(*row.digits(), row.account_name, reference, row.unsure)


def ask_account(*, new: NewAccount, by: Actor, at: datetime) -> AccountChange:
    """The person asks for another account for all their pay here; it cools off first.

    They are told by e-mail and in the product, so that they can stop what they did not ask for.
    HRR12, HRR30, HRR31 for what is malformed, HRR32 while another change waits, HRR33 for the
    account in force. NotFound without an employment. Event hr.account.asked.
    """
    require(by, CHANGE_OWN_ACCOUNT)
    jobs = employments_of(by.organisation_id, by.person_id)
    if by.person_id is None or not jobs:
        raise NotFound("You have no record here.")
    check_account(new.sort_code, new.account_number, new.reference)
    HRR31.check(NAME.search(new.account_name) and new.account_number)
    today = timezone.localdate(at)
    HRR33.check(not _goes_there(jobs, new, today))
    wait = cooling_days(by.organisation_id, today)
    from_on = add_working_days(working_calendar(by.organisation_id), today, wait)
    try:
        with transaction.atomic():
            change = AccountChange.objects.create(
                organisation_id=by.organisation_id, number=next_number("account_change", by=by),
                person_id=by.person_id, employment=jobs[0], asked_by_id=by.person_id, asked_at=at,
                from_on=from_on, **new.columns(by.organisation_id),
            )  # fmt: skip
    except IntegrityError as error:
        if "one_account_change_waits" in str(error):
            raise HRR32.refuse() from None
        raise
    record("hr.account.asked", jobs[0], by=by, at=at, day=day(from_on))
    words = (
        f"It cools off until {day(from_on)}. Not you? Sign in and stop it at once, and tell"
        " payroll. Nobody of payroll asks you for a password or a code."
    )
    _tell([change], "Another account for your pay was asked for", words, "asked", by=by, at=at)
    return change


def _goes_there(jobs: list[Employment], new: NewAccount, today: date) -> bool:
    """Does all pay of these go there already?"""
    digits = indexes(jobs[0].organisation_id, new.sort_code + new.account_number)
    rows = PrivateDetails.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=today), organisation_id=jobs[0].organisation_id,
        employment__in=[one.pk for one in jobs], superseded_at__isnull=True,
    )  # fmt: skip
    known = [row for row in rows if row.account_ending]
    return bool(known) and all(
        bytes(row.account_index) in digits and row.account_name == new.account_name
        and Details.opened(row).reference == new.reference
        for row in known
    )  # fmt: skip


def stop_account(*, change: AccountChange, reason: str, by: Actor, at: datetime) -> AccountChange:
    """A change that waits comes to nothing: by the person, or by payroll for a reason (HRR35).

    Clash if it waits no more. The person is told. Event hr.account.stopped.
    """
    own = by.person_id is not None and by.person_id == change.person_id
    require(by, CHANGE_OWN_ACCOUNT if own else STOP_ACCOUNT_CHANGES)
    said = reason.strip()[:200] or ("Stopped by the person" if own else "")
    HRR35.check(said)
    rows = AccountChange.objects.filter(organisation_id=by.organisation_id, pk=change.pk)
    move(rows, MOVES, "stop", expected=1, stopped_at=at, stopped_by_name=by.name, reason=said)
    change.refresh_from_db()
    record("hr.account.stopped", change.employment, by=by, at=at, comment=said)
    words = "Pay goes on to the account that it went to before."
    _tell([change], "The change of your account was stopped", words, "stopped", by=by, at=at)
    return change


def _tell(
    changes: list[AccountChange], title: str, words: str, step: str, *, by: Actor, at: datetime
) -> None:
    people = [
        (one.person_id, one.employment.name, f"account-change:{one.pk}:{step}") for one in changes
    ]
    tell_all(people=people, title=title, body=words, link=PAGE, by=by, at=at)


def set_account_cooling(
    *, days: int, from_on: date, reason: str, by: Actor, at: datetime
) -> AccountCooling:
    """From a later day on; what cools off already is in force no sooner and no later. HRR36.

    Event hr.account_cooling.set.
    """
    require(by, KEEP_ACCOUNT_COOLING)
    said = " ".join(reason.split())[:200]
    HRR36.check(LEAST_DAYS <= days <= MOST_DAYS and said and from_on > timezone.localdate(at))
    try:
        with transaction.atomic():
            row = AccountCooling.objects.create(
                organisation_id=by.organisation_id, from_on=from_on, days=days, reason=said,
                made_by_id=by.person_id, made_by_name=by.name, made_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        if "account_cooling_from_a_day_once" in str(error):
            raise HRR36.refuse() from None
        raise
    record_about("hr.account_cooling.set", "tenants.organisation", by.organisation_id, by=by,
                 at=at, days=days, day=day(from_on), comment=said)  # fmt: skip
    return row


def put_accounts_in_force(*, as_of: datetime) -> int:
    """Every change whose cooling-off is over holds from today on; how many there were.

    Safe to be asked again and by two at once. Event hr.account.changed.
    """
    return sum(_in_force_here(place.id, as_of) for place in all_organisations())


def _in_force_here(organisation_id: int, as_of: datetime) -> int:
    today, by = timezone.localdate(as_of), system_actor(organisation_id)
    with scope(acting=organisation_id):
        rows = AccountChange.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            organisation_id=organisation_id, state=State.WAITING, from_on__lte=today
        )
        due = list(rows.select_related("employment").order_by("id")[:AT_ONCE])
        if not due:
            return 0
        _write(organisation_id, due, today, as_of)
        ids = AccountChange.objects.filter(
            organisation_id=organisation_id, pk__in=[one.pk for one in due]
        )
        move(ids, MOVES, "hold", expected=len(due), done_at=as_of)
        said = [(one.employment_id, {"day": day(today)}) for one in due]
        record_each("hr.account.changed", "hr.employment", said, by=by)
        words = "A pay run whose bank file is made already still pays to the one before."
        _tell(due, "Your pay goes to another account", words, "done", by=by, at=as_of)
        return len(due)


def _write(organisation_id: int, due: list[AccountChange], today: date, at: datetime) -> None:
    """New details of every employment of these people from today on; those before stay."""
    new = {one.person_id: NewAccount.opened(one) for one in due}
    jobs = Employment.objects.filter(organisation_id=organisation_id, person__in=new)
    people = {one.pk: one for one in jobs}
    lock_private(people)
    known = PrivateDetails.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=today), organisation_id=organisation_id,
        employment__in=people, superseded_at__isnull=True,
    )  # fmt: skip
    before = list(known)
    PrivateDetails.objects.filter(
        organisation_id=organisation_id, pk__in=[row.pk for row in before]
    ).update(superseded_at=at)
    parts = [part for row in before for part in _parts(row, today)]
    without = people.keys() - {row.employment_id for row in before}
    parts += [(key, Details(), max(today, people[key].from_on), None, True) for key in without]
    ids = next_ids(PrivateDetails, len(parts))
    PrivateDetails.objects.bulk_create(
        PrivateDetails(
            organisation_id=organisation_id, employment_id=key, from_on=from_on, to_on=to_on,
            recorded_at=at,
            **(_with(details, new[people[key].person_id]) if changed else details).columns(
                organisation_id, row
            ),
        )
        for row, (key, details, from_on, to_on, changed) in zip(ids, parts, strict=True)
    )  # fmt: skip


Part = tuple[int, Details, date, date | None, bool]


def _parts(row: PrivateDetails, today: date) -> Iterable[Part]:
    """A row cut in two at a day: what was before it, and what holds from it with the change."""
    details, key = Details.opened(row), row.employment_id
    if row.from_on < today:
        yield key, details, row.from_on, today, False
    yield key, details, max(row.from_on, today), row.to_on, True


def _with(details: Details, new: NewAccount) -> Details:
    return replace(
        details, sort_code=new.sort_code, account_number=new.account_number,
        account_name=new.account_name, reference=new.reference,
    )  # fmt: skip
