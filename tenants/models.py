"""Organisations, their units, the people who work in them, and what each may do."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import DateRangeField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from core.tenancy import EDITABLE, TenantKey, TenantModel
from tenants.roles import Role

# The first parts of the product's own addresses, in use or likely to be: an organisation of that
# name could never be reached. tests/house/test_routes.py compares with the URL map.
RESERVED = (
    *("accessibility", "account", "accounts", "admin", "api", "brand", "demonstration", "health"),
    *("help", "livez", "media", "metrics", "readyz", "static", "www"),
)
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class Organisation(models.Model):
    """A sovereign body: the centre itself, or one that it serves. Row security keys on its id."""

    class Kind(models.TextChoices):
        CENTRE = "centre", "Shared-service centre"
        COUNCIL = "council", "Council"
        NHS_TRUST = "nhs_trust", "NHS trust"
        POLICE = "police", "Police force"
        FIRE = "fire", "Fire and rescue service"
        DEPARTMENT = "department", "Government department"
        AGENCY = "agency", "Agency"
        SCHOOL_TRUST = "school_trust", "Academy trust"

    class Standing(models.TextChoices):
        HOST = "host", "Host"
        PARTNER = "partner", "Partner: shares surplus and deficit"
        CLIENT = "client", "Client: buys services"
        PART_USER = "part_user", "Part-user: buys some services"
        SUB_TENANT = "sub_tenant", "Agency under a parent"

    class Status(models.TextChoices):
        LIVE = "live", "Live"
        REHEARSAL = "rehearsal", "Rehearsal"
        FORMER = "former", "Former"

    class Nation(models.TextChoices):
        ENGLAND = "england", "England"
        WALES = "wales", "Wales"
        SCOTLAND = "scotland", "Scotland"
        NORTHERN_IRELAND = "northern_ireland", "Northern Ireland"

    slug = models.SlugField(unique=True, max_length=40)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=Kind)
    standing = models.CharField(max_length=20, choices=Standing, default=Standing.PARTNER)
    status = models.CharField(max_length=20, choices=Status, default=Status.LIVE)
    nation = models.CharField(max_length=20, choices=Nation, default=Nation.ENGLAND)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="agencies")
    year_starts_month = models.PositiveSmallIntegerField(default=4)
    brand_colour = models.CharField(
        max_length=7, default="#1f4e5f", validators=[RegexValidator(r"^#[0-9a-f]{6}$")]
    )
    named_in_comparison = models.BooleanField(default=False)
    # Set by the database when a rehearsal becomes live; empty where it was live from the start.
    live_since = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(year_starts_month__gte=1, year_starts_month__lte=12),
                name="year_starts_in_a_month",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="not_its_own_parent"
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=SLUG) & ~Q(slug__in=RESERVED),
                name="slug_leads_to_the_organisation",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_centre(self) -> bool:
        return self.kind == self.Kind.CENTRE


class PersonManager(BaseUserManager["Person"]):
    """People sign in by e-mail address, which is kept in lower case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """One human being, possibly with several employers. Rights lie in `Grant`, never here."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name


def display_name(person: Person) -> str:
    return person.name


class Unit(TenantModel):
    """A cost centre in the dated tree of an organisation. `path` holds the codes from the root."""

    code = models.CharField(max_length=24)
    name = models.CharField(max_length=120)
    parent = TenantKey("self", null=True, related_name="children")
    path = models.CharField(max_length=200)
    holder = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    valid = DateRangeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "code"], name="unit_code_once"),
            models.UniqueConstraint(fields=["organisation_id", "path"], name="unit_path_once"),
            models.CheckConstraint(
                condition=Q(path__endswith=Concat("code", Value("."))),
                name="unit_path_ends_with_its_code",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Affiliation(TenantModel):
    """A person works in an organisation, in a unit, from a day to a day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    unit = TenantKey(Unit, null=True, related_name="+")
    job_title = models.CharField(max_length=120)
    valid = DateRangeField()

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "person"], name="affiliation_person")]


class Grant(TenantModel):
    """A role in an organisation: for a subtree of units, up to a limit, from a day to a day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=24, choices=Role)
    unit = TenantKey(Unit, null=True, related_name="+")
    limit_pence = models.BigIntegerField(null=True)
    valid = DateRangeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(limit_pence__isnull=True) | Q(limit_pence__gte=0),
                name="limit_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["organisation_id", "person"], name="grant_person")]


class ClosureDay(TenantModel):
    """A day on which an organisation does not work, beyond the bank holidays of its nation."""

    day = models.DateField()
    reason = models.CharField(max_length=120)

    security = EDITABLE

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "day"], name="closure_day_once")
        ]


class Counter(TenantModel):
    """The next number of a series of documents; the row lock makes numbers gapless."""

    series = models.CharField(max_length=40)
    next_number = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "series"], name="counter_once")
        ]


class DemoMarker(models.Model):
    """Its one row says: this database is a demonstration. Production refuses to start on it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    # The fingerprint of the migrations that made it: another version asks for a new demonstration.
    made_by = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_demo_marker")]
