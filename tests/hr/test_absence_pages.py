"""Pages, files and calls of absences: who sees and does what, and what is refused in words."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.scope import scope
from events.models import Event
from hr.forms_absences import COLUMNS
from hr.models import Absence, AbsenceTerms, Employment
from hr.services.absences import NewAbsence, record_absences
from tenants.models import Unit
from tenants.services import create_person, give_role
from tests.hr.record import employer, hire, load, point, post, row
from tests.world import SINCE, World

SICK = {"kind": "sickness", "from_on": "2026-06-01", "days": "Mon Tue Wed Thu Fri",
        "evidence": "self", "reason": "Broken arm"}  # fmt: skip


@pytest.fixture
def hr(world: World) -> Actor:
    by = employer(world)
    with scope(acting=by.organisation_id):
        auditor = world.people["auditor@eastmere"]
        one = row(employee="7", name=auditor.name, email=auditor.email)
        load(by, row(), row(employee="101", name="Ada Byron", email="ada@staff.example"), one)
    return by


def signed_in(client: Client, world: World, role: str) -> Client:
    client.force_login(world.people[f"{role}@eastmere"])
    return client


def where(name: str, *arguments: Any) -> str:
    return reverse(name, args=["eastmere", *arguments])


def send(client: Client, *lines: str, to: str = "") -> Any:
    text = "\r\n".join([",".join(COLUMNS), *lines]).encode()
    file = SimpleUploadedFile("absences.csv", text)
    headers = {"Idempotency-Key": str(uuid.uuid4())} if to else {}
    return client.post(to or where("absence_file"), {"file": file}, headers=headers)


def test_a_manager_records_and_ends_an_absence_and_never_sees_why(
    world: World, client: Client, hr: Actor
) -> None:
    signed_in(client, world, "manager")
    assert client.post(where("absence_new", 100), SICK).status_code == 302
    with scope(acting=hr.organisation_id):
        made = Absence.objects.get()
    ended = {**SICK, "reason": "", "last_on": "2026-06-03"}
    assert client.post(where("absence_change", made.number), ended).status_code == 302
    text = client.get(where("absence", made.number)).content.decode()
    assert "1 Jun 2026 to 3 Jun 2026" in text and "From 1 Jun 2026" in text
    assert "Broken arm" not in text and "Show the reason" not in text
    assert client.post(where("absence_reason", made.number), {"reason": "?"}).status_code == 403
    listed = client.get(where("absences") + "?on=2026-06-02&employee=100").content.decode()
    assert "Hara" in listed and "Broken" not in listed
    # HR says why it looks, and that is noted; the reason is still that of the first record.
    signed_in(client, world, "hr_officer")
    seen = client.post(where("absence_reason", made.number), {"reason": "Fit note due"})
    assert "Broken arm" in seen.content.decode()
    with scope(acting=hr.organisation_id):
        assert Event.objects.get(verb="hr.absence.seen").data["reason"] == "Fit note due"
    signed_in(client, world, "auditor")
    assert client.get(where("absences")).status_code == 403


def test_staff_see_their_own_with_the_reason_and_nobody_elses(
    world: World, client: Client, hr: Actor
) -> None:
    signed_in(client, world, "hr_officer")
    for number in (7, 100):
        client.post(where("absence_new", number), SICK)
    with scope(acting=hr.organisation_id):
        mine, other = Absence.objects.order_by("employment__number")
    signed_in(client, world, "auditor")
    text = client.get(where("my_absences")).content.decode()
    assert f"absence {mine.number}" in text and f"absence {other.number}<" not in text
    seen = client.post(where("my_absence_reason", mine.number))
    assert "Broken arm" in seen.content.decode()
    assert client.post(where("my_absence_reason", other.number)).status_code == 404


def test_a_file_is_taken_whole_or_not_at_all(world: World, client: Client, hr: Actor) -> None:
    signed_in(client, world, "hr_officer")
    good = "100,sickness,2026-06-01,2026-06-05,Mon Tue,self,,,,,Cold"
    answer = send(client, good, "999,sickness,2026-06-01,,,,,,,,", "101,flu,2026-06-01,,Xyz,,,,,,")
    text = answer.content.decode()
    assert answer.status_code == 422
    for words in ("Row 3, employee", "Row 4, kind", "Row 4, days"):
        assert words in text, words
    with scope(acting=hr.organisation_id):
        assert not Absence.objects.exists()
    leave = "101,maternity,2026-07-01,,,birth,2026-08-01,2026-05-01,,,"
    assert send(client, good, leave).status_code == 302
    with scope(acting=hr.organisation_id):
        first, second = Absence.objects.order_by("number")
        assert (first.qualifying, second.event_on) == (0b0000110, date(2026, 8, 1))
    # The same days are not recorded twice, by a page or by a program.
    assert "Another absence is recorded" in send(client, good).content.decode()
    to = where("api_absence_files_sent")
    assert send(client, good, to=to).json()["code"] == "HRR23"
    later = "100,sickness,2026-06-08,2026-06-09,,,,,,,"
    assert send(client, later, to=to).json() == {"absences": 1}


def test_pay_while_away_is_kept_by_hr_and_seen_by_others(
    world: World, client: Client, hr: Actor
) -> None:
    signed_in(client, world, "hr_officer")
    assert "No rule is recorded" in client.get(where("pay_while_away")).content.decode()
    given = {"sick_full": "on", "from_on": "2026-06-01"}
    assert client.post(where("pay_while_away"), given).status_code == 302
    with scope(acting=hr.organisation_id):
        rule = AbsenceTerms.objects.get()
        assert (rule.sick_full, rule.family_full) == (True, False)
    signed_in(client, world, "manager")
    assert "Statutory pay only" in client.get(where("pay_while_away")).content.decode()
    assert client.post(where("pay_while_away"), given).status_code == 403


def test_a_withdrawn_absence_is_in_no_list_and_payroll_states_earnings(
    world: World, client: Client, hr: Actor
) -> None:
    signed_in(client, world, "hr_officer")
    client.post(where("absence_new", 100), SICK)
    with scope(acting=hr.organisation_id):
        number = Absence.objects.get().number
        assert Employment.objects.filter(number=100).exists()
    signed_in(client, world, "payroll_officer")
    stated = {"absence": number, "earnings": "4000", "parts": 2, "unit": "months", "paper": "P1"}
    assert client.post(where("pay_earnings_new"), stated).status_code == 302
    text = client.get(where("pay_earnings")).content.decode()
    assert "£4,000.00" in text and "2 months" in text
    wrong = client.post(where("pay_earnings_new"), {**stated, "absence": 999})
    assert "no absence with this number" in wrong.content.decode()
    signed_in(client, world, "hr_officer")
    gone = client.post(where("absence_withdraw", number), {"reason": "Was at work"})
    assert gone.status_code == 302
    assert "No absence is recorded" in client.get(where("absences")).content.decode()
    assert client.get(where("absence", number)).status_code == 404


def test_whoever_sees_all_absences_records_those_of_their_units(
    world: World, client: Client
) -> None:
    by = employer(world)
    boss = create_person(email="boss@staff.example", name="Boss")
    with scope(acting=by.organisation_id):
        clerk = hire(by, world)
        gardener = hire(by, world, name="Mo Field", position=post("P2"), pay_point=point("09"))
        give_role(person=boss, role="payroll_officer", since=SINCE)
        give_role(person=boss, role="manager", unit=Unit.objects.get(code="200"), since=SINCE)
        new = NewAbsence(kind="sickness", from_on=date(2026, 6, 1))
        (theirs,) = record_absences(absences=[(clerk, new)], by=by, at=timezone.now())
    client.force_login(boss)
    assert client.get(where("absence", theirs.number)).status_code == 200
    for name in ("absence_change", "absence_withdraw"):
        answer = client.post(where(name, theirs.number), {**SICK, "reason": "None"})
        assert answer.status_code == 404, name
    assert client.post(where("absence_new", clerk.number), SICK).status_code == 404
    line = f"{clerk.number},sickness,2026-07-01,2026-07-02,Mon Tue,self,,,,,Cold"
    assert send(client, line).status_code == 422
    assert client.post(where("absence_new", gardener.number), SICK).status_code == 302
    with scope(acting=by.organisation_id):
        assert set(Absence.objects.values_list("employment_id", "from_on")) == {
            (clerk.pk, date(2026, 6, 1)), (gardener.pk, date(2026, 6, 1))
        }  # fmt: skip
