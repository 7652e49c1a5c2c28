"""Ledger and bank at the end of a period, signed by a second person and then frozen."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from core.actors import Actor
from core.errors import NotAllowed, Refused
from core.invariants import problems
from core.scope import scope
from finance.banking.sheet import links, sheet_of
from finance.models import BankMatch, BankReconciliation
from finance.services.matching import accept_suggestions, undo_match
from finance.services.reconciliations import (
    prepare_reconciliation,
    sign_reconciliation,
    unsign_reconciliation,
)
from tests.finance.bank_books import (
    JULY,
    OPENING,
    bank_account,
    bank_says,
    line,
    opened,
    paid,
    post_book,
    released,
)
from tests.world import World

JUNE, END = 202606, date(2026, 6, 30)


class Month:
    """June of Eastmere: a run on the statement, an entry of the bank, one of the ledger."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.by = opened(world)
        self.boss = world.actor("centre_manager@centre", "eastmere")
        self.do(self._released)
        self.do(lambda: post_book(self.by, date(2026, 6, 25), 900, "Cheque of a tenant"))
        self.do(
            lambda: bank_says(
                self.by,
                [
                    (date(2026, 6, 1), 1, "", "OPENED"),
                    paid(7_500),
                    (END, -40, "", "ODD ENTRY"),
                ],
            )
        )

    def _released(self) -> None:
        released(self.world, self.by, 7_500)

    def do(self, what: Any) -> Any:
        """In a scope of its own, as pages do: the ledger adds its balances up at commit."""
        with scope(acting=self.by.organisation_id):
            return what()

    def prepare(self, at: datetime = JULY) -> BankReconciliation:
        return self.do(
            lambda: prepare_reconciliation(account=bank_account(), period=JUNE, by=self.by, at=at)
        )

    def sign(self, row: BankReconciliation, by: Actor | None = None) -> BankReconciliation:
        return self.do(lambda: sign_reconciliation(reconciliation=row, by=by or self.boss))


@pytest.fixture
def month(committed_world: World) -> Month:
    return Month(committed_world)


def refused(code: str, what: Any) -> None:
    with pytest.raises(Refused) as refusal:
        what()
    assert refusal.value.code == code, refusal.value.message


def test_the_sheet_adds_up_and_lists_what_is_on_one_side(month: Month) -> None:
    row = month.prepare()
    assert row.statement_pence == OPENING + 1 - 7_500 - 40
    assert row.ledger_pence == OPENING - 7_500 + 900
    assert (row.unmatched_pence, row.unticked_pence) == (1 - 40, 900)
    assert row.statement_pence == row.ledger_pence + row.unmatched_pence - row.unticked_pence
    names = [(one["name"], one["pence"]) for one in row.sheet["unmatched"]["rows"]]
    assert names == [("BST-1 line 1", 1), ("BST-1 line 3", -40)]
    assert [one["text"] for one in row.sheet["unticked"]["rows"]] == ["Cheque of a tenant"]
    with scope(acting=month.by.organisation_id):
        broken = {one.name for one in problems(month.by.organisation_id)}
        assert "A signed bank reconciliation still agrees with ledger and statements" not in broken


def test_it_is_signed_by_a_second_person_and_frozen(month: Month) -> None:
    row = month.prepare()
    with pytest.raises(NotAllowed):
        month.sign(row, month.by)
    refused("BNK07", lambda: month.sign(row, month.world.actor("finance_manager@eastmere")))
    signed = month.sign(row)
    assert (signed.state, signed.signed_by_name) == ("signed", month.boss.name)
    here = month.by
    with scope(acting=here.organisation_id):
        match = BankMatch.objects.get()
        refused("BNK06", lambda: undo_match(match=match, reason="No", by=here))
        refused("BNK08", lambda: prepare_reconciliation(
            account=bank_account(), period=JUNE, by=here, at=JULY))  # fmt: skip
        with pytest.raises(Exception, match="frozen"), transaction.atomic():
            BankReconciliation.objects.update(ledger_pence=1, statement_pence=1)
    refused(
        "BNK06",
        lambda: month.do(lambda: bank_says(here, [(END, -5, "", "LATE")], 92_461, reference="S-9")),
    )


def test_what_is_matched_later_leaves_the_sheet_as_it_was(month: Month) -> None:
    """The odd entry of June is coded in July, on a day of July."""
    signed = month.sign(month.prepare())
    odd = month.do(lambda: line(3)).pk
    month.do(lambda: bank_says(month.by, [(date(2026, 7, 2), 77, "", "X")], 92_461, reference="2"))
    month.do(lambda: accept_suggestions(account=bank_account(), line_ids=[line(1).pk], by=month.by))
    with scope(acting=month.by.organisation_id):
        assert odd
        match = BankMatch.objects.order_by("-id")[0]
        assert match.matched_on > END
        sheet = sheet_of(bank_account(), END)
        assert sheet is not None and sheet.kept() == signed.sheet
        assert problems_of_signing(month) == []


def problems_of_signing(month: Month) -> list[str]:
    name = "A signed bank reconciliation still agrees with ledger and statements"
    return [one.text for one in problems(month.by.organisation_id) if one.name == name]


def test_a_posting_into_the_signed_period_is_found(month: Month) -> None:
    month.sign(month.prepare())
    month.do(lambda: post_book(month.by, date(2026, 6, 20), 5, "Slipped in"))
    with scope(acting=month.by.organisation_id):
        assert problems_of_signing(month) == [
            "General account, June 2026: the ledger or the statements are no longer those that"
            " were signed"
        ]


def test_figures_that_changed_are_not_signed(month: Month) -> None:
    row = month.prepare()
    month.do(lambda: post_book(month.by, date(2026, 6, 20), 5, "Since then"))
    refused("BNK13", lambda: month.sign(row))
    assert month.sign(month.prepare(JULY + timedelta(hours=1))).state == "signed"


def test_a_signature_is_taken_back_with_a_reason(month: Month) -> None:
    row = month.sign(month.prepare())
    refused("BNK09", lambda: month.do(lambda: unsign_reconciliation(
        reconciliation=row, reason=" ", by=month.boss)))  # fmt: skip
    month.do(lambda: unsign_reconciliation(reconciliation=row, reason="Wrong", by=month.boss))
    month.do(lambda: undo_match(match=BankMatch.objects.get(), reason="Wrong", by=month.by))
    again = month.prepare()
    assert again.pk != row.pk
    assert again.unmatched_pence == 1 - 7_500 - 40
    with scope(acting=month.by.organisation_id):
        kept = BankReconciliation.objects.order_by("id").values_list("state", "unsigned_reason")
        assert list(kept) == [("unsigned", "Wrong"), ("prepared", "")]


@pytest.mark.parametrize(
    ("entries", "opening", "words"),
    [
        (None, 0, "No statement of it has come"),
        ([paid(5, day=date(2026, 6, 2))], OPENING, "reach to 02 June 2026 only"),
        ([paid(5, day=END)], OPENING + 3, "opens with £0.03 more than the ledger had"),
    ],
)
def test_why_a_period_cannot_be_reconciled_yet_is_said(
    committed_world: World, entries: Any, opening: int, words: str
) -> None:
    by = opened(committed_world)
    with scope(acting=by.organisation_id):
        if entries:
            bank_says(by, entries, opening)
    with scope(acting=by.organisation_id):
        with pytest.raises(Refused, match=words):
            prepare_reconciliation(account=bank_account(), period=JUNE, by=by, at=JULY)
        with pytest.raises(Refused, match="has not ended"):
            prepare_reconciliation(
                account=bank_account(), period=JUNE, by=by, at=JULY - timedelta(days=10)
            )


def test_gaps_and_overlaps_are_reported(committed_world: World) -> None:
    by = opened(committed_world)
    with scope(acting=by.organisation_id):
        bank_says(by, [paid(100, day=date(2026, 6, 10))])
        bank_says(by, [paid(100, day=date(2026, 6, 20))], OPENING - 350, reference="3")
        bank_says(by, [paid(7, day=END)], OPENING - 450, reference="4")
        assert [
            (one.number, one.problem, one.difference_pence) for one in links(bank_account())
        ] == [(2, "gap", -250)]
    with scope(acting=by.organisation_id):
        with pytest.raises(Refused, match=r"Between BST-1 and BST-2 £2\.50 is missing"):
            prepare_reconciliation(account=bank_account(), period=JUNE, by=by, at=JULY)
        bank_says(by, [paid(250, day=date(2026, 6, 15))], OPENING - 100, reference="2")
        assert links(bank_account()) == []
    with scope(acting=by.organisation_id):
        prepare_reconciliation(account=bank_account(), period=JUNE, by=by, at=JULY)


def test_the_database_wants_two_people_and_sums(month: Month) -> None:
    row = month.prepare()
    with scope(acting=month.by.organisation_id):
        for change in (
            f"signed_by_id = {month.by.person_id}",
            "ledger_pence = ledger_pence + 1",
            "state = 'unsigned'",
        ):
            with pytest.raises(Exception, match="violates"), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(
                        f"UPDATE finance_bankreconciliation SET {change} WHERE id = {row.pk}"
                    )
