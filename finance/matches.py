"""From what was ticked and coded to what explains an entry of the bank."""

from collections.abc import Collection
from typing import Any

from core.money import to_pence
from finance.models import BankMatch, StatementLine
from finance.selectors import banking as selectors
from finance.services.matching import Coded, NewMatch


def wanted_match(
    row: StatementLine, also: Collection[int], ticked: list[str], form: Any, by: str
) -> NewMatch:
    """What was ticked and coded on a valid form, for the entry and those that belong to it."""
    lines = selectors.open_lines(row.bank_account, {row.pk, *also})
    ids = {kind: _ids(ticked, kind) for kind in ("run", "payment", "return", "ledger")}
    return NewMatch(
        line_ids=tuple(line.pk for line in lines),
        way=BankMatch.Way.PERSON,
        why=form.cleaned_data["why"] or f"Chosen by {by}",
        runs=tuple(one[0] for one in ids["run"]),
        payments=tuple(one[0] for one in ids["payment"]),
        returns=tuple(one[0] for one in ids["return"]),
        ledger=tuple(one for one in ids["ledger"] if len(one) == 4),
        coded=_coded(row, lines, ticked, form),
    )


def _ids(ticked: list[str], kind: str) -> list[tuple[int, ...]]:
    """The keys behind values such as «payment-7»."""
    parts = [value.split("-")[1:] for value in ticked if value.startswith(f"{kind}-")]
    return [tuple(map(int, one)) for one in parts if one and all(n.isdigit() for n in one)]


def _coded(
    row: StatementLine, lines: list[StatementLine], ticked: list[str], form: Any
) -> tuple[Coded, ...]:
    """The account chosen, with its amount or all that the ticked things leave."""
    code, amount = form.cleaned_data["account"], form.cleaned_data["amount"]
    if not code:
        return ()
    if amount is not None:
        return (Coded(code, to_pence(amount)),)
    rest = sum(line.amount_pence - line.matched_pence for line in lines)
    for rows in selectors.offers(row.bank_account, row).values():
        rest -= sum(one.pence for one in rows if one.value in ticked)
    return (Coded(code, rest),)
