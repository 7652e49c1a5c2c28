"""Where pay goes, changed by the person: a change waits sealed while it cools off, then holds."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import CROWN, INSERT_ONLY, TenantKey, TenantModel
from core.vault import SealedAccount
from hr.models.people import Employment
from tenants.models import Person


class AccountChange(TenantModel, SealedAccount):
    """Another account for all pay of a person here, asked for by that person alone.

    `from_on` is the first day on which it can hold. `employment` says whose timeline tells of it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Cools off"
        STOPPED = "stopped", "Stopped"
        DONE = "done", "In force"

    number = models.BigIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    employment = TenantKey(Employment, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    account_name = models.CharField(max_length=60)
    reference_sealed = models.BinaryField(default=b"")
    unsure = models.BooleanField(default=False)
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    from_on = models.DateField()
    stopped_by_name = models.CharField(max_length=120, default="")
    stopped_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, default="")
    done_at = models.DateTimeField(null=True)

    security = CROWN

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="account_change_number_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "person"],
                condition=Q(state="waiting"),
                name="one_account_change_waits",
            ),
            models.CheckConstraint(
                condition=Q(asked_by_id=F("person_id")), name="account_changed_by_its_person"
            ),
            models.CheckConstraint(
                condition=Q(state="stopped", stopped_at__isnull=False, done_at__isnull=True)
                | Q(state="done", done_at__isnull=False, stopped_at__isnull=True)
                | Q(state="waiting", stopped_at__isnull=True, done_at__isnull=True),
                name="account_change_ends_one_way",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "person", "asked_at"], name="account_changes"),
            models.Index(
                fields=["organisation_id", "from_on"],
                name="account_changes_waiting",
                condition=Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"ACCOUNT-{self.number}"


class AccountCooling(TenantModel):
    """From a day on, how many working days a changed account cools off. Never changed."""

    from_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    security = INSERT_ONLY

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "from_on"], name="account_cooling_from_a_day_once"
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=20) & ~Q(reason=""),
                name="accounts_cool_1_to_20_days",
            ),
        ]
