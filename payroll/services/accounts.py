"""The account that pay goes to: what the modulus check says of a new one, and looks at the list."""

from dataclasses import replace
from datetime import datetime

from core.actors import Actor
from events.services import record_about
from finance.models import SupplierBank
from finance.selectors.modulus import installed_tables, modulus_of
from hr.models import AccountChange
from hr.permissions import SEE_ACCOUNT_CHANGES
from hr.services.accounts import NewAccount, ask_account
from hr.services.private import check_account
from payroll.rules import PRL55
from payroll.services.looking import check_here


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


def look_at_account_changes(*, by: Actor) -> None:
    """For those entitled. Event payroll.accounts.seen. SCO01 where nobody is acted for."""
    check_here(by, SEE_ACCOUNT_CHANGES)
    record_about("payroll.accounts.seen", "tenants.organisation", by.organisation_id, by=by)
