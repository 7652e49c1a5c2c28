"""A published month of spending with a rule, for tests of pages that need them."""

from django.utils import timezone

from approvals.models import Request
from approvals.services import decide
from core.actors import Actor
from finance.models import Payment, RedactionRule, SpendPublication
from finance.services.publications import add_redaction, propose_publication


def published(by: Actor, boss: Actor, words: str) -> tuple[RedactionRule, SpendPublication]:
    """Everything of the first month in which anything was paid, approved by the manager."""
    month = Payment.objects.filter(state="released").earliest("paid_on").paid_on.replace(day=1)
    rule = add_redaction(kind="withheld", legal_reason=words, from_on=month, by=boss)
    row = propose_publication(month=month, threshold_pence=0, reason=words, by=by)
    key = {"subject_key": "finance.publication", "subject_id": row.pk}
    request = Request.objects.get(organisation_id=by.organisation_id, **key)
    decide(request=request, decision="approve", by=boss, as_of=timezone.now())
    return rule, row
