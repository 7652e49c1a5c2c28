"""Imports published spending of many councils: from files to paid invoices and measures."""

import json
import multiprocessing
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from core.templatetags.web import pounds
from finance.reading import CAUSES
from finance.services import spend_import as work
from finance.services.spend_import import Found, OrganisationResult
from sla.services import compute_measures


class Command(BaseCommand):
    """One process for each organisation at a time; `--processes 1` does all in this one."""

    help = (
        "Reads published payment files, makes their organisations, and loads, checks, codes,"
        " approves by rule, posts and pays; prints counts, control totals and seconds."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--processes", type=int, default=2)

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        missing = [str(path) for path in options["paths"] if not path.exists()]
        if missing:
            raise CommandError(f"There is no such file: {', '.join(missing)}")
        paths = work.files_under(options["paths"])
        found = _spread(work.inspect, [(path,) for path in paths], options["processes"])
        found = work.without_former(found)
        inspected = time.perf_counter()
        jobs = work.organisations_for([file for file in found if not file.refused])
        results = _spread(work.import_files, jobs, options["processes"])
        imported = time.perf_counter()
        measured, compared = self._measure(results, options["processes"])
        summary = work.added(results)
        summary["wall_seconds"] = {
            "reading headings": inspected - started,
            "import": imported - inspected,
            "measures": measured - imported,
            "comparison": compared - measured,
            "total": compared - started,
        }
        refused = [file for file in found if file.refused]
        if refused:
            summary["files"]["refused"] = summary["files"].get("refused", 0) + len(refused)
        self._print(summary, results, refused, as_json=options["json"])
        if unfinished := work.unfinished(results):
            raise CommandError("Not every file is loaded.\n" + "\n".join(unfinished))

    def _measure(
        self, results: Sequence[OrganisationResult], processes: int
    ) -> tuple[float, float]:
        """Measures of every organisation that got rows, then what is made of them together."""
        loaded = [r for r in results if any(f.state == "loaded" for f in r.files)]
        work.refresh_statistics()
        _spread(compute_measures, [([r.organisation_id],) for r in loaded], processes)
        measured = time.perf_counter()
        for follow in work.AFTER_MEASURES if loaded else []:
            follow()
        return measured, time.perf_counter()

    def _print(
        self,
        summary: dict[str, Any],
        results: Sequence[OrganisationResult],
        refused: Sequence[Found],
        *,
        as_json: bool,
    ) -> None:
        if as_json:
            whole = {
                **summary,
                "organisations": [asdict(result) for result in results],
                "refused": [{"file": f.path.name, "reason": f.refused} for f in refused],
            }
            self.stdout.write(json.dumps(whole, indent=2))
            return
        for result in results:
            self._print_organisation(result)
        for file in refused:
            reasons = file.refused.replace("\n", "\n    ")
            self.stdout.write(f"\nRefused: {file.path.name}\n  {reasons}")
        self._print_summary(summary)

    def _print_organisation(self, result: OrganisationResult) -> None:
        self.stdout.write(f"\n{result.name} ({result.slug})")
        for file in result.files:
            agree = "agrees" if file.control else "DOES NOT AGREE"
            said = file.problem or (
                f"{file.loaded_rows:,} loaded, {file.held_rows:,} held, {file.other_rows:,} other;"
                f" {pounds(file.total_pence)} in the file, {pounds(file.loaded_pence)} loaded,"
                f" {pounds(file.held_pence)} held: {agree}"
            )
            self.stdout.write(f"  {file.file}: {said}")

    def _print_summary(self, summary: dict[str, Any]) -> None:
        self.stdout.write("\nFiles")
        for state, count in summary["files"].items():
            self.stdout.write(f"  {state:<28}{count:>18,}")
        if set(summary["files"]) == {"known"}:
            self.stdout.write("Every file had been received before; nothing was done.")
            return
        self.stdout.write("Figures")
        for name, count in summary["figures"].items():
            shown = pounds(count) if name.endswith("_pence") else f"{count:,}"
            label = name.removesuffix("_pence").replace("_", " ")
            self.stdout.write(f"  {label:<28}{shown:>18}")
        self.stdout.write("Held rows by cause")
        for cause, count in sorted(summary["held_by_cause"].items()):
            remedy = CAUSES[cause].rpartition(". ")[2] if cause in CAUSES else ""
            self.stdout.write(f"  {cause:<28}{count:>18,}  {remedy}")
        self.stdout.write("Seconds of work by stage")
        for stage, spent in sorted(summary["seconds"].items(), key=lambda pair: -pair[1]):
            self.stdout.write(f"  {stage:<28}{spent:>18.1f}")
        self.stdout.write("Seconds on the clock")
        for stage, spent in summary["wall_seconds"].items():
            self.stdout.write(f"  {stage:<28}{spent:>18.1f}")


def _spread(do: Callable[..., Any], jobs: Sequence[tuple[Any, ...]], processes: int) -> list[Any]:
    """The answers in the order of the jobs; each process opens its own connection."""
    if processes <= 1 or len(jobs) <= 1:
        return [do(*job) for job in jobs]
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=fork) as pool:
        return [waiting.result() for waiting in [pool.submit(do, *job) for job in jobs]]
