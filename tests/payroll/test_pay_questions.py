"""Questions about payslips: asked by their owner, answered by payroll, told without their words."""

from dataclasses import replace

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.models import Notice
from approvals.services.notices import send_notices
from core.actors import Actor
from core.errors import Clash, Refused
from core.scope import scope
from events.models import Event
from hr.models import Employment
from payroll.models import PayQuestion, PayRun, Payslip
from payroll.services.questions import answer_question, ask_question, close_question
from sla.models import MeasureValue
from sla.services import compute_measures
from tests.payroll.pay_runs import calculated, committed, payroll, person
from tests.world import World

BOSS = "finance_manager@eastmere"
TEXT = "Why is my overtime of £240.00 not on it?"
ANSWER = "It came in late: it is in the next pay."


@pytest.fixture
def office(world: World) -> Actor:
    """The payroll officer of two people; the first is the member of staff who signs in."""
    staff = world.people["staff@eastmere"]
    return payroll(world, person(1, email=staff.email, name=staff.name), person(2))


@pytest.fixture
def run(world: World, office: Actor) -> PayRun:
    return committed(calculated(office), office, world.actor(BOSS))


def slip(number: int = 1) -> Payslip:
    rows = Payslip.objects.select_related("employment", "pay_run")
    return rows.get(number=number)


def asked(world: World) -> PayQuestion:
    by = world.actor("staff@eastmere")
    with scope(acting=by.organisation_id):
        return ask_question(payslip=slip(), text=TEXT, by=by)


def test_the_owner_asks_and_reads_the_answer_on_the_payslip(
    world: World, office: Actor, run: PayRun
) -> None:
    own, clerk = Client(), Client()
    own.force_login(world.people["staff@eastmere"])
    clerk.force_login(world.people["payroll_officer@eastmere"])
    page = reverse("my_payslip", args=["eastmere", run.number])
    ask = reverse("payslip_ask", args=["eastmere", run.number])
    assert ask in own.get(page).content.decode()
    empty = own.post(ask, {"text": " "})
    assert (empty.status_code, "Enter your question" in empty.content.decode()) == (422, True)
    assert own.post(ask, {"text": TEXT})["Location"] == page
    listed = clerk.get(reverse("pay_questions", args=["eastmere"])).content.decode()
    assert "QUESTION-1" in listed
    assert TEXT not in listed
    one = reverse("pay_question", args=["eastmere", 1])
    assert TEXT in clerk.get(one).content.decode()
    assert clerk.post(one, {"answer": ANSWER}).status_code == 422
    assert clerk.post(one, {"answer": ANSWER, "finding": "employer"})["Location"] == one
    assert ANSWER in own.get(page).content.decode()
    close = reverse("pay_question_close", args=["eastmere", 1])
    assert clerk.post(close).status_code == 302
    assert (
        "QUESTION-1"
        not in clerk.get(reverse("pay_questions", args=["eastmere"]))
        .content.decode()
        .split("No questions in this state")[1]
    )
    assert (
        "QUESTION-1"
        in clerk.get(reverse("pay_questions", args=["eastmere"]) + "?state=closed").content.decode()
    )
    with scope(acting=office.organisation_id):
        verbs = Event.objects.filter(subject_key="payroll.question").order_by("id")
        assert [one.verb.rpartition(".")[2] for one in verbs] == [
            "asked", "seen", "seen", "answered", "closed",
        ]  # fmt: skip
        said = " ".join(str(one.data) for one in verbs)
    assert "overtime" not in said
    assert "late: it" not in said


def test_the_notice_says_nothing_of_pay_and_leads_to_the_payslip(
    world: World, office: Actor, run: PayRun, settings: object
) -> None:
    settings.EMAIL_HOST = "mail.example"  # type: ignore[attr-defined]
    question = asked(world)
    with scope(acting=office.organisation_id):
        given = {"question": question, "answer": ANSWER, "finding": "right"}
        answer_question(**given, by=office)
        with pytest.raises(Clash):
            answer_question(**given, by=office)
        told = Notice.objects.get(kind=Notice.Kind.TOLD)
    assert told.person_id == world.people["staff@eastmere"].pk
    assert send_notices(as_of=timezone.now()) == 1
    (sent,) = mail.outbox
    assert reverse("my_payslip", args=["eastmere", run.number]) in sent.body
    for word in ("£", "240", "overtime", ANSWER):
        assert word not in sent.subject + sent.body
    client = Client()
    client.force_login(world.people["staff@eastmere"])
    page = client.get(reverse("notices", args=["eastmere"])).content.decode()
    assert f'href="{reverse("my_payslip", args=["eastmere", run.number])}"' in page


def test_only_about_ones_own_and_answered_by_a_colleague(
    world: World, office: Actor, run: PayRun
) -> None:
    question = asked(world)
    staff = world.actor("staff@eastmere")
    with scope(acting=office.organisation_id):
        with pytest.raises(Refused, match="payslips of your own"):
            ask_question(payslip=slip(2), text=TEXT, by=staff)
        own = Employment.objects.get(number=1).person_id
        given = {"question": question, "answer": ANSWER, "finding": "right"}
        with pytest.raises(Refused, match="about your own pay"):
            answer_question(**given, by=replace(office, person_id=own))
        with pytest.raises(Clash):
            close_question(question=question, by=office)
        with pytest.raises(Refused, match="2,000 characters"):
            answer_question(**{**given, "answer": "x" * 2001}, by=office)
    client = Client()
    for other in ("finance_manager", "hr_officer", "manager", "auditor", "staff"):
        client.force_login(world.people[f"{other}@eastmere"])
        assert client.get(reverse("pay_questions", args=["eastmere"])).status_code == 403
        assert client.get(reverse("pay_question", args=["eastmere", 1])).status_code == 403
    client.force_login(world.people["auditor@eastmere"])
    assert client.get(reverse("payslip_ask", args=["eastmere", run.number])).status_code == 404


def test_errors_of_payroll_lower_the_accuracy_and_late_inputs_do_not(
    world: World, office: Actor, run: PayRun
) -> None:
    here = office.organisation_id

    def right() -> int:
        compute_measures([here])
        with scope(acting=here):
            return int(MeasureValue.objects.get(measure="payroll.payslips_right").value)

    for finding, expected in (("employer", 2), ("payroll", 1), ("payroll", 1)):
        question = asked(world)
        with scope(acting=here):
            answer_question(question=question, answer=ANSWER, finding=finding, by=office)
        assert right() == expected


def test_programs_read_answer_and_close_questions(world: World, office: Actor, run: PayRun) -> None:
    asked(world)
    client = Client()
    client.force_login(world.people["payroll_officer@eastmere"])
    url = "/api/v1/eastmere/pay-questions/"
    given = {"content_type": "application/json"}
    (row,) = client.get(f"{url}?state=open").json()["results"]
    assert (row["number"], row["employee"], "text" in row) == (1, 1, False)
    assert client.get(f"{url}1/").json()["text"] == TEXT
    wrong = client.post(f"{url}1/answer/", {"answer": ANSWER, "finding": "x"}, **given)
    assert wrong.status_code == 400
    said = client.post(f"{url}1/answer/", {"answer": ANSWER, "finding": "payroll"}, **given)
    assert (said.json()["state"], said.json()["finding"]) == ("answered", "payroll")
    assert client.post(f"{url}1/closing/", **given).json()["state"] == "closed"
    assert client.post(f"{url}1/closing/", **given).status_code == 409
