"""Bank reconciliations: prepared by one person, signed and so frozen by another."""

from calendar import monthrange
from datetime import date, datetime

from django.utils import timezone

from core.actors import Actor, require
from core.money import formatted
from core.states import move
from events.services import record
from finance.banking.sheet import Sheet, sheet_of
from finance.formats.bank_days import is_banking_day, previous_banking_day
from finance.models import BankAccount, BankReconciliation, PaymentRun
from finance.paying.files import banking_holidays
from finance.permissions import MATCH_BANK, SIGN_RECONCILIATIONS
from finance.rules_bank import BNK07, BNK08, BNK09, BNK10, BNK13
from finance.services.matching import lock_account

State = BankReconciliation.State
MOVES = {
    "sign": ((State.PREPARED,), State.SIGNED),
    "unsign": ((State.SIGNED,), State.UNSIGNED),
}


def last_day(period: int) -> date:
    """The last day of a period yyyymm."""
    year, month = divmod(period, 100)
    return date(year, month, monthrange(year, month)[1])


def obstacle(account: BankAccount, period: int, sheet: Sheet | None, *, today: date) -> str:
    """Why the period cannot be reconciled yet, with what to do; empty when it can."""
    on = last_day(period)
    if on >= today:
        return "The period has not ended."
    if sheet is None or sheet.reaches is None:
        return "No statement of it has come. Load its statements first."
    if sheet.links:
        first = sheet.links[0]
        gap = formatted(abs(first.difference_pence))
        return (
            f"Between BST-{first.before} and BST-{first.number} {gap} is missing or doubled."
            " Load the statement that lies between them."
        )
    holidays = banking_holidays(on)
    needed = on if is_banking_day(on, holidays) else previous_banking_day(on, holidays)
    if sheet.reaches < needed:
        return f"Statements reach to {sheet.reaches:%d %B %Y} only. Load the later ones first."
    if sheet.brought_pence:
        return (
            f"The first statement opens with {formatted(sheet.brought_pence)} more than the ledger"
            " had then. Post that difference before its first day."
        )
    return ""


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
