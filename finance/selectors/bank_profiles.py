"""How the banks want Faster Payments."""

from datetime import date

from django.db.models import QuerySet

from finance.formats.bacs18 import MAX_CREDIT_PENCE
from finance.models import BankAccount, BankProfile


def bank_profiles(organisation_id: int) -> QuerySet[BankProfile]:
    """Every profile by account, the newest first."""
    rows = BankProfile.objects.filter(organisation_id=organisation_id)
    return rows.select_related("bank_account").order_by("bank_account_id", "-from_on")


def profile_in_force(account: BankAccount, on: date) -> BankProfile | None:
    """The one that began last, up to and including the day."""
    rows = bank_profiles(account.organisation_id).filter(bank_account=account, from_on__lte=on)
    return rows.first()


def most_pence(profile: BankProfile | None) -> int:
    """What one payment carries: by the profile of Faster Payments, or by Bacs."""
    return profile.limit_pence if profile else MAX_CREDIT_PENCE
