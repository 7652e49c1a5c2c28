"""What the centre asked not to be counted: one event that was agreed, and one that waits."""

from datetime import date, timedelta

from django.utils import timezone

from approvals.models import Request
from approvals.services import decide
from core.actors import Actor
from core.scope import scope
from runs.models import Run
from runs.services import finish_run
from sharedservices.demo.people import Place
from sla.models import ReliefEvent
from sla.services import claim_relief
from tenants.roles import Role


def give_relief(place: Place, *, manager: Actor, today: date) -> None:
    """A closed town hall, agreed for last month's figures, and late papers, not decided yet."""
    first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    here = place.organisation_id
    with scope(acting=here):
        event = claim_relief(
            kind=ReliefEvent.Kind.FORCE,
            days=(first - timedelta(days=12), first + timedelta(days=2)),
            indicator_codes=["AP-03", "AP-06"],
            reason="The town hall was closed by the flood, and no post could be opened.",
            evidence="Insurer's letter, file FM-7",
            by=manager,
        )
        claim_relief(
            kind=ReliefEvent.Kind.INPUT,
            days=(first + timedelta(days=9), first + timedelta(days=13)),
            indicator_codes=["AP-03"],
            reason="Highways sent the papers of its contractors a fortnight late.",
            evidence="Emails of the contract manager, case 1187",
            by=manager,
        )
        request = Request.objects.get(subject_key="sla.relief", subject_id=event.pk)
        boss = place.actor(Role.FINANCE_MANAGER, today)
        decide(request=request, decision="approve", by=boss, as_of=timezone.now())
        run = Run.objects.get(idempotency_key=f"relief:{event.pk}")
    finish_run(here, run.pk)
