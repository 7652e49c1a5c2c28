"""Employer references: from a day on, as HMRC writes them, and on P60 and P45."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowed, Refused
from core.scope import scope
from events.models import Event
from payroll.models import EmployerReference
from payroll.selectors.references import reference_on, references_of
from payroll.services.references import record_references
from tests.payroll.pay_runs import calculated, committed, payroll, person, refer
from tests.payroll.test_tax_years import YEAR
from tests.world import World

GIVEN = {"paye_reference": "120/AB12345", "accounts_office": "120PA0001234X", "address": "Hall"}


def test_what_holds_is_the_newest_that_has_begun_and_of_one_day_the_last(world: World) -> None:
    by = world.actor("payroll_officer@eastmere")
    with scope(acting=by.organisation_id):
        assert reference_on(by.organisation_id, date(2026, 4, 6)) is None
        refer(by, "Old Hall", from_on=date(2026, 4, 6))
        refer(by, "New Hall", from_on=date(2026, 9, 1))
        refer(by, "Town Hall", from_on=date(2026, 9, 1))
        found = {
            day: getattr(reference_on(by.organisation_id, day), "address", None)
            for day in (date(2026, 4, 5), date(2026, 8, 31), date(2026, 9, 1))
        }
        assert list(found.values()) == [None, "Old Hall", "Town Hall"]
        assert references_of(by.organisation_id).count() == 3
        assert Event.objects.filter(verb="payroll.reference.recorded").count() == 3
    with scope(acting=world.id("northdale")):
        assert reference_on(world.id("northdale"), date(2026, 9, 1)) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"paye_reference": "12/AB12345"},
        {"paye_reference": "120/ab12345"},
        {"paye_reference": "120/AB123456789"},
        {"accounts_office": "120AA00012345"},
        {"accounts_office": "120PA0001234Y"},
        {"address": " "},
    ],
)
def test_what_hmrc_would_not_write_is_refused(world: World, wrong: dict[str, str]) -> None:
    by, at = world.actor("payroll_officer@eastmere"), timezone.now()
    with scope(acting=by.organisation_id):
        with pytest.raises(Refused, match="PAYE reference looks like"):
            record_references(**{**GIVEN, **wrong}, from_on=at.date(), by=by, at=at)
        rows = EmployerReference.objects.filter(organisation_id=by.organisation_id)
        given = {**GIVEN, **wrong, "address": wrong.get("address", "Hall").strip()}
        with pytest.raises(DatabaseError), transaction.atomic():
            EmployerReference.objects.create(
                organisation_id=by.organisation_id, **given, from_on=at.date(), recorded_at=at
            )
        assert not rows.exists()


def test_who_does_not_keep_pay_groups_records_none(world: World, client: Client) -> None:
    where = reverse("pay_references", kwargs={"organisation": "eastmere"})
    by = world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id), pytest.raises(NotAllowed):
        refer(by, from_on=date(2026, 4, 6))
    client.force_login(world.people["finance_manager@eastmere"])
    assert client.get(where).status_code == 403


def test_payroll_records_them_and_p60_and_p45_carry_them(world: World, client: Client) -> None:
    by = payroll(world, person(1))
    boss = world.actor("finance_manager@eastmere")
    committed(calculated(by), by, boss)
    client.force_login(world.people["payroll_officer@eastmere"])
    year = reverse(
        "person_tax_year", kwargs={"organisation": "eastmere", "number": 1, "year": YEAR}
    )
    assert "No PAYE reference" in client.get(year).content.decode()
    where = reverse("pay_references", kwargs={"organisation": "eastmere"})
    assert "No references yet" in client.get(where).content.decode()
    typed = {**GIVEN, "paye_reference": " 120 / ab12345", "from_on": "6/4/2026"}
    refused = client.post(where, {**typed, "accounts_office": "1"})
    assert refused.status_code == 422
    assert "Accounts Office reference" in refused.content.decode()
    assert client.post(where, typed).status_code == 302
    assert "120/AB12345" in client.get(where).content.decode()
    text = client.get(year).content.decode()
    assert "No PAYE reference" not in text
    assert "120/AB12345" in text
    assert "Hall" in text
