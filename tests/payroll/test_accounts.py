"""Where pay goes, changed by the person: sealed, told of, stopped, in force for the runs after."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.models import Notice
from approvals.services.notices import send_notices
from core.actors import Actor
from core.errors import Clash, NotAllowed, Refused
from core.scope import scope
from core.vault import unopened
from core.working_time import add_working_days
from events.models import Event
from hr.models import AccountChange, Employment, PrivateDetails
from hr.services.accounts import (
    NewAccount,
    put_accounts_in_force,
    set_account_cooling,
    stop_account,
)
from hr.services.private import Details, change_private
from payroll.models import PayPayment
from payroll.selectors.accounts import changes_to_look_at, marks_of
from payroll.selectors.runs import bytes_of, file_of
from payroll.services.accounts import change_own_account
from tenants.selectors import working_calendar
from tests.finance.test_modulus import LAST, table
from tests.payroll.pay_runs import calculated, committed, paid, payroll, periods, person
from tests.world import World

NEW = NewAccount("309634", "87654321", "S Taff", "AB/1234 5")
TYPED = {"account_name": "S  Taff", "sort_code": "30-96-34", "account_number": "8765 4321",
         "reference": "ab/1234 5"}  # fmt: skip
BOSS = "finance_manager@eastmere"


@pytest.fixture
def office(world: World) -> Actor:
    """The payroll officer of two people; the first is the member of staff who signs in."""
    staff = world.people["staff@eastmere"]
    return payroll(world, person(1, email=staff.email, name=staff.name), person(2))


@pytest.fixture
def staff(world: World, office: Actor) -> Actor:
    return world.actor("staff@eastmere")


def ask(by: Actor, new: NewAccount = NEW, **given: Any) -> AccountChange:
    with scope(acting=by.organisation_id):
        return change_own_account(new=new, by=by, **{"at": timezone.now(), **given})


def after_cooling(change: AccountChange) -> Any:
    return timezone.now() + (change.from_on - timezone.localdate())


def details(number: int) -> Details:
    rows = PrivateDetails.objects.filter(superseded_at__isnull=True, employment__number=number)
    return Details.opened(rows.order_by("-from_on")[0])


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def test_asked_for_confirmed_told_and_in_force_after_two_working_days(
    world: World, staff: Actor, settings: Any
) -> None:
    settings.EMAIL_HOST = "mail.example"
    own, page = signed_in(world, "staff@eastmere"), reverse("my_account", args=["eastmere"])
    first = own.get(page).content.decode()
    assert "••••0001, ADA BYRON" in first
    assert "00000001" not in first
    check = own.post(page, TYPED)
    assert "Check your new account" in check.content.decode()
    with scope(acting=staff.organisation_id):
        assert not AccountChange.objects.exists()
    assert own.post(page, {**TYPED, "confirmed": "1"})["Location"] == page
    shown = own.get(page).content.decode()
    assert "you asked for ••••4321, S Taff" in shown
    assert "87654321" not in shown
    with scope(acting=staff.organisation_id):
        change = AccountChange.objects.get()
        assert b"87654321" not in bytes(change.account_sealed)
        assert b"1234" not in bytes(change.reference_sealed)
        assert list(unopened(staff.organisation_id)) == []
        calendar, today = working_calendar(staff.organisation_id), timezone.localdate()
        assert change.from_on == add_working_days(calendar, today, 2)
        told = Notice.objects.get(kind=Notice.Kind.TOLD)
        assert "Not you?" in told.body
        assert "4321" not in told.title + told.body + str(Event.objects.values_list("data"))
    assert send_notices(as_of=timezone.now()) == 1
    assert page in mail.outbox[0].body
    assert put_accounts_in_force(as_of=timezone.now()) == 0
    with scope(acting=staff.organisation_id):
        assert details(1).account_number == "00000001"
        before = details(1)
    later = after_cooling(change)
    assert [put_accounts_in_force(as_of=later) for _ in range(2)] == [1, 0]
    with scope(acting=staff.organisation_id):
        now = details(1)
        assert (now.sort_code, now.account_number) == ("309634", "87654321")
        assert (now.account_name, now.reference) == ("S Taff", "AB/1234 5")
        assert (now.tax_code, now.ni_number) == (before.tax_code, before.ni_number)
        assert details(2).account_number == "00000002"
        parts = PrivateDetails.objects.filter(employment__number=1, superseded_at__isnull=True)
        assert [(row.to_on, row.account_ending) for row in parts.order_by("from_on")] == [
            (change.from_on, "0001"), (None, "4321"),
        ]  # fmt: skip
        assert AccountChange.objects.get().state == "done"
        assert Event.objects.filter(verb="hr.account.changed").count() == 1
        assert Notice.objects.filter(kind=Notice.Kind.TOLD).count() == 2


def test_the_person_stops_it_and_payroll_for_a_reason(
    world: World, office: Actor, staff: Actor
) -> None:
    change = ask(staff)
    with pytest.raises(Refused) as twice:
        ask(staff)
    assert twice.value.code == "HRR32"
    own = signed_in(world, "staff@eastmere")
    stop = reverse("my_account_stop", args=["eastmere"])
    assert own.post(stop).status_code == 302
    assert own.post(stop).status_code == 404
    assert put_accounts_in_force(as_of=after_cooling(change)) == 0
    again = ask(staff)
    clerk = signed_in(world, "payroll_officer@eastmere")
    one = reverse("pay_account_change", args=["eastmere", again.number])
    assert clerk.post(one, {"reason": " "}).status_code == 422
    assert clerk.post(one, {"reason": "Rang: it was not them"}).status_code == 302
    assert clerk.post(one, {"reason": "Again"}).status_code == 409
    with scope(acting=office.organisation_id):
        stopped = AccountChange.objects.get(number=again.number)
        assert (stopped.state, stopped.stopped_by_name) == ("stopped", office.name)
        others = world.actor("hr_officer@eastmere")
        for who in (others, world.actor("administrator@eastmere")):
            with pytest.raises(NotAllowed):
                stop_account(change=stopped, reason="No", by=who, at=timezone.now())
        with pytest.raises(Clash):
            stop_account(change=stopped, reason="No", by=office, at=timezone.now())
        assert "4321" not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_file_that_is_made_pays_the_old_account_and_the_next_run_the_new_one(
    world: World, office: Actor, staff: Actor
) -> None:
    boss = world.actor(BOSS)
    run = committed(calculated(office), office, boss)
    change = ask(staff)
    run = paid(run, office)
    later = after_cooling(change)
    put_accounts_in_force(as_of=later)
    page = signed_in(world, "staff@eastmere").get(reverse("my_account", args=["eastmere"]))
    assert "goes to ••••0001" in page.content.decode()
    with scope(acting=office.organisation_id):
        period = periods(run.period.pay_group)[1]
    following = paid(committed(calculated(office, period), office, boss), office)
    with scope(acting=office.organisation_id):
        endings = PayPayment.objects.filter(payslip__number=1).order_by("pay_run__number")
        assert list(endings.values_list("details__account_ending", flat=True)) == ["0001", "4321"]
        written = bytes_of(file_of(following, "bacs18")).decode()
        assert "30963487654321" in written
        assert "AB/1234 5" in written
        assert "SALARY" in written


def test_what_is_malformed_or_unchanged_is_refused(staff: Actor) -> None:
    for new, code in (
        (NewAccount("30963", "87654321", "S Taff"), "HRR12"),
        (NewAccount("309634", "8765432", "S Taff"), "HRR12"),
        (NewAccount("309634", "87654321", "S Taff", "ÄÖ"), "HRR30"),
        (NewAccount("309634", "87654321", " - "), "HRR31"),
        (NewAccount("", "", "S Taff"), "HRR31"),
        (NewAccount("200415", "00000001", "ADA BYRON"), "HRR33"),
    ):
        with pytest.raises(Refused) as error:
            ask(staff, new)
        assert error.value.code == code, new


def test_an_account_that_fails_the_modulus_check_needs_the_person_to_be_sure(
    world: World, staff: Actor, settings: Any, tmp_path: Any
) -> None:
    settings.MODULUS_TABLES = str(table(tmp_path, f"200415 200415 MOD10 {LAST}"))
    own, page = signed_in(world, "staff@eastmere"), reverse("my_account", args=["eastmere"])
    wrong = {**TYPED, "sort_code": "200415", "account_number": "12345678"}
    refused = own.post(page, wrong)
    assert refused.status_code == 422
    assert "cannot be one of this sort code" in refused.content.decode()
    assert 'name="unsure"' in refused.content.decode()
    sure = {**wrong, "unsure": "on"}
    assert "Check your new account" in own.post(page, sure).content.decode()
    assert own.post(page, {**sure, "confirmed": "1"}).status_code == 302
    with scope(acting=staff.organisation_id):
        (found,) = changes_to_look_at(staff.organisation_id, timezone.localdate())
        assert "Fails the modulus check" in marks_of(found)


def test_many_shared_and_late_changes_are_marked(world: World, office: Actor, staff: Actor) -> None:
    run = calculated(office)
    cut_off = run.period.cut_off_on
    for days in (40, 30):
        change = ask(staff, at=timezone.now() - timedelta(days=days))
        with scope(acting=staff.organisation_id):
            stop_account(change=change, reason="", by=staff, at=timezone.now())
    late = timezone.now() + (cut_off - timezone.localdate())
    ask(staff, NewAccount("200415", "00000002", "S Taff"), at=late)
    with scope(acting=office.organisation_id):
        found = list(changes_to_look_at(office.organisation_id, timezone.localdate()))
    assert [marks_of(one) for one in found] == [
        ["3 changes in a year", "Account of somebody else too", "Just before pay day"], [], [],
    ]  # fmt: skip
    clerk = signed_in(world, "payroll_officer@eastmere")
    listed = clerk.get(reverse("pay_account_changes", args=["eastmere"])).content.decode()
    assert "••••0001 to ••••0002" in listed
    assert "3 changes in a year. Account of somebody else too" in listed
    assert "00000002" not in listed
    with scope(acting=office.organisation_id):
        assert Event.objects.filter(verb="payroll.accounts.seen").count() == 1


def test_payroll_does_not_write_over_a_change_that_waits(
    world: World, office: Actor, staff: Actor
) -> None:
    ask(staff)
    with scope(acting=office.organisation_id):
        someone = Employment.objects.get(number=1)
        given = {"employment": someone, "from_on": timezone.localdate(), "by": office}
        other = Details(sort_code="200415", account_number="11111111", account_name="S TAFF")
        with pytest.raises(Refused) as error:
            change_private(details=other, at=timezone.now(), **given)
        assert error.value.code == "HRR34"


def test_the_days_are_set_by_an_administrator_for_later(world: World, staff: Actor) -> None:
    boss, today = world.actor("administrator@eastmere"), timezone.localdate()
    given = {"reason": "After the fraud of May", "by": boss, "at": timezone.now()}
    with scope(acting=staff.organisation_id):
        for days, from_on in ((0, 1), (21, 1), (5, 0)):
            with pytest.raises(Refused) as error:
                set_account_cooling(days=days, from_on=today + timedelta(days=from_on), **given)
            assert error.value.code == "HRR36"
        set_account_cooling(days=5, from_on=today + timedelta(days=1), **given)
        with pytest.raises(NotAllowed):
            set_account_cooling(
                days=1, from_on=today + timedelta(days=9),
                **{**given, "by": world.actor("payroll_officer@eastmere")},
            )  # fmt: skip
    tomorrow = timezone.now() + timedelta(days=1)
    change = ask(staff, at=tomorrow)
    calendar_day = timezone.localdate(tomorrow)
    with scope(acting=staff.organisation_id):
        calendar = working_calendar(staff.organisation_id)
    assert change.from_on == add_working_days(calendar, calendar_day, 5)
    admin = signed_in(world, "administrator@eastmere")
    page = reverse("pay_account_cooling", args=["eastmere"])
    assert "After the fraud of May" in admin.get(page).content.decode()
    assert admin.post(page, {"days": "3", "from_on": "", "reason": "x"}).status_code == 422
    clerk = signed_in(world, "payroll_officer@eastmere")
    assert clerk.post(page, {}).status_code == 403


def test_nobody_else_can_be_the_one_who_asked(world: World, office: Actor, staff: Actor) -> None:
    change = ask(staff)
    with (
        scope(acting=office.organisation_id),
        pytest.raises(IntegrityError, match="account_changed_by_its_person"),
        transaction.atomic(),
    ):
        AccountChange.objects.filter(pk=change.pk).update(asked_by_id=office.person_id)
