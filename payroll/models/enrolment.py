"""Automatic enrolment: how the employer enrols, what became of each employment, its letters."""

from django.db import models
from django.db.models import Q

from core.tenancy import INSERT_ONLY, TenantKey, TenantModel
from hr.models import Employment
from payroll.calculator.automatic_enrolment import (
    EVENT_WORDS,
    IN_SCHEME,
    OUT_OF_SCHEME,
    Category,
    Letter,
)
from payroll.models.groups import SCHEMES
from payroll.models.steps import PayRun

EVENTS = [(event.value, words) for event, words in EVENT_WORDS.items()]
CATEGORIES = [
    (Category.NOBODY.value, "Outside the ages"),
    (Category.ENTITLED.value, "Entitled worker"),
    (Category.NON_ELIGIBLE.value, "Non-eligible jobholder"),
    (Category.ELIGIBLE.value, "Eligible jobholder"),
]
LETTERS = [
    (Letter.RIGHT_TO_JOIN.value, "Right to join a scheme"),
    (Letter.RIGHT_TO_OPT_IN.value, "Right to opt in"),
    (Letter.ENROLMENT.value, "Enrolment"),
    (Letter.POSTPONEMENT.value, "Postponement"),
]
JOINING = [event.value for event in IN_SCHEME]
LEAVING = [event.value for event in OUT_OF_SCHEME]


class EnrolmentSetting(TenantModel):
    """What holds from a day on, until the next one; of one day, what was recorded last.

    The duties began on `duties_from`. The rates are those of who becomes a member by automatic
    enrolment or on request; bands of the law come before the member's.
    """

    from_on = models.DateField()
    duties_from = models.DateField()
    scheme = models.PositiveSmallIntegerField(choices=SCHEMES)
    member_rate_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    employer_rate_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    postponement_months = models.PositiveSmallIntegerField(default=0)
    re_enrol_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=120)

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(postponement_months__lte=3) & ~Q(scheme=0),
                name="enrolment_into_a_scheme_in_three_months",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "-from_on", "-recorded_at"], name="enrolment_setting_on"
            ),
        ]


class PensionStatus(TenantModel):
    """What became of an employment, from a day on, and the pay it was assessed from.

    Who opted out never was a member, so that holds from the day of their enrolment; `notice_on` is
    when they said so. A pay run that assessed names itself and its pay reference period.
    """

    employment = TenantKey(Employment, related_name="+")
    event = models.CharField(max_length=12, choices=EVENTS)
    category = models.PositiveSmallIntegerField(choices=CATEGORIES)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    scheme = models.PositiveSmallIntegerField(choices=SCHEMES, default=0)
    notice_on = models.DateField(null=True)
    pay_run = TenantKey(PayRun, null=True, related_name="+")
    period_from = models.DateField(null=True)
    period_to = models.DateField(null=True)
    earnings_pence = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=120)

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "employment", "from_on"],
                condition=Q(event__in=JOINING),
                name="enrolled_from_a_day_once",
            ),
            models.CheckConstraint(
                condition=Q(event__in=JOINING) & ~Q(scheme=0) | ~Q(event__in=JOINING) & Q(scheme=0),
                name="members_have_a_scheme",
            ),
            models.CheckConstraint(
                condition=Q(event="postponed") ^ Q(until_on__isnull=True),
                name="postponed_until_a_day",
            ),
            models.CheckConstraint(
                condition=Q(event__in=LEAVING) ^ Q(notice_on__isnull=True),
                name="left_by_a_notice",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "employment", "from_on"], name="pension_status_of"
            ),
        ]


class PensionLetter(TenantModel):
    """What an employment has to be told, by when, and when it was given to them."""

    status = TenantKey(PensionStatus, related_name="letters")
    kind = models.PositiveSmallIntegerField(choices=LETTERS)
    due_on = models.DateField()
    given_on = models.DateField(null=True)
    given_by_name = models.CharField(max_length=120, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "status"], name="pension_letter_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "given_on", "due_on"], name="pension_letter_due"
            ),
        ]
