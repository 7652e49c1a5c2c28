"""Writes everything of one organisation into a folder, or verifies what was written."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sharedservices.exit_pack import faults_of, write_pack
from tenants.selectors import all_organisations


class Command(BaseCommand):
    help = "The exit pack of an organisation: its tables, documents and a manifest with hashes."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("organisation", help="by its short address")
        parser.add_argument("folder", type=Path, help="an empty one, or one that is made")
        parser.add_argument("--verify", action="store_true", help="only verify a pack")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"]
        if not options["verify"]:
            self._write(options["organisation"], folder)
        faults = faults_of(folder)
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError("The pack is not whole.", returncode=2)
        self.stdout.write(f"{folder} is whole.")

    def _write(self, slug: str, folder: Path) -> None:
        found = [row for row in all_organisations() if row.slug == slug]
        if not found:
            raise CommandError("There is no such organisation.")
        try:
            manifest = write_pack(found[0].id, slug, folder)
        except FileExistsError as error:
            raise CommandError(f"{error} Name another folder.") from error
        rows = sum(one["rows"] or 0 for one in manifest["files"])
        self.stdout.write(f"{len(manifest['files'])} files, {rows:,} rows.")
