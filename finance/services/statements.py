"""Taking in what the bank sends: statements, recognised and held to what came before; reports."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath

from django.utils import timezone

from core.actors import Actor, require
from core.money import formatted
from core.states import move
from events.services import record
from finance.banking.accounts import signed_until
from finance.banking.reading import read_bank_file
from finance.formats.bank_reports import BankReport
from finance.formats.statements import Statement
from finance.models import BankAccount, BankStatement, SourceFile, StatementLine
from finance.permissions import LOAD_STATEMENTS
from finance.reading.bank_csv import ColumnsUnclear, layout_of, rows_of
from finance.rules_bank import BNK01, BNK02, BNK03, BNK04, BNK06, BNK12
from finance.selectors.layouts import BANK, any_layout, columns_before
from finance.services.files import file_with
from finance.services.layouts import keep_layout
from finance.services.matching import match_exact
from finance.services.returns import load_report
from tenants.services import next_number

State = SourceFile.State
MOVES = {"load": ((State.UPLOADED,), State.LOADED)}
CURRENCY = "GBP"


@dataclass(frozen=True)
class Taken:
    """The file; whether all in it had come before; the statements that are new in it."""

    file: SourceFile
    before: bool
    statements: Sequence[BankStatement] = ()


def receive_bank_file(*, name: str, data: bytes, by: Actor) -> Taken:
    """Takes in statements or a report, told by the bytes, and matches what is certain.

    Of a table whose columns are unclear only the file is kept, for a person to choose them; the
    same file, or the same statement in another format, is recognised and changes nothing.
    `NotAStatement` when it cannot be read. Refused: BNK01 to BNK04 and BNK06, and nothing is kept.
    Events finance.bank_file.received, finance.bank_statement.loaded.
    """
    require(by, LOAD_STATEMENTS)
    digest = hashlib.sha256(data).hexdigest()
    known = file_with(digest=digest, by=by)
    if known is not None:
        return Taken(known, before=True)
    try:
        found = read_bank_file(data, _columns_before(data, by))
    except ColumnsUnclear as unclear:
        return Taken(_keep(name, data, digest, by, headers=list(unclear.headers),
                           mapping=unclear.guess), before=False)  # fmt: skip
    if isinstance(found, BankReport):
        file = _keep(name, data, digest, by, purpose="report", state=State.LOADED)
        load_report(report=found, file=file, by=by)
        return Taken(file, before=False)
    file = _keep(name, data, digest, by, state=State.LOADED)
    loaded = _load(found, file, by)
    return Taken(file, before=not loaded, statements=loaded)


def _columns_before(data: bytes, by: Actor) -> Mapping[str, int] | None:
    """The columns that a person chose for a table with these headings, if it is a table."""
    here = by.organisation_id
    if data[:1] in (b"<", b":", b"{") or not any_layout(here, kind=BANK):
        return None
    signature = layout_of(rows_of(data)).signature
    saved = columns_before(here, signature, kind=BANK, on=timezone.localdate())
    return saved[BANK] if saved else None


def _keep(
    name: str, data: bytes, digest: str, by: Actor, *, purpose: str = "statement", **facts: object
) -> SourceFile:
    file = SourceFile.objects.create(
        organisation_id=by.organisation_id,
        number=next_number("source_file", by=by),
        name=PurePath(name).name[:200],
        sha256=digest,
        **SourceFile.sealed_content(by.organisation_id, data),
        purpose=purpose,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=timezone.now(),
        **facts,
    )
    record("finance.bank_file.received", file, by=by, name=file.name)
    return file


def choose_bank_columns(
    *, file: SourceFile, columns: Mapping[str, int], by: Actor
) -> Sequence[BankStatement]:
    """The columns as a person chose them, kept for the layout; then the table is loaded by them.

    BNK12 once loaded; otherwise as `receive_bank_file`.
    """
    require(by, LOAD_STATEMENTS)
    BNK12.check(file.purpose == "statement" and file.state == State.UPLOADED)
    data = file.content
    found = read_bank_file(data, columns)
    assert not isinstance(found, BankReport)
    layout = layout_of(rows_of(data))
    keep_layout(signature=layout.signature, name=file.name, mapping={BANK: dict(columns)}, by=by)
    rows = SourceFile.objects.filter(organisation_id=file.organisation_id, pk=file.pk)
    move(rows, MOVES, "load", expected=1)
    return _load(found, file, by)


def _load(found: Sequence[Statement], file: SourceFile, by: Actor) -> list[BankStatement]:
    accounts = BankAccount.objects.filter(organisation_id=by.organisation_id).order_by("pk")
    by_digits = {"".join(row.digits()): row for row in accounts.select_for_update()}
    loaded = []
    for statement in found:
        account = _account_of(statement, by_digits)
        whole = _with_balances(statement)
        print_ = _fingerprint(whole)
        here = {"organisation_id": by.organisation_id, "bank_account": account}
        if BankStatement.objects.filter(**here, fingerprint=print_).exists():
            continue
        _check_is_new(whole, account)
        loaded.append(_write(whole, account, file, print_, by))
    for account in {row.bank_account for row in loaded}:
        match_exact(account=account, by=by)
    return loaded


def _account_of(statement: Statement, by_digits: Mapping[str, BankAccount]) -> BankAccount:
    """By sort code and number at the end, as an IBAN has them too, or by a number that is alone."""
    digits = "".join(c for c in statement.account if c.isdigit())
    exact = [row for key, row in by_digits.items() if digits.endswith(key)]
    alone = [row for key, row in by_digits.items() if len(digits) == 8 and key.endswith(digits)]
    found = exact or alone
    # A table without a column of account numbers is of the only account there is.
    if not digits and statement.format == "csv" and len(by_digits) == 1:
        found = list(by_digits.values())
    BNK01.check(len(found) == 1, f"It is of one ending {digits[-4:]}." if digits else "")
    return found[0]


def _with_balances(statement: Statement) -> Statement:
    BNK02.check(statement.currency == CURRENCY, f"This one is in {statement.currency}.")
    opening, closing = statement.opening_pence, statement.closing_pence
    BNK03.check(opening is not None or closing is not None)
    total = statement.total_pence
    if opening is None:
        opening = (closing or 0) - total
    return replace(statement, opening_pence=opening, closing_pence=opening + total)


def _fingerprint(statement: Statement) -> str:
    """The same for the same figures, whatever the format and the order within a day."""
    lines = sorted((line.booked_on.isoformat(), line.pence) for line in statement.lines)
    said = [statement.opening_pence, statement.closing_pence, statement.to_on.isoformat()
            if not lines else "", lines]  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _check_is_new(statement: Statement, account: BankAccount) -> None:
    """BNK06 for days that are signed; BNK04 when an entry came before: equal ones are counted."""
    signed = signed_until(account)
    first = min((line.booked_on for line in statement.lines), default=statement.to_on)
    BNK06.check(signed is None or first > signed)
    days = {line.booked_on for line in statement.lines}
    known = Counter(
        StatementLine.objects.filter(
            organisation_id=account.organisation_id, bank_account=account, booked_on__in=days
        ).values_list("booked_on", "amount_pence")
    )
    coming = Counter((line.booked_on, line.pence) for line in statement.lines)
    twice: list[date] = sorted({key[0] for key in coming & known})
    chains = BankStatement.objects.filter(
        organisation_id=account.organisation_id,
        bank_account=account,
        closing_pence=statement.opening_pence,
        to_on__gte=first,
    ).exists()
    # A later page of the same day goes on from the last balance: its equal amounts are real.
    BNK04.check(not twice or chains, f"The first is of {twice[0]:%d %B %Y}." if twice else "")


def _write(
    statement: Statement, account: BankAccount, file: SourceFile, print_: str, by: Actor
) -> BankStatement:
    row = BankStatement.objects.create(
        organisation_id=by.organisation_id,
        number=next_number("bank_statement", by=by),
        bank_account=account,
        source_file=file,
        format=statement.format,
        reference=statement.reference[:120],
        sequence=statement.sequence[:40],
        from_on=statement.from_on,
        to_on=statement.to_on,
        opening_pence=statement.opening_pence,
        closing_pence=statement.closing_pence,
        entries=len(statement.lines),
        fingerprint=print_,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=timezone.now(),
    )
    StatementLine.objects.bulk_create(
        [
            StatementLine(
                organisation_id=by.organisation_id,
                statement=row,
                bank_account=account,
                line_no=place,
                booked_on=line.booked_on,
                value_on=line.value_on,
                amount_pence=line.pence,
                entry_code=line.code[:40],
                refs=" ".join(line.references),
                bank_reference=line.bank_reference[:140],
                party=line.name[:140],
                text=line.text,
            )
            for place, line in enumerate(statement.lines, start=1)
        ]
    )
    closing = formatted(row.closing_pence)
    record("finance.bank_statement.loaded", row, by=by, entries=row.entries, closing=closing)
    return row
