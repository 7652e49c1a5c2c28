"""Bank reconciliations: prepared by one person, signed and so frozen by another."""

from datetime import datetime

from django.utils import timezone

from core.actors import Actor, require
from core.money import formatted
from core.states import move
from events.services import record
from finance.banking.accounts import lock_account
from finance.banking.months import last_day, obstacle
from finance.banking.sheet import Sheet, sheet_of
from finance.models import BankAccount, BankReconciliation, PaymentRun
from finance.permissions import MATCH_BANK, SIGN_RECONCILIATIONS
from finance.rules_bank import BNK07, BNK08, BNK09, BNK10, BNK13

State = BankReconciliation.State
MOVES = {
    "sign": ((State.PREPARED,), State.SIGNED),
    "unsign": ((State.SIGNED,), State.UNSIGNED),
}


def prepare_reconciliation(
    *, account: BankAccount, period: int, by: Actor, at: datetime | None = None
) -> BankReconciliation:
    """The figures as they stand, for a second person; made again it replaces what was not signed.

    Refused: BNK08 when signed already, BNK10 with the obstacle. Event
    finance.reconciliation.prepared.
    """
    require(by, MATCH_BANK)
    at = at or timezone.now()
    lock_account(account)
    sheet = sheet_of(account, last_day(period))
    stands_in_the_way = obstacle(account, period, sheet, today=timezone.localdate(at))
    BNK10.check(not stands_in_the_way, stands_in_the_way)
    assert sheet is not None
    here = {"organisation_id": by.organisation_id, "bank_account": account, "period": period}
    before = BankReconciliation.objects.filter(**here).exclude(state=State.UNSIGNED).first()
    BNK08.check(before is None or before.state == State.PREPARED)
    facts = {
        **_figures(sheet),
        "ends_on": last_day(period),
        "sheet": sheet.kept(),
        "prepared_by_id": by.person_id,
        "prepared_by_name": by.name,
        "prepared_at": at,
    }
    if before is None:
        row = BankReconciliation.objects.create(**here, **facts)
    else:
        BankReconciliation.objects.filter(**here, pk=before.pk).update(**facts)
        row = BankReconciliation.objects.get(**here, pk=before.pk)
    between = formatted(abs(sheet.unmatched.pence) + abs(sheet.unticked.pence))
    record("finance.reconciliation.prepared", row, by=by, at=at, difference=between)
    return row


def _figures(sheet: Sheet) -> dict[str, int]:
    return {
        "statement_pence": sheet.statement_pence,
        "ledger_pence": sheet.ledger_pence,
        "unmatched_pence": sheet.unmatched.pence,
        "unticked_pence": sheet.unticked.pence,
    }


def sign_reconciliation(
    *, reconciliation: BankReconciliation, by: Actor, at: datetime | None = None
) -> BankReconciliation:
    """Freezes the sheet: from now on nothing of its days is matched, undone or loaded.

    BNK07 unless a second person who released no payment of the period; BNK13 when the figures are
    no longer those that were prepared. Event finance.reconciliation.signed.
    """
    require(by, SIGN_RECONCILIATIONS)
    at = at or timezone.now()
    account = reconciliation.bank_account
    lock_account(account)
    row = BankReconciliation.objects.get(organisation_id=by.organisation_id, pk=reconciliation.pk)
    BNK08.check(row.state == State.PREPARED)
    BNK07.check(by.person_id is not None and by.person_id != row.prepared_by_id)
    BNK07.check(not _released_in(row, by.person_id or 0))
    sheet = sheet_of(account, row.ends_on)
    BNK13.check(
        sheet is not None
        and _figures(sheet).items() <= vars(row).items()
        and sheet.kept() == row.sheet
    )
    move(
        BankReconciliation.objects.filter(organisation_id=by.organisation_id, pk=row.pk),
        MOVES,
        "sign",
        expected=1,
        signed_by_id=by.person_id,
        signed_by_name=by.name,
        signed_at=at,
    )
    record("finance.reconciliation.signed", row, by=by, at=at)
    row.refresh_from_db()
    return row


def _released_in(row: BankReconciliation, person_id: int) -> bool:
    first = row.ends_on.replace(day=1)
    return PaymentRun.objects.filter(
        organisation_id=row.organisation_id,
        bank_account_id=row.bank_account_id,
        released_by_id=person_id,
        pay_on__range=(first, row.ends_on),
    ).exists()


def unsign_reconciliation(
    *, reconciliation: BankReconciliation, reason: str, by: Actor, at: datetime | None = None
) -> None:
    """Takes a signature back with a reason (BNK09); the sheet is kept beside the next one.

    Only the last signed period of the account (BNK08): later ones rest on it. Event
    finance.reconciliation.unsigned.
    """
    require(by, SIGN_RECONCILIATIONS)
    BNK09.check(reason.strip())
    lock_account(reconciliation.bank_account)
    rows = BankReconciliation.objects.filter(
        organisation_id=by.organisation_id, bank_account_id=reconciliation.bank_account_id
    )
    BNK08.check(
        not rows.filter(state=State.SIGNED, period__gt=reconciliation.period).exists(),
        "A later period is signed.",
    )
    move(
        rows.filter(pk=reconciliation.pk),
        MOVES,
        "unsign",
        expected=1,
        unsigned_by_name=by.name,
        unsigned_reason=reason[:200],
    )
    record("finance.reconciliation.unsigned", reconciliation, by=by, at=at, comment=reason)
