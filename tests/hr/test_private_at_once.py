"""Two people change the same private details at once: one after the other, or one is told so."""

from typing import Any

from django.utils import timezone

from core.errors import Clash
from core.scope import scope
from hr.models import PrivateDetails
from hr.services.private import Details, change_private
from tests.finance.test_payments_faults import at_once
from tests.hr.record import FIRST, employer, hire
from tests.world import World


def test_of_two_changes_at_once_one_follows_the_other(committed_world: World) -> None:
    hr = employer(committed_world)
    payroll = committed_world.actor("payroll_officer@eastmere")
    with scope(acting=hr.organisation_id):
        someone = hire(hr, committed_world)

    def change(code: str) -> Any:
        given = {"employment": someone, "from_on": FIRST, "by": payroll}
        with scope(acting=hr.organisation_id):
            return change_private(details=Details(tax_code=code), at=timezone.now(), **given)

    answers = at_once(*(lambda code=code: change(code) for code in ("BR", "D0", "D1", "NT")))
    made = [each for each in answers if isinstance(each, PrivateDetails)]
    assert all(isinstance(each, PrivateDetails | Clash) for each in answers), answers
    with scope(acting=hr.organisation_id):
        known = PrivateDetails.objects.filter(superseded_at__isnull=True)
        assert (len(made), known.count()) == (PrivateDetails.objects.count(), 1)
