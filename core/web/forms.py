"""Forms in GOV.UK markup and words: the renderer, the base classes and three small inputs."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import django.forms
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import Input, Script
from django.template.backends.base import BaseEngine

from core.web.days import is_of_our_time
from core.web.words import speak_plainly

# The class each kind of widget needs; the most exact kind comes first.
CLASSES: list[tuple[type[forms.Widget], str, str]] = [
    (forms.CheckboxSelectMultiple, "govuk-checkboxes__input", ""),
    (forms.CheckboxInput, "govuk-checkboxes__input", ""),
    (forms.RadioSelect, "govuk-radios__input", ""),
    (forms.Select, "govuk-select", "govuk-select--error"),
    (forms.Textarea, "govuk-textarea", "govuk-textarea--error"),
    (forms.FileInput, "govuk-file-upload", "govuk-file-upload--error"),
    (Input, "govuk-input", "govuk-input--error"),
]


class GovukBoundField(BoundField):
    """A field that knows its GOV.UK classes and where a link from the error summary lands."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        """Django's attributes with the design system's class before the widget's own."""
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden:
            return built
        for kind, plain, wrong in CLASSES:
            if isinstance(widget, kind):
                own = widget.attrs.get("class", "")
                names = [plain, wrong if self.errors else "", own]
                built["class"] = " ".join(name for name in names if name)
                break
        return built

    @property
    def focus_id(self) -> str:
        """The id of the first control: of a group that is its first option."""
        return f"{self.auto_id}_0" if self.use_fieldset else str(self.auto_id)

    @property
    def kind(self) -> str:
        """What the template draws: checkbox, checkboxes, radios, or input for all the others."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxSelectMultiple):
            return "checkboxes"
        if isinstance(widget, forms.RadioSelect):
            return "radios"
        return "checkbox" if isinstance(widget, forms.CheckboxInput) else "input"


class GovukRenderer(DjangoTemplates):
    """The FORM_RENDERER: every form of every app, those of other packages too, in GOV.UK markup.

    It has an engine of its own, so that `django.forms` need not be an installed app.
    """

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    formset_template_name = "forms/formset.html"
    bound_field_class = GovukBoundField

    @cached_property
    def engine(self) -> BaseEngine:
        """Our templates first, then Django's own for the bare widgets."""
        own = Path(settings.BASE_DIR) / "templates"
        widgets = Path(django.forms.__file__).parent / "templates"
        return self.backend(
            {"APP_DIRS": True, "DIRS": [own, widgets], "NAME": "govuk-forms", "OPTIONS": {}}
        )


def within_our_time(label: str) -> Callable[[date], None]:
    """No month comes before the first or after the last day that there is: both are refused."""

    def check(day: date) -> None:
        if not is_of_our_time(day):
            raise ValidationError(f"{label} must be a real date, like 14/12/2026")

    return check


class GovukWords:
    """Mixin for any form class: our words in every message, no rules left to the browser.

    Labels have to be sentence case. The words are set when the form is made, so a field added
    later in `__init__` of a subclass calls `speak_plainly` for itself.
    """

    use_required_attribute = False
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            fallback = name.replace("_", " ").capitalize()
            label = str(field.label or fallback)
            speak_plainly(field, label)
            if isinstance(field, forms.DateField):
                field.validators.append(within_our_time(label))


class Form(GovukWords, forms.Form):
    """The base of plain forms."""


class ModelForm(GovukWords, forms.ModelForm):
    """The base of forms over one row."""


class PoundsInput(forms.TextInput):
    """A short text box with a pound sign before it."""

    prefix = "£"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        given = {"class": "govuk-input--width-10", "inputmode": "decimal", "spellcheck": "false"}
        super().__init__({**given, **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        """Whole pence always: £12.50 and not £12.5."""
        return f"{value:.2f}" if isinstance(value, Decimal) else super().format_value(value)


class PoundsField(forms.DecimalField):
    """Decimal pounds to two places from what people type: "£1,250", "1250.50", "1 250"."""

    widget = PoundsInput
    default_error_messages = {
        "invalid": "Enter an amount in pounds, like 1250 or 1250.50",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"decimal_places": 2, "max_digits": 14, **kwargs})

    def to_python(self, value: Any) -> Any:  # Decimal or None; the stubs inherit int
        """The amount without pound sign, commas and spaces; ValidationError if it is none."""
        if isinstance(value, str):
            value = value.replace("\N{MINUS SIGN}", "-")
            value = "".join(mark for mark in value if mark not in "£, \N{NO-BREAK SPACE}")
        return super().to_python(value)


class DateInput(forms.DateInput):
    """A text box with a calendar, for dates near today. It brings its own script to the page."""

    picker = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        given = {
            "class": "moj-js-datepicker-input govuk-input--width-10",
            "autocomplete": "off",
        }
        super().__init__({**given, **(attrs or {})}, format="%d/%m/%Y")

    class Media:
        js = [Script("vendor/moj-frontend.min.js", type="module")]
