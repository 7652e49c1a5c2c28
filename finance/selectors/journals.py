"""Journals of one organisation, and who may undo one by hand."""

from django.db.models import QuerySet

from core.actors import Actor, may
from finance.models import Journal
from finance.permissions import POST_JOURNALS


def journals_here(organisation_id: int, **wanted: int | str) -> QuerySet[Journal]:
    """All journals, narrowed by `period` and `series`."""
    return Journal.objects.filter(organisation_id=organisation_id, **wanted)


def may_reverse(actor: Actor, row: Journal) -> bool:
    """By hand only what was posted by hand: an invoice is undone on its own page."""
    own = row.organisation_id == actor.organisation_id
    return own and not row.subject_key and may(actor, POST_JOURNALS)
