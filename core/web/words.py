"""Error messages of form fields in the words of the GOV.UK Design System.

An empty field gets an instruction ("Enter your name"), a wrong one a description ("Name must be
35 characters or less"), both in the words of the label. Source: design-system.service.gov.uk,
error message.
"""

from django.core.validators import RegexValidator
from django.forms import fields, models

SELECTED = (
    fields.ChoiceField,
    fields.BooleanField,
    fields.FileField,
    models.ModelChoiceField,
)

# By error code. {label} begins with a capital, {thing} does not. The most exact class comes last.
WORDS: list[tuple[type[fields.Field], dict[str, str]]] = [
    (
        fields.Field,
        {
            "min_length": "{label} must be %(limit_value)d characters or more",
            "max_length": "{label} must be %(limit_value)d characters or less",
            "min_value": "{label} must be %(limit_value)s or more",
            "max_value": "{label} must be %(limit_value)s or less",
            "step_size": "{label} must be a multiple of %(limit_value)s",
            "max_digits": "{label} must have %(max)s digits or less",
            "max_decimal_places": "{label} must have %(max)s decimal places or less",
            "max_whole_digits": "{label} must have %(max)s digits or less before the point",
            "null_characters_not_allowed": "{label} must not include null characters",
            "unique": "{label} is already in use",
        },
    ),
    (fields.IntegerField, {"invalid": "{label} must be a whole number, like 12"}),
    (fields.FloatField, {"invalid": "{label} must be a number, like 12.5"}),
    (fields.DecimalField, {"invalid": "{label} must be a number, like 12.5"}),
    (fields.DateField, {"invalid": "{label} must be a real date, like 14/12/2026"}),
    (fields.TimeField, {"invalid": "{label} must be a time, like 09:30"}),
    (
        fields.DateTimeField,
        {"invalid": "{label} must be a real date and time, like 14/12/2026 09:30"},
    ),
    (
        fields.DurationField,
        {
            "invalid": "{label} must be a length of time, like 02:30:00",
            "overflow": "{label} must be between {{min_days}} and {{max_days}} days",
        },
    ),
    (
        fields.EmailField,
        {"invalid": "{label} must be in the correct format, like name@example.com"},
    ),
    (
        fields.URLField,
        {"invalid": "{label} must be in the correct format, like https://www.example.com"},
    ),
    (fields.UUIDField, {"invalid": "{label} must be 32 letters and numbers in 5 groups"}),
    (fields.SlugField, {"invalid": "{label} must only include letters, numbers, _ and -"}),
    (fields.GenericIPAddressField, {"invalid": "{label} must be an address, like 192.0.2.1"}),
    (fields.JSONField, {"invalid": "{label} must be JSON"}),
    (
        fields.FileField,
        {
            "invalid": "{label} must be sent by the form on this page",
            "missing": "Select {thing}",
            "empty": "The file you selected is empty",
            "max_length": "The name of the file must be %(max)d characters or less",
            "contradiction": "Select a file or tick the box to remove it, not both",
            "invalid_extension": "{label} must be of this type: %(allowed_extensions)s",
        },
    ),
    (fields.ImageField, {"invalid_image": "{label} must be a picture"}),
    (fields.ChoiceField, {"invalid_choice": "Select {thing} from the list"}),
    (
        fields.MultipleChoiceField,
        {
            "invalid_choice": "Select {thing} from the list",
            "invalid_list": "Select {thing} from the list",
        },
    ),
    (models.ModelChoiceField, {"invalid_choice": "Select {thing} from the list"}),
    (
        models.ModelMultipleChoiceField,
        {
            "invalid_list": "Select {thing} from the list",
            "invalid_pk_value": "Select {thing} from the list",
        },
    ),
    (fields.MultiValueField, {"incomplete": "Enter every part of {thing}"}),
    (
        fields.SplitDateTimeField,
        {
            "invalid_date": "{label} must have a real date, like 14/12/2026",
            "invalid_time": "{label} must have a time, like 09:30",
        },
    ),
]


def uncapitalised(label: str) -> str:
    """The label inside a sentence: "Due date" to "due date", but "VAT number" as it is."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _templates(field: fields.Field) -> dict[str, str]:
    """The message of each code for this field, before the label goes in."""
    required = "Select {thing}" if isinstance(field, SELECTED) else "Enter {thing}"
    found = {"required": required}
    for kind, words in WORDS:
        if isinstance(field, kind):
            found |= words
    if "invalid" not in found and any(
        isinstance(one, RegexValidator) and one.message == RegexValidator.message
        for one in field.validators
    ):
        found["invalid"] = "{label} must be in the correct format"
    return found


def _django_defaults(field: fields.Field) -> dict[str, object]:
    """What Django would say, to tell a message that the author of the form chose."""
    defaults: dict[str, object] = {}
    for kind in reversed(type(field).__mro__):
        if kind.__module__.startswith("django."):
            defaults |= getattr(kind, "default_error_messages", {})
    return defaults


def speak_plainly(field: fields.Field, label: str) -> None:
    """Replace every message that is still Django's own; a message chosen by the form stays."""
    defaults = _django_defaults(field)
    for code, template in _templates(field).items():
        chosen = field.error_messages.get(code)
        if chosen is not None and chosen != defaults.get(code):
            continue
        # Django puts parameters in with %, so a label with a per cent sign has to be escaped,
        # but only in the messages that have parameters.
        shown = label.replace("%", "%%") if "%(" in template else label
        field.error_messages[code] = template.format(label=shown, thing=uncapitalised(shown))
