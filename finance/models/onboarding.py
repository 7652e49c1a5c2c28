"""Requests for new suppliers: what was asked for, said and looked up, and who agreed to it."""

from django.db import models
from django.db.models import F, Q

from core.tenancy import TenantKey, TenantModel
from finance.models.payables import Supplier


class SupplierRequest(TenantModel):
    """A supplier that somebody wants to be opened: nothing is paid to it before a second agrees."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waiting for a second person"
        AGREED = "agreed", "Agreed"
        REFUSED = "refused", "Refused"

    class NoVat(models.TextChoices):
        UNREGISTERED = "unregistered", "Not registered for VAT"
        WAITING = "waiting", "Registration is under way"
        ABROAD = "abroad", "Abroad, without a VAT number"

    class NoCompany(models.TextChoices):
        SOLE = "sole", "Sole trader or private person"
        PARTNERSHIP = "partnership", "Partnership that is not registered"
        PUBLIC = "public", "Public body"
        CHARITY = "charity", "Charity, club or trust that is no company"
        ABROAD = "abroad", "Registered in another country"

    class Category(models.TextChoices):
        GOODS = "goods", "Goods"
        SERVICES = "services", "Services"
        WORKS = "works", "Works and construction"
        CARE = "care", "Care and health"
        PROPERTY = "property", "Rent and property"
        STAFF = "staff", "Agency staff"
        GRANT = "grant", "Grants and donations"
        OTHER = "other", "Something else"

    number = models.BigIntegerField()
    supplier = TenantKey(Supplier, related_name="requests")
    no_vat = models.CharField(max_length=12, choices=NoVat, default="")
    no_company = models.CharField(max_length=12, choices=NoCompany, default="")
    address = models.CharField(max_length=200)
    contact_name = models.CharField(max_length=80)
    contact_phone = models.CharField(max_length=24, default="")
    category = models.CharField(max_length=8, choices=Category)
    asked_by = models.CharField(max_length=80)
    wanted_for = models.CharField(max_length=200)
    # Suppliers like this one, as they were found when it was asked for, and why it is another.
    alike = models.JSONField(default=list)
    despite = models.CharField(max_length=200, default="")
    # By register the last thing that it said of a number: which, what, when, who had it asked.
    looked_up = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    agreed_by_id = models.BigIntegerField(null=True)
    agreed_by_name = models.CharField(max_length=120, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "number"], name="supplier_request_number"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "supplier"], name="supplier_asked_for_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed")
                | Q(agreed_by_id__isnull=False) & ~Q(agreed_by_id=F("made_by_id")),
                name="supplier_agreed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(alike=[]) | ~Q(despite=""), name="another_like_it_for_a_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "state", "-number"], name="supplier_request_list"
            )
        ]


class RegisterLookup(TenantModel):
    """A number that a register is asked about by a worker: until it answers or is given up.

    What it says is kept with the request; here stands that it was asked, and how often.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for an answer"
        DONE = "done", "Answered, or given up"

    request = TenantKey(SupplierRequest, related_name="lookups")
    register = models.CharField(max_length=8)
    number = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, default="")
    run_at = models.DateTimeField()
    asked_by_id = models.BigIntegerField(null=True)
    asked_by_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "request", "register"],
                name="register_asked_once_at_a_time",
                condition=Q(state="waiting"),
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") ^ Q(answered_at__isnull=False),
                name="lookup_waits_or_was_answered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "run_at"],
                name="lookup_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["organisation_id", "request"], name="lookup_of_request"),
        ]
