"""Takes the load of a file back, as a person who may reverse invoices."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import Refusal
from core.scope import scope
from finance.selectors.files import source_file
from finance.services.taking_back import take_back_load
from runs.services import finish_run
from tenants.selectors import actor_for, person_of


class Command(BaseCommand):
    """As the page does, and waits for the end."""

    help = "Reverses every invoice, payment and journal of a loaded file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organisation", help="its short name in addresses")
        parser.add_argument("file", type=int, help="the number of the file in its address")
        parser.add_argument("--person", required=True, help="the e-mail address of who decides")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        try:
            person = person_of(options["person"])
            by, _here, _standing = actor_for(person.pk, person.name, options["organisation"], today)
            with scope(acting=by.organisation_id):
                file = source_file(organisation_id=by.organisation_id, number=options["file"])
                run = take_back_load(file=file, reason=options["reason"], by=by, as_of=today)
            run = finish_run(by.organisation_id, run.pk)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        if run.problem and run.state == run.State.HELD:
            raise CommandError(f"{run} is held: {run.problem}")
        self.stdout.write(f"{file.name}: taken back by {run}.")
