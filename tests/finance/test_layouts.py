"""Layouts of files that are known: found, renamed and retired with a reason."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic
from django.test import Client
from django.utils import timezone

from core.errors import Clash
from core.scope import scope
from core.templatetags.web import day
from finance.models import ColumnMapping, LayoutVersion
from finance.selectors.layouts import TABLE, columns_before
from finance.services.layouts import change_layout, keep_layout, retire_layout
from tests import two_steps
from tests.days import today
from tests.world import World

MAPPING = {
    "headers": ["Body", "Supplier", "Paid", "Net", "Gross"],
    "columns": {"supplier": 1, "paid_on": 2, "amount": 3},
}
MOVED = {"supplier": 1, "paid_on": 2, "amount": 4}
HEAD = "Layout,From,Column,Holds"
LIST = "/eastmere/files/layouts/"


def later() -> date:
    return today() + timedelta(days=3)


@pytest.fixture
def layout(world: World) -> ColumnMapping:
    with scope(acting=world.id("eastmere")):
        by = world.actor("finance_officer@eastmere")
        keep_layout(signature="one", name="spend.csv", mapping=MAPPING, by=by)
        row: ColumnMapping = ColumnMapping.objects.get(signature="one")
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
    ended = {"from_on": f"{today():%d/%m/%Y}", "reason": "Columns moved"}
    assert officer.post(f"{mine}retire/", ended).status_code == 302
    page = officer.get(mine).content.decode()
    assert "such files are asked about" in page
    assert "Columns moved" in page
    by = world.actor("finance_officer@eastmere")
    given = {"from_on": today(), "today": today(), "reason": "Again", "by": by}
    with scope(acting=by.organisation_id), pytest.raises(Clash):
        retire_layout(number=layout.pk, **given)


def now(world: World, on: date) -> dict[str, int] | None:
    with scope(readable={world.id("eastmere")}):
        found = columns_before(world.id("eastmere"), "one", kind=TABLE, on=on)
    return found["columns"] if found else None


def test_a_change_holds_from_its_day_on(world: World, layout: ColumnMapping) -> None:
    officer, mine = signed_in(world, "finance_officer"), f"{LIST}{layout.pk}/"
    sent, before = {"from_on": f"{later():%d/%m/%Y}", "reason": "Gross is paid"}, MAPPING["columns"]
    for columns, said in (
        ("B = supplier\nC = paid_on\nE = moods", "Line 3 is not like"),
        ("B = supplier\nC = paid_on", "Say which column holds the amount"),
        ("B = supplier\nC = paid_on\nZ = amount", "Its files have 5 columns"),
        ("B = supplier\nC = paid_on\nC = amount", "A column is named twice"),
    ):
        answer = officer.post(f"{mine}columns/", {**sent, "columns": columns})
        assert (answer.status_code, said in answer.content.decode()) == (422, True), said
    right = {**sent, "columns": "B = supplier\nC = the date of payment\n\nE = amount"}
    past = officer.post(f"{mine}columns/", {**right, "from_on": "01/01/2026"})
    assert "from today on" in past.content.decode()
    assert officer.post(f"{mine}columns/", right).status_code == 302
    assert now(world, later() - timedelta(days=1)) == before
    assert now(world, later()) == MOVED
    page: Any = officer.get(mine)
    assert "Gross is paid" in page.content.decode()
    assert [row["cells"][1] for row in page.context["versions"]] == ["", day(later())]


def test_a_layout_ends_on_a_day_with_what_was_to_come(world: World, layout: ColumnMapping) -> None:
    by, here = world.actor("finance_officer@eastmere"), world.id("eastmere")
    given = {"number": layout.pk, "reason": "The bank", "by": by, "today": today()}
    eve = later() - timedelta(days=1)
    with scope(acting=here):
        change_layout(**given, columns=MOVED, from_on=later())
        retire_layout(**given, from_on=eve)
    assert now(world, today()) == MAPPING["columns"]
    assert (now(world, eve), now(world, later())) == (None, None)
    with scope(acting=here):
        keep_layout(signature="one", name="again.csv", mapping=MAPPING, by=by)
        assert LayoutVersion.objects.filter(layout=layout).count() == 2
        change_layout(**given, columns=MOVED, from_on=later())
    assert (now(world, eve), now(world, later())) == (None, MOVED)


def test_the_database_holds_one_version_a_day(world: World, layout: ColumnMapping) -> None:
    here = {"organisation_id": world.id("eastmere"), "layout": layout, "mapping": {}}
    with scope(acting=world.id("eastmere")), pytest.raises(IntegrityError), atomic():
        LayoutVersion.objects.create(**here, from_on=later(), made_at=timezone.now())


def test_layouts_are_changed_from_a_file_after_a_look(world: World, layout: ColumnMapping) -> None:
    officer, key = signed_in(world, "finance_officer"), layout.pk
    rows = [f"{key},{later()},{letter},{held}" for letter, held in zip("BCE", MOVED, strict=True)]
    shown = two_steps.sent(officer, f"{LIST}load/", HEAD, rows, "Gross is paid")
    assert "Read so: 3 rows" in shown.content.decode()
    assert now(world, later()) == MAPPING["columns"]
    assert two_steps.sure(officer, f"{LIST}load/", shown)["Location"] == LIST
    assert now(world, later()) == MOVED
    assert "Gross is paid" in officer.get(f"{LIST}{key}/").content.decode()
    ending = two_steps.sent(officer, f"{LIST}load/", HEAD, [f"{key},{today()},,"], "No more")
    two_steps.sure(officer, f"{LIST}load/", ending)
    assert (now(world, today()), now(world, later())) == (None, None)


def test_wrong_rows_of_a_file_are_named(world: World, layout: ColumnMapping) -> None:
    key = layout.pk
    shown = two_steps.sent(signed_in(world, "finance_officer"), f"{LIST}load/", HEAD, [
        f"{key},{later()},B,supplier",
        f"{key},{today()},C,paid_on",
        "999999,,B,supplier",
        ",,B,supplier",
        "7,,B,",
        "8,,4,moods",
    ], "Why")  # fmt: skip
    assert shown.status_code == 422
    wrong = {row["cells"][0]: row["cells"][3] for row in shown.context["rows"] if row["tone"]}
    assert wrong[2] == wrong[3]
    assert wrong[2].startswith("From, kind, column or holds: The rows of one")
    assert wrong[4].startswith("Layout: There is no layout of this number")
    assert wrong[5] == "Layout: enter its number, or the name of a new one."
    assert wrong[6].startswith("Column and holds: enter both")
    assert wrong[7] == "Column: «4» is not a letter like B."


def test_the_export_loads_back(world: World, layout: ColumnMapping) -> None:
    officer = signed_in(world, "finance_officer")
    for kind in ("csv", "xlsx"):
        data = officer.get(f"{LIST}export/?format={kind}").content
        back = two_steps.sent_bytes(officer, f"{LIST}load/", data, "Looked", f"layouts.{kind}")
        assert "Nothing would change" in back.content.decode(), back.content.decode()
    assert signed_in(world, "auditor").get(f"{LIST}load/").status_code == 403
