"""Automatic enrolment of staff without a scheme: duties, letters, and who wants no pension."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from core.scope import scope
from payroll.calculator.automatic_enrolment import Letter
from payroll.calculator.pension_schemes import Scheme
from payroll.models import PayPeriod, PayRun, PensionLetter
from payroll.services.enrolment import NewSetting, give_letters, opt_out, set_enrolment
from sharedservices.demo.people import Place
from tenants.roles import Role

POSTPONED_MONTHS, OPTS_OUT = 3, 3
TOLD_AFTER, ANSWERED_AFTER = timedelta(days=3), timedelta(days=9)


def set_duties(place: Place, months: Sequence[PayPeriod], *, today: date) -> None:
    """At once for who is there in the first of the months, and postponed for who comes after."""
    by, first = place.actor(Role.PAYROLL_OFFICER, today), months[0].starts_on
    with scope(acting=place.organisation_id):
        for period, postponed in zip(months, (0, POSTPONED_MONTHS), strict=True):
            setting = NewSetting(
                period.starts_on, first, Scheme.MONEY_PURCHASE, Decimal(5), Decimal(3), postponed
            )
            set_enrolment(setting=setting, by=by, at=timezone.now())


def tell_and_opt_out(place: Place, run: PayRun, *, today: date) -> None:
    """All were told what they have to be, and some opted out before the next pay, whose letters
    are still to be given."""
    by = place.actor(Role.PAYROLL_OFFICER, today)
    given_on = run.pays_on + TOLD_AFTER
    with scope(acting=place.organisation_id):
        rows = PensionLetter.objects.filter(organisation_id=place.organisation_id)
        letters = list(
            rows.select_related("status__employment").order_by("status__employment__number")
        )
        give_letters(letters=[one.pk for one in letters], given_on=given_on, by=by,
                     at=timezone.now())  # fmt: skip
        answered = datetime.combine(given_on + ANSWERED_AFTER, time(9), UTC)
        enrolled = [one for one in letters if one.kind == Letter.ENROLMENT]
        for one in enrolled[:OPTS_OUT]:
            opt_out(employment=one.status.employment, by=by, at=answered)
