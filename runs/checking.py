"""Every night each organisation is asked whether what must be true of its books is true.

The journals balance, sub-ledgers agree with their control accounts, payments with invoices, seals
hold. The answer is a run like any other: its exceptions are the promises that are broken.
"""

import logging
from datetime import date

from core.actors import Actor, system_actor
from core.invariants import INVARIANTS, problems
from core.scope import scope
from runs.kinds import Done, Kind, Plan, register
from runs.models import Chunk, Run
from runs.permissions import SEE_RUNS
from runs.services import make_run, note_exceptions
from tenants.models import Organisation
from tenants.selectors import all_organisations

logger = logging.getLogger(__name__)


def plan(run: Run) -> Plan:
    """One part: all promises together read each table once or twice."""
    return Plan([{}])


def work(run: Run, chunk: Chunk, by: Actor) -> Done:
    """Notes every broken promise by its name, and raises an alarm where there is one."""
    found = list(problems(run.organisation_id))
    note_exceptions(run, [(each.name, "", each.text[:500], "") for each in found])
    if found:
        logger.error("%s promises are broken at organisation %s", len(found), run.organisation_id)
    return Done(figures={"promises": len(INVARIANTS), "problems": len(found)})


CHECKS = register(
    Kind(
        key="runs.promises",
        label="Check of the books",
        permission=SEE_RUNS,
        plan=plan,
        work=work,
        # A large organisation takes a minute: no row stays locked so long.
        lease_seconds=900,
    )
)


def check_every_organisation(*, on: date) -> int:
    """Makes the check of that day for every organisation that has not left; once a day each."""
    made = 0
    for place in all_organisations():
        if place.status != Organisation.Status.FORMER:
            with scope(acting=place.id):
                make_run(kind=CHECKS.key, key=f"{on}", inputs={}, by=system_actor(place.id))
            made += 1
    return made
