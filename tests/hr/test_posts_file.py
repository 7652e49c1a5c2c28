"""Code lists and posts from files: shown row by row, then all of it or nothing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.errors import Refused
from core.scope import scope
from events.models import Event
from hr.models import Employment, Position, PositionBudget, StaffFileError, StandardCode
from hr.services.requests import request_leaver
from tests import two_steps
from tests.hr.record import agree, employer, hire, load, row
from tests.world import World

CODES, POSTS = "/eastmere/terms/codes/", "/eastmere/establishment/"
CODE_HEAD = "List,Code,Name,Standard,First day,Last day"
POST_HEAD = "Code,Title,Unit,Scale,Grade,Budget,From,Staff group,Job role"
NHS = "NHS National Workforce Data Set"
LISTS = [
    f"Staff group,S7,Administrative and Clerical,{NHS},01/04/2025,",
    f"job_role,0Q1,Clerical Worker,{NHS},2025-04-01,",
    f"Leaving reason,RET,Flexi Retirement,{NHS},2025-04-01,",
    f"Leaving reason,OLD,Redundancy,{NHS},2025-04-01,2025-12-31",
]


@pytest.fixture
def office(world: World) -> Client:
    employer(world)
    client = Client()
    client.force_login(world.people["hr_officer@eastmere"])
    return client


def codes(client: Client, rows: Sequence[str]) -> Any:
    return two_steps.sent(client, f"{CODES}load/", CODE_HEAD, rows, "Edition of this year")


def posts(client: Client, rows: Sequence[str]) -> Any:
    return two_steps.sent(client, f"{POSTS}load/", POST_HEAD, rows, "Establishment agreed")


def done(client: Client, where: str, shown: Any) -> Any:
    assert shown.status_code == 200, wrong(shown)
    answer = two_steps.sure(client, f"{where}load/", shown)
    assert (answer.status_code, answer["Location"]) == (302, where)


def wrong(shown: Any) -> dict[int, str]:
    return {one["cells"][0]: one["cells"][3] for one in shown.context["rows"] if one["tone"]}


def test_codes_are_loaded_shown_by_day_and_load_back(office: Client, world: World) -> None:
    done(office, CODES, codes(office, LISTS))
    page = office.get(f"{CODES}?on=2026-06-01").content.decode()
    assert "Administrative and Clerical" in page and "Redundancy" not in page
    assert "Redundancy" in office.get(f"{CODES}?ever=1&list=leaving_reason").content.decode()
    assert "No code matches" in office.get(f"{CODES}?q=nothing").content.decode()
    api = "/api/v1/eastmere/standard-codes/"

    def told(**given: str) -> list[str]:
        return [one["code"] for one in office.get(api, given).json()["results"]]

    assert told(on="2026-06-01") == ["0Q1", "RET", "S7"]
    assert told(on="2025-06-01", list="leaving_reason") == ["OLD", "RET"]
    assert told(on="2026-06-01", text="clerical") == ["0Q1", "S7"]
    assert office.get(api, {"list": "nonsense"}).status_code == 400
    export = office.get(f"{CODES}export/?ever=1").content
    again = two_steps.sent_bytes(office, f"{CODES}load/", export, "Look")
    assert "Stays as it is: 4 rows" in again.content.decode()
    renamed = codes(office, [f"Staff group,S7,Administrative,{NHS},,31/12/2026"])
    assert "name before: Administrative and Clerical, now: Administrative" in (
        renamed.content.decode()
    )
    done(office, CODES, renamed)
    with scope(acting=world.id("eastmere")):
        kept = StandardCode.objects.get(code="S7")
        verbs = list(
            Event.objects.filter(verb__startswith="hr.code").values_list("verb", flat=True)
        )
    assert (kept.name, kept.from_on, kept.to_on) == (
        "Administrative", date(2025, 4, 1), date(2027, 1, 1),
    )  # fmt: skip
    assert sorted(verbs) == ["hr.code.added"] * 4 + ["hr.code.changed"]


def test_wrong_codes_are_named_and_nothing_is_loaded(office: Client, world: World) -> None:
    shown = codes(office, [
        LISTS[0], LISTS[0], f"Staff grp,1,A,{NHS},2025-04-01,", f"Job role,2,,{NHS},,",
        f"Job role,3,B,{NHS},,", f"Job role,4,B,{NHS},2025-04-01,2025-03-31",
    ])  # fmt: skip
    said = wrong(shown)
    assert shown.status_code == 422 and sorted(said) == [3, 4, 5, 6, 7]
    assert said[3].startswith("Code: Each code stands once in a file.")
    assert said[4].startswith("List: write one of Staff group, Job role")
    assert said[5] == "Name: enter a value."
    assert said[6].startswith("First day or last day: ") and said[7].startswith("First day or last")
    with scope(acting=world.id("eastmere")):
        assert not StandardCode.objects.exists()


def test_posts_are_added_coded_and_budgeted(office: Client, world: World) -> None:
    done(office, CODES, codes(office, LISTS))
    shown = posts(office, [
        "P1,Clerk,110,njc,G2,2.5,2026-04-01,S7,0Q1", "P9,Filing clerk,110,njc,G2,3,2025-04-01,S7,",
        "P2,Gardener,200,njc,G3,,,,",
    ])  # fmt: skip
    text = shown.content.decode()
    assert "Added: 1 row" in text and "Changed: 1 row" in text and "Stays as it is: 1 row" in text
    assert "budget before: 2, now: 2.5 from 1 Apr 2026" in text
    assert "staff group before: none, now: S7" in text
    done(office, POSTS, shown)
    with scope(acting=world.id("eastmere")):
        one, new = Position.objects.get(code="P1"), Position.objects.get(code="P9")
        rows = PositionBudget.objects.filter(position=one).order_by("from_on")
        budgets = [(row.fte_hundredths, str(row.from_on), str(row.to_on)) for row in rows]
        begun = PositionBudget.objects.get(position=new)
        verbs = Event.objects.filter(verb__startswith="hr.position.").values_list("verb", flat=True)
        assert sorted(verbs) == ["hr.position.added", "hr.position.changed"]
    assert (one.staff_group, one.job_role, new.staff_group) == ("S7", "0Q1", "S7")
    assert budgets == [(200, "2025-04-01", "2026-04-01"), (250, "2026-04-01", "None")]
    assert (begun.fte_hundredths, begun.to_on) == (300, None)
    assert ">2<" in office.get(f"{CODES}?q=S7").content.decode()
    export = office.get(f"{POSTS}export/?on=2026-06-01").content
    again = two_steps.sent_bytes(office, f"{POSTS}load/", export, "Look")
    assert "Stays as it is: 3 rows" in again.content.decode()


def test_wrong_posts_are_named_and_nothing_is_loaded(office: Client, world: World) -> None:
    shown = posts(office, [
        "A1,Clerk,999,njc,G2,1,2025-04-01,,", "A2,Clerk,110,njx,G2,1,2025-04-01,,",
        "A3,Clerk,110,njc,G99,1,2025-04-01,,", "A4,Clerk,110,njc,G2,,,,",
        "A5,Clerk,110,njc,G2,1,2025-04-01,S7,", "P1,Clerk,200,njc,G2,,,,",
        "P2,Gardener,200,njc,G3,9,2025-04-01,,", "A6,Clerk,110,njc,G2,1.234,2025-04-01,,",
        "A7,Clerk,110,njc,G2,1,2025-04-01,,",
    ])  # fmt: skip
    said = wrong(shown)
    assert shown.status_code == 422 and sorted(said) == [2, 3, 4, 5, 6, 7, 8, 9]
    for number, start in {
        2: "Unit: There is no such unit", 3: "Scale: There is no such pay scale",
        4: "Grade: ", 5: "Budget or from: A post that is new needs a budget",
        6: "Codes: No list has this code", 7: "Unit, scale or grade: A post keeps its unit",
        8: "Budget or from: ", 9: "Budget: write full-time equivalents",
    }.items():  # fmt: skip
        assert said[number].startswith(start), said[number]
    with scope(acting=world.id("eastmere")):
        assert Position.objects.count() == 2


def test_who_leaves_does_so_for_a_reason_of_the_list(office: Client, world: World) -> None:
    done(office, CODES, codes(office, LISTS))
    by = world.actor("hr_officer@eastmere")
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        job = someone.assignments.get()
        given: dict[str, Any] = {"last_on": timezone.localdate(), "assignment": job, "by": by}
        with pytest.raises(Refused) as refused:
            request_leaver(reason="Tired", **given)
        assert refused.value.code == "HRR77"
    page = office.get(f"/eastmere/staff/{someone.number}/jobs/1/leaver/").content.decode()
    assert "Flexi Retirement (RET)" in page and "Redundancy" not in page
    with scope(acting=by.organisation_id):
        agree(request_leaver(reason="RET", **given), world)
        someone.refresh_from_db()
        assert someone.leaving_reason == "Flexi Retirement"


def test_a_file_of_staff_gives_reasons_of_the_list(office: Client, world: World) -> None:
    done(office, CODES, codes(office, LISTS))
    by = world.actor("hr_officer@eastmere")
    last = {"employed_to": "30/11/2025"}
    with scope(acting=by.organisation_id):
        assert load(by, row(**last, leaving_reason="Tired")).state == "refused"
        (told,) = StaffFileError.objects.values_list("text", flat=True)
        assert told.startswith("leaving_reason: «Tired» is no code and no name of your list")
        assert load(by, row(**last, leaving_reason="OLD")).state == "loaded"
        assert Employment.objects.get().leaving_reason == "Redundancy"


def test_others_do_not_load_them(office: Client, world: World) -> None:
    office.force_login(world.people["manager@eastmere"])
    for where in (CODES, POSTS):
        assert office.get(f"{where}load/").status_code == 403
    assert office.get(CODES).status_code == 200
