"""Layouts of files that are known: found, renamed and retired with a reason."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.errors import Clash
from core.scope import scope
from finance.models import ColumnMapping
from finance.services.layouts import retire_layout
from tests.world import World

LIST = "/eastmere/files/layouts/"


@pytest.fixture
def layout(world: World) -> ColumnMapping:
    with scope(acting=world.id("eastmere")):
        row: ColumnMapping = ColumnMapping.objects.create(
            organisation_id=world.id("eastmere"),
            name="spend.csv",
            signature="one",
            mapping={"headers": ["Body", "Supplier", "Paid"], "columns": {"supplier": 1}},
            made_by_name="Amara",
            made_at=timezone.now(),
        )
        return row


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[f"{who}@eastmere"])
    return client


def test_a_layout_is_found_with_its_columns(world: World, layout: ColumnMapping) -> None:
    auditor = signed_in(world, "auditor")
    assert [row["cells"][0] for row in auditor.get(f"{LIST}?q=SPEND").context["rows"]] == [
        "spend.csv"
    ]
    assert "No layout matches" in auditor.get(f"{LIST}?q=zzz").content.decode()
    page: Any = auditor.get(f"{LIST}{layout.pk}/")
    assert page.context["rows"][0]["cells"][:2] == ["B", "Supplier"]
    assert "Retire it" not in page.content.decode()
    assert auditor.post(f"{LIST}{layout.pk}/retire/", {"reason": "Why"}).status_code == 403
    assert signed_in(world, "staff").get(LIST).status_code == 403


def test_a_layout_is_renamed_and_retired(world: World, layout: ColumnMapping) -> None:
    officer, mine = signed_in(world, "finance_officer"), f"{LIST}{layout.pk}/"
    sent = {"name": "Published spend", "reason": "As people call it"}
    assert officer.post(f"{mine}rename/", sent).status_code == 302
    page = officer.get(mine).content.decode()
    assert "Renamed the layout spend.csv to Published spend" in page
    assert "As people call it" in page
    assert officer.post(f"{mine}retire/", {"reason": "Columns moved"}).status_code == 302
    assert officer.get(mine).status_code == 404
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id), pytest.raises(Clash):
        retire_layout(number=layout.pk, reason="Again", by=by)
