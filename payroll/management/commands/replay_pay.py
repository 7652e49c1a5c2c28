"""Works a past pay run out again from what is stored, and says whether the same comes out."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actors import system_actor
from core.errors import NotFound, Refused
from core.scope import scope
from payroll.selectors.runs import pay_run
from payroll.services.replaying import replay
from tenants.selectors import all_organisations

SHOWN = 20


class Command(BaseCommand):
    help = "Replays a pay run: `manage.py replay_pay harrowmere 1`. Changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organisation", help="its short name, as in addresses")
        parser.add_argument("number", type=int, help="of the run: 1 for PAYROLL-1")

    def handle(self, *args: Any, organisation: str, number: int, **options: Any) -> None:
        here = next((o.id for o in all_organisations() if o.slug == organisation), None)
        if here is None:
            raise CommandError(f"There is no organisation {organisation}.")
        try:
            with scope(acting=here):
                found = replay(pay_run=pay_run(here, number), by=system_actor(here))
        except (NotFound, Refused) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{found.same:,} payslips come out as they are stored.")
        for kind, same in found.files.items():
            self.stdout.write(f"The {kind} file has {'the same' if same else 'other'} bytes.")
        if found.different:
            numbers = ", ".join(map(str, found.different[:SHOWN]))
            self.stdout.write(f"{len(found.different):,} do not, of employees {numbers}.")
        if not found.agrees:
            raise CommandError("The run does not come out as it is stored.")
