"""Profiles of banks' CSV files: set by an administrator, from a day on, changed by another one."""

from datetime import date, datetime

from django.utils import timezone

from core.actors import Actor, require
from core.money import formatted
from events.services import record
from finance.formats.bank_csv_out import columns_of
from finance.formats.errors import Unwritable
from finance.models import MOST_FASTER_PENCE, BankAccount, BankProfile
from finance.permissions import KEEP_BANK_ACCOUNTS
from finance.rules_payments import FPS01, FPS02, FPS03


def set_bank_profile(
    *,
    bank_account: BankAccount,
    name: str,
    from_on: date,
    layout: str,
    limit_pence: int,
    by: Actor,
    at: datetime | None = None,
) -> BankProfile:
    """How the bank of an account wants its file from a day on; proposals keep the one they have.

    Refused: FPS01 (layout, with every line that is wrong), FPS02 (day), FPS03 (limit). Event
    finance.bank_profile.set.
    """
    require(by, KEEP_BANK_ACCOUNTS)
    at = at or timezone.now()
    try:
        columns_of(layout)
    except Unwritable as error:
        raise FPS01.refuse(" ".join(f"{problem}." for problem in error.problems[:5])) from error
    here = {"organisation_id": by.organisation_id, "bank_account": bank_account}
    # The account's row, locked, makes those wait who set another at this moment.
    BankAccount.objects.select_for_update().get(
        organisation_id=by.organisation_id, pk=bank_account.pk
    )
    taken = BankProfile.objects.filter(**here, from_on=from_on).exists()
    FPS02.check(from_on >= timezone.localdate(at) and not taken)
    FPS03.check(0 < limit_pence <= MOST_FASTER_PENCE)
    row = BankProfile.objects.create(
        **here,
        name=" ".join(name.split())[:60],
        from_on=from_on,
        layout=layout.strip(),
        limit_pence=limit_pence,
        made_by_id=by.person_id,
        made_by_name=by.name,
        made_at=at,
    )
    said = {"name": row.name, "account": bank_account.name, "limit": formatted(limit_pence)}
    record("finance.bank_profile.set", row, by=by, at=at, from_on=f"{from_on:%d/%m/%Y}", **said)
    return row
