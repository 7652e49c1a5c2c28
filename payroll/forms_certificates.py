"""The form that asks for P60s or P45s."""

from datetime import date
from typing import Any

from django import forms

from core.web.forms import Form
from payroll.calculator.periods import year_label, year_start
from payroll.models import CertificateKind
from payroll.selectors.certificates import due_on

YEARS_BACK = 3
WORDS = {
    CertificateKind.P60: "P60s, for everybody employed on 5 April",
    CertificateKind.P45: "P45s, for who left and has none yet",
}


class CertificatesForm(Form):
    """What is made, of which tax year."""

    kind = forms.ChoiceField(label="Make", choices=list(WORDS.items()))
    tax_year = forms.TypedChoiceField(label="Tax year", coerce=int)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = year_start(today).year
        # P60s of the year that is over in the weeks in which they are due, else P45s of this one.
        p60s = today <= due_on(this - 1)
        self.initial = {"kind": CertificateKind.P60 if p60s else CertificateKind.P45,
                        "tax_year": this - p60s, **self.initial}  # fmt: skip
        self.fields["tax_year"].choices = [  # type: ignore[attr-defined]
            (year, year_label(date(year, 4, 6))) for year in range(this, this - YEARS_BACK, -1)
        ]
