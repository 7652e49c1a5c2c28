"""The short name of an organisation is the first part of its address."""

import pytest
from django.db import IntegrityError

from core.errors import Refused
from core.scope import scope
from tenants.models import RESERVED, Organisation
from tenants.services import create_organisation
from tests.world import World


@pytest.mark.parametrize("slug", RESERVED)
def test_a_reserved_name_is_refused(db: None, slug: str) -> None:
    with pytest.raises(Refused, match="Choose another one") as refusal:
        create_organisation(slug=slug, name="Somewhere", kind="council")
    assert refusal.value.code == "TEN02"


@pytest.mark.parametrize("slug", ["", "Upper", "two--in-one", "-a", "a-", "a_b", "é", "a/b"])
def test_a_name_that_is_no_address_is_refused(db: None, slug: str) -> None:
    with pytest.raises(Refused) as refusal:
        create_organisation(slug=slug, name="Somewhere", kind="council")
    assert refusal.value.code == "TEN01"


@pytest.mark.parametrize("slug", ["api", "Upper"])
def test_the_database_refuses_it_as_well(world: World, slug: str) -> None:
    with pytest.raises(IntegrityError, match="slug_leads_to_the_organisation"):
        with scope(acting=world.id("eastmere")):
            Organisation.objects.filter(pk=world.id("eastmere")).update(slug=slug)
