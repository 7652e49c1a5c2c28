"""A signed month stays as it was signed; what is found later stands beside it."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils.html import escape

from core.errors import NotAllowed, Refused
from core.invariants import problems
from core.scope import scope
from events.models import Event
from sla.models import Correction, MeasureValue, SignedMonth
from sla.selectors import as_known_now, corrections_of, current_indicators, measure_values
from sla.services import compute_measures, load_indicators, remark, sign_month
from tests.sla.builders import invoice, small_books, supplier
from tests.world import World

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
JUNE = datetime(2026, 6, 15, 9, tzinfo=UTC)


@pytest.fixture
def signed(world: World) -> World:
    """Eastmere with computed figures and April signed."""
    load_indicators()
    here = world.id("eastmere")
    small_books(here)
    compute_measures([here])
    with scope(acting=here):
        sign(world)
    return world


def sign(world: World, month: date = APRIL, who: str = "finance_manager") -> SignedMonth:
    by = world.actor(f"{who}@eastmere")
    return sign_month(month=month, job_title="Head of Finance", by=by, at=JUNE)


def stored(month: date) -> dict[tuple[str, str], int]:
    rows = MeasureValue.objects.filter(month=month)
    return {(row.measure, row.part): row.value for row in rows}


def late_invoice(here: int) -> None:
    """Something of April that nobody knew of when April was signed."""
    with scope(acting=here):
        late = supplier(here, "Late")
        days = {"received_on": APRIL, "due_on": MAY, "posted_on": date(2026, 4, 10)}
        invoice(late, 90_000, **days, paid_on=date(2026, 4, 28), touched=True)


def page(world: World, who: str, path: str = "months/2026-04/") -> str:
    client = Client()
    client.force_login(world.people[f"{who}@eastmere"])
    return client.get(f"/eastmere/{path}").content.decode()


def test_signed_figures_stay_and_later_ones_are_corrections(signed: World) -> None:
    here = signed.id("eastmere")
    with scope(acting=here):
        before = stored(APRIL)
    late_invoice(here)
    compute_measures([here])
    with scope(acting=here):
        assert stored(APRIL) == before
        found = corrections_of(here, APRIL)
        assert found and all(row.signed_value != row.value for row in found)
        assert [row.signed_value for row in found] == [
            before.get((row.measure, row.part)) for row in found
        ]
        known = {**before, **{(row.measure, row.part): row.value for row in found}}
        assert [each for each in problems(here) if "signed month" in each.name] == []
    unsigned = computed_without_signature(signed)
    assert {key: value for key, value in known.items() if value is not None} == unsigned


def computed_without_signature(world: World) -> dict[tuple[str, str], int]:
    """The same books at another organisation, where nobody signs."""
    other = world.id("northdale")
    small_books(other)
    late_invoice(other)
    compute_measures([other])
    with scope(acting=other):
        return stored(APRIL)


def test_computing_again_finds_nothing_new(signed: World) -> None:
    here = signed.id("eastmere")
    compute_measures([here])
    with scope(acting=here):
        assert not Correction.objects.exists()
    late_invoice(here)
    compute_measures([here])
    with scope(acting=here):
        first = Correction.objects.count()
        assert first
    compute_measures([here])
    with scope(acting=here):
        assert Correction.objects.count() == first


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sla_measurevalue SET value = value + 1 WHERE month = '2026-04-01'",
        "DELETE FROM sla_measurevalue WHERE month = '2026-04-01'",
        "UPDATE sla_measurevalue SET month = '2026-04-01' WHERE month = '2026-05-01'",
    ],
)
def test_the_database_refuses_changes_of_a_signed_month(signed: World, statement: str) -> None:
    with scope(acting=signed.id("eastmere")), pytest.raises(IntegrityError, match="are signed"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_what_cannot_be_signed(signed: World) -> None:
    with scope(acting=signed.id("eastmere")):
        for month, code in (
            (APRIL, "SLA05"),
            (date(2026, 6, 1), "SLA04"),
            (date(2025, 1, 1), "SLA06"),
        ):
            with pytest.raises(Refused) as refused:
                sign(signed, month)
            assert refused.value.code == code
        with pytest.raises(Refused) as refused:
            by = signed.actor("finance_manager@eastmere")
            sign_month(month=MAY, job_title=" ", by=by, at=JUNE)
        assert refused.value.code == "SLA07"
        with pytest.raises(NotAllowed):
            sign(signed, MAY, "board_member")


def test_signed_and_corrected_stand_side_by_side(signed: World) -> None:
    here = signed.id("eastmere")
    late_invoice(here)
    compute_measures([here])
    with scope(acting=here):
        live = [row for row in current_indicators(APRIL) if row.live]
        values = measure_values([here], live)
        now = as_known_now(values, corrections_of(here, APRIL))
        changed = [
            row.name
            for row in live
            if values.figure(here, row, APRIL).value != now.figure(here, row, APRIL).value
        ]
    text = page(signed, "finance_manager")
    assert changed and all(escape(name) in text for name in changed)
    assert "No reason given yet" in text and "Head of Finance" in text
    assert "Signed by Finance manager of eastmere" in page(
        signed, "board_member", "board/?month=2026-04"
    )
    assert "Provisional" in page(signed, "board_member", "board/?month=2026-05")


def test_a_remark_stands_beside_its_figure(signed: World) -> None:
    here = signed.id("eastmere")
    with scope(acting=here):
        by = signed.actor("finance_officer@eastmere")
        remark(indicator_code="AP-03", month=APRIL, text=" Flood at  the depot. ", by=by)
        with pytest.raises(Refused):
            remark(indicator_code="NO-01", month=APRIL, text="What?", by=by)
        assert Event.objects.filter(verb="sla.figure.remarked").count() == 1
    for path in ("months/2026-04/", "measures/AP-03/"):
        assert "Flood at the depot." in page(signed, "board_member", path)


def test_signing_remarking_and_reasons_in_the_browser(signed: World) -> None:
    here = signed.id("eastmere")
    late_invoice(here)
    compute_measures([here])
    client = Client()
    client.force_login(signed.people["finance_manager@eastmere"])
    sent = {"job_title": "Head of Finance", "agreed": "on"}
    assert client.post("/eastmere/months/2026-05/", {"job_title": "Me"}).status_code == 422
    done = client.post("/eastmere/months/2026-05/", sent, follow=True).content.decode()
    again = client.post("/eastmere/months/2026-05/", {**sent, "job_title": "Head of Twice"})
    assert again.status_code == 422 and "__all__" in again.context["form"].errors
    assert 'value="Head of Twice"' in again.content.decode()
    assert "The figures of May 2026 are frozen" in done
    with scope(acting=here):
        measure = Correction.objects.order_by("id")[0].measure
    given = {"measure": measure, "reason": "A file came late."}
    done = client.post("/eastmere/months/2026-04/reasons/", given, follow=True).content.decode()
    assert "A file came late. (Finance manager of eastmere)" in done
    said = {"indicator": "AP-03", "text": "Two officers were ill."}
    done = client.post("/eastmere/months/2026-04/remarks/", said, follow=True).content.decode()
    assert "Two officers were ill." in done
    assert client.get("/eastmere/months/2031-01/").status_code == 404
    assert client.get("/eastmere/months/nonsense/").status_code == 404
    board = Client()
    board.force_login(signed.people["board_member@eastmere"])
    assert board.post("/eastmere/months/2026-05/", sent).status_code == 403
