"""Django's command as the owner of the tables: the role of the application may change none."""

from argparse import ArgumentParser

from django.core.management.commands import migrate


class Command(migrate.Command):
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
