"""What keeps a period from closing, and how it is waived by two people."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from core.errors import Refused
from core.scope import scope
from finance.models import Period, PeriodWaiver
from finance.selectors.closing import standings
from finance.services import invoices
from finance.services.closing import agree_waiver, ask_waiver
from finance.services.ledger import NewJournal, NewLine, coding_ids, post_journals
from finance.services.periods import close_period, ensure_periods, soft_close_period
from tests.finance.payables import again, invoice, prepare, supplier
from tests.world import TODAY, World

JUNE = 202606


@pytest.fixture
def held(world: World) -> World:
    """June at Eastmere with one invoice held and one received, nothing else."""
    prepare(world)
    harrow = supplier(world)
    by = world.actor("finance_officer@eastmere")
    stopped = invoice(world, harrow, "H-1", net=10_000)
    invoice(world, harrow, "R-1", net=2_500)
    with scope(acting=by.organisation_id):
        invoices.hold(invoice=again(stopped), version=1, cause="vat", by=by, as_of=TODAY)
        ensure_periods(days=[TODAY], by=by)
        manager = world.actor("finance_manager@eastmere")
        for row in Period.objects.filter(period__lte=JUNE, status="open").order_by("period"):
            soft_close_period(period=row.period, by=manager)
        Period.objects.filter(period__lt=JUNE).update(status="closed")
    return world


def failing(world: World) -> dict[str, tuple[int, int]]:
    with scope(acting=world.id("eastmere")):
        found = standings(world.id("eastmere"), JUNE)
    return {each.assertion.key: (each.found, each.pence) for each in found if not each.holds}


def close(world: World) -> None:
    with scope(acting=world.id("eastmere")):
        close_period(period=JUNE, by=world.actor("finance_manager@eastmere"))


def waive(world: World, key: str, *, agree: bool = True) -> None:
    officer, manager = (world.actor(f"finance_{who}@eastmere") for who in ("officer", "manager"))
    with scope(acting=officer.organisation_id):
        ask_waiver(period=JUNE, assertion=key, reason="Next month.", by=officer)
        if agree:
            agree_waiver(period=JUNE, assertion=key, by=manager)


def test_what_is_open_keeps_the_period_open(held: World) -> None:
    assert failing(held) == {"held": (1, 12_000), "received": (1, 3_000)}
    with pytest.raises(Refused) as refused:
        close(held)
    assert refused.value.code == "LED11"
    waive(held, "held")
    waive(held, "received", agree=False)
    with pytest.raises(Refused, match="sent for approval"):
        close(held)
    waive(held, "received")
    close(held)
    with scope(acting=held.id("eastmere")):
        assert Period.objects.get(period=JUNE).status == "closed"


def test_a_waiver_holds_for_what_was_open_then(held: World) -> None:
    waive(held, "held")
    by = held.actor("finance_officer@eastmere")
    more = invoice(held, supplier(held), "H-2", net=100)
    with scope(acting=by.organisation_id):
        invoices.hold(invoice=again(more), version=1, cause="vat", by=by, as_of=TODAY)
        found = {each.assertion.key: each for each in standings(by.organisation_id, JUNE)}
    assert found["held"].stands_in_the_way


@pytest.mark.parametrize(
    ("code", "key"), [("29000", "suspense"), ("21500", "net_pay"), ("16100", "in_transit")]
)
def test_control_accounts_that_a_month_leaves_empty(held: World, code: str, key: str) -> None:
    by = held.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        found = coding_ids(pairs=[(code, None), ("52000", None)], by=by)
        lines = [NewLine(found[code, None], -700), NewLine(found["52000", None], 700)]
        journal = NewJournal(TODAY, "Left over", lines)
        post_journals(journals=[journal], source="test", key=key, series="GJ", by=by)
    assert failing(held)[key] == (1, 700)
    client = Client()
    client.force_login(held.people["finance_manager@eastmere"])
    page = client.get(f"/eastmere/ledger/periods/{JUNE}/close/").content.decode()
    assert f"/eastmere/ledger/entries/?account={code}" in page
    rows = client.get(f"/eastmere/ledger/entries/?account={code}&until={JUNE}").content.decode()
    assert "Left over" in rows


def test_who_waives_and_why(held: World) -> None:
    officer, manager = (held.actor(f"finance_{who}@eastmere") for who in ("officer", "manager"))
    with scope(acting=officer.organisation_id):
        for key, reason, code in (
            ("held", " ", "LED13"),
            ("suspense", "Why", "LED12"),
            ("x", "Why", "LED12"),
        ):
            with pytest.raises(Refused) as refused:
                ask_waiver(period=JUNE, assertion=key, reason=reason, by=officer)
            assert refused.value.code == code
        with pytest.raises(Refused) as refused:
            agree_waiver(period=JUNE, assertion="held", by=manager)
        assert refused.value.code == "LED14"
        row = ask_waiver(period=JUNE, assertion="held", reason="Next month.", by=officer)
        with pytest.raises(IntegrityError, match="waived_by_a_second_person"):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE finance_periodwaiver SET agreed_by_id = asked_by_id, agreed_at = now()"
                    " WHERE id = %s",
                    [row.pk],
                )


def test_the_page_leads_there_and_waives(held: World) -> None:
    officer, manager, reader = Client(), Client(), Client()
    officer.force_login(held.people["finance_officer@eastmere"])
    manager.force_login(held.people["finance_manager@eastmere"])
    reader.force_login(held.people["auditor@eastmere"])
    address = f"/eastmere/ledger/periods/{JUNE}/close/"
    text = officer.get(address).content.decode()
    assert "2 of 12 things stand in the way" in text
    behind = "/eastmere/invoices/?state=held&amp;dates=received&amp;until=2026-06-30"
    assert behind in text
    shown = officer.get(behind.replace("&amp;", "&")).content.decode()
    assert "H-1" in shown and "R-1" not in shown
    sent = {"act": "ask", "assertion": "held", "reason": "Next month."}
    assert "has to agree" in officer.post(address, sent, follow=True).content.decode()
    assert reader.post(address, sent).status_code == 403
    agreed = {"act": "agree", "assertion": "held"}
    assert officer.post(address, agreed).status_code == 403
    assert "Agreed." in manager.post(address, agreed, follow=True).content.decode()
    assert "1 of 12 things stands in the way" in reader.get(address).content.decode()
    assert "What stands in the way" in manager.get("/eastmere/ledger/periods/").content.decode()
    assert reader.get("/eastmere/ledger/periods/209912/close/").status_code == 404
    with scope(acting=held.id("eastmere")):
        assert PeriodWaiver.objects.get().agreed_by_name == "Finance manager of eastmere"
        assert PeriodWaiver.objects.get().asked_at.date() >= date(2026, 1, 1)
