"""Forms of absences, and files of them: they parse and word, the services decide."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms

from core.incoming import TABLES, Intake
from core.sheets import by_heading
from core.unreadable import Unreadable
from core.web.forms import DateInput, Form
from core.web.incoming import IncomingField
from hr.keys import bits_of, days_of
from hr.models import MONDAY_TO_FRIDAY, Absence, AbsenceKind, Employment, Evidence
from hr.rules import HRR10, HRR38
from hr.services.absences import DAY, NewAbsence

ABSENCES = Intake("Absences", TABLES)

REQUIRED = ("employee", "kind", "from_on")
OPTIONAL = (
    *("last_on", "days", "evidence", "event_on", "notice_on", "adopting", "weeks_used"),
    "reason",
)
COLUMNS = (*REQUIRED, *OPTIONAL)
MOST_ROWS, MOST_SAID = 5_000, 5


class DaysField(forms.CharField):
    """Days of the week in words, as bits."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return bits_of(text)
        except ValueError as error:
            raise forms.ValidationError("Write days like Mon Tue Wed") from error


def _day(label: str, words: str = "", *, required: bool = False) -> forms.DateField:
    return forms.DateField(label=label, widget=DateInput(), required=required, help_text=words)


class AbsenceForm(Form):
    """What is recorded of an absence."""

    kind = forms.ChoiceField(label="Kind", choices=AbsenceKind)
    from_on = _day("First day away", required=True)
    last_on = _day("Last day away", "Empty while it is not known")
    days = DaysField(
        label="Working days", initial=days_of(MONDAY_TO_FRIDAY), max_length=60,
        help_text="Sick pay is for days on which the person would work",
    )  # fmt: skip
    evidence = forms.ChoiceField(
        label="Evidence", choices=Evidence, help_text="Family leave is paid once it was seen"
    )
    reason = forms.CharField(
        label="Reason of sickness", required=False, max_length=200,
        help_text="Sealed: only HR and the person see it, and each look is recorded",
    )  # fmt: skip
    event_on = _day(
        "Family leave: the day that it is about",
        "When the child is due; for adoption when it was matched; of the death; or when neonatal"
        " care began",
    )
    notice_on = _day("Family leave: day of the notice")
    adopting = forms.BooleanField(label="Paternity or shared leave for an adoption", required=False)
    weeks_used = forms.IntegerField(
        label="Family leave: weeks of pay used before", min_value=0, max_value=52, required=False,
        help_text="Of the same entitlement, by another employer or the other parent",
    )  # fmt: skip

    @property
    def absence(self) -> NewAbsence:
        given = dict(self.cleaned_data)
        given["qualifying"] = given.pop("days")
        return NewAbsence(**{**given, "weeks_used": given["weeks_used"] or 0})


def initial_of(absence: Absence) -> dict[str, Any]:
    """An absence as the form shows it; the reason is not shown."""
    names = ("kind", "from_on", "event_on", "notice_on", "adopting", "weeks_used", "evidence")
    return {
        **{name: getattr(absence, name) for name in names},
        "last_on": absence.to_on - DAY if absence.to_on else None,
        "days": days_of(absence.qualifying),
    }


class WithdrawForm(Form):
    reason = forms.CharField(label="Why was the person not away?", max_length=200)


class WorkedDayForm(Form):
    """A day of a leave on which somebody worked, or did not after all."""

    worked_on = _day("Day", required=True)
    worked = forms.TypedChoiceField(
        label="What happened", coerce=lambda value: value == "yes",
        choices=[("yes", "They worked on it"), ("no", "They did not work on it after all")],
    )  # fmt: skip


class AbsenceFileForm(Form):
    file = IncomingField(
        label="File of absences", intake=ABSENCES, help_text="CSV or XLSX, by the template"
    )


class AbsenceTermsForm(Form):
    """Whether basic pay goes on."""

    sick_full = forms.BooleanField(label="Basic pay goes on in sickness", required=False)
    family_full = forms.BooleanField(label="Basic pay goes on in family leave", required=False)
    from_on = _day("From", "A pay period has the terms of its first day", required=True)


def read_absences(
    data: bytes, known: Callable[[Sequence[int]], Mapping[int, Employment]]
) -> list[tuple[Employment, NewAbsence]]:
    """The absences of a file; `known` finds the employments of numbers.

    HRR10 for a file that cannot be read, HRR38 with what is wrong with its first rows.
    """
    try:
        rows = by_heading(data, required=REQUIRED, optional=OPTIONAL, most=MOST_ROWS)
    except Unreadable as error:
        raise HRR10.refuse(str(error)) from error
    numbers = {row["employee"]: int(row["employee"]) for _, row in rows
               if row["employee"].isdecimal() and len(row["employee"]) < 16}  # fmt: skip
    people = known(list(numbers.values()))
    found, wrong = [], []
    for number, row in rows:
        whose = people.get(numbers.get(row["employee"], 0))
        form = AbsenceForm({**DEFAULTS, **{name: text for name, text in row.items() if text}})
        if whose is None:
            wrong.append(f"Row {number}, employee: nobody that you may record has this number.")
        elif form.is_valid():
            found.append((whose, form.absence))
        else:
            wrong += [f"Row {number}, {name}: {said[0]}." for name, said in form.errors.items()]
    HRR38.check(not wrong, " ".join(wrong[:MOST_SAID]))
    return found


DEFAULTS = {"days": days_of(MONDAY_TO_FRIDAY), "evidence": Evidence.NONE.value}
