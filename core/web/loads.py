"""Many things from a file in two steps: what would become of each row, then all of it in one act.

Between the steps the file travels in the page and is read and planned anew, so nothing is kept of
a file that nobody confirms. What would become of it must still be what was shown.
"""

import base64
import binascii
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core.errors import Refused
from core.incoming import MB, Intake
from core.sheets import by_heading
from core.unreadable import Unreadable
from core.web.forms import Form
from core.web.incoming import IncomingField
from core.web.refusals import refusals_said

INTAKE = Intake(
    "Organisations, units, rights, days, routes, targets, layouts", (".csv", ".txt", ".xlsx"), MB
)
MOST_BYTES = INTAKE.most_bytes
MOST_ROWS = 2_000
# More than these of the rows that change something would only be scrolled past.
SHOWN = 200
AS_IT_IS = "Stays as it is"
Row = tuple[int, dict[str, str]]
COLUMNS = [
    {"key": "row", "label": "Row", "numeric": True},
    {"key": "what", "label": "What"},
    {"key": "act", "label": "Would be"},
    {"key": "said", "label": "How, or what is wrong"},
]


@dataclass(frozen=True)
class Line:
    """What would become of one row of the file; with errors, nothing of the file."""

    number: int
    what: str
    act: str
    said: str
    errors: tuple[str, ...]


@dataclass(frozen=True)
class Load:
    """A kind of file: its words and columns, and what it does.

    `read(row)` gives what a row wants and what is wrong with its cells, `plan` what would become of
    all that is wanted: for each an object with `refusals`. `says` puts one of these into words:
    what it is about, what would be done, how. `keep` does it all, or is Refused; `done` says what
    then holds, empty where the page says it. `columns` names the column that a rule speaks of.
    """

    title: str
    words: str
    back: str
    here: str
    export: str
    required: Sequence[str]
    optional: Sequence[str]
    columns: Mapping[Any, str]
    read: Callable[[dict[str, str]], tuple[Any, list[str]]]
    plan: Callable[..., Sequence[Any]]
    says: Callable[[Any], tuple[str, str, str]]
    keep: Callable[..., object]
    done: str = "they apply at once"
    most: int = MOST_ROWS

    def lines(self, rows: Sequence[Row], **who: Any) -> list[Line]:
        """What would become of each row, and what is wrong with it."""
        read = [self.read(row) for _, row in rows]
        plans = self.plan(wanted=[wanted for wanted, _ in read], **who)
        found = []
        for (number, _), (_, wrong), plan in zip(rows, read, plans, strict=True):
            errors = wrong or [self._told(refused) for refused in plan.refusals]
            found.append(Line(number, *self.says(plan), tuple(errors)))
        return found

    def _told(self, refused: Refused) -> str:
        column = self.columns.get(refused.rule)
        return f"{column}: {refused.message}" if column else refused.message


class FileForm(Form):
    """The file, and why all this is done."""

    file = IncomingField(label="File", intake=INTAKE)
    reason = forms.CharField(
        label="Reason", max_length=200, help_text="It stands in the history of each of them."
    )

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = f"CSV or XLSX, up to {most:,} rows."


class SureForm(Form):
    """The same again, with what was shown."""

    file = forms.CharField(widget=forms.HiddenInput, max_length=MOST_BYTES * 2)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(widget=forms.HiddenInput, max_length=200)


def two_steps(request: Any, load: Load) -> HttpResponse:
    """The page of a load: the form, what would become of the file, and the way back when done."""
    sure = SureForm(request.POST or None)
    form = FileForm(request.POST or None, request.FILES or None, most=load.most)
    data = _data(request, sure, form)
    if data is None:
        return _asked(request, load, form)
    try:
        rows = by_heading(data, required=load.required, optional=load.optional, most=load.most)
    except Unreadable as error:
        form.add_error("file", str(error))
        return _asked(request, load, form)
    reason = (sure if sure.is_valid() else form).cleaned_data["reason"]
    who = {"by": request.actor, "today": request.today}
    lines = load.lines(rows, **who)
    seen = _digest(lines)
    shown = sure.is_valid() and sure.cleaned_data["seen"] == seen
    whole = not any(line.errors for line in lines)
    if shown and whole and _done(request, load, rows, reason=reason, **who):
        return redirect(load.back, organisation=request.organisation.slug)
    file = base64.b64encode(data).decode()
    again = SureForm(initial={"file": file, "seen": seen, "reason": reason})
    return _previewed(request, load, lines, again, changed=sure.is_valid())


def _data(request: Any, sure: Form, form: Form) -> bytes | None:
    """The bytes of the file, from the first step or the second."""
    if request.method != "POST":
        return None
    if sure.is_valid():
        try:
            return base64.b64decode(sure.cleaned_data["file"], validate=True)
        except binascii.Error:
            return None
    if not form.is_valid():
        return None
    sent = form.cleaned_data["file"]
    data: bytes = sent.read()
    return data


def _digest(lines: Sequence[Line]) -> str:
    return hashlib.sha256(repr(lines).encode()).hexdigest()


def _done(request: Any, load: Load, rows: Sequence[Row], **given: Any) -> bool:
    """Does it; what was refused meanwhile is said, and the rows are shown again."""
    with refusals_said(request):
        load.keep(wanted=[load.read(row)[0] for _, row in rows], **given)
        if load.done:
            many = "1 row" if len(rows) == 1 else f"{len(rows):,} rows"
            messages.success(request, f"Loaded {many}: {load.done}.")
        return True
    return False


def _asked(request: Any, load: Load, form: Form) -> HttpResponse:
    context = {
        "load": load,
        "form": form,
        "back": reverse(load.back, args=[request.organisation.slug]),
        "export": reverse(load.export, args=[request.organisation.slug]),
        "required": [head.replace("_", " ").capitalize() for head in load.required],
        "optional": [head.replace("_", " ").capitalize() for head in load.optional],
    }
    return render(request, "loads/file.html", context, status=422 if form.errors else 200)


def _previewed(
    request: Any, load: Load, lines: Sequence[Line], form: Form, *, changed: bool
) -> HttpResponse:
    wrong = [line for line in lines if line.errors]
    acting = [line for line in lines if line.act != AS_IT_IS and not line.errors]
    shown = [*wrong, *acting][:SHOWN]
    context = {
        "load": load,
        "form": form,
        "wrong": len(wrong),
        "acting": len(acting),
        "counts": sorted(Counter(line.act for line in lines if not line.errors).items()),
        "columns": COLUMNS,
        "rows": [_shown(line) for line in shown],
        "left_out": len(wrong) + len(acting) - len(shown),
        "changed": changed,
        "here": reverse(load.here, args=[request.organisation.slug]),
    }
    return render(request, "loads/preview.html", context, status=422 if wrong else 200)


def _shown(line: Line) -> dict[str, Any]:
    cells = [line.number, line.what, "Refused" if line.errors else line.act]
    cells.append(" ".join(line.errors) or line.said)
    return {"id": line.number, "tone": "bad" if line.errors else "", "cells": cells}
