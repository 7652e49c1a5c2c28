"""Says which modulus tables are installed, and checks the accounts of all suppliers by them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actors import system_actor
from core.scope import scope
from finance.models import SupplierBank
from finance.selectors.modulus import installed_tables
from finance.services.modulus import check_accounts
from tenants.models import Organisation
from tenants.selectors import all_organisations


class Command(BaseCommand):
    help = "Checks the accounts of suppliers again by the modulus tables in MODULUS_TABLES."

    def handle(self, *args: Any, **options: Any) -> None:
        installed = installed_tables()
        if installed.tables is None:
            raise CommandError(installed.words)
        self.stdout.write(installed.words)
        for one in all_organisations():
            if one.status == Organisation.Status.FORMER:
                continue
            with scope(acting=one.id):
                counts = check_accounts(tables=installed.tables, by=system_actor(one.id))
            words = (f"{label.lower()}: {counts[key]:,}" for key, label in LABELS)
            self.stdout.write(f"{one.slug}: {', '.join(words)}")


LABELS = [(str(one.value), str(one.label)) for one in SupplierBank.Modulus if one != "unchecked"]
