"""How long changed bank details cool off: dated, with a reason, and shown where it applies."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from approvals.models import Request
from approvals.services import decide
from core.errors import NotAllowed, Refused
from core.registry import SUBJECTS
from core.scope import scope
from core.working_time import add_working_days
from events.models import Event
from finance.models import CoolingOff, SupplierBank
from finance.selectors.cooling import cooling_days
from finance.services.cooling import set_cooling_off
from finance.services.suppliers import propose_bank, record_call
from tenants.selectors import working_calendar
from tests.days import in_days, today
from tests.finance.payables import prepare, supplier
from tests.world import World


def setting(world: World, days: int, from_on: date, reason: str = "More fraud") -> CoolingOff:
    by = world.actor("administrator@eastmere")
    return set_cooling_off(days=days, from_on=from_on, reason=reason, by=by, at=timezone.now())


def since_yesterday(world: World, days: int) -> None:
    """As if it had been set the day before."""
    CoolingOff.objects.create(
        organisation_id=world.id("eastmere"), from_on=in_days(-1), days=days,
        reason="Less fraud", made_by_name="A", made_at=timezone.now(),
    )  # fmt: skip


def agreed(world: World, of: Any, number: str) -> SupplierBank:
    by, boss = (world.actor(f"finance_{who}@eastmere") for who in ("officer", "manager"))
    given = {"sort_code": "123456", "account_number": number, "account_name": "H"}
    bank = propose_bank(supplier=of, from_on=today(), by=by, **given)
    said = {"person": "Jo", "number": "01632 960123", "source": "invoice"}
    record_call(bank=bank, outcome="confirmed", by=by, at=timezone.now(), **said)
    request = Request.objects.get(subject_key="finance.supplier_bank", subject_id=bank.pk)
    decide(request=request, decision="approve", by=boss, as_of=timezone.now())
    return SupplierBank.objects.get(pk=bank.pk)


@pytest.mark.parametrize("days", [0, 1, 12])
def test_a_change_cools_off_as_long_as_was_set(world: World, days: int) -> None:
    prepare(world)
    harrow = supplier(world)
    with scope(acting=world.id("eastmere")):
        since_yesterday(world, days)
        agreed(world, harrow, "12345678")
        change = agreed(world, harrow, "87654321")
        calendar = working_calendar(world.id("eastmere"))
        assert change.paid_from == (add_working_days(calendar, today(), days) if days else today())
        card = SUBJECTS["finance.supplier_bank"]
        told = dict(card.card(card.reading(SupplierBank.objects.all())[0]))["Cooling-off"]
        assert (f"after {days} working day" in told) == bool(days)


def test_it_holds_from_its_day_until_the_next(world: World) -> None:
    with scope(acting=world.id("eastmere")):
        setting(world, 8, in_days(1))
        setting(world, 0, in_days(10))
        found = [cooling_days(world.id("eastmere"), in_days(n)) for n in (0, 1, 9, 10)]
        assert found == [5, 8, 8, 0]
        event = Event.objects.filter(verb="finance.cooling_off.set").order_by("id")[0]
        assert (event.data["before"], event.data["comment"]) == (5, "More fraud")
    with scope(acting=world.id("northdale")):
        assert cooling_days(world.id("northdale"), in_days(1)) == 5


def test_what_is_refused(world: World) -> None:
    with scope(acting=world.id("eastmere")):
        setting(world, 3, in_days(1))
        for days, day, reason, code in (
            (-1, in_days(2), "Why", "SUP19"),
            (61, in_days(2), "Why", "SUP19"),
            (0, today(), "Why", "SUP20"),
            (4, in_days(1), "Why", "SUP20"),
            (4, in_days(2), " ", "SUP21"),
        ):
            with pytest.raises(Refused) as refusal:
                setting(world, days, day, reason)
            assert refusal.value.code == code
        manager = world.actor("finance_manager@eastmere")
        with pytest.raises(NotAllowed):
            set_cooling_off(days=1, from_on=in_days(1), reason="Why", by=manager, at=timezone.now())
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE finance_coolingoff SET days = 0")
        with pytest.raises(IntegrityError, match="cools_0_to_60"), transaction.atomic():
            since_yesterday(world, 61)


def test_page(world: World, client: Client) -> None:
    prepare(world)
    harrow = supplier(world)
    where = "/eastmere/suppliers/cooling-off/"
    client.force_login(world.people["administrator@eastmere"])
    assert "Nothing was set yet" in client.get(where).content.decode()
    given = {"days": "7", "from_on": f"{in_days(1):%d/%m/%Y}", "reason": "More fraud"}
    assert client.post(where, {**given, "days": "-1"}).status_code == 422
    assert "later day than today" in client.post(
        where, {**given, "from_on": f"{today():%d/%m/%Y}"}
    ).content.decode()  # fmt: skip
    page = client.post(where, given, follow=True)
    assert page.context["rows"][0]["cells"][1:3] == ["7", "More fraud"]
    assert "paid after 5 working days" in page.content.decode()
    client.force_login(world.people["finance_officer@eastmere"])
    assert client.post(where, given).status_code == 403
    for address in (where, f"/eastmere/suppliers/of/{harrow.code}/",
                    f"/eastmere/suppliers/bank/{harrow.code}/"):  # fmt: skip
        assert "paid after 5 working days of cooling off" in client.get(address).content.decode()
    client.force_login(world.people["board_member@eastmere"])
    assert client.get(where).status_code == 403
