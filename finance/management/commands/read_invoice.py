"""Reads electronic invoices and says what they state and which rules they break."""

import json
from argparse import ArgumentParser
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from finance.einvoices import (
    EInvoice,
    Finding,
    NotAnEInvoice,
    OfficialRules,
    RulesUnusable,
    check,
    installed_rules,
    read_einvoice,
)


@dataclass(frozen=True)
class Outcome:
    """What became of one file; `facts` is None when it could not be read."""

    file: str
    facts: EInvoice | None
    findings: list[Finding]

    @property
    def accepted(self) -> bool:
        """Whether it breaks no fatal rule."""
        return not any(finding.severity == "fatal" for finding in self.findings)


class Command(BaseCommand):
    """Touches no table: the files are read, and nothing is entered."""

    help = (
        "Reads invoices and credit notes (UBL 2.1, CII); prints their facts and broken rules."
        " Ends with 1 if any breaks a fatal one."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--rules",
            type=Path,
            default=settings.EINVOICE_RULES or None,
            help="the folder with the official rules, instead of EINVOICE_RULES",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            official = installed_rules(options["rules"]) if options["rules"] else None
        except RulesUnusable as error:
            raise CommandError(str(error)) from error
        outcomes = [_outcome(path, official) for path in options["files"]]
        against = ["EN 16931 sums", *(official.names if official else ())]
        if options["json"]:
            shown = {"checked_against": against, "files": [_as_json(o) for o in outcomes]}
            self.stdout.write(json.dumps(shown, indent=1, ensure_ascii=False, default=_plain))
        else:
            self.stdout.write(f"Checked against: {', '.join(against)}.")
            for outcome in outcomes:
                self._print(outcome)
        refused = sum(not outcome.accepted for outcome in outcomes)
        if refused:
            raise CommandError(f"{refused} of {len(outcomes)} break a fatal rule.", returncode=1)

    def _print(self, outcome: Outcome) -> None:
        self.stdout.write(f"\n{outcome.file}: {'accepted' if outcome.accepted else 'refused'}")
        if outcome.facts is not None:
            for line in _described(outcome.facts):
                self.stdout.write(f"  {line}")
        for finding in outcome.findings:
            where = f" ({finding.where})" if finding.where else ""
            self.stdout.write(f"  {finding.severity}: {finding.code}: {finding.message}{where}")


def _outcome(path: Path, official: OfficialRules | None) -> Outcome:
    try:
        content = path.read_bytes()
    except OSError as error:
        return Outcome(str(path), None, [Finding("FILE", "fatal", f"{error.strerror}.")])
    try:
        facts = read_einvoice(content)
    except NotAnEInvoice as error:
        return Outcome(str(path), None, [Finding("UNREADABLE", "fatal", str(error))])
    return Outcome(str(path), facts, check(content, facts, official))


def _described(facts: EInvoice) -> list[str]:
    due = f", due {facts.due_on:%d/%m/%Y}" if facts.due_on else ""
    totals = facts.totals
    return [
        f"{facts.kind} {facts.number} of {facts.issued_on:%d/%m/%Y}{due}",
        f"{facts.seller.name} to {facts.buyer.name}"
        + (f", order {facts.order_reference}" if facts.order_reference else ""),
        f"{len(facts.lines)} lines, {facts.currency}: net {totals.net}, VAT {totals.vat or 0},"
        f" gross {totals.gross}, to pay {totals.payable}",
    ]


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "file": outcome.file,
        "accepted": outcome.accepted,
        "facts": asdict(outcome.facts) if outcome.facts else None,
        "findings": [asdict(finding) for finding in outcome.findings],
    }


def _plain(value: object) -> str | int:
    """Exact text for amounts and dates; an attachment is named by its size."""
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, Decimal | date):
        return str(value)
    raise TypeError(type(value))
