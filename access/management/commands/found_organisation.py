"""Founds an organisation, the centre first of all, and prints the link for its administrator."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate

from access.services.invitations import link_for
from core.actors import system_actor
from core.errors import Refused
from tenants.models import Organisation
from tenants.selectors import all_organisations
from tenants.services.founding import NewOrganisation, founded


class Command(BaseCommand):
    help = "Founds an organisation and prints the link with which its administrator signs in."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("slug", help="its part of addresses, such as harrow-council")
        parser.add_argument("name")
        parser.add_argument("--short-name", help="the whole name without it")
        parser.add_argument("--kind", choices=Organisation.Kind.values, required=True)
        parser.add_argument(
            "--standing",
            choices=Organisation.Standing.values,
            help="host for a centre, else partner",
        )
        parser.add_argument("--nation", choices=Organisation.Nation.values, default="england")
        parser.add_argument("--year-starts-month", type=int, choices=range(1, 13), default=4)
        parser.add_argument("--rehearsal", action="store_true", help="nothing leaves it")
        parser.add_argument("--parent", default="", help="the slug of that whose agency it is")
        parser.add_argument("--administrator-name", required=True)
        parser.add_argument("--administrator-email", required=True)

    def handle(self, *args: Any, **given: Any) -> None:
        centre = given["kind"] == Organisation.Kind.CENTRE
        facts = {key: given[key] for key in NewOrganisation.__dataclass_fields__ if key in given}
        facts["short_name"] = facts["short_name"] or facts["name"]
        facts["standing"] = facts["standing"] or ("host" if centre else "partner")
        new = NewOrganisation(**facts)
        try:
            with founded(new=new, by=system_actor(0), today=localdate()) as (made, who):
                here = next(one for one in all_organisations() if one.id == made.pk)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{made.name} is founded.")
        self.stdout.write(f"{who.name} chooses a password here, within three days, once:")
        self.stdout.write(link_for(here, who))
