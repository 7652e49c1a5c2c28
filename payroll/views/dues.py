"""What is owed to others out of pay: the list with its control accounts, paying over, payees."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.actors import may
from core.errors import NotFound, Refused
from core.templatetags.web import day, pounds, short_day
from core.web.exports import csv_download
from core.web.pages import page
from core.web.refusals import refusals_said
from finance.models import Payment
from finance.selectors.suppliers import supplier_by_code
from payroll.forms_dues import PayeeForm, PayOverForm
from payroll.models import CreditorKind, PayDue, PayPayee
from payroll.permissions import PAY_OVER, RUN_PAY, SEE_DUES, SEE_PAYSLIPS
from payroll.selectors.dues import (
    Key,
    Owed,
    controls_of,
    day_due,
    owed_for,
    owed_here,
    payees_by_key,
    payees_of,
    payments_of,
    runs_of,
    words_of,
)
from payroll.services.due_files import take_contributions, take_parts
from payroll.services.paying_over import pay_over, record_payee

PER_PAGE = 50
HEADS = ("Owed to", "For", "Due", "State")
FIGURES = ("Owed", "Proposed", "Paid over", "Left")
CONTROL_FIGURES = ("Owed by runs", "Paid over", "Balance", "Difference")
DAYS = ("Due", "Pay day", "To arrive")
PAYEE_HEADS = ("Owed to", "Creditor", "Supplier", "Reference", "Due on", "Recorded by")


def _columns(words: tuple[str, ...], figures: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [
        {"label": one, "numeric": one in figures, "whole": one in DAYS}
        for one in (*words, *figures)
    ]


@page(SEE_DUES)
@require_GET
def pay_dues(request: Any) -> HttpResponse:
    here, every = request.actor.organisation_id, request.GET.get("show") == "all"
    number = request.GET.get("page", "1")
    after = PER_PAGE * (max(int(number), 1) - 1) if number.isdecimal() and len(number) < 6 else 0
    found = owed_here(here, unpaid=not every, most=PER_PAGE, after=after)
    payees = payees_by_key(here)
    rows = [_row(request, one, payees.get(one.payee_key)) for one in found]
    count = found[0].count if found else 0
    shown = Paginator(range(count), PER_PAGE).get_page(number)
    controls = controls_of(here)
    context = {
        "every": every, "page": shown, "rows": rows, "columns": _columns(HEADS, FIGURES),
        "controls": [_control(one) for one in controls],
        "control_columns": _columns(("Account",), CONTROL_FIGURES),
        "apart": any(one.difference for one in controls),
        "actions": [{"name": "action", "value": "pay", "label": "Pay these over"}],
        "may_pay": may(request.actor, PAY_OVER),
        "form": PayOverForm(organisation_id=here),
    }  # fmt: skip
    return render(request, "payroll/dues.html", context)


def _row(request: Any, one: Owed, payee: PayPayee | None) -> dict[str, Any]:
    due = day_due(one, payee)
    late = one.left > 0 and due < request.today
    state = one.state if payee or not one.left else "No payee yet"
    cells = [
        one.name, words_of(one), short_day(due), "Late" if late and payee else state,
        *(pounds(pence) for pence in (one.owed, one.proposed, one.paid, one.left)),
    ]  # fmt: skip
    url = reverse("pay_due", args=[request.organisation.slug, str(one.key)])
    return {"id": str(one.key), "url": url, "label": f"{one.name}, {words_of(one)}", "cells": cells,
            "tone": "bad" if late else "" if one.left else "good"}  # fmt: skip


def _control(one: Any) -> dict[str, Any]:
    figures = (one.owed, one.paid, one.balance, one.difference)
    return {"id": one.code, "cells": [f"{one.code} {one.name}", *(pounds(p) for p in figures)],
            "tone": "bad" if one.difference else ""}  # fmt: skip


@page(SEE_DUES)
@require_GET
def pay_due(request: Any, key: str) -> HttpResponse:
    """What is owed one creditor for one month: by run, and how it was paid over."""
    here, slug = request.actor.organisation_id, request.organisation.slug
    owed = _owed(here, key)
    payee = payees_by_key(here).get(owed.payee_key)
    context = {
        "owed": owed, "words": words_of(owed), "key": key, "facts": _facts(owed, payee),
        "columns": _columns(("Pay run", "Pay day", "Account", "What", "Stated as"), ("Amount",)),
        "rows": [_part(slug, one) for one in runs_of(here, owed.key)],
        "payment_columns": _columns(("Payment", "Run", "Reference", "To arrive", "State"),
                                    ("Amount",)),
        "payments": [_payment(slug, one) for one in payments_of(here, owed.key)],
        "may_take": may(request.actor, SEE_PAYSLIPS),
        "may_tell": owed.key.kind == CreditorKind.PENSION and may(request.actor, RUN_PAY),
    }  # fmt: skip
    return render(request, "payroll/due.html", context)


def _owed(organisation_id: int, key: str) -> Owed:
    found = owed_for(organisation_id, [Key.read(key)])
    if not found:
        raise NotFound("Nothing like this is owed.")
    return found[0]


def _facts(owed: Owed, payee: PayPayee | None) -> list[dict[str, str]]:
    facts = {
        "Owed to": owed.name,
        "Paid to": payee.supplier.name if payee else "No payee yet",
        "Due": day(day_due(owed, payee)),
        "Owed": pounds(owed.owed),
        "Proposed": pounds(owed.proposed),
        "Paid over": pounds(owed.paid),
    }
    return [{"key": key, "value": value} for key, value in facts.items()]


def _part(slug: str, one: PayDue) -> dict[str, Any]:
    cells = [str(one.pay_run), short_day(one.pay_run.pays_on), one.account,
             one.get_what_display(),
             str(one.liability or ""), pounds(one.amount_pence)]  # fmt: skip
    return {"id": one.pk, "url": reverse("pay_run", args=[slug, one.pay_run.number]),
            "cells": cells}  # fmt: skip


def _payment(slug: str, one: Payment) -> dict[str, Any]:
    reference = one.liability.reference if one.liability else ""
    cells = [str(one), str(one.payment_run), reference, short_day(one.paid_on),
             one.get_state_display(), pounds(one.amount_pence)]  # fmt: skip
    return {"id": one.pk, "cells": cells}


@page(SEE_PAYSLIPS)
@require_GET
def pay_due_file(request: Any, key: str) -> HttpResponse:
    """What it consists of, payslip by payslip."""
    content = take_parts(key=Key.read(key), by=request.actor, at=timezone.now())
    return csv_download(f"owed-{key}", content)


@page(RUN_PAY)
@require_GET
def pay_contributions(request: Any, key: str) -> HttpResponse:
    """The contribution file of a pension fund."""
    content = take_contributions(key=Key.read(key), by=request.actor, at=timezone.now())
    return csv_download(f"contributions-{key}", content)


@page(PAY_OVER)
@require_POST
def pay_dues_over(request: Any) -> HttpResponse:
    """Proposes what is ticked; a second person releases it under Payments."""
    actor, back = request.actor, redirect("pay_dues", request.organisation.slug)
    form = PayOverForm(request.POST, organisation_id=actor.organisation_id)
    if not form.is_valid():
        messages.error(request, "Choose a day and the account to pay from.")
        return back
    with refusals_said(request):
        keys = [Key.read(text) for text in request.POST.getlist("owed")[:PER_PAGE]]
        run = pay_over(keys=keys, **form.cleaned_data, by=actor, at=timezone.now())
        messages.success(
            request,
            f"{run} is proposed for {day(run.pay_on)}: {pounds(run.total_pence)}."
            " Somebody else releases it under Payments.",
        )
    return back


@page(SEE_DUES)
def pay_payees(request: Any) -> HttpResponse:
    """Who is paid for which creditor, and recording another."""
    form = PayeeForm(request.POST or None)
    keeps = may(request.actor, PAY_OVER)
    if request.method == "POST" and keeps and form.is_valid() and _recorded(request, form):
        messages.success(request, "The payee is recorded.")
        return redirect("pay_payees", request.organisation.slug)
    found = Paginator(payees_of(request.actor.organisation_id), PER_PAGE)
    shown = found.get_page(request.GET.get("page"))
    rows = [_payee(request.organisation.slug, one) for one in shown.object_list]
    context = {"form": form if keeps else None, "page": shown, "rows": rows,
               "columns": _columns(PAYEE_HEADS)}  # fmt: skip
    return render(request, "payroll/payees.html", context, status=422 if form.errors else 200)


def _recorded(request: Any, form: PayeeForm) -> bool:
    given = dict(form.cleaned_data)
    code, here = given.pop("supplier").strip(), request.actor.organisation_id
    try:
        with transaction.atomic():
            supplier = supplier_by_code(here, code)
            record_payee(**given, supplier=supplier, by=request.actor, at=timezone.now())
    except (NotFound, Refused) as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


def _payee(slug: str, one: PayPayee) -> dict[str, Any]:
    whose = one.get_scheme_display() if one.scheme else one.creditor
    cells = [one.get_kind_display(), whose, one.supplier.name, one.reference, one.due_day,
             one.recorded_by_name]  # fmt: skip
    return {"id": one.pk, "url": reverse("supplier", args=[slug, one.supplier.code]),
            "cells": cells}  # fmt: skip
