"""A template becomes terms once, and codes are loaded once, however often a button is pressed."""

from datetime import date

import pytest

from core.errors import Refused
from core.scope import scope
from hr.models import HoursBasis, PayScale
from hr.services.codes import CodeFacts, PlannedCode, keep_codes
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


def test_two_files_of_codes_at_once_are_one_after_the_other(committed_world: World) -> None:
    by = committed_world.actor("hr_officer@eastmere")
    codes = [CodeFacts("job_role", "1", "Clerk", "Ours", date(2026, 4, 1))]

    def load() -> list[PlannedCode]:
        with scope(acting=by.organisation_id):
            return keep_codes(wanted=codes, reason="Ours", by=by, today=date(2026, 6, 1))

    answers = at_once(load, load)
    assert sorted(map(len, answers)) == [0, 1]


def test_hours_of_that_name_are_not_written_over(world: World) -> None:
    by = world.actor("hr_officer@eastmere")
    with scope(acting=by.organisation_id):
        install_terms(template="njc", by=by)
        PayScale.objects.update(code="own")
        hours = HoursBasis.objects.get()
        with pytest.raises(Refused, match="set up already"):
            install_terms(template="njc", by=by)
        assert HoursBasis.objects.get() == hours
