"""Paying over what was withheld from pay: by creditor and month, once, through payment runs."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import connection

from core.actors import Actor, require
from core.money import formatted
from core.rules import Rule
from events.services import record
from finance.keys import name_key
from finance.models import BankAccount, Liability, PaymentRun, Supplier
from finance.services import ledger
from finance.services.liabilities import NewLiability, propose_liabilities, state_liabilities
from payroll.models import CreditorKind, PayDue, PayPayee
from payroll.owing import LONGEST, hmrc_reference, plain_reference
from payroll.permissions import PAY_OVER
from payroll.rules import OWE01, OWE02, OWE03, OWE04, OWE05
from payroll.selectors.dues import Key, Owed, day_due, dues_of, owed_for, payees_by_key, words_of
from payroll.selectors.references import reference_on


def record_payee(
    *,
    kind: str,
    scheme: int,
    creditor: str,
    supplier: Supplier,
    reference: str,
    due_day: int,
    by: Actor,
    at: datetime,
) -> PayPayee:
    """Which supplier is paid for a creditor from now on; `creditor` is what orders call theirs.

    The account is the supplier's: proposed and agreed by two people there. OWE04, OWE05. Event
    payroll.payee.recorded.
    """
    require(by, PAY_OVER)
    kind = CreditorKind(kind)
    in_use = supplier.status == Supplier.Status.ACTIVE
    OWE05.check(in_use and supplier.organisation_id == by.organisation_id and 1 <= due_day <= 28)
    quoted = plain_reference(reference)
    needed = kind in (CreditorKind.PENSION, CreditorKind.GIVING)
    OWE04.check(len(quoted) <= LONGEST and (quoted or not needed), supplier.name)
    made = PayPayee.objects.create(
        organisation_id=by.organisation_id, kind=kind,
        scheme=scheme if kind == CreditorKind.PENSION else 0,
        creditor=name_key(creditor) if kind == CreditorKind.ORDER else "",
        supplier=supplier, reference=quoted, due_day=due_day, recorded_by_name=by.name,
        recorded_at=at,
    )  # fmt: skip
    record("payroll.payee.recorded", made, by=by, at=at, creditor=kind.label, payee=supplier.name)
    return made


def pay_over(
    *,
    keys: Collection[Key],
    pay_on: date,
    bank_account: BankAccount,
    by: Actor,
    at: datetime,
) -> PaymentRun:
    """Proposes payments of all that is owed under these keys, which somebody else then releases.

    Each amount is stated once and settled by one payment at a time: asked again, the answer is the
    same run. Refused: OWE01 to OWE04, and as payment runs are. Event payroll.over.proposed.
    """
    require(by, PAY_OVER)
    OWE01.check(keys)
    rows = list(dues_of(by.organisation_id, keys).select_for_update())
    OWE01.check(rows)
    fresh: dict[Key, list[PayDue]] = defaultdict(list)
    for row in rows:
        if row.liability_id is None:
            fresh[Key(row.kind, row.scheme, row.order_id or 0, row.month_on)].append(row)
    stated = _state(fresh, by, at)
    ids = {row.liability_id for row in rows if row.liability_id} | {one.pk for one in stated}
    run = propose_liabilities(
        liabilities=sorted(ids), pay_on=pay_on, bank_account=bank_account, by=by, at=at
    )
    if run.made_at == at:
        total = formatted(run.total_pence)
        record("payroll.over.proposed", run, by=by, at=at, payments=run.payments, total=total)
    return run


def _state(fresh: dict[Key, list[PayDue]], by: Actor, at: datetime) -> list[Liability]:
    """Liabilities of what was stated by none before; each of the rows is tied to its own."""
    owed = {one.key: one for one in owed_for(by.organisation_id, list(fresh))}
    totals = {key: sum(row.amount_pence for row in rows) for key, rows in fresh.items()}
    _check(OWE02, (owed[key].name for key, total in totals.items() if total <= 0))
    payees = payees_by_key(by.organisation_id)
    _check(OWE03, (one.name for one in owed.values() if one.payee_key not in payees))
    accounts = {(row.account, None) for rows in fresh.values() for row in rows}
    codings = ledger.coding_ids(pairs=accounts, by=by)
    new = [
        _liability(owed[key], payees[owed[key].payee_key], rows, codings)
        for key, rows in fresh.items()
    ]
    made = state_liabilities(owed=new, by=by, at=at)
    tied = [
        (row.pk, one.pk) for rows, one in zip(fresh.values(), made, strict=True) for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payroll_paydue d SET liability_id = t.liability"
            " FROM unnest(%s::bigint[], %s::bigint[]) t (id, liability)"
            " WHERE d.organisation_id = %s AND d.id = t.id AND d.liability_id IS NULL",
            [[due for due, _ in tied], [liability for _, liability in tied], by.organisation_id],
        )
    return made


def _check(rule: type[Rule], names: Iterable[str]) -> None:
    wrong = list(names)
    rule.check(not wrong, ", ".join(wrong[:5]))


def _liability(
    owed: Owed, payee: PayPayee, rows: list[PayDue], codings: dict[tuple[str, int | None], int]
) -> NewLiability:
    parts: dict[int, int] = defaultdict(int)
    for row in rows:
        parts[codings[row.account, None]] += row.amount_pence
    reference = _reference(owed, payee)
    OWE04.check(0 < len(reference) <= LONGEST, owed.name)
    return NewLiability(
        supplier=payee.supplier, words=words_of(owed), reference=reference,
        due_on=day_due(owed, payee), parts=list(parts.items()),
    )  # fmt: skip


def _reference(owed: Owed, payee: PayPayee) -> str:
    if owed.key.kind == CreditorKind.HMRC:
        found = reference_on(payee.organisation_id, owed.key.month_on)
        return hmrc_reference(found.accounts_office, owed.key.month_on) if found else ""
    return plain_reference(owed.reference) or payee.reference
