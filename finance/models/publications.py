"""Published spending: rules of what is not named, and the files as they were approved."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import TenantModel


class RedactionRule(TenantModel):
    """From a day on, for a legal reason, the payees of certain payments are not named.

    `value` is the code of a supplier, an account, or a cost centre with all beneath it; a kind of
    supplier has none. A rule is ended, never changed: what was published keeps its reasons.
    """

    class Kind(models.TextChoices):
        PERSON = "person", "Sole traders and private persons"
        WITHHELD = "withheld", "Suppliers whose name is withheld already"
        SUPPLIER = "supplier", "One supplier"
        ACCOUNT = "account", "One category of spending (account)"
        UNIT = "unit", "One cost centre and all beneath it"

    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=40, default="", blank=True)
    legal_reason = models.CharField(max_length=200)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    ended_by_name = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(legal_reason=""), name="redacted_for_a_legal_reason"
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="redaction_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["person", "withheld"], value="")
                | Q(kind__in=["supplier", "account", "unit"]) & ~Q(value=""),
                name="redaction_says_of_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}{f': {self.value}' if self.value else ''}"


class SpendPublication(TenantModel):
    """A month's spending over a threshold as a file, proposed by one and approved by another.

    The database keeps file, digest and totals as they were proposed, and the approval as it was.
    What turns out to be otherwise later is the next version, which says why.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waits for approval"
        PUBLISHED = "published", "Approved for publication"
        REFUSED = "refused", "Not approved"

    month = models.DateField()
    version = models.IntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    threshold_pence = models.BigIntegerField()
    reason = models.CharField(max_length=300, default="", blank=True)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    published_rows = models.IntegerField()
    published_pence = models.BigIntegerField()
    redacted_rows = models.IntegerField()
    redacted_pence = models.BigIntegerField()
    below_rows = models.IntegerField()
    below_pence = models.BigIntegerField()
    paid_pence = models.BigIntegerField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    ended_by_id = models.BigIntegerField(null=True)
    ended_by_name = models.CharField(max_length=120, default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    comment = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "month", "version"], name="publication_version_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "month"],
                condition=Q(state="proposed"),
                name="one_publication_proposed",
            ),
            models.CheckConstraint(
                condition=Q(
                    paid_pence=F("published_pence") + F("redacted_pence") + F("below_pence")
                ),
                name="publication_adds_up_to_what_was_paid",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(made_by_id__isnull=False, ended_by_id__isnull=False)
                & ~Q(ended_by_id=F("made_by_id")),
                name="publication_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(threshold_pence__gte=0), name="publication_from_nothing_up"
            ),
        ]

    def __str__(self) -> str:
        return f"Spending of {self.month:%B %Y}, version {self.version}"

    @property
    def period(self) -> int:
        return self.month.year * 100 + self.month.month
