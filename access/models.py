"""What programs show instead of a session, and who vouches for the people of an organisation."""

from django.db import models

from core.tenancy import TenantModel
from tenants.models import Person


class ApiToken(TenantModel):
    """Lets a program in as the person who made it, at this organisation, for a while.

    Of the token itself only a hash is kept, and its beginning, by which people tell it.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=120)
    held_by = models.CharField(max_length=120)
    prefix = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    scopes = models.CharField(max_length=200)
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
