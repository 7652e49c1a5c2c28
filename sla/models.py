"""Dated definitions of indicators, targets per organisation, and the computed base measures."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.tenancy import EDITABLE, INSERT_ONLY, TenantKey, TenantModel
from runs.models import Run
from sla.ratings import Polarity

_ALL_LINES = Q(met_at__isnull=False, approaching__isnull=False, inadequate__isnull=False) | Q(
    met_at__isnull=True, approaching__isnull=True, inadequate__isnull=True
)


class Indicator(models.Model):
    """One version of a definition. Value = numerator / denominator x factor, unrounded.

    `references` are outside figures (statistic, value, year, source): shown, never targets.
    """

    code = models.CharField(max_length=12)
    version = models.IntegerField(default=1)
    valid_from = models.DateField()
    position = models.IntegerField()
    name = models.CharField(max_length=160)
    function = models.CharField(max_length=60)
    formula = models.TextField()
    unit = models.CharField(max_length=40)
    polarity = models.CharField(max_length=8, choices=[(p.value, p.value) for p in Polarity])
    frequency = models.CharField(max_length=40)
    kind = models.CharField(max_length=10)
    numerator = models.CharField(max_length=80, default="")
    denominator = models.CharField(max_length=80, default="")
    factor = models.DecimalField(max_digits=12, decimal_places=4)
    missing = models.TextField(default="")
    not_live = models.TextField(default="")
    board = models.IntegerField(default=0)
    references = models.JSONField(default=list)
    digest = models.CharField(max_length=16)

    shared = "Definitions are the same for every organisation: they are what makes them comparable."

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="indicator_version_once"),
            models.CheckConstraint(
                condition=~Q(numerator="") | ~Q(not_live=""), name="indicator_lives_or_says_why_not"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def live(self) -> bool:
        return bool(self.numerator)

    @property
    def formula_in_words(self) -> str:
        """As people read it: «gross pay bill ÷ average employees × 100»."""
        return self.formula.replace("_", " ").replace(" / ", " ÷ ").replace(" * ", " × ")


class _WithLines:
    """A target and the two lines under it, all three or none."""

    met_at: Decimal | None
    approaching: Decimal | None
    inadequate: Decimal | None

    @property
    def lines(self) -> tuple[Decimal, Decimal, Decimal] | None:
        if self.met_at is None or self.approaching is None or self.inadequate is None:
            return None
        return self.met_at, self.approaching, self.inadequate


class TargetChange(_WithLines, TenantModel):
    """A target that somebody proposes and a second person agrees to; kept whatever becomes of it.

    All three lines empty: no target from then on.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waits for agreement"
        AGREED = "agreed", "Agreed"
        REFUSED = "refused", "Not agreed"

    indicator_code = models.CharField(max_length=12)
    valid_from = models.DateField()
    met_at = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    approaching = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    inadequate = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    ended_by_id = models.BigIntegerField(null=True)
    ended_by_name = models.CharField(max_length=120, default="")
    ended_at = models.DateTimeField(null=True)
    comment = models.CharField(max_length=500, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "indicator_code"],
                condition=Q(state="proposed"),
                name="one_target_proposed",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="target_changes_for_a_reason"),
            models.CheckConstraint(
                condition=~Q(state="agreed")
                | Q(made_by_id__isnull=False, ended_by_id__isnull=False)
                & ~Q(ended_by_id=F("made_by_id")),
                name="target_agreed_by_another",
            ),
            models.CheckConstraint(condition=_ALL_LINES, name="target_change_has_all_its_lines"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_code} from {self.valid_from:%B %Y}"


class Target(_WithLines, TenantModel):
    """An organisation's target for an indicator from a month on, until the next one.

    At `met_at` or better is good; the two lines under it are the half-open bands of
    `sla.ratings`. All three empty: no target from then on.
    """

    indicator_code = models.CharField(max_length=12)
    valid_from = models.DateField()
    met_at = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    approaching = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    inadequate = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    set_by_id = models.BigIntegerField(null=True)
    set_by_name = models.CharField(max_length=120)
    set_at = models.DateTimeField()
    # What two people agreed; None for targets of the time before the service began.
    change = TenantKey(TargetChange, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "indicator_code", "valid_from"],
                name="target_of_a_month_once",
            ),
            models.CheckConstraint(
                condition=_ALL_LINES,
                name="target_has_all_its_lines",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_code} from {self.valid_from}"


class MeasureValue(TenantModel):
    """A month's base measure: a count, pence or days. `part` is a service, an account or empty."""

    measure = models.CharField(max_length=80)
    month = models.DateField()
    part = models.CharField(max_length=120, default="")
    value = models.BigIntegerField()
    computed_at = models.DateTimeField()
    run = TenantKey(Run, related_name="+")

    security = EDITABLE

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "month", "measure", "part"], name="measure_value_once"
            )
        ]


class SignedMonth(TenantModel):
    """A month whose figures an officer answers for. The database changes none of them any more.

    `digest` is the SHA-256 of the base measures as they were then, `figures` how many they were.
    """

    month = models.DateField()
    statement = models.CharField(max_length=300)
    job_title = models.CharField(max_length=80)
    figures = models.IntegerField()
    digest = models.CharField(max_length=64)
    signed_by_id = models.BigIntegerField(null=True)
    signed_by_name = models.CharField(max_length=120)
    signed_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "month"], name="month_signed_once")
        ]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}"


class Correction(TenantModel):
    """What a base measure of a signed month turned out to be later. The signed figure stays.

    The newest of a measure, month and part is what is known now; None is no figure at all.
    """

    measure = models.CharField(max_length=80)
    month = models.DateField()
    part = models.CharField(max_length=120, default="")
    signed_value = models.BigIntegerField(null=True)
    value = models.BigIntegerField(null=True)
    found_at = models.DateTimeField()
    run = TenantKey(Run, related_name="+")
    reason = models.CharField(max_length=300, default="")
    reason_by_name = models.CharField(max_length=120, default="")
    reason_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "month", "measure", "part", "run"],
                name="correction_of_run_once",
            ),
            models.CheckConstraint(
                condition=Q(reason="", reason_by_name="", reason_at__isnull=True)
                | ~Q(reason="") & ~Q(reason_by_name="") & Q(reason_at__isnull=False),
                name="reason_is_somebodys",
            ),
        ]


class Remark(TenantModel):
    """What somebody says of a figure of a month: why it is what it is, and what is done."""

    indicator_code = models.CharField(max_length=12)
    month = models.DateField()
    text = models.CharField(max_length=500)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="remark_says_something"),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "month"], name="remark_month"),
        ]


class ReliefEvent(TenantModel):
    """Something outside the centre's control, for which it asks that misses do not count.

    Claimed by the centre, agreed by the organisation. Of the indicators named, misses whose time
    overlaps the days, or whose numbers are given, are taken out; gross figures stay as they are.
    """

    class Kind(models.TextChoices):
        INPUT = "late_input", "Late input of the organisation"
        AUTHORITY = "authority", "Missing authority of the organisation"
        FORCE = "force_majeure", "Force majeure"

    class State(models.TextChoices):
        CLAIMED = "claimed", "Claimed, waits for agreement"
        AGREED = "agreed", "Agreed"
        REFUSED = "refused", "Not agreed"

    kind = models.CharField(max_length=16, choices=Kind)
    from_on = models.DateField()
    to_on = models.DateField()
    indicator_codes = ArrayField(models.CharField(max_length=12))
    row_numbers = ArrayField(models.BigIntegerField(), default=list)
    reason = models.CharField(max_length=300)
    evidence = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.CLAIMED)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    ended_by_id = models.BigIntegerField(null=True)
    ended_by_name = models.CharField(max_length=120, default="")
    ended_at = models.DateTimeField(null=True)
    comment = models.CharField(max_length=500, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")), name="relief_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(evidence=""), name="relief_has_reason_and_evidence"
            ),
            models.CheckConstraint(
                condition=Q(indicator_codes__len__gt=0), name="relief_names_indicators"
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed")
                | Q(made_by_id__isnull=False, ended_by_id__isnull=False)
                & ~Q(ended_by_id=F("made_by_id")),
                name="relief_agreed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.from_on:%d/%m/%Y} to {self.to_on:%d/%m/%Y}"
