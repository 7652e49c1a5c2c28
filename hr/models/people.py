"""Posts and the people in them. Who holds what is dated twice: when it is true, when it was known.

A placement is never edited: it is superseded by others that were recorded later. What was known at
any moment can therefore be read again, and back pay is the difference of two such readings.
"""

from django.db import models
from django.db.models import F, Q

from core.tenancy import CROWN, INSERT_ONLY, TenantKey, TenantModel
from core.vault import SealedAccount
from hr.models.terms import PayPoint, PayScale, ends_later
from tenants.models import Organisation, Person, Unit

WHOLE = 10_000


class Position(TenantModel):
    """A post of the establishment in a unit, held by as many people as its budget pays for."""

    code = models.CharField(max_length=24)
    title = models.CharField(max_length=120)
    unit = TenantKey(Unit, related_name="+")
    scale = TenantKey(PayScale, related_name="+")
    # At first; `PositionGrade` says what it is from a day on.
    grade = models.CharField(max_length=20)
    # Codes of the employer's lists (`StandardCode`), where it reports by them.
    staff_group = models.CharField(max_length=24, db_default="", default="")
    job_role = models.CharField(max_length=24, db_default="", default="")
    area_of_work = models.CharField(max_length=24, db_default="", default="")
    occupation_code = models.CharField(max_length=24, db_default="", default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "code"], name="position_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class PositionGrade(TenantModel):
    """A post is of another grade from a day on; of what was said of a day, the last holds."""

    position = TenantKey(Position, related_name="grades")
    grade = models.CharField(max_length=20)
    from_on = models.DateField()
    recorded_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "position", "-id"], name="position_grade_of")
        ]


# Of the post `{post}` on the day `{day}`, both as a statement names them.
GRADE_ON = """coalesce((SELECT d.grade FROM hr_positiongrade d
   WHERE d.organisation_id = {post}.organisation_id AND d.position_id = {post}.id
     AND d.from_on <= {day} ORDER BY d.id DESC LIMIT 1), {post}.grade)"""


class PositionBudget(TenantModel):
    """The full-time equivalents that a post is budgeted for, in hundredths, from a day on."""

    position = TenantKey(Position, related_name="budgets")
    fte_hundredths = models.PositiveIntegerField()
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        constraints = [ends_later("position_budget_days")]


class Employment(TenantModel):
    """A person works for this organisation, from a day to a day. One person may have several."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    number = models.BigIntegerField()
    name = models.CharField(max_length=120)
    name_norm = models.CharField(max_length=120)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    leaving_reason = models.CharField(max_length=80, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            ends_later("employment_days"),
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="employment_number_once"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=False) | Q(leaving_reason=""), name="only_leavers_left"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "name_norm"], name="employment_name"),
            models.Index(fields=["organisation_id", "person"], name="employment_person"),
        ]


class Assignment(TenantModel):
    """One of the jobs within an employment; the first has number 1."""

    employment = TenantKey(Employment, related_name="assignments")
    number = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "employment", "number"], name="assignment_once"
            )
        ]


class Placement(TenantModel):
    """What an assignment is between two days, as it was known between two moments."""

    assignment = TenantKey(Assignment, related_name="placements")
    position = TenantKey(Position, related_name="placements")
    pay_point = TenantKey(PayPoint, related_name="+")
    weekly_minutes = models.PositiveIntegerField()
    # Where the person works meanwhile; employment and pay stay here.
    host = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    request_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            ends_later("placement_days"),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
                name="placement_known_before_superseded",
            ),
            models.CheckConstraint(
                condition=Q(weekly_minutes__gt=0, weekly_minutes__lte=10080),
                name="placement_has_hours",
            ),
            models.CheckConstraint(
                condition=Q(host__isnull=True)
                | Q(to_on__isnull=False) & ~Q(host_id=F("organisation_id")),
                name="a_secondment_goes_elsewhere_and_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "assignment"], name="placement_assignment"),
            models.Index(
                fields=["organisation_id", "position", "from_on"],
                name="placement_position",
                condition=Q(superseded_at__isnull=True),
            ),
        ]


class CostShare(TenantModel):
    """Who bears a part of a placement: a unit here, or another organisation that is recharged."""

    placement = TenantKey(Placement, related_name="shares")
    unit = TenantKey(Unit, null=True, related_name="+")
    other = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    ten_thousandths = models.PositiveIntegerField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True) ^ Q(other__isnull=True), name="one_bearer_of_cost"
            ),
            models.CheckConstraint(
                condition=Q(ten_thousandths__gt=0, ten_thousandths__lte=WHOLE),
                name="share_of_the_whole",
            ),
        ]
        indexes = [models.Index(fields=["organisation_id", "placement"], name="cost_share_of")]


class Gender(models.TextChoices):
    """The answers that HMRC takes."""

    FEMALE = "F", "Female"
    MALE = "M", "Male"


class Starter(models.TextChoices):
    """The declarations of the starter checklist."""

    FIRST = "A", "A: first job since 6 April, no pension and no benefit before"
    ONLY = "B", "B: now the only job, but another one or a benefit since 6 April"
    SECOND = "C", "C: another job or a pension besides"


class PrivateDetails(TenantModel, SealedAccount):
    """What only those entitled may look at, and each look is an event. From a day on."""

    employment = TenantKey(Employment, related_name="private")
    ni_sealed = models.BinaryField(default=b"")
    born_on = models.DateField(null=True)
    tax_code = models.CharField(max_length=10, default="")
    non_cumulative = models.BooleanField(default=False)
    account_name = models.CharField(max_length=60, default="")
    reference_sealed = models.BinaryField(db_default=b"")  # of a building society
    given_names = models.CharField(max_length=70, db_default="", blank=True)
    family_name = models.CharField(max_length=35, db_default="", blank=True)
    address_sealed = models.BinaryField(db_default=b"")
    passport_sealed = models.BinaryField(db_default=b"")
    gender = models.CharField(max_length=1, choices=Gender, db_default="", blank=True)
    starter = models.CharField(max_length=1, choices=Starter, db_default="", blank=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    security = CROWN

    class Meta:
        constraints = [ends_later("private_details_days")]
        indexes = [
            models.Index(fields=["organisation_id", "employment"], name="private_of"),
            models.Index(fields=["organisation_id", "account_index"], name="private_account"),
        ]
