"""Rights are looked through: each is confirmed or ended, and never by who holds it."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from access.models import AccessReview, ReviewedRight
from access.rules import ACC10, ACC21, ACC22, ACC23
from access.selectors.reviews import Sought, counts_of, review_of, review_standing, rights_in
from access.services.grants import end_right, grant_right
from access.services.reviews import confirm_rights, end_reviewed, finish_review, open_review
from core.errors import Clash, NotAllowed, NotFound, Refused
from core.scope import scope
from events.models import Event
from events.services import record_about
from tenants.models import Grant
from tenants.roles import Role
from tenants.services import create_person, give_role
from tests.days import today
from tests.world import SINCE, World

LIST = "/eastmere/rights/reviews/"
ADMIN, OTHER = "administrator@eastmere", "other@eastmere"
DAY = timedelta(days=1)


@pytest.fixture
def here(world: World) -> World:
    """The world with a second administrator of Eastmere."""
    other = create_person(email="other@eastmere.example", name="Other Admin")
    world.people[OTHER] = other
    with scope(acting=world.id("eastmere")):
        give_role(person=other, role=Role.ADMINISTRATOR, since=SINCE)
    return world


def begin(world: World, who: str = ADMIN, **given: Any) -> AccessReview:
    given = {"due_on": today() + 30 * DAY, "today": today(), "at": timezone.now(), **given}
    by = world.actor(who)
    with scope(acting=by.organisation_id):
        return open_review(**given, by=by)


def confirm(world: World, number: int, who: str = ADMIN, **given: Any) -> int:
    given = {"sought": Sought(), "lines": None, "at": timezone.now(), "today": today(), **given}
    by = world.actor(who)
    with scope(acting=by.organisation_id):
        return confirm_rights(number=number, **given, by=by)


def finish(world: World, number: int, who: str = ADMIN) -> AccessReview:
    by = world.actor(who)
    with scope(acting=by.organisation_id):
        return finish_review(number=number, by=by, at=timezone.now(), today=today())


def counts(world: World, row: AccessReview) -> dict[str, int]:
    with scope(acting=row.organisation_id):
        return counts_of(row.organisation_id, [row], today())[row.pk]


def line(world: World, row: AccessReview, who: str) -> ReviewedRight:
    with scope(acting=row.organisation_id):
        rows = rights_in(review_of(row.organisation_id, row.pk), Sought(), today())
        found: ReviewedRight = rows.filter(person=world.people[who]).order_by("pk")[0]
        return found


def client(world: World, who: str = ADMIN) -> Client:
    visit = Client()
    visit.force_login(world.people[who])
    return visit


def test_a_review_lists_what_everybody_holds_and_when_they_were_last_here(here: World) -> None:
    officer, admin = here.actor("finance_officer@eastmere"), here.actor(ADMIN)
    was: datetime = timezone.now() - 100 * DAY
    with scope(acting=here.id("eastmere")):
        record_about("access.factor.reset", "tenants.organisation", 1, by=officer, at=was)
        record_about("access.factor.reset", "tenants.organisation", 1, by=officer, at=was - DAY)
        person = here.people["hr_officer@eastmere"]
        given = {"from_on": today(), "today": today(), "reason": "Cover", "by": admin}
        grant_right(person=person, role=Role.AUDITOR, **given)
        over = create_person(email="over@eastmere.example", name="Over")
        give_role(person=over, role=Role.AUDITOR, since=SINCE, until=today())
        expected = Grant.objects.filter(valid__contains=today()).exclude(role="staff").count()
    row = begin(here)
    assert counts(here, row) == {"open": expected, "confirmed": 0, "ended": 0, "gone": 0}
    assert line(here, row, "finance_officer@eastmere").used_at == was
    assert line(here, row, "hr_officer@eastmere").used_at is None
    with scope(acting=row.organisation_id):
        rights = rights_in(row, Sought(role=Role.AUDITOR), today())
        assert {one.given_by_name for one in rights} == {"", "Administrator of eastmere"}
        unused = rights_in(row, Sought(unused=True), today())
        assert unused.filter(person_id=officer.person_id).exists()
        assert not unused.filter(person_id=admin.person_id).exists()
        event = Event.objects.get(verb="access.review.opened")
    assert event.data["rights"] == expected


def test_one_review_at_a_time_and_due_soon(here: World) -> None:
    for due_on in (today() - DAY, today() + 91 * DAY):
        with pytest.raises(Refused) as info:
            begin(here, due_on=due_on)
        assert info.value.rule is ACC21
    row = begin(here)
    with pytest.raises(Refused) as info:
        begin(here, OTHER)
    assert info.value.rule is ACC22
    for who in ("auditor@eastmere", "finance_manager@eastmere"):
        with pytest.raises(NotAllowed):
            confirm(here, row.pk, who)
    with pytest.raises(NotFound):
        confirm(here, row.pk, "administrator@northdale")


def test_all_are_confirmed_but_ones_own_which_another_does(here: World) -> None:
    row = begin(here)
    total = counts(here, row)["open"]
    assert confirm(here, row.pk) == total - 1
    assert counts(here, row) == {"open": 1, "confirmed": total - 1, "ended": 0, "gone": 0}
    with pytest.raises(Refused) as info:
        finish(here, row.pk)
    assert info.value.rule is ACC23 and "(1 left)" in info.value.message
    assert confirm(here, row.pk) == 0
    assert confirm(here, row.pk, OTHER) == 1
    with scope(acting=row.organisation_id):
        assert Event.objects.filter(verb="access.grant.confirmed").count() == total
    finish(here, row.pk)
    for again in (confirm, finish):
        with pytest.raises(Clash):
            again(here, row.pk)
    assert begin(here).pk != row.pk


def test_a_right_is_ended_within_the_review_or_meanwhile(here: World) -> None:
    row, by = begin(here), here.actor(ADMIN)
    agent = line(here, row, "centre_agent@centre")
    given: dict[str, Any] = {"number": row.pk, "by": by, "at": timezone.now(), "today": today()}
    with scope(acting=by.organisation_id):
        end_reviewed(line=agent.pk, reason="Works elsewhere", **given)
        assert agent.right.valid.upper is None
        agent.right.refresh_from_db()
        assert agent.right.valid.upper == today()
        with pytest.raises(Clash):
            end_reviewed(line=agent.pk, reason="Again", **given)
    officer = line(here, row, "payroll_officer@eastmere")
    with scope(acting=by.organisation_id):
        ends = {"from_on": today(), "reason": "Left", "by": by, "today": today()}
        end_right(grant_id=officer.right_id, **ends)
    found = counts(here, row)
    assert (found["ended"], found["gone"]) == (1, 1)
    other = line(here, row, OTHER)
    with scope(acting=by.organisation_id):
        end_reviewed(line=other.pk, reason="Left", **given)
    mine = line(here, row, ADMIN)
    with pytest.raises(Refused) as info, scope(acting=by.organisation_id):
        end_reviewed(line=mine.pk, reason="Mine", **given)
    assert info.value.rule is ACC10


def test_the_database_wants_another_person(here: World) -> None:
    row = begin(here)
    mine = line(here, row, ADMIN)
    said = {"decision": "confirmed", "decided_at": timezone.now()}
    with pytest.raises(IntegrityError), scope(acting=row.organisation_id), transaction.atomic():
        ReviewedRight.objects.filter(pk=mine.pk).update(**said, decided_by_id=mine.person_id)


def test_what_is_late_shows_at_home(here: World) -> None:
    def standing(on: date) -> Any:
        with scope(acting=here.id("eastmere")):
            return review_standing(here.id("eastmere"), on)

    assert standing(today()).overdue_since is None
    row = begin(here, due_on=today())
    assert standing(today()).overdue_since is None
    assert standing(today() + DAY).overdue_since == today()
    with scope(acting=row.organisation_id):
        AccessReview.objects.update(due_on=today() - 3 * DAY)
    said = client(here).get("/eastmere/").content.decode()
    assert "Rights to be looked at" in said and "Overdue since" in said
    assert (
        "Rights to be looked at"
        not in client(here, "auditor@eastmere").get("/eastmere/").content.decode()
    )
    confirm(here, row.pk)
    confirm(here, row.pk, OTHER)
    finish(here, row.pk)
    assert standing(today()).overdue_since is None
    assert standing(today() + 366 * DAY).overdue_since == today() + 365 * DAY


def test_the_pages_begin_confirm_end_and_finish(here: World) -> None:
    admin, other = client(here), client(here, OTHER)
    assert "No review yet" in admin.get(LIST).content.decode()
    assert admin.post(LIST, {"due_on": "01/01/2020"}).status_code == 422
    began = admin.post(LIST, {"due_on": f"{today() + 9 * DAY:%d/%m/%Y}"})
    assert began.status_code == 302
    page = began["Location"]
    with scope(acting=here.id("eastmere")):
        row = AccessReview.objects.get()
    agent, clerk = (line(here, row, f"{who}@eastmere") for who in ("finance_officer", "auditor"))
    assert admin.post(page, {"confirm": "1", "right": [clerk.pk, "x"]}).status_code == 302
    assert counts(here, row)["confirmed"] == 1
    none = admin.post(page, {"confirm": "1"}, follow=True).content.decode()
    assert "Select rights" in none
    where = f"{page}{agent.pk}/end/"
    assert admin.post(where, {"reason": ""}).status_code == 422
    assert admin.post(where, {"reason": "Moved on"}).status_code == 302
    assert "Moved on" in admin.get(f"{page}?state=ended").content.decode()
    assert admin.post(f"{page}finish/").status_code == 422
    narrowed = f"{page}?role=manager"
    assert admin.post(narrowed, {"confirm": "1", "scope": "all"})["Location"] == narrowed
    assert counts(here, row)["confirmed"] == 2
    for visit in (admin, other):
        visit.post(page, {"confirm": "1", "scope": "all"})
    assert "Every right has been looked at" in other.get(page).content.decode()
    assert other.post(f"{page}finish/").status_code == 302
    shown = client(here, "auditor@eastmere").get(f"{page}?state=all").content.decode()
    assert "Finished" in shown and "data-bulk" not in shown
    text = admin.get(f"{page}export/?state=ended").content.decode("utf-8-sig")
    (ended,) = csv.DictReader(io.StringIO(text.partition("\r\n\r\n")[2]))
    assert (ended["Reason"], ended["Decided by"]) == ("Moved on", "Administrator of eastmere")
    assert admin.get(f"{page}export/?format=xlsx").content[:2] == b"PK"
    assert client(here, "auditor@eastmere").post(page).status_code == 403


def test_programs_are_told_the_reviews_and_their_rights(here: World) -> None:
    api, auditor = "/api/v1/eastmere/access-reviews/", Client()
    auditor.force_login(here.people["auditor@eastmere"])
    first = begin(here)
    confirm(here, first.pk, OTHER)
    (row,) = auditor.get(api).json()["results"]
    one = auditor.get(f"{api}{first.pk}/").json()
    assert row == one and (one["number"], one["finished_at"]) == (first.pk, None)
    counts = dict(one["rights"])
    rights = f"{api}{first.pk}/rights/"
    everybody = auditor.get(rights).json()["results"]
    assert len(everybody) == sum(counts.values()) and counts["confirmed"] > 1
    left = auditor.get(rights, {"state": "open"}).json()["results"]
    assert [one["email"] for one in left] == ["other@eastmere.example"] * counts["open"]
    assert {one["decided_by"] for one in left} == {None}
    done = auditor.get(rights, {"state": "confirmed", "role": "auditor"}).json()["results"]
    assert [(one["role"], one["decided_by"]) for one in done] == [("auditor", "Other Admin")]
    assert [one["person"] for one in auditor.get(rights, {"text": "other"}).json()["results"]] == [
        "Other Admin"
    ]
    assert auditor.get(rights, {"unused": "true"}).json()["results"] == everybody
    assert auditor.get(rights, {"state": "nonsense"}).status_code == 400
    for who, where, status in (
        ("staff@eastmere", api, 403),
        ("auditor@northdale", f"/api/v1/northdale/access-reviews/{first.pk}/rights/", 404),
    ):
        auditor.force_login(here.people[who])
        assert auditor.get(where).status_code == status
