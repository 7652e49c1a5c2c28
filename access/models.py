"""What programs show instead of a session, who vouches for the people of an organisation, which
conflicts of duties were accepted, and how rights were looked through."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.tenancy import EDITABLE, TenantKey, TenantModel
from tenants.models import Grant, Person


class ApiToken(TenantModel):
    """Lets a program in as the person who made it, at this organisation, for a while.

    Of the token itself only a hash is kept, and its beginning, by which people tell it.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=120)
    held_by = models.CharField(max_length=120)
    prefix = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    scopes = models.CharField(max_length=400)
    made_at = models.DateTimeField()
    expires_on = models.DateField()
    used_at = models.DateTimeField(null=True)
    used_from = models.GenericIPAddressField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "prefix"], name="token_prefix_once")
        ]


class ApiAnswer(TenantModel):
    """What a call with an idempotency key was answered, for as long as the key lasts.

    It is written in the transaction of what the call did, so it is there exactly if that is.
    """

    holder = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()  # sealed: it may show a secret
    expires_at = models.DateTimeField()

    security = EDITABLE

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "holder", "key"], name="answered_once"
            )
        ]
        indexes = [models.Index(fields=["organisation_id", "expires_at"], name="answer_expires")]


class IdentityProvider(TenantModel):
    """The OpenID Connect provider of one organisation. Its secret lies sealed."""

    issuer = models.CharField(max_length=200)
    client_id = models.CharField(max_length=191)
    secret = models.TextField()
    enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id"], name="one_provider_each")
        ]


class EmailDomain(TenantModel):
    """The part behind the @ for which an organisation's provider may speak, once verified.

    `proof` is what its owner puts into the DNS, as a TXT record, for the centre to see there.
    """

    domain = models.CharField(max_length=190)
    proof = models.CharField(max_length=60)
    claimed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    verified_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    security = EDITABLE

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "domain"], name="domain_once"),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("claimed_by")),
                name="domain_verified_by_another",
            ),
        ]


class MailSender(TenantModel):
    """From which address of its own an organisation writes, and where answers to it go."""

    address = models.EmailField(max_length=190)
    reply_to = models.EmailField(max_length=190, blank=True)
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    security = EDITABLE

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation_id"], name="one_sender_each")]


class ConflictAcceptance(TenantModel):
    """That a person holds conflicting duties is accepted up to a day, by two others, with a reason.

    It covers the rights that made the conflict when it was asked for, and no further ones.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    rights = ArrayField(models.BigIntegerField())
    reason = models.CharField(max_length=300)
    until = models.DateField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked_by=F("person")), name="conflict_asked_by_another"
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | Q(agreed_by__isnull=False, agreed_at__isnull=False)
                & ~Q(agreed_by=F("person"))
                & ~Q(agreed_by=F("asked_by")),
                name="conflict_agreed_by_second",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="conflict_ended_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "person", "key"],
                condition=Q(agreed_at__isnull=True, ended_at__isnull=True),
                name="conflict_asked_once",
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "person", "key"],
                condition=Q(agreed_at__isnull=False, ended_at__isnull=True),
                name="conflict_accepted_once",
            ),
        ]


class AccessReview(TenantModel):
    """Who may do what is looked through up to a day: each right is confirmed or ended."""

    due_on = models.DateField()
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    finished_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id"],
                condition=Q(finished_at__isnull=True),
                name="one_review_open",
            ),
            models.CheckConstraint(
                condition=Q(finished_by__isnull=True, finished_at__isnull=True)
                | Q(finished_by__isnull=False, finished_at__isnull=False),
                name="review_finished_by_somebody",
            ),
        ]


class ReviewedRight(TenantModel):
    """A right as a review found it, and what was decided on it; no decision leaves it open.

    `used_at` is when its holder last did anything in this organisation before the review.
    """

    class Decision(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed"
        ENDED = "ended", "Ended"

    review = TenantKey(AccessReview, related_name="rights")
    right = TenantKey(Grant, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given_by_name = models.CharField(max_length=120, blank=True)
    used_at = models.DateTimeField(null=True)
    signed_in_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "review", "right"], name="right_reviewed_once"
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(decision="")
                & Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("person")),
                name="right_reviewed_by_another",
            ),
        ]
