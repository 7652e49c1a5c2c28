"""Files of what is owed to others: what it consists of, and what a pension fund is told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from core.actors import Actor, require
from core.errors import InvariantBroken, NotFound
from core.money import pounds
from core.outside import may_leave
from core.scope import SCO01, current_scope
from core.web.exports import csv_bytes
from events.services import record_about
from finance.rules_payments import PAY13
from hr.services.private import open_private
from payroll.models import CreditorKind
from payroll.permissions import RUN_PAY, SEE_ORDERS, SEE_PAYSLIPS
from payroll.selectors.contributions import Contributor, contributors_of
from payroll.selectors.dues import Key, Owed, owed_for, payees_by_key, slips_of, words_of

PARTS = ("Pay run", "Pay day", "Employee", "Name", "What", "Amount")
CONTRIBUTIONS = (
    "Employee", "Name", "National Insurance number", "Scheme", "Scheme reference", "Section",
    "Pensionable pay", "Annual pay for the tier", "Rate %", "Employee contribution",
    "Employer contribution", "Started on", "Left on", "Status",
)  # fmt: skip


def _one(key: Key, by: Actor, at: datetime) -> Owed:
    here = current_scope()
    SCO01.check(here is not None and here.acting == by.organisation_id)
    PAY13.check(may_leave(by.organisation_id, at))
    found = owed_for(by.organisation_id, [key])
    if not found:
        raise NotFound("Nothing like this is owed.")
    return found[0]


def take_parts(*, key: Key, by: Actor, at: datetime) -> bytes:
    """What is owed to one creditor for a month, payslip by payslip, as a file; its sum is the due.

    PAY13 in a rehearsal, SCO01 where nobody is acted for. Event payroll.due.downloaded.
    """
    require(by, SEE_PAYSLIPS)
    if key.kind == CreditorKind.ORDER:
        require(by, SEE_ORDERS)
    owed = _one(key, by, at)
    rows = slips_of(by.organisation_id, key)
    _check_total(owed, sum(row[-1] for row in rows))
    facts = _facts(owed, by, at, {"Total": f"{pounds(owed.owed)}"})
    _note("payroll.due.downloaded", owed, by, at)
    return csv_bytes(PARTS, [(*row[:-1], pounds(row[-1])) for row in rows], facts)


def take_contributions(*, key: Key, by: Actor, at: datetime) -> bytes:
    """What a pension fund is told of a month: one row a member, with control totals.

    Its totals are what is paid over, or there is none. PAY13, SCO01, PRL19. Event
    payroll.contributions.downloaded: everybody's National Insurance number was opened.
    """
    require(by, RUN_PAY)
    if key.kind != CreditorKind.PENSION:
        raise NotFound("Only pension funds are told of contributions.")
    owed = _one(key, by, at)
    members = contributors_of(by.organisation_id, key.scheme, key.month_on)
    employee, employer = (sum(getattr(m, n) for m in members) for n in ("employee", "employer"))
    _check_total(owed, employee + employer)
    private = open_private(
        employments=[one.employment_id for one in members], on=timezone.localdate(at), by=by
    )
    payee = payees_by_key(by.organisation_id).get(owed.payee_key)
    reference = payee.reference if payee else ""
    rows = [_row(one, owed.name, reference, private.get(one.employment_id)) for one in members]
    totals = {
        "Pensionable pay": f"{pounds(sum(one.pensionable for one in members))}",
        "Employee contributions": f"{pounds(employee)}",
        "Employer contributions": f"{pounds(employer)}",
        "Paid over": f"{pounds(owed.owed)}",
    }
    _note("payroll.contributions.downloaded", owed, by, at)
    return csv_bytes(CONTRIBUTIONS, rows, _facts(owed, by, at, totals, len(members)))


def _check_total(owed: Owed, found: int) -> None:
    if found != owed.owed:
        raise InvariantBroken(f"{words_of(owed)}: {found} pence are not the {owed.owed} owed.")


def _row(one: Contributor, scheme: str, reference: str, private: Any) -> Sequence[Any]:
    return (
        one.number, one.name, private.ni_number if private else "", scheme, reference,
        "50/50" if one.half else "Main", pounds(one.pensionable), pounds(one.annual),
        one.rate_percent, pounds(one.employee), pounds(one.employer), one.started_on,
        one.left_on, one.status,
    )  # fmt: skip


def _facts(
    owed: Owed, by: Actor, at: datetime, totals: dict[str, str], rows: int | None = None
) -> dict[str, str]:
    facts = {"List": words_of(owed), "Made by": by.name,
             "Made on": f"{timezone.localtime(at):%d/%m/%Y %H:%M}"}  # fmt: skip
    return {**facts, **({} if rows is None else {"Members": f"{rows}"}), **totals}


def _note(verb: str, owed: Owed, by: Actor, at: datetime) -> None:
    about = "tenants.organisation", by.organisation_id
    record_about(verb, *about, by=by, at=at, of=words_of(owed))
