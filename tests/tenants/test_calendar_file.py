"""A file of closed days: shown row by row, then closed and opened in one act."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from core.scope import scope
from core.working_time import is_working_day
from events.models import Event
from tenants.models import ClosureDay
from tenants.selectors import working_calendar
from tests import two_steps
from tests.tenants.test_units import signed_in
from tests.world import World

CALENDAR = "/eastmere/calendar/"
LOAD = f"{CALENDAR}load/"
HEAD = "Day,Why,Weekday,Open again"
MONDAY = date(2027, 6, 14)


def sent(client: Any, rows: Sequence[str], head: str = HEAD) -> Any:
    return two_steps.sent(client, LOAD, head, rows, "The new year is planned")


def days(world: World) -> list[tuple[date, str]]:
    with scope(acting=world.id("eastmere")):
        return list(ClosureDay.objects.order_by("day").values_list("day", "reason"))


def test_days_are_closed_and_opened_in_one_act(world: World) -> None:
    admin, tuesday = signed_in(world), MONDAY + timedelta(days=1)
    shown = sent(admin, [f"{MONDAY},Moving,,", f"{tuesday:%d/%m/%Y},Moving,Tuesday,no"])
    assert shown.status_code == 200 and "Closed: 2 rows" in shown.content.decode()
    assert days(world) == []
    assert two_steps.sure(admin, LOAD, shown)["Location"] == CALENDAR
    assert days(world) == [(MONDAY, "Moving"), (tuesday, "Moving")]
    rows = [f"{MONDAY},,,yes", f"{tuesday},Another reason,,", "2027-12-27,Christmas,,"]
    again = sent(admin, rows)
    text = again.content.decode()
    assert "Open again: 1 row" in text and "Stays as it is: 2 rows" in text
    assert two_steps.sure(admin, LOAD, again).status_code == 302
    assert days(world) == [(tuesday, "Moving")]
    with scope(acting=world.id("eastmere")):
        assert is_working_day(working_calendar(world.id("eastmere")), MONDAY)
        told = Event.objects.filter(verb__startswith="tenants.calendar").order_by("id")
        assert [one.verb.rpartition(".")[2] for one in told] == ["closed", "opened"]
        assert {one.data["comment"] for one in told} == {"The new year is planned"}
    page = admin.get(CALENDAR).content.decode()
    assert "Closed 2 days from 14 June 2027 to 15 June 2027" in page
    assert "Opened 14 June 2027 again, which was closed: Moving" in page


def test_each_wrong_row_says_what_to_write_and_nothing_is_closed(world: World) -> None:
    admin, yesterday = signed_in(world), timezone.localdate() - timedelta(days=1)
    while not yesterday.weekday() < 5:
        yesterday -= timedelta(days=1)
    shown = sent(admin, [
        f"{MONDAY},Moving,,",
        f"{MONDAY},Moving,,",
        f"{yesterday},Late,,",
        "2040-02-01,Far,,",
        "2027-12-27,,,yes",
        ",No day,,",
        "2027-06-16,,,",
        "2027-06-17,Why,,perhaps",
    ])  # fmt: skip
    assert shown.status_code == 422
    wrong = {row["cells"][0]: row["cells"][3] for row in shown.context["rows"] if row["tone"]}
    assert sorted(wrong) == [3, 4, 5, 6, 7, 8, 9]
    assert wrong[3].startswith("Day: This day is in the file twice")
    assert wrong[4].startswith("Day: The calendar changes today or later")
    assert wrong[5].startswith("Day: The calendar changes today or later")
    assert wrong[6].startswith("Open again: A bank holiday and a weekend cannot be opened")
    assert wrong[7] == "Day: enter a date like 14/12/2026."
    assert wrong[8] == "Why: enter a value."
    assert wrong[9] == "Open again: write yes or no."
    assert two_steps.sure(admin, LOAD, shown).status_code == 422 and days(world) == []


def test_the_export_loads_back_and_others_are_turned_away(world: World) -> None:
    admin = signed_in(world)
    two_steps.sure(admin, LOAD, sent(admin, [f"{MONDAY},Moving,,", "2027-06-19,A Saturday,,"]))
    for kind in ("csv", "xlsx"):
        data = admin.get(f"{CALENDAR}export/?format={kind}").content
        back = two_steps.sent_bytes(admin, LOAD, data, "Looked through", f"days.{kind}")
        assert back.status_code == 200 and "Nothing would change" in back.content.decode()
    auditor = signed_in(world, "auditor@eastmere")
    assert auditor.get(f"{CALENDAR}export/").status_code == 200
    assert sent(auditor, [f"{MONDAY},Moving,,"]).status_code == 403
    assert "Load a file" not in auditor.get(CALENDAR).content.decode()
