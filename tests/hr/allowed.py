"""Allowances in the terms of an employer, and jobs that have them."""

from datetime import date
from decimal import Decimal
from typing import Any

from core.actors import Actor
from hr.models import Allowance, Assignment, StaffRequest
from hr.services.allowances import request_allowance, request_allowance_end
from tests.hr.record import FIRST


def allowance(by: Actor, code: str = "SHARE", **given: Any) -> Allowance:
    """Five per cent of the pay of the point in the terms, or what is given instead."""
    facts: dict[str, Any] = {"name": f"Area {code}", "kind": "high_cost", "from_on": FIRST}
    facts |= {"source": "Agreement", "status": "published"}
    if "amount_pence" not in given:
        facts["rate_percent"] = Decimal(5)
    return Allowance.objects.create(
        organisation_id=by.organisation_id, code=code, **{**facts, **given}
    )


def ask_allowance(by: Actor, number: int, from_on: date, **given: Any) -> StaffRequest:
    facts: dict[str, Any] = {"code": "SHARE", "reason": "Works there", "by": by}
    return request_allowance(**{**facts, "from_on": from_on, "assignment": job(number), **given})


def ask_end(by: Actor, number: int, from_on: date, **given: Any) -> StaffRequest:
    facts: dict[str, Any] = {"code": "SHARE", "reason": "Works elsewhere", "by": by}
    return request_allowance_end(
        **{**facts, "from_on": from_on, "assignment": job(number), **given}
    )


def job(number: int) -> Assignment:
    return Assignment.objects.get(employment__number=number, number=1)
