"""Works out published test figures and says which of them the calculator meets."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.money import formatted
from payroll.vectors.checking import Difference, Report, check_rows
from payroll.vectors.reading import BadFile, read_rows

BAD_FILE = 2


class Command(BaseCommand):
    """Touches no table: a file is read, and nothing is kept."""

    help = (
        "Works out every row of a CSV file of payroll test figures and compares to the penny."
        " Ends with 1 if any row differs that its independent_check does not allow for,"
        " and with 2 if the file cannot be read."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            report = check_rows(read_rows(path.name, path.read_bytes()))
        except OSError as error:
            reason = f"{path}: {error.strerror}. Name a file that can be read."
            raise CommandError(reason, returncode=BAD_FILE) from error
        except BadFile as error:
            raise CommandError(str(error), returncode=BAD_FILE) from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(path, report), indent=1, ensure_ascii=False))
        else:
            self._print(report)
        if report.unlisted:
            raise CommandError(
                f"{len(report.unlisted)} of {report.rows} rows differ and are not noted in the"
                " file: see each row's workings above.",
                returncode=1,
            )

    def _print(self, report: Report) -> None:
        heading = ("area", "exact", "within a penny", "different", "not covered")
        lines = [heading, *((area, *map(str, t.counts)) for area, t in report.areas.items())]
        lines.append(("all", *map(str, report.total.counts)))
        for name, *counts in lines:
            self.stdout.write(f"{name:<20}" + "".join(f"{one:>16}" for one in counts))
        for one in report.differences:
            noted = f"noted as {one.check}" if one.listed else "NOT NOTED in the file"
            self.stdout.write(f"\n{one.id} (row {one.line}, {one.area}): {noted}")
            for name, (expected, ours) in one.figures.items():
                self.stdout.write(f"  {name}: {formatted(expected)}, ours {formatted(ours)}")
            for sentence in one.workings:
                self.stdout.write(f"    {sentence}")
        for missing in report.not_covered:
            self.stdout.write(
                f"\n{missing.id} (row {missing.line}, {missing.area}): not covered: {missing.why}"
            )


def _as_json(path: Path, report: Report) -> dict[str, Any]:
    def difference(one: Difference) -> dict[str, Any]:
        figures = {
            name: {"expected": _pounds(expected), "ours": _pounds(ours)}
            for name, (expected, ours) in one.figures.items()
        }
        return {
            **{"id": one.id, "row": one.line, "area": one.area, "listed": one.listed},
            **{"independent_check": one.check, "figures": figures, "workings": one.workings},
        }

    return {
        "file": path.name,
        "rows": report.rows,
        "passed": not report.unlisted,
        "total": report.total.as_dict(),
        "areas": {area: tally.as_dict() for area, tally in report.areas.items()},
        "differences": [difference(one) for one in report.differences],
        "not_covered": [vars(missing) for missing in report.not_covered],
    }


def _pounds(pence: int) -> str:
    sign, (whole, part) = "-" if pence < 0 else "", divmod(abs(pence), 100)
    return f"{sign}{whole}.{part:02}"
