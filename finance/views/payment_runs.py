"""Pages of payment runs: the list, a new proposal, a run with its release, its files."""

import hashlib
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join

from core.actors import may
from core.errors import InvariantBroken
from core.money import formatted
from core.templatetags.web import day, state_colour
from core.web.pages import PageRequest, page
from core.web.paging import part_of
from core.web.refusals import refusals_on
from events.selectors import timeline
from finance.formats.bank_days import add_banking_days
from finance.forms_payments import ProposalForm, ReleaseForm, account_label
from finance.models import Payment, PaymentRun
from finance.paying.causes import WARNINGS
from finance.paying.files import banking_holidays, content_of
from finance.permissions import (
    DOWNLOAD_PAYMENT_FILES,
    PROPOSE_PAYMENTS,
    RELEASE_PAYMENTS,
    RETURN_PAYMENTS,
    SEE_PAYMENTS,
)
from finance.places import places
from finance.selectors import payments as selectors
from finance.selectors.modulus import installed_tables
from finance.services import payments as services

PER_PAGE = 50
FILE_TYPES = {
    "bacs18": ("text/plain; charset=us-ascii", "txt"),
    "pain001": ("application/xml", "xml"),
    "faster": ("text/csv; charset=us-ascii", "csv"),
}


class CountedPaginator(Paginator):
    """A paginator that is told the count, which the page knows already."""

    def __init__(self, rows: Any, per_page: int, count: int) -> None:
        super().__init__(rows, per_page)
        self._known = count

    @cached_property
    def count(self) -> int:
        return self._known


def state_tag(row: PaymentRun | Payment) -> str:
    """The state as a coloured word."""
    colour = "grey" if row.state == "removed" else state_colour(row.state)
    words = row.state_in_words if isinstance(row, PaymentRun) else row.get_state_display()
    return format_html('<strong class="govuk-tag govuk-tag--{}">{}</strong>', colour, words)


def _run_url(slug: str, number: int, name: str = "payment_run") -> str:
    return reverse(name, kwargs={"organisation": slug, "number": number})


@page(SEE_PAYMENTS, bank=True)
def payment_runs(request: PageRequest) -> HttpResponse:
    """All runs, newest first."""
    state = request.GET.get("state", "")
    state = state if state in PaymentRun.State.values else ""
    here = places(request, SEE_PAYMENTS)
    shown = part_of(request, Paginator(selectors.run_list(sorted(here), state), PER_PAGE))
    centre = request.organisation.is_centre
    context = {
        "rows": [_run_row(run, here[run.organisation_id], centre) for run in shown.object_list],
        "columns": _run_columns(centre),
        "page": shown,
        "states": PaymentRun.State.choices,
        "state": state,
        "may_propose": may(request.actor, PROPOSE_PAYMENTS),
    }
    return render(request, "finance/payments/runs.html", context)


def _run_columns(centre: bool) -> list[dict[str, Any]]:
    return [
        {"label": "Run"},
        *([{"label": "Partner"}] if centre else []),
        {"label": "Pays on"},
        {"label": "Payments", "numeric": True},
        {"label": "Total", "numeric": True},
        {"label": "State"},
        {"label": "Proposed by"},
        {"label": "Released by"},
    ]


def _run_row(run: PaymentRun, place: Any, centre: bool) -> dict[str, Any]:
    cells = [str(run), *([place.name] if centre else []), day(run.pay_on)]
    cells += [f"{run.payments:,}", formatted(run.total_pence), state_tag(run)]
    cells += [run.made_by_name, run.released_by_name]
    return {"id": run.pk, "url": _run_url(place.slug, run.number), "cells": cells}


@page(PROPOSE_PAYMENTS, bank=True)
def payment_run_new(request: PageRequest) -> HttpResponse:
    """Shows what would be paid (GET) and makes the proposal (POST)."""
    given = request.POST if request.method == "POST" else request.GET
    organisation_id = request.organisation.id
    bound = given if "due_to" in given else None
    first = add_banking_days(request.today, 3, banking_holidays(request.today))
    form = ProposalForm(
        bound,
        organisation_id=organisation_id,
        today=request.today,
        initial={"due_to": first, "pay_on": first},
    )
    valid = form.is_bound and form.is_valid()
    if valid and request.method == "POST":
        with refusals_on(form, PAY01="pay_on", PAY17="pay_on", PAY18="method"):
            run = services.propose_run(**form.cleaned_data, by=request.actor)
            return redirect(_run_url(request.organisation.slug, run.number))
    context: dict[str, Any] = {"form": form, "note": installed_tables().words}
    if valid:
        days = {key: form.cleaned_data[key] for key in ("due_to", "pay_on")}
        preview = selectors.preview(organisation_id=organisation_id, **days, profile=form.profile)
        context |= {"preview": preview, "chosen": form.cleaned_data}
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "finance/payments/new.html", context, status=status)


def _warning_tags(payment: Payment) -> str:
    if payment.state == Payment.State.REMOVED:
        return state_tag(payment)
    return format_html_join(
        " ",
        '<strong class="govuk-tag govuk-tag--yellow">{}</strong>',
        ((WARNINGS[code],) for code in payment.warnings),
    )


def _payment_rows(slug: str, payments: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": p.number,
            "label": str(p),
            "url": _run_url(slug, p.number, "payment"),
            "tone": "warn" if p.warnings and p.state != Payment.State.REMOVED else "",
            "cells": [
                str(p),
                p.supplier.name,
                f"ending {p.account_ending}" if p.account_ending else "",
                f"{p.invoices:,}",
                formatted(p.amount_pence),
                _warning_tags(p),
            ],
        }
        for p in payments
    ]


PAYMENT_COLUMNS = [
    {"label": "Payment"},
    {"label": "Supplier"},
    {"label": "Account"},
    {"label": "Invoices", "numeric": True},
    {"label": "Amount", "numeric": True},
    {"label": "Look at"},
]


@page(SEE_PAYMENTS, bank=True)
def payment_run(request: PageRequest, number: int) -> HttpResponse:
    """One run: totals, warnings, who is left out, its payments, its release and files."""
    run = selectors.run_by_number(request.organisation.id, number)
    return _run_page(request, run, ReleaseForm(run=run, initial={"version": run.version}))


def _run_page(
    request: PageRequest, run: PaymentRun, form: ReleaseForm, status: int = 200
) -> HttpResponse:
    slug = request.organisation.slug
    facts = selectors.run_facts(run)
    proposed = run.state == PaymentRun.State.PROPOSED
    context = {
        **_payments_shown(request, run, facts),
        "run": run,
        "form": form,
        "facts": _run_facts_list(run, slug, facts.journal_id),
        "left_out": facts.left_out,
        "actions": PAYMENT_ACTIONS,
        "may_change": proposed and may(request.actor, PROPOSE_PAYMENTS),
        "release": _release_standing(request, run) if proposed else "",
        "files": facts.files,
        "may_download": may(request.actor, DOWNLOAD_PAYMENT_FILES),
        "may_answer": bool(facts.files) and may(request.actor, RETURN_PAYMENTS),
        "entries": timeline(run),
    }
    return render(request, "finance/payments/run.html", context, status=status)


PAYMENT_ACTIONS = [
    {"name": "action", "value": "take_out", "label": "Take out"},
    {"name": "action", "value": "put_back", "label": "Put back"},
]


def _payments_shown(
    request: PageRequest, run: PaymentRun, facts: selectors.RunFacts
) -> dict[str, Any]:
    """The payments of the run, or those with the warning asked for, and how many each has."""
    labels = {**WARNINGS, "removed": "Taken out"}
    warning = request.GET.get("warning", "")
    warning = warning if warning in facts.counts else ""
    removed = facts.counts.get("removed", (0, 0))[0]
    in_list = facts.counts[warning][0] if warning else _live_count(run, removed) + removed
    found = selectors.payments_of_run(run, warning)
    shown = part_of(request, CountedPaginator(found, PER_PAGE, in_list))
    return {
        "counts": [
            {"code": code, "label": labels[code], "count": count, "pence": pence}
            for code, (count, pence) in sorted(facts.counts.items())
        ],
        "warning": labels.get(warning, ""),
        "columns": PAYMENT_COLUMNS,
        "rows": _payment_rows(request.organisation.slug, shown.object_list),
        "page": shown,
    }


def _live_count(run: PaymentRun, removed: int) -> int:
    return 0 if run.state == PaymentRun.State.CANCELLED else run.payments


def _release_standing(request: PageRequest, run: PaymentRun) -> str:
    """What this person can do about the release: «open», or why not."""
    if not may(request.actor, RELEASE_PAYMENTS):
        return "not_yours"
    if run.made_by_id == request.actor.person_id:
        return "own"
    within = may(request.actor, RELEASE_PAYMENTS, amount_pence=run.total_pence)
    return "open" if within else "limit"


def _method(run: PaymentRun) -> str:
    return f"{run.get_method_display()}, {run.profile}" if run.profile else run.get_method_display()


def _run_facts_list(run: PaymentRun, slug: str, journal_id: int | None) -> list[dict[str, Any]]:
    facts = [
        ("Payments", f"{run.payments:,}"),
        ("Total", formatted(run.total_pence)),
        ("Pays on", day(run.pay_on)),
        ("Due up to", day(run.due_to)),
        ("From", account_label(run.bank_account) if run.bank_account else "As published"),
        ("By", _method(run)),
        ("Proposed by", f"{run.made_by_name}, {day(run.made_at)}"),
    ]
    if run.released_at:
        facts.append(("Released by", f"{run.released_by_name}, {day(run.released_at)}"))
    if run.batch_id and journal_id:
        where = {
            "organisation": slug,
            "period": run.pay_on.year * 100 + run.pay_on.month,
            "batch": run.batch_id,
            "journal": journal_id,
        }
        link = format_html(
            '<a class="govuk-link" href="{}">Journal of this run</a>',
            reverse("journal", kwargs=where),
        )
        facts.append(("Ledger", link))
    return [{"key": key, "value": value} for key, value in facts]


def _back_to(request: PageRequest, number: int) -> HttpResponse:
    return redirect(_run_url(request.organisation.slug, number))


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


@page(SEE_PAYMENTS, unsafe=PROPOSE_PAYMENTS, bank=True)
def payment_run_change(request: PageRequest, number: int) -> HttpResponse:
    """Takes selected payments out or puts them back."""
    if request.method != "POST":
        return _back_to(request, number)
    run = selectors.run_by_number(request.organisation.id, number)
    out = request.POST.get("action") == "take_out"
    if request.POST.get("scope") == "all":
        states = [Payment.State.PROPOSED if out else Payment.State.REMOVED]
        chosen = selectors.numbers_in_list(run, request.POST.get("warning", ""), states)
    else:
        chosen = [_whole(text) for text in request.POST.getlist("payments")]
    if not chosen:
        messages.info(request, "Select the payments first.")
        return _back_to(request, number)
    act = services.take_out_payments if out else services.put_back_payments
    run = act(
        run=run, numbers=chosen, version=_whole(request.POST.get("version")), by=request.actor
    )
    done = "Taken out" if out else "Put back"
    messages.success(
        request, f"{done}: {len(chosen):,}. The run is now {formatted(run.total_pence)}."
    )
    return _back_to(request, number)


@page(PROPOSE_PAYMENTS, bank=True)
def payment_run_cancel(request: PageRequest, number: int) -> HttpResponse:
    """Says what will happen, then ends the proposal; its invoices are open again."""
    run = selectors.run_by_number(request.organisation.id, number)
    if request.method == "POST":
        version = _whole(request.POST.get("version"))
        services.cancel_run(run=run, version=version, by=request.actor)
        messages.success(request, f"{run} is cancelled. Its invoices wait for another run.")
        return _back_to(request, number)
    if run.state != PaymentRun.State.PROPOSED:
        return _back_to(request, number)
    return render(request, "finance/payments/cancel.html", {"run": run})


@page(SEE_PAYMENTS, unsafe=RELEASE_PAYMENTS, bank=True)
def payment_run_release(request: PageRequest, number: int) -> HttpResponse:
    """The second person types the total and releases the run."""
    if request.method != "POST":
        return _back_to(request, number)
    run = selectors.run_by_number(request.organisation.id, number)
    form = ReleaseForm(request.POST, run=run)
    if form.is_valid():
        given = {"typed_total_pence": form.total_pence, "version": form.cleaned_data["version"]}
        with refusals_on(form):
            run = services.release_run(run=run, **given, by=request.actor)
            messages.success(request, f"{run} is released: {formatted(run.total_pence)}.")
            return _back_to(request, number)
    return _run_page(request, run, form, status=422)


@page(DOWNLOAD_PAYMENT_FILES, bank=True)
def payment_file(request: PageRequest, number: int, format: str) -> HttpResponse:
    """The very bytes that were made at release, with their hash beside."""
    run = selectors.run_by_number(request.organisation.id, number)
    file = selectors.file_of_run(run, format)
    services.note_download(file=file, by=request.actor)
    kind, ending = FILE_TYPES[file.format]
    content = b"".join(content_of(file))
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise InvariantBroken(f"The stored file {file.serial} of {run} is not the one released.")
    response = HttpResponse(content, content_type=kind)
    name = f"{run}-{file.service_user}-{file.serial}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-SHA256"] = file.sha256
    return response
