"""The account that pay goes to, and what the modulus check says of a new one."""

from dataclasses import replace
from datetime import datetime

from core.actors import Actor
from finance.models import SupplierBank
from finance.selectors.modulus import installed_tables, modulus_of
from hr.models import AccountChange
from hr.services.accounts import NewAccount, ask_account
from hr.services.private import check_account
from payroll.rules import PRL55


def checked_account(new: NewAccount) -> NewAccount:
    """PRL55 for an account that fails the modulus check, unless the person is sure of it."""
    check_account(new.sort_code, new.account_number, new.reference)
    said = modulus_of(installed_tables().tables, new.sort_code, new.account_number)
    failed = said == SupplierBank.Modulus.FAILED
    PRL55.check(not failed or new.unsure)
    return replace(new, unsure=failed)


def change_own_account(*, new: NewAccount, by: Actor, at: datetime) -> AccountChange:
    """As `ask_account`, after the check that bank details of suppliers go through too."""
    return ask_account(new=checked_account(new), by=by, at=at)
