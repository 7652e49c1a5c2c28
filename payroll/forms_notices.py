"""The form of a notice: it parses and words, the service decides."""

from django import forms

from core.money import to_pence
from core.web.forms import DateInput, Form, PoundsField
from payroll.forms_pay import DATES
from payroll.services.notices import NewNotice


class NoticeForm(Form):
    """All that holds from the day on."""

    employee = forms.IntegerField(label="Employee number", min_value=1)
    from_on = forms.DateField(
        label="Pay days from", widget=DateInput(), input_formats=DATES,
        help_text="This takes the place of what was recorded before: enter all that holds now",
    )  # fmt: skip
    loans = forms.CharField(
        label="Loans to repay", required=False, max_length=20,
        help_text="Plans 1, 2, 4 and 5, and PGL for a postgraduate loan, such as 2+PGL;"
        " empty for none",
    )  # fmt: skip
    gift = PoundsField(
        label="Gift to charity", required=False, min_value=0, help_text="For one pay day"
    )
    sacrifice = PoundsField(
        label="Pay given up", required=False, min_value=0,
        help_text="Salary sacrifice for a benefit other than a pension, for one pay day",
    )  # fmt: skip
    pension = PoundsField(
        label="Pay given up for a pension", required=False, min_value=0,
        help_text="Salary sacrifice that the employer pays into the pension, for one pay day",
    )  # fmt: skip
    paper = forms.CharField(
        label="Paper", max_length=100,
        help_text="HMRC's notice (SL1, SL2, PGL1, PGL2), the authority to give, or the agreement,"
        " with its date",
    )  # fmt: skip

    @property
    def notice(self) -> NewNotice:
        given = self.cleaned_data
        return NewNotice(
            given["from_on"], given["paper"], given["loans"],
            gift_pence=to_pence(given["gift"] or 0),
            sacrifice_pence=to_pence(given["sacrifice"] or 0),
            pension_pence=to_pence(given["pension"] or 0),
        )  # fmt: skip
