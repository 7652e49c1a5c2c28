"""Relief: what the centre could not control counts in the gross figure, and not after relief."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from approvals.models import Request
from approvals.services import decide
from core.actors import system_actor
from core.errors import NotAllowed, Refused
from core.scope import scope
from finance.models import Invoice
from runs.services import work_all
from sla.models import MeasureValue, ReliefEvent
from sla.readings import read
from sla.selectors import corrections_of, current_indicators, measure_values, targets_of
from sla.selectors_relief import Misses, effects_of
from sla.services import (
    claim_relief,
    compute_measures,
    load_indicators,
    set_target,
    sign_month,
)
from tests.sla.builders import small_books
from tests.world import World

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
FLOOD = (date(2026, 4, 2), date(2026, 4, 10))


@pytest.fixture
def measured(world: World) -> World:
    """Eastmere with a target of 95% for AP-03; in May one invoice of four was paid in time."""
    load_indicators()
    here = world.id("eastmere")
    small_books(here)
    with scope(acting=here):
        lines = (Decimal(95), Decimal(90), Decimal(80))
        set_target(indicator_code="AP-03", valid_from=APRIL, lines=lines, by=system_actor(here))
    compute_measures([here])
    return world


def claim(world: World, who: str = "centre_agent@centre", **changes: Any) -> ReliefEvent:
    given: dict[str, Any] = {
        "kind": "force_majeure",
        "days": FLOOD,
        "indicator_codes": ["AP-03"],
        "reason": "The town hall was flooded.",
        "evidence": "Insurer's letter of 4 April",
    }
    with scope(acting=world.id("eastmere")):
        return claim_relief(**given | changes, by=world.actor(who, "eastmere"))


def decided(world: World, event: ReliefEvent, decision: Any = "approve") -> None:
    with scope(acting=world.id("eastmere")):
        request = Request.objects.get(subject_key="sla.relief", subject_id=event.pk)
        by, said = world.actor("finance_manager@eastmere"), "" if decision == "approve" else "No."
        decide(request=request, decision=decision, comment=said, by=by, as_of=timezone.now())
    work_all()


def may_reading(world: World, code: str = "AP-03") -> Any:
    here = world.id("eastmere")
    with scope(acting=here):
        row = next(each for each in current_indicators(MAY) if each.code == code)
        values = measure_values([here], [row])
        return read(values, here, row, MAY, targets_of([here]))


def kpis(world: World) -> tuple[int, int]:
    with scope(acting=world.id("eastmere")):
        rows = MeasureValue.objects.filter(month=MAY)
        found = dict(rows.values_list("measure", "value"))
        return found["sla.kpis_met"], found["sla.kpis_measured"]


def test_misses_in_the_days_are_taken_out_once_it_is_agreed(measured: World) -> None:
    event = claim(measured)
    assert (may_reading(measured).net, kpis(measured)) == (None, (0, 1))
    decided(measured, event)
    reading = may_reading(measured)
    assert (reading.now.value, reading.net.value) == (Fraction(25), Fraction(100))
    assert reading.both == "25.0% gross, 100.0% after relief"
    assert (reading.rated, kpis(measured)) == ("Good after relief", (1, 1))
    assert may_reading(measured, "AP-07").net is None


def test_only_the_numbers_that_were_given(measured: World) -> None:
    with scope(acting=measured.id("eastmere")):
        late, hit = (Invoice.objects.get(gross_pence=p).number for p in (50_000, 40_000))
    event = claim(measured, row_numbers=[late, hit])
    with scope(acting=measured.id("eastmere")):
        (effect,) = effects_of(event)
        assert (effect.month, effect.touched, effect.missed) == (MAY, 2, 1)
        assert (effect.gross, effect.net) == ((1, 4), (1, 3))
        assert [miss.row_no for miss in Misses(event, [effect])[:50]] == [late]
    decided(measured, event)
    assert may_reading(measured).net.value == Fraction(100, 3)


def test_where_lower_is_better_what_counts_above_the_line_is_the_miss(measured: World) -> None:
    decided(measured, claim(measured, indicator_codes=["AP-09"]))
    reading = may_reading(measured, "AP-09")
    assert (reading.now.numerator, reading.now.denominator) == (3, 4)
    assert (reading.net.numerator, reading.net.denominator) == (0, 1)


def test_without_agreement_everything_counts(measured: World) -> None:
    event = claim(measured)
    decided(measured, event, "reject")
    compute_measures([measured.id("eastmere")])
    assert may_reading(measured).net is None
    with scope(acting=measured.id("eastmere")):
        assert ReliefEvent.objects.get().comment == "No."


def test_a_signed_month_keeps_its_figures_and_relief_is_a_correction(measured: World) -> None:
    here = measured.id("eastmere")
    with scope(acting=here):
        by = measured.actor("finance_manager@eastmere")
        at = datetime(2026, 6, 15, 9, tzinfo=timezone.get_current_timezone())
        sign_month(month=MAY, job_title="Head of Finance", by=by, at=at)
    decided(measured, claim(measured))
    assert may_reading(measured).net is None
    with scope(acting=here):
        found = {row.measure: row.value for row in corrections_of(here, MAY)}
    assert found["net.AP-03.above"] == found["net.AP-03.below"] == 1


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"days": (FLOOD[1], FLOOD[0])}, "SLA13"),
        ({"days": (FLOOD[0], date(2199, 1, 1))}, "SLA13"),
        ({"indicator_codes": []}, "SLA14"),
        ({"indicator_codes": ["AP-K01"]}, "SLA14"),
        ({"evidence": " "}, "SLA15"),
        ({"days": (date(2026, 7, 1), date(2026, 7, 2))}, "SLA16"),
        ({"row_numbers": [987_654]}, "SLA16"),
    ],
)
def test_refusals(measured: World, changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(Refused) as refusal:
        claim(measured, **changes)
    assert refusal.value.code == rule


def test_the_centre_claims_and_the_database_wants_two_people(measured: World) -> None:
    with pytest.raises(NotAllowed):
        claim(measured, "finance_manager@eastmere")
    event = claim(measured)
    with pytest.raises(IntegrityError, match="relief_agreed_by_another"):
        with scope(acting=measured.id("eastmere")):
            facts = {"state": "agreed", "ended_by_id": event.made_by_id}
            ReliefEvent.objects.filter(pk=event.pk).update(**facts)


def test_it_is_claimed_and_seen_on_pages(measured: World) -> None:
    client = Client()
    client.force_login(measured.people["centre_agent@centre"])
    form = {"kind": "late_input", "from_on": "02/04/2026", "to_on": "10/04/2026"}
    form |= {"indicators": "AP-03", "reason": "Orders came late.", "evidence": "Case 77"}
    assert client.post("/eastmere/relief/claim/", {**form, "row_numbers": "A7"}).status_code == 422
    none = {**form, "from_on": "01/07/2026", "to_on": "02/07/2026"}
    refused = client.post("/eastmere/relief/claim/", none)
    assert refused.status_code == 422 and "Orders came late." in refused.content.decode()
    answer = client.post("/eastmere/relief/claim/", form)
    page = client.get(answer["Location"]).content.decode()
    assert "1 over 4" in page and "1 over 1" in page
    client.force_login(measured.people["finance_manager@eastmere"])
    assert client.get("/eastmere/relief/claim/").status_code == 403
    assert "1 over 4 becomes 1 over 1" in client.get("/eastmere/waiting/").content.decode()
    with scope(acting=measured.id("eastmere")):
        event = ReliefEvent.objects.get()
    decided(measured, event)
    board = client.get("/eastmere/board/?month=2026-05").content.decode()
    assert "100.0% after relief: Good after relief, target 95.0%" in board
    measure = client.get("/eastmere/measures/AP-03/").content.decode()
    assert "25.0% gross, 100.0% after relief" in measure
    told = client.get("/api/v1/eastmere/figures/?month=2026-05").json()["figures"]
    (figure,) = (each for each in told if each["code"] == "AP-03")
    assert (figure["shown"], figure["shown_after_relief"]) == ("25.0%", "100.0%")
    assert (figure["numerator_after_relief"], figure["rating"]) == (1, "Good after relief")
    listed = client.get("/eastmere/relief/?format=csv").content.decode("utf-8-sig")
    assert "Rows,1" in listed and "Orders came late." in listed


def test_many_misses_are_paged_and_the_page_stays_small(measured: World) -> None:
    """Every miss is on one of the pages, in order, and no page grows with them."""
    here = measured.id("eastmere")
    with scope(acting=here):
        late = Invoice.objects.get(gross_pence=50_000)
        first = Invoice.objects.order_by("-number")[0].number + 1
        late_ones = [
            Invoice(**{**_fields(late), "number": first + n, "supplier_ref": f"LATE-{n}"})
            for n in range(60)
        ]
        Invoice.objects.bulk_create(late_ones)
    event = claim(measured)
    client = Client()
    client.force_login(measured.people["finance_manager@eastmere"])
    found: list[str] = []
    for number in (1, 2):
        page = client.get(f"/eastmere/relief/{event.pk}/?page={number}")
        found += [row["cells"][1] for row in page.context["rows"]]
        assert len(page.content) < 50_000
    assert len(found) == len(set(found)) == 60 + 4
    assert [int(one) for one in found] == sorted(int(one) for one in found)


def _fields(row: Invoice) -> dict[str, Any]:
    skipped = ("id", "number", "supplier_ref")
    fields = [one for one in row._meta.concrete_fields if not one.generated]
    return {one.attname: getattr(row, one.attname) for one in fields if one.attname not in skipped}
