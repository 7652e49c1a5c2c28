"""Questions about payslips: asked by the person, answered by a colleague of payroll, closed."""

from django.utils import timezone

from approvals.services.notices import tell
from core.actors import Actor, require
from core.states import move
from core.templatetags.web import day
from events.services import record
from payroll.models import PayQuestion, PayRun, Payslip
from payroll.permissions import ANSWER_QUESTIONS, ASK_PAYROLL
from payroll.rules import PRL50, PRL51
from payroll.services.deductions import check_not_own
from tenants.services import next_number

State = PayQuestion.State
MOVES = {
    "answer": ((State.OPEN,), State.ANSWERED),
    "close": ((State.ANSWERED,), State.CLOSED),
}
MOST = 2000


def ask_question(*, payslip: Payslip, text: str, by: Actor) -> PayQuestion:
    """The person asks about their own committed payslip; payroll finds it in its list.

    PRL51 about any other payslip, PRL50 without words. Event payroll.question.asked, which says
    nothing of them.
    """
    require(by, ASK_PAYROLL)
    person = by.person_id
    PRL51.check(
        person is not None
        and person == payslip.employment.person_id
        and payslip.pay_run.state in PayRun.FINAL
    )
    made = PayQuestion.objects.create(
        organisation_id=by.organisation_id,
        number=next_number("pay_question", by=by),
        payslip=payslip,
        text=_words(text),
        asked_by_id=person,
        asked_by_name=by.name,
        asked_at=timezone.now(),
    )
    record("payroll.question.asked", made, by=by, day=day(payslip.pays_on))
    return made


def answer_question(*, question: PayQuestion, answer: str, finding: str, by: Actor) -> PayQuestion:
    """The person reads it on the payslip and is told that it is there, not what it says.

    PRL25 for one's own, PRL50 without words. Clash unless it is open. Event
    payroll.question.answered.
    """
    payslip = question.payslip
    require(by, ANSWER_QUESTIONS)
    check_not_own(employment=payslip.employment, by=by)
    said = {"answer": _words(answer), "finding": PayQuestion.Finding(finding)}
    now = timezone.now()
    _move(question, "answer", **said, answered_by_name=by.name, answered_at=now)
    tell(
        person_id=question.asked_by_id,
        name=question.asked_by_name,
        title="Payroll has answered your question",
        body="Sign in to read it on your payslip.",
        about=f"pay-question:{question.pk}",
        link="my_payslip",
        number=payslip.pay_run.number,
        by=by,
        at=now,
    )
    outcome = question.get_finding_display()
    record("payroll.question.answered", question, by=by, finding=outcome)
    return question


def close_question(*, question: PayQuestion, by: Actor) -> PayQuestion:
    """Nothing more is to be done about it. PRL25 for one's own, Clash unless it is answered.

    Event payroll.question.closed.
    """
    require(by, ANSWER_QUESTIONS)
    check_not_own(employment=question.payslip.employment, by=by)
    _move(question, "close")
    record("payroll.question.closed", question, by=by)
    return question


def _move(question: PayQuestion, verb: str, **changes: object) -> None:
    here = {"organisation_id": question.organisation_id, "pk": question.pk}
    move(PayQuestion.objects.filter(**here), MOVES, verb, expected=1, **changes)
    question.refresh_from_db(fields=["state", *changes])


def _words(text: str) -> str:
    said = text.strip()
    PRL50.check(0 < len(said) <= MOST)
    return said
