"""An account as its services take hold of it: one at a time, and no further than it is signed."""

from datetime import date

from django.db.models import Max

from finance.models import BankAccount, BankReconciliation


def lock_account(account: BankAccount) -> None:
    """Matches and returns of one account wait for each other, so the later sees the earlier."""
    rows = BankAccount.objects.filter(organisation_id=account.organisation_id, pk=account.pk)
    list(rows.select_for_update().values_list("pk"))


def signed_until(account: BankAccount) -> date | None:
    """The last day of the last period that is signed."""
    signed = BankReconciliation.objects.filter(
        organisation_id=account.organisation_id,
        bank_account=account,
        state=BankReconciliation.State.SIGNED,
    )
    return signed.aggregate(last=Max("ends_on"))["last"]


def lock_accounts(organisation_id: int) -> None:
    """What takes payments back or makes serials waits for each other: nothing is made twice."""
    accounts = BankAccount.objects.filter(organisation_id=organisation_id).order_by("pk")
    list(accounts.select_for_update().values_list("pk"))
