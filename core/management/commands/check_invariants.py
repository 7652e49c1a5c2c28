"""Checks every registered invariant of each organisation and of the whole; fails if one breaks."""

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core.invariants import INVARIANTS, WHOLE, problems, problems_of_the_whole
from core.scope import scope


class Command(BaseCommand):
    help = "Checks that the books agree with themselves, organisation by organisation."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--organisation", help="only this one, by its short address")
        parser.add_argument("--json", action="store_true", help="problems as a list of objects")

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, slug FROM ctx.organisations()")
            chosen = [
                (key, slug)
                for key, slug in cursor.fetchall()
                if options["organisation"] in (None, slug)
            ]
        if options["organisation"] and not chosen:
            raise CommandError("There is no such organisation.")
        found = [("the database", problem) for problem in problems_of_the_whole()]
        for key, slug in chosen:
            with scope(readable={key}):
                found += [(slug, problem) for problem in problems(key)]
        if options["json"]:
            rows = [{"organisation": s, "invariant": p.name, "problem": p.text} for s, p in found]
            self.stdout.write(json.dumps(rows))
        else:
            for slug, problem in found:
                self.stdout.write(f"{slug}: {problem.name}: {problem.text}")
            self.stdout.write(
                f"{len(INVARIANTS) + len(WHOLE)} invariants, {len(chosen)} organisations,"
                f" {len(found)} problems"
            )
        if found:
            raise CommandError("The books contradict themselves.", returncode=2)
