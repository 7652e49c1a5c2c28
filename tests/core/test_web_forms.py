import re
from datetime import date
from decimal import Decimal

import pytest
from django import forms as django_forms
from django.core.validators import RegexValidator
from django.utils.datastructures import MultiValueDict

from core.web import forms

COLOURS = [("r", "Red"), ("g", "Green")]
BANNED = re.compile(r"please|sorry|valid|forbidden|illegal|oops|this field|ensure|error", re.I)


class Everything(forms.Form):
    default_renderer = forms.GovukRenderer

    name = django_forms.CharField(max_length=5, min_length=2, help_text="As on the invoice")
    vat_number = django_forms.CharField(label="VAT number", validators=[RegexValidator(r"^\d+$")])
    discount = django_forms.IntegerField(label="Discount in %", min_value=1, max_value=9)
    due_on = django_forms.DateField(label="Due date", widget=forms.DateInput)
    amount = forms.PoundsField()
    colour = django_forms.ChoiceField(choices=COLOURS, widget=django_forms.RadioSelect)
    tints = django_forms.MultipleChoiceField(
        choices=COLOURS, widget=django_forms.CheckboxSelectMultiple
    )
    hue = django_forms.ChoiceField(choices=COLOURS)
    note = django_forms.CharField(widget=django_forms.Textarea, required=False)
    agreed = django_forms.BooleanField(label="The goods arrived")
    attached = django_forms.FileField(label="Invoice file")
    key = django_forms.CharField(widget=django_forms.HiddenInput, required=False)


def first_errors(form: django_forms.Form) -> dict[str, str]:
    return {name: errors[0] for name, errors in form.errors.items()}


def test_empty_fields_get_an_instruction():
    assert first_errors(Everything({})) == {
        "name": "Enter name",
        "vat_number": "Enter VAT number",
        "discount": "Enter discount in %",
        "due_on": "Enter due date",
        "amount": "Enter amount",
        "colour": "Select colour",
        "tints": "Select tints",
        "hue": "Select hue",
        "agreed": "Select the goods arrived",
        "attached": "Select invoice file",
    }


def test_wrong_fields_get_a_description():
    form = Everything(
        MultiValueDict(
            {
                "name": ["Too long a name"],
                "vat_number": ["GB"],
                "discount": ["12"],
                "due_on": ["31/2/2026"],
                "amount": ["a lot"],
                "colour": ["x"],
                "tints": ["x"],
                "hue": ["x"],
                "agreed": ["on"],
            }
        )
    )
    assert first_errors(form) == {
        "name": "Name must be 5 characters or less",
        "vat_number": "VAT number must be in the correct format",
        "discount": "Discount in % must be 9 or less",
        "due_on": "Due date must be a real date, like 14/12/2026",
        "amount": "Enter an amount in pounds, like 1250 or 1250.50",
        "colour": "Select colour from the list",
        "tints": "Select tints from the list",
        "hue": "Select hue from the list",
        "attached": "Select invoice file",
    }


@pytest.mark.parametrize(
    "field",
    [
        django_forms.CharField(),
        django_forms.IntegerField(),
        django_forms.FloatField(),
        django_forms.DecimalField(),
        django_forms.DateField(),
        django_forms.TimeField(),
        django_forms.DateTimeField(),
        django_forms.DurationField(),
        django_forms.EmailField(),
        django_forms.URLField(assume_scheme="https"),
        django_forms.UUIDField(),
        django_forms.SlugField(),
        django_forms.GenericIPAddressField(),
        django_forms.JSONField(),
        django_forms.FileField(),
        django_forms.ImageField(),
        django_forms.ChoiceField(),
        django_forms.MultipleChoiceField(),
        django_forms.TypedChoiceField(),
        django_forms.NullBooleanField(),
        django_forms.RegexField(r"\d"),
        django_forms.SplitDateTimeField(),
    ],
    ids=lambda field: type(field).__name__,
)
def test_no_message_is_left_in_djangos_words(field):
    form = type("OneField", (forms.Form,), {"due_on": field})()
    messages = [str(text) for text in form.fields["due_on"].error_messages.values()]
    assert [text for text in messages if BANNED.search(text)] == []


def test_a_message_chosen_by_the_form_stays():
    class Chosen(forms.Form):
        name = django_forms.CharField(error_messages={"required": "Enter who sold it"})

    assert first_errors(Chosen({})) == {"name": "Enter who sold it"}


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("£1,250", Decimal("1250")),
        ("1250.50", Decimal("1250.50")),
        (" 1 250.50 ", Decimal("1250.50")),
        ("\N{MINUS SIGN}£3", Decimal("-3")),
    ],
)
def test_pounds_field_reads_what_people_type(typed, amount):
    assert forms.PoundsField().clean(typed) == amount


@pytest.mark.parametrize("typed", ["1.234", "1e5000", "NaN", "Infinity", "£"])
def test_pounds_field_refuses_what_is_not_pence(typed):
    with pytest.raises(django_forms.ValidationError):
        forms.PoundsField().clean(typed)


def test_pounds_are_shown_with_whole_pence():
    class Amount(forms.Form):
        default_renderer = forms.GovukRenderer
        amount = forms.PoundsField()

    drawn = str(Amount(initial={"amount": Decimal("12.5")}))
    assert re.findall(r'value="([^"]*)"', drawn) == ["12.50"]
    assert re.findall(r'govuk-input__prefix" aria-hidden="true">(.)<', drawn) == ["£"]


def test_every_error_is_linked_to_a_control_that_exists():
    drawn = str(Everything({}))
    targets = re.findall(r'<li><a href="#([^"]+)">', drawn)
    ids = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', drawn)
    assert len(targets) == 10
    assert [target for target in targets if target not in ids] == []


def test_every_description_exists():
    drawn = str(Everything({}))
    described = " ".join(re.findall(r'aria-describedby="([^"]+)"', drawn)).split()
    ids = re.findall(r' id="([^"]+)"', drawn)
    assert described[:2] == ["id_name_helptext", "id_name_error"]
    assert [one for one in described if one not in ids] == []
    assert len(ids) == len(set(ids))


def test_controls_carry_the_classes_of_the_design_system():
    drawn = str(Everything())
    found = re.findall(r'<(?:input|select|textarea)[^>]* class="(govuk-[a-z_]+)[^>]*>', drawn)
    assert found.count("govuk-radios__input") == 2
    assert found.count("govuk-checkboxes__input") == 3
    assert [found.count(f"govuk-{kind}") for kind in ("select", "textarea")] == [1, 1]
    assert 'govuk-input--error"' not in drawn
    assert " required" not in drawn


def test_no_errors_draw_no_summary():
    assert "govuk-error-summary" not in str(Everything())


def test_a_bound_form_keeps_what_was_typed():
    drawn = str(Everything({"name": "Too long a name", "due_on": "31/2/2026"}))
    assert ['value="Too long a name"' in drawn, 'value="31/2/2026"' in drawn] == [True, True]


def test_a_date_reads_and_shows_the_british_order(settings):
    class Due(forms.Form):
        default_renderer = forms.GovukRenderer
        due_on = django_forms.DateField(widget=forms.DateInput)

    drawn = str(Due(initial={"due_on": date(2026, 12, 3)}))
    assert re.findall(r'value="([^"]*)"', drawn) == ["03/12/2026"]
    assert re.findall(r'<script src="[^"]*vendor/moj[^"]*" type="module">', drawn) != []


def test_the_summary_reaches_errors_of_the_whole_form():
    class Two(forms.Form):
        default_renderer = forms.GovukRenderer
        first = django_forms.CharField()

        def clean(self):
            raise django_forms.ValidationError("The dates overlap")

    drawn = str(Two({"first": "x"}))
    assert re.findall(r'<a href="(#[^"]+)">The dates overlap', drawn) == ["#id_first"]


@pytest.mark.parametrize("day", ["01/01/0001", "31/12/1849", "01/01/3000", "31/12/9999"])
def test_a_day_that_nobody_means_is_no_real_date(day: str) -> None:
    assert first_errors(Everything({"due_on": day}))["due_on"] == (
        "Due date must be a real date, like 14/12/2026"
    )


@pytest.mark.parametrize("day", ["01/01/1850", "31/12/2999"])
def test_a_day_that_can_be_meant_is_taken(day: str) -> None:
    assert "due_on" not in first_errors(Everything({"due_on": day}))
