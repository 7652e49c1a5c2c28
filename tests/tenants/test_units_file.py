"""A file of units: shown row by row, with what is wrong and how to mend it, then all or none."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from core.scope import scope
from events.models import Event
from tenants.models import Unit
from tests import two_steps
from tests.tenants.test_units import LIST, form, signed_in, unit
from tests.world import World

LOAD = f"{LIST}load/"
HEAD = "Code,Name,Part of,Budget holder,First day,Last day"


def sent(client: Any, rows: Sequence[str], head: str = HEAD) -> Any:
    return two_steps.sent(client, LOAD, head, rows, "Reorganisation 2027")


def sure(client: Any, preview: Any) -> Any:
    return two_steps.sure(client, LOAD, preview)


def counted(world: World) -> tuple[int, int]:
    with scope(acting=world.id("eastmere")):
        return Unit.objects.count(), Event.objects.filter(verb__startswith="tenants.unit").count()


def test_a_file_is_shown_and_then_loaded_in_one_act(world: World) -> None:
    admin, holder = signed_in(world), world.people["manager@eastmere"]
    shown = sent(admin, [
        "300,Culture,,,,",
        f"310,Libraries,300,{holder.email},,31/03/2040",
        "110,Finance and pay,100,,2020-01-01,",
        "200,Places,,,,",
    ])  # fmt: skip
    assert shown.status_code == 200 and counted(world) == (3, 0)
    text = shown.content.decode()
    assert "Added: 2 rows" in text and "Changed: 1 row" in text and "Stays as it is: 1 row" in text
    assert "name before: Finance, now: Finance and pay" in text
    done = sure(admin, shown)
    assert done.status_code == 302 and done["Location"] == LIST
    assert counted(world) == (5, 3)
    made = unit(world, "310")
    assert (made.path, made.holder) == ("300.310.", holder)
    assert made.valid.upper.isoformat() == "2040-04-01"
    page = admin.get(f"{LIST}{made.pk}/").content.decode()
    assert "Reorganisation 2027" in page


def test_one_wrong_row_refuses_the_whole_file_and_says_what_to_do(world: World) -> None:
    admin, past = signed_in(world), timezone.localdate() - timedelta(days=2)
    shown = sent(admin, [
        "300,Culture,,,,",
        "3.1,Libraries,300,,,",
        "320,,300,,,",
        "330,Parks,999,,,",
        "340,Trees,300,nobody@example.org,,",
        "350,Roads,300,nobody,1/2/34/5,",
        f"110,Finance,100,,,{past}",
    ])  # fmt: skip
    assert (
        shown.status_code == 422 and "so nothing of this file is loaded" in shown.content.decode()
    )
    wrong = {row["cells"][0]: row["cells"][3] for row in shown.context["rows"] if row["tone"]}
    assert sorted(wrong) == [3, 4, 5, 6, 7, 8]
    assert wrong[3].startswith("Code: The code of a unit has")
    assert wrong[4] == "Name: enter a value."
    assert wrong[5].startswith("Part of: ") and wrong[5].endswith("999")
    assert wrong[6].startswith("Budget holder: Who holds a budget works here")
    assert "Budget holder: write an address" in wrong[7] and "is not a date like" in wrong[7]
    assert wrong[8].startswith("Last day: ")
    assert (
        "<button" not in shown.content.decode().split("What would become of")[0].split("<main")[1]
    )
    assert sure(admin, shown).status_code == 422
    assert counted(world) == (3, 0)


def test_what_changed_meanwhile_is_shown_again(world: World) -> None:
    admin = signed_in(world)
    shown = sent(admin, ["120,Payables,110,,,"])
    admin.post(f"{LIST}new/", form(name="Payments"))
    again = sure(admin, shown)
    assert again.status_code == 200
    assert "has changed since you saw it" in again.content.decode()
    assert unit(world, "120").name == "Payments"
    assert sure(admin, again).status_code == 302
    assert unit(world, "120").name == "Payables"


def test_the_export_loads_back_and_changes_nothing(world: World) -> None:
    admin = signed_in(world)
    for kind in ("csv", "xlsx"):
        data = admin.get(f"{LIST}export/?which=all&format={kind}").content
        shown = two_steps.sent_bytes(admin, LOAD, data, "Looked through", f"units.{kind}")
        assert shown.status_code == 200, shown.content.decode()
        text = shown.content.decode()
        assert "Stays as it is: 3 rows" in text and "Nothing would change" in text


def test_files_that_cannot_be_read_are_refused_with_words(world: World) -> None:
    admin = signed_in(world)
    assert "These columns are missing: name." in sent(admin, ["1"], head="Code").content.decode()
    strange = sent(admin, ["1,A,x"], head="Code,Name,Colour").content.decode()
    assert "These columns are not in the template: colour." in strange
    assert "has a heading and no rows" in sent(admin, []).content.decode()
    assert "at most 2,000 rows" in sent(admin, ["1,A,,,,"] * 2001).content.decode()
    nothing = admin.post(LOAD, {"reason": "Why"})
    assert nothing.status_code == 422 and "Select" in nothing.content.decode()
    broken = admin.post(LOAD, {"file": "%%%", "seen": "x", "reason": "Why"})
    assert broken.status_code == 422
    auditor = signed_in(world, "auditor@eastmere")
    assert sent(auditor, ["1,A,,,,"]).status_code == 403
