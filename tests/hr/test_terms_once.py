"""A template becomes terms once, however often its button is pressed."""

import pytest

from core.errors import Refused
from core.scope import scope
from hr.models import HoursBasis, PayScale
from hr.services.terms import install_terms
from tests.finance.test_payments_faults import at_once
from tests.world import World


def test_two_presses_at_once_set_it_up_once(committed_world: World) -> None:
    by = committed_world.actor("hr_officer@eastmere")

    def press() -> PayScale:
        with scope(acting=by.organisation_id):
            return install_terms(template="njc", by=by)

    answers = at_once(press, press)
    refused = [each.code for each in answers if isinstance(each, Refused)]
    assert (len(answers), refused) == (2, ["HRR15"])
    with scope(acting=by.organisation_id):
        assert PayScale.objects.get().code == "njc"


def test_hours_of_that_name_are_not_written_over(world: World) -> None:
    by = world.actor("hr_officer@eastmere")
    with scope(acting=by.organisation_id):
        install_terms(template="njc", by=by)
        PayScale.objects.update(code="own")
        hours = HoursBasis.objects.get()
        with pytest.raises(Refused, match="set up already"):
            install_terms(template="njc", by=by)
        assert HoursBasis.objects.get() == hours
