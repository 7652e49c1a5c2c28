"""Questions about payslips, for programs: what is open, answering and closing."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from payroll.models import PayQuestion
from payroll.permissions import ANSWER_QUESTIONS, SEE_QUESTIONS
from payroll.selectors.questions import one_question, questions_here
from payroll.services.looking import look_at_question, look_at_questions
from payroll.services.questions import MOST, answer_question, close_question


class QuestionsQuery(serializers.Serializer):
    """What can be asked for."""

    state = serializers.ChoiceField(choices=PayQuestion.State.values, required=False)


class QuestionRow(serializers.Serializer):
    """A question as it stands in the list."""

    number = serializers.IntegerField()
    employee = serializers.IntegerField(source="payslip.number")
    pay_run = serializers.IntegerField(source="payslip.pay_run.number")
    pays_on = serializers.DateField(source="payslip.pays_on")
    state = serializers.ChoiceField(choices=PayQuestion.State.values)
    asked_at = serializers.DateTimeField()


class QuestionOut(QuestionRow):
    """A question with its words and its answer."""

    text = serializers.CharField()
    answer = serializers.CharField()
    finding = serializers.CharField()
    answered_by = serializers.CharField(source="answered_by_name")


class PayQuestionAnswerAsked(serializers.Serializer):
    """What the person reads, and what was found."""

    answer = serializers.CharField(max_length=MOST)
    finding = serializers.ChoiceField(choices=PayQuestion.Finding.values)


QuestionPart = part_type(QuestionRow)


class PayQuestions(Endpoint):
    """Questions about payslips, newest first."""

    permission = SEE_QUESTIONS

    @extend_schema(
        operation_id="pay_questions_list", responses=QuestionPart,
        parameters=[QuestionsQuery, CURSOR_PARAMETER],
    )  # fmt: skip
    def get(self, request: Request, organisation: str) -> Response:
        """Each look is recorded."""
        look_at_questions(by=self.actor)
        rows = questions_here(self.actor.organisation_id, **queried(QuestionsQuery, request))
        return Response(QuestionPart(part_of(request, rows, "-number")).data)


class PayQuestionRead(Endpoint):
    """One question."""

    permission = SEE_QUESTIONS

    @extend_schema(operation_id="pay_questions_read", responses=QuestionOut)
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """Each look is recorded."""
        question = one_question(self.actor.organisation_id, number)
        look_at_question(question=question, by=self.actor)
        return Response(QuestionOut(question).data)


class PayQuestionAnswer(Endpoint):
    """Answering a question."""

    permission = ANSWER_QUESTIONS

    @extend_schema(
        operation_id="pay_questions_answer", request=PayQuestionAnswerAsked, responses=QuestionOut
    )
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """The person is told that there is an answer, not what it says."""
        question = one_question(self.actor.organisation_id, number)
        given = asked(PayQuestionAnswerAsked, request)
        return Response(
            QuestionOut(answer_question(question=question, by=self.actor, **given)).data
        )


class PayQuestionClosing(Endpoint):
    """Closing a question that is answered."""

    permission = ANSWER_QUESTIONS

    @extend_schema(operation_id="pay_questions_close", request=None, responses=QuestionOut)
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """It is not in the list of open ones any more."""
        question = one_question(self.actor.organisation_id, number)
        return Response(QuestionOut(close_question(question=question, by=self.actor)).data)
