"""Who was away, between which days, as it was known between two moments; and on which terms."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import CROWN, INSERT_ONLY, TenantKey, TenantModel
from hr.models.people import Employment
from hr.models.terms import ends_later

MONDAY_TO_FRIDAY = 0b0111110
EVERY_DAY = 0b1111111


class AbsenceKind(models.TextChoices):
    """Sickness, and the leaves that the law knows for a child. The values are the calculator's."""

    SICKNESS = "sickness", "Sickness"
    MATERNITY = "maternity", "Maternity leave"
    ADOPTION = "adoption", "Adoption leave"
    PATERNITY = "paternity", "Paternity leave"
    SHARED = "shared", "Shared parental leave"
    BEREAVEMENT = "bereavement", "Parental bereavement leave"
    NEONATAL = "neonatal", "Neonatal care leave"


# Who was employed in the week that counts has this pay even if they left before it begins.
AFTER_LEAVING = (AbsenceKind.MATERNITY, AbsenceKind.ADOPTION)


class Evidence(models.TextChoices):
    """What was seen of it."""

    NONE = "none", "Nothing yet"
    SELF = "self", "Self-certificate"
    FIT_NOTE = "fit_note", "Fit note"
    BIRTH = "birth", "Maternity certificate (MAT B1)"
    MATCH = "match", "Matching certificate"
    DECLARATION = "declaration", "Declaration of the parent"


class Absence(TenantModel):
    """One absence as it was known between two moments; its `number` stays when it is corrected.

    `qualifying` are the days of the week that are worked, Sunday in the lowest bit. `event_on` is
    the day that the leave is about: when the child is due; for adoption, when it was matched; of
    the death; or when neonatal care began. `weeks_used` were paid of the same entitlement before,
    here not recorded, as by another employer or to the other parent.
    """

    employment = TenantKey(Employment, related_name="absences")
    number = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=AbsenceKind)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    qualifying = models.PositiveSmallIntegerField(default=MONDAY_TO_FRIDAY)
    event_on = models.DateField(null=True)
    adopting = models.BooleanField(default=False)
    notice_on = models.DateField(null=True)
    weeks_used = models.PositiveSmallIntegerField(default=0)
    evidence = models.CharField(max_length=12, choices=Evidence, default=Evidence.NONE)
    reason_sealed = models.BinaryField(default=b"")
    recorded_at = models.DateTimeField()
    recorded_by_id = models.BigIntegerField(null=True)
    recorded_by_name = models.CharField(max_length=120)
    superseded_at = models.DateTimeField(null=True)

    security = CROWN

    class Meta:
        constraints = [
            ends_later("absence_days"),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
                name="absence_known_before_superseded",
            ),
            models.CheckConstraint(
                condition=Q(kind="sickness") ^ Q(event_on__isnull=False),
                name="only_family_leave_is_about_a_day",
            ),
            models.CheckConstraint(
                condition=Q(qualifying__gt=0, qualifying__lte=EVERY_DAY),
                name="absence_has_a_working_day",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "employment", "-from_on"], name="absence_of"),
            models.Index(fields=["organisation_id", "number"], name="absence_number"),
        ]

    @property
    def sick(self) -> bool:
        return self.kind == AbsenceKind.SICKNESS


# Days on which people may work and keep the pay of the week: in maternity leave (SI 1986/1960
# regulation 9A) and in adoption leave (SI 2002/2822 regulation 27A), and in shared parental leave
# (SI 2014/3050 regulation 37). In the other leaves none. They go into what pay is worked out from,
# so that a new number would change nothing that was paid.
MAY_WORK = {AbsenceKind.MATERNITY: 10, AbsenceKind.ADOPTION: 10, AbsenceKind.SHARED: 20}


class WorkedDay(TenantModel):
    """A day of a family leave, by the number of the absence, on which somebody worked.

    Never edited: a day that was not worked after all is withdrawn, and may be recorded again.
    """

    employment = TenantKey(Employment, related_name="+")
    absence = models.BigIntegerField()
    worked_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=120)
    withdrawn_at = models.DateTimeField(null=True)

    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "employment", "worked_on"],
                condition=Q(withdrawn_at__isnull=True), name="day_worked_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("recorded_at")),
                name="day_worked_known_before_withdrawn",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organisation_id", "employment", "absence"], name="worked_day_of")
        ]


class AbsenceTerms(TenantModel):
    """Whether basic pay goes on while people are away, from a day on, until the next such row.

    Of one day, what was recorded last. Without any row basic pay goes on.
    """

    sick_full = models.BooleanField()
    family_full = models.BooleanField()
    from_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by_name = models.CharField(max_length=120)

    security = INSERT_ONLY

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation_id", "-from_on", "-recorded_at"], name="absence_terms_on"
            )
        ]
