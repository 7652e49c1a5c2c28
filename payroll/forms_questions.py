"""Forms of questions about payslips: they parse and word, the service decides."""

from django import forms

from core.web.forms import Form
from payroll.models import PayQuestion
from payroll.services.questions import MOST


class QuestionForm(Form):
    text = forms.CharField(
        label="Your question", max_length=MOST, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Name the line that you ask about. The people of payroll can see the payslip.",
    )  # fmt: skip


class AnswerForm(Form):
    answer = forms.CharField(
        label="Answer", max_length=MOST, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="It stands on the payslip. The notice says only that there is an answer.",
    )  # fmt: skip
    finding = forms.ChoiceField(
        label="What was found", choices=PayQuestion.Finding.choices, widget=forms.RadioSelect
    )
