"""The page "What would my pay be", and its case as rows of test figures."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from core.actors import may
from core.web.pages import page
from payroll.forms import WhatIfForm
from payroll.permissions import ASK_PAY, SAVE_CASES
from payroll.vectors.writing import as_csv, rows_of


@require_http_methods(["GET", "HEAD", "POST"])
@page(ASK_PAY)
def what_if(request: Any) -> HttpResponse:
    """The questions, and the payment with its workings. Nothing is kept, so nothing is asked of a
    change: the answers are sent by POST only to stay out of addresses and logs."""
    form = WhatIfForm(request.POST or None, today=request.today)
    result = form.answer if form.is_valid() else None
    context = {
        "form": form,
        "result": result,
        "printing": bool(result) and request.POST.get("view") == "print",
        "may_save": may(request.actor, SAVE_CASES),
    }
    return render(request, "payroll/what_if.html", context, status=422 if form.errors else 200)


@require_POST
@page(ASK_PAY, unsafe=SAVE_CASES)
def test_row(request: Any) -> HttpResponse:
    """The case as rows that `check_pay_vectors` reads back, as a file."""
    form = WhatIfForm(request.POST, today=request.today)
    if not form.is_valid():
        context = {"form": form, "may_save": True}
        return render(request, "payroll/what_if.html", context, status=422)
    rows = rows_of(form.case, form.answer, request.today)
    response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="pay-case-{form.case.day}.csv"'
    return response
