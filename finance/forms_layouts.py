"""Forms of layouts of files: other columns from a day on, another name, the end."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from core.unreadable import column_place
from core.web.forms import DateInput, Form
from finance.models import ColumnMapping
from finance.selectors.layouts import WORDS, columns_of, kind_of, version_on

DATES = ["%d/%m/%Y", "%Y-%m-%d"]
LETTERS = re.compile(r"[A-Za-z]{1,2}")


class RenameForm(Form):
    """A name by which people know the layout."""

    name = forms.CharField(label="Name", max_length=120)
    reason = forms.CharField(label="Reason", max_length=200)


class RetireForm(Form):
    """From when on files of the layout are to be asked about again, and why."""

    from_on = forms.DateField(label="From", widget=DateInput(), input_formats=DATES)
    reason = forms.CharField(label="Reason", max_length=200)


class ChangeForm(RetireForm):
    """What the columns hold from a day on, one a line, and why."""

    columns = forms.CharField(label="Columns", max_length=5_000, widget=forms.Textarea)
    field_order = ["columns", "from_on", "reason"]

    def __init__(self, *args: Any, layout: ColumnMapping, today: date, **kwargs: Any) -> None:
        mapping = version_on(layout, today).mapping
        lines = "\n".join(f"{one.letter} = {one.holds}" for one in columns_of(mapping))
        super().__init__(*args, initial={"columns": lines, "from_on": today}, **kwargs)
        self.roles = WORDS[kind_of(mapping)]
        held = list(self.roles.values())
        self.example = f"«B = {held[0]}»"
        self.fields[
            "columns"
        ].help_text = f"One a line, such as {self.example}. A column can hold: {'; '.join(held)}."

    def clean_columns(self) -> dict[str, int]:
        """The place of each column from 0, by what it holds."""
        found: dict[str, int] = {}
        for number, line in enumerate(self.cleaned_data["columns"].splitlines(), start=1):
            letter, sign, said = (part.strip() for part in line.partition("="))
            role = role_said(said, self.roles)
            if not line.strip():
                continue
            if not (sign and LETTERS.fullmatch(letter) and role) or role in found:
                raise forms.ValidationError(
                    f"Line {number} is not like {self.example}, or says what an earlier one says."
                )
            found[role] = column_place(letter)
        return found


def role_said(said: str, roles: Mapping[str, str]) -> str:
    """What a column holds, given by its key or its words; empty if it is neither."""
    named = {words.casefold(): role for role, words in roles.items()}
    return said if said in roles else named.get(said.casefold(), "")
