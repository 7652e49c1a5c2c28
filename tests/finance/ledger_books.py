"""Books to test the ledger with: chart, periods of 2026, two codings, and small postings."""

from datetime import date

from core.actors import Actor
from core.scope import scope
from finance.services.ledger import (
    JournalRef,
    NewJournal,
    NewLine,
    coding_ids,
    ensure_periods,
    install_chart,
    post_journals,
)
from tests.world import World

DAY = date(2026, 6, 15)


def opened(world: World, slug: str = "eastmere") -> Actor:
    """A finance officer of an organisation whose books are open for June 2026."""
    by = world.actor(f"finance_officer@{slug}")
    with scope(acting=by.organisation_id):
        install_chart(by=by)
        ensure_periods(days=[DAY], by=by)
    return by


def codings(by: Actor) -> tuple[int, int]:
    """Energy and trade payables, inside an open scope."""
    pairs = [("52000", None), ("21000", None)]
    found = coding_ids(pairs=pairs, by=by)
    return found[pairs[0]], found[pairs[1]]


def journal(by: Actor, pence: int = 12_345, day: date = DAY, text: str = "Gas") -> NewJournal:
    cost, payable = codings(by)
    return NewJournal(day, text, [NewLine(cost, pence, text), NewLine(payable, -pence)])


def post_one(by: Actor, key: str = "1", pence: int = 12_345, day: date = DAY) -> JournalRef:
    """One journal in a scope of its own."""
    with scope(acting=by.organisation_id):
        (ref,) = post_journals(
            journals=[journal(by, pence, day)], source="test", key=key, series="GJ", by=by
        )
    return ref
