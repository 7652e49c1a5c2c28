"""What a supplier sends as a rule: the loading of files and the entry of one invoice agree."""

from datetime import date, timedelta
from itertools import count
from typing import Any, NamedTuple

from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.actors import Actor
from core.scope import scope
from finance.bulk.duplicates import grade_duplicates
from finance.bulk.staging import make_tables
from finance.duplicates import Facts
from finance.models import Supplier
from finance.selectors.duplicates import matches
from tests.finance.payables import invoice, prepare, supplier
from tests.world import TODAY, World

NEW = "NEW999"
NET, GROSS = 10_000, 12_000


class Earlier(NamedTuple):
    """An earlier invoice: whose, how many days before, and whether it comes in the same file."""

    whose: int
    days: int
    in_file: bool


earlier = st.builds(Earlier, st.integers(0, 3), st.integers(0, 2), st.booleans())


# Each example has parties of its own, as nothing is taken back between them.
TURNS = count()


def parties(world: World, turn: int) -> list[Supplier]:
    """The supplier, two that are the same party by name and by VAT number, and a stranger."""
    return [
        supplier(world, f"Fairlea Home {turn}", vat_number=f"GB{turn:09}"),
        supplier(world, f"FAIRLEA home {turn}"),
        supplier(world, f"Fairlea Holdings {turn}", vat_number=f"GB{turn:09}"),
        supplier(world, f"Marlow {turn}"),
    ]


def stage(cursor: Any, rows: list[tuple[Supplier, str, date]]) -> None:
    make_tables(cursor)
    for number, (firm, reference, on) in enumerate(rows):
        cursor.execute(
            "INSERT INTO load_invoice (inv, supplier_id, redacted, reference, reference_key,"
            " own_reference, invoice_on, net, vat, gross)"
            " VALUES (%s, %s, false, %s, %s, false, %s, %s, 0, %s)",
            [number, firm.pk, reference, reference, on, GROSS, GROSS],
        )


def graded_in_bulk(cursor: Any, by: Actor) -> bool:
    grade_duplicates(cursor, by=by)
    cursor.execute("SELECT grade FROM load_invoice ORDER BY inv DESC LIMIT 1")
    return bool(cursor.fetchone()[0] == "B")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=st.lists(earlier, max_size=6), reference=st.sampled_from([NEW, ""]))
@example(history=[Earlier(0, 0, False), Earlier(1, 0, False)], reference=NEW)
@example(history=[Earlier(0, 0, False), Earlier(2, 0, True)], reference=NEW)
@example(history=[Earlier(0, 0, True), Earlier(1, 1, False), Earlier(2, 1, False)], reference=NEW)
def test_both_see_the_same_rule(world: World, history: list[Earlier], reference: str) -> None:
    """Whether the same supplier's invoice of the day is worth a look, once loaded, once entered."""
    by, day, turn = world.actor("finance_officer@eastmere"), TODAY - timedelta(days=3), next(TURNS)
    prepare(world)
    firms = parties(world, turn)
    told = [
        (firms[one.whose], f"{number}R{turn * 7919}", day - timedelta(days=one.days))
        for number, one in enumerate(history)
    ]
    coming = [row for one, row in zip(history, told, strict=True) if one.in_file]
    for firm, ref, on in told:
        if (firm, ref, on) not in coming:
            invoice(world, firm, ref, net=NET, invoice_on=on)
    with scope(acting=by.organisation_id), connection.cursor() as cursor:
        stage(cursor, [*coming, (firms[0], reference, day)])
        loaded = graded_in_bulk(cursor, by)
    for firm, ref, on in coming:
        invoice(world, firm, ref, net=NET, invoice_on=on)
    with scope(acting=by.organisation_id):
        facts = Facts(firms[0].pk, reference, GROSS, day)
        found = matches(organisation_id=by.organisation_id, supplier=firms[0], facts=facts)
    assert loaded == any(m.grade == "B" and m.supplier_name == firms[0].name for m in found)
