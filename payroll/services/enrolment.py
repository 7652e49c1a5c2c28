"""Automatic enrolment beside pay runs: settings, opting out, joining, leaving, letters given."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.actors import Actor, require
from core.templatetags.web import day
from events.services import record, record_each
from hr.models import Employment
from payroll.calculator.automatic_enrolment import (
    AUTOMATIC_ENROLMENT,
    Category,
    Event,
    Letter,
    re_enrolment_dates,
)
from payroll.calculator.dates import as_dates
from payroll.calculator.pension_schemes import Scheme
from payroll.calculator.pensions import ENROLMENT_MINIMUM
from payroll.models import (
    EnrolmentSetting,
    PayMember,
    PayPeriod,
    PayRun,
    PensionLetter,
    PensionStatus,
)
from payroll.models.enrolment import JOINING, LEAVING
from payroll.paying.enrolment import Standing
from payroll.permissions import KEEP_ENROLMENT, OWN_PENSION
from payroll.rules import (
    PEN01,
    PEN02,
    PEN03,
    PEN04,
    PEN05,
    PEN07,
    PEN08,
    PEN09,
    PEN10,
    PEN11,
)
from payroll.selectors.enrolment import (
    PER_CENT,
    enrolment_letter,
    opt_out_window,
    proposed_in_open_runs,
    refunds_owed,
    rules_on,
    settings_of,
    standings,
)

AT_OWN_RATE = (Scheme.MONEY_PURCHASE, Scheme.PERCENTAGE)
MAY_OPT_OUT = (Event.ENROLLED, Event.RE_ENROLLED, Event.OPTED_IN)


@dataclass(frozen=True)
class NewSetting:
    """What holds from a day on; rates in per cent, for schemes whose rates no law sets."""

    from_on: date
    duties_from: date
    scheme: int
    member_rate_percent: Decimal = Decimal(0)
    employer_rate_percent: Decimal = Decimal(0)
    postponement_months: int = 0
    re_enrol_on: date | None = None


def set_enrolment(*, setting: NewSetting, by: Actor, at: datetime) -> EnrolmentSetting:
    """Runs for periods that end from that day on assess everybody by it; once recorded it stays.

    PEN01 for less than the law's least, PEN02 for a re-enrolment date that does not do. Event
    payroll.enrolment.set.
    """
    require(by, KEEP_ENROLMENT)
    law = AUTOMATIC_ENROLMENT.on(setting.from_on)
    PEN01.check(setting.scheme != Scheme.NONE)
    PEN01.check(0 <= setting.postponement_months <= law.postponement_months)
    if setting.scheme in AT_OWN_RATE:
        least, employer = ENROLMENT_MINIMUM.on(setting.from_on), setting.employer_rate_percent
        PEN01.check(employer * PER_CENT >= least.employer)
        PEN01.check((employer + setting.member_rate_percent) * PER_CENT >= least.total)
    if setting.re_enrol_on:
        _check_re_enrolment(setting.duties_from, setting.re_enrol_on, by, at)
    made = EnrolmentSetting.objects.create(
        organisation_id=by.organisation_id, recorded_at=at, recorded_by_name=by.name,
        **vars(setting),
    )  # fmt: skip
    record("payroll.enrolment.set", made, by=by, at=at, day=day(setting.from_on),
           scheme=made.get_scheme_display())  # fmt: skip
    return made


def _check_re_enrolment(started_on: date, on: date, by: Actor, at: datetime) -> None:
    """A date that lies behind was a re-enrolment; one to come only a plan."""
    today = timezone.localdate(at)
    behind = settings_of(by.organisation_id).filter(re_enrol_on__lt=on, re_enrol_on__lte=today)
    previous = behind.order_by("-re_enrol_on").values_list("re_enrol_on", flat=True).first()
    law = AUTOMATIC_ENROLMENT.on(today)
    window = re_enrolment_dates(as_dates([started_on]), as_dates([previous]), law)
    PEN02.check(window.first_day[0] <= as_dates(on) <= window.last_day[0])
    runs = PayRun.objects.filter(organisation_id=by.organisation_id, state__in=PayRun.FINAL)
    PEN02.check(not runs.filter(period__ends_on__gte=on).exists())


def opt_out(*, employment: Employment, by: Actor, at: datetime) -> PensionStatus:
    """They never were a member: the next pay calculated gives back all that was taken.

    PEN03 outside the month in which it is possible. Event payroll.pension.recorded.
    """
    _, known = _locked(employment, by)
    on = timezone.localdate(at)
    letter = enrolment_letter(known, by.organisation_id)
    PEN03.check(letter is not None and known.event in MAY_OPT_OUT)
    assert letter is not None
    PEN03.check(bool(opt_out_window(letter, on).valid[0]))
    return _recorded(employment, Event.OPTED_OUT, known, by, at, from_on=known.from_on,
                     notice_on=on)  # fmt: skip


def ask_to_join(*, employment: Employment, by: Actor, at: datetime) -> PensionStatus:
    """A jobholder opts in, an entitled worker joins, from the next pay period on.

    That is the first that no run has begun for (regulation 18 of SI 2010/772). PEN04 for a member,
    PEN05 while a run proposes something for them, PEN07 for who was not assessed, PEN09 without a
    period, PEN10 before a refund is paid. The letter is due as after an enrolment. Event
    payroll.pension.recorded.
    """
    member, known = _locked(employment, by)
    on = timezone.localdate(at)
    PEN04.check(not _is_member(member, known))
    PEN05.check(not proposed_in_open_runs(by.organisation_id, [employment.pk]))
    rules = rules_on(by.organisation_id, on)
    PEN07.check(rules and known.category != Category.NOBODY)
    PEN10.check(not refunds_owed(by.organisation_id, [known]))
    event = Event.JOINED if known.category == Category.ENTITLED else Event.OPTED_IN
    from_on = _next_period(member, on)
    made = _recorded(employment, event, known, by, at, from_on=from_on, scheme=rules[0].scheme)
    weeks = timedelta(weeks=AUTOMATIC_ENROLMENT.on(on).letter_weeks)
    PensionLetter.objects.create(
        organisation_id=by.organisation_id, status=made, kind=Letter.ENROLMENT,
        due_on=from_on + weeks,
    )  # fmt: skip
    return made


def cease(*, employment: Employment, by: Actor, at: datetime) -> PensionStatus:
    """They leave the scheme with the next pay period, without a refund; that of their group too.

    PEN08 for who is no member, PEN09 without a period. Event payroll.pension.recorded.
    """
    member, known = _locked(employment, by)
    on = timezone.localdate(at)
    PEN08.check(_is_member(member, known))
    return _recorded(employment, Event.CEASED, known, by, at, from_on=_next_period(member, on),
                     notice_on=on)  # fmt: skip


REQUESTS = {"opt_out": opt_out, "join": ask_to_join, "cease": cease}
"""What somebody may ask for, by a name that forms and programs use."""


def record_request(*, employment: Employment, what: str, by: Actor, at: datetime) -> PensionStatus:
    """What somebody asked payroll for: one of REQUESTS, and refused as that is."""
    return REQUESTS[what](employment=employment, by=by, at=at)


def give_letters(*, letters: Collection[int], given_on: date, by: Actor, at: datetime) -> int:
    """Records that letters (by their ids) were given to people on a day; how many.

    PEN11 for a day to come, and unless all of them are here and were not given yet. Event
    payroll.letter.given of each.
    """
    require(by, KEEP_ENROLMENT)
    PEN11.check(given_on <= timezone.localdate(at))
    rows = PensionLetter.objects.filter(
        organisation_id=by.organisation_id, pk__in=set(letters), given_on__isnull=True
    )
    found = list(rows.select_for_update().values_list("pk", flat=True))
    PEN11.check(found and len(found) == len(set(letters)))
    rows.update(given_on=given_on, given_by_name=by.name)
    said: list[tuple[int, dict[str, Any]]] = [(one, {"day": day(given_on)}) for one in found]
    record_each("payroll.letter.given", "payroll.letter", said, by=by)
    return len(found)


def _locked(employment: Employment, by: Actor) -> tuple[PayMember, Standing]:
    """The membership in a pay group, locked, and how they stand; PEN07 for who was never paid."""
    own = by.person_id is not None and by.person_id == employment.person_id
    require(by, OWN_PENSION if own else KEEP_ENROLMENT)
    rows = PayMember.objects.select_for_update(of=("self",)).select_related("pay_group")
    member = rows.filter(organisation_id=by.organisation_id, employment=employment).first()
    PEN07.check(member is not None)
    assert member is not None
    return member, standings(by.organisation_id, [employment.pk])[0]


def _is_member(member: PayMember, known: Standing) -> bool:
    return known.event in JOINING or (known.event not in LEAVING and member.scheme != Scheme.NONE)


def _next_period(member: PayMember, on: date) -> date:
    begun = PayRun.objects.filter(organisation_id=member.organisation_id)
    periods = PayPeriod.objects.filter(
        organisation_id=member.organisation_id, pay_group=member.pay_group, starts_on__gt=on
    )
    found = periods.exclude(pk__in=begun.values("period")).order_by("starts_on").first()
    PEN09.check(found is not None)
    assert found is not None
    return found.starts_on


def _recorded(
    employment: Employment, event: Event, known: Standing, by: Actor, at: datetime, **facts: Any
) -> PensionStatus:
    made = PensionStatus.objects.create(
        organisation_id=by.organisation_id, employment=employment, event=event.value,
        category=known.category, recorded_at=at, recorded_by_name=by.name, **facts,
    )  # fmt: skip
    what = made.get_event_display()
    record("payroll.pension.recorded", made, by=by, at=at, what=what, day=day(made.from_on))
    return made
