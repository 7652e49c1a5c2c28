"""Questions about payslips: asking, the list of payroll, one of them, and its answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.actors import may
from core.templatetags.web import day, day_time
from core.web.pages import page
from core.web.refusals import refusals_on
from events.selectors import timeline
from payroll.forms_questions import AnswerForm, QuestionForm
from payroll.models import PayQuestion
from payroll.permissions import ANSWER_QUESTIONS, ASK_PAYROLL, SEE_QUESTIONS
from payroll.selectors.questions import one_question, questions_here
from payroll.selectors.slips import one_of, payslips_of
from payroll.services.looking import look_at_question, look_at_questions
from payroll.services.questions import answer_question, ask_question, close_question
from payroll.views.deductions import listed, state_tag

HEADS = ("Question", "Name", "Number", "Pay day", "Asked", "State")
State = PayQuestion.State


@page(ASK_PAYROLL)
def payslip_ask(request: Any, run: int) -> HttpResponse:
    actor = request.actor
    payslip = one_of(payslips_of(actor.organisation_id, person_id=actor.person_id), run)
    form = QuestionForm(request.POST or None)
    back = reverse("my_payslip", args=[request.organisation.slug, run])
    if request.method == "POST" and form.is_valid():
        given = {"payslip": payslip, "text": form.cleaned_data["text"], "by": actor}
        with refusals_on(form):
            ask_question(**given)
            messages.success(request, "Payroll has your question. The answer will stand here.")
            return redirect(back)
    context = {"form": form, "payslip": payslip, "back": back}
    status = 422 if form.errors else 200
    return render(request, "payroll/question_new.html", context, status=status)


@page(SEE_QUESTIONS)
@require_GET
def pay_questions(request: Any) -> HttpResponse:
    look_at_questions(by=request.actor)
    state = request.GET.get("state", State.OPEN.value)
    state = state if state in State.values else ""
    slug = request.organisation.slug
    rows = questions_here(request.actor.organisation_id, state)
    context = listed(request, rows, HEADS, lambda one: _row(slug, one))
    context |= {"states": State.choices, "state": state}
    return render(request, "payroll/questions.html", context)


def _row(slug: str, one: PayQuestion) -> dict[str, Any]:
    slip = one.payslip
    cells = [str(one), slip.name, slip.number, day(slip.pays_on), day_time(one.asked_at),
             state_tag(one)]  # fmt: skip
    return {"id": one.pk, "url": reverse("pay_question", args=[slug, one.number]), "cells": cells}


@page(SEE_QUESTIONS, unsafe=ANSWER_QUESTIONS)
def pay_question(request: Any, number: int) -> HttpResponse:
    question = one_question(request.actor.organisation_id, number)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"question": question, "by": request.actor, **form.cleaned_data}
        with refusals_on(form):
            answer_question(**given)
            messages.success(
                request, f"{question} is answered, and {question.asked_by_name} is told."
            )
            return redirect("pay_question", request.organisation.slug, number)
    look_at_question(question=question, by=request.actor)
    deciding = may(request.actor, ANSWER_QUESTIONS)
    context = {
        "question": question,
        "payslip": question.payslip,
        "form": form if deciding and question.state == State.OPEN else None,
        "closing": deciding and question.state == State.ANSWERED,
        "entries": timeline(question),
    }
    status = 422 if form.errors else 200
    return render(request, "payroll/question.html", context, status=status)


@page(ANSWER_QUESTIONS)
@require_POST
def pay_question_close(request: Any, number: int) -> HttpResponse:
    question = one_question(request.actor.organisation_id, number)
    close_question(question=question, by=request.actor)
    messages.success(request, f"{question} is closed.")
    return redirect("pay_questions", request.organisation.slug)
