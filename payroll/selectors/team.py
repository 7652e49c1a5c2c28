"""What teams cost by unit and month, out of committed payslips, beside posts and their budget."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from core.actors import Actor, may, paths_where
from hr.selectors.budget import budgeted_pay
from hr.selectors.people import establishment
from payroll.permissions import SEE_PAYSLIPS, SEE_TEAM_COST

# The pay of fewer people than this is shown to those alone who may see payslips.
FEWEST = 3
MONTHS = 12
_COST = """
SELECT date_trunc('month', s.pays_on::timestamp)::date, u.path, u.name,
       count(DISTINCT s.employment_id), sum(c.pay_pence)::bigint,
       sum(c.nic_pence + c.pension_pence)::bigint
  FROM payroll_paycost c
  JOIN payroll_payslip s ON s.organisation_id = c.organisation_id AND s.id = c.payslip_id
  JOIN payroll_payrun r ON r.organisation_id = s.organisation_id AND r.id = s.pay_run_id
   AND r.state IN ('committed', 'paid')
  JOIN tenants_unit u ON u.organisation_id = c.organisation_id AND u.id = c.unit_id
 WHERE c.organisation_id = %(here)s AND s.organisation_id = %(here)s
   AND (%(all)s OR EXISTS (SELECT FROM unnest(%(paths)s::text[]) w WHERE u.path ^@ w))
 GROUP BY 1, 2, 3 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class UnitCost:
    """What a unit cost in a month. Amounts are None where they would tell somebody's pay."""

    month: date
    path: str
    name: str
    people: int
    pay_pence: int | None
    on_cost_pence: int | None


@dataclass(frozen=True)
class Team:
    """A unit in a month: posts in hundredths of a full-time equivalent, budget and cost."""

    path: str
    name: str
    budgeted: int
    filled: int
    budget_pence: int
    cost: UnitCost | None


def unit_costs(actor: Actor) -> list[UnitCost]:
    """By month and unit, as far as the actor sees units: one query.

    Two people of a unit know what the third is paid from a sum of two, so small units are told to
    nobody who may not see payslips, and nothing is summed up with them.
    """
    paths = list(paths_where(actor, SEE_TEAM_COST).get(actor.organisation_id, ()))
    given: dict[str, Any] = {"here": actor.organisation_id, "all": not paths, "paths": paths}
    whole = may(actor, SEE_PAYSLIPS)
    with connection.cursor() as cursor:
        cursor.execute(_COST, given)
        found = [UnitCost(*row) for row in cursor.fetchall()]
    return [
        one if whole or one.people >= FEWEST
        else UnitCost(one.month, one.path, one.name, one.people, None, None)
        for one in found
    ]  # fmt: skip


def months_of(costs: list[UnitCost]) -> list[date]:
    """The last months with pay, oldest first."""
    return sorted({one.month for one in costs})[-MONTHS:]


def total_pence(costs: list[UnitCost], month: date) -> int:
    """What the units cost whose amounts are told."""
    return sum(
        (one.pay_pence or 0) + (one.on_cost_pence or 0) for one in costs if one.month == month
    )


def teams(actor: Actor, costs: list[UnitCost], month: date | None, on: date) -> list[Team]:
    """Units with cost in a month or posts on a day, in the order of the tree: two queries."""
    cost = {one.path: one for one in costs if one.month == month}
    budget = budgeted_pay(actor, on)
    names = {one.path: one.name for one in cost.values()}
    posts: dict[str, tuple[int, int]] = {}
    for post in establishment(actor, on):
        names[post.unit_path] = post.unit_name
        budgeted, filled = posts.get(post.unit_path, (0, 0))
        posts[post.unit_path] = (budgeted + post.budgeted, filled + post.filled)
    return [
        Team(path, names[path], *posts.get(path, (0, 0)), budget.get(path, 0), cost.get(path))
        for path in sorted(names)
    ]
