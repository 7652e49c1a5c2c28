"""Forms of the staff record: they parse and word, the services decide."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from core.incoming import TABLES, Intake
from core.money import to_pence
from core.web.forms import DateInput, Form, PoundsField
from core.web.incoming import IncomingField
from hr.models import Gender, PayPoint, PayScale, Position, StandardCode, Starter
from hr.selectors.grades import grade_of
from hr.selectors.posts import point_of, points_ever, position_of
from hr.services.private import Details
from hr.services.proposing import JobMove, NewRegrading
from tenants.selectors import OrganisationRow

STAFF = Intake("Staff", TABLES)


def _date(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DateInput(), **kwargs)


def _reason() -> forms.CharField:
    return forms.CharField(label="Reason", max_length=200)


class HoursField(forms.DecimalField):
    """Hours of a week, as minutes."""

    widget = forms.TextInput(attrs={"class": "govuk-input--width-5", "inputmode": "decimal"})
    default_error_messages = {"invalid": "Enter hours of a week, like 37 or 18.75"}

    def __init__(self, **kwargs: Any) -> None:
        given = {"max_digits": 6, "decimal_places": 2, "min_value": Decimal("0.25")}
        super().__init__(**{**given, "max_value": 168, **kwargs})

    def clean(self, value: Any) -> Any:
        hours = super().clean(value)
        return None if hours is None else int(hours * 60)


class PostForm(Form):
    """Fields that name a post and a point of its grade; `organisation_id` says where."""

    post = forms.CharField(
        label="Code of the post", max_length=24, help_text="As it stands under Establishment"
    )
    point = forms.CharField(label="Pay point", max_length=20, help_text="One of the post's grade")

    def __init__(self, *args: Any, organisation_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation_id = organisation_id
        self.position: Position | None = None
        self.pay_point: PayPoint | None = None
        if self.initial.get("post"):
            self._offer_points(self.initial["post"])

    def _offer_points(self, code: str) -> None:
        """Once the post is known, the points of its grade are a list to choose from."""
        known = position_of(self.organisation_id, code)
        if known:
            # A point of that name may be in two grades, of which the day says the one that holds.
            grades: dict[str, list[str]] = defaultdict(list)
            for one in points_ever(known):
                grades[one.point].append(one.grade)
            points = [(point, f"{' or '.join(of)}, {point}") for point, of in grades.items()]
            self.fields["point"].widget = forms.Select(choices=[("", "Choose"), *points])
            self.fields["post"].help_text = f"{known.title}, {known.unit.name}"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("post"):
            self.position = position_of(self.organisation_id, given["post"].strip())
            if self.position is None:
                self.add_error("post", "There is no post with this code")
        if self.position and given.get("point") and given.get("from_on"):
            on = given["from_on"]
            self.pay_point = point_of(self.position, given["point"].strip(), on)
            if self.pay_point is None:
                grade = grade_of(self.position, on)
                self.add_error("point", f"This is not a point of grade {grade}")
        return given


class StarterForm(PostForm):
    name = forms.CharField(label="Full name", max_length=120)
    email = forms.EmailField(label="E-mail address at work", max_length=254)
    hours = HoursField(label="Hours a week")
    from_on = _date("First day")
    reason = _reason()
    field_order = ("name", "email", "post", "point", "hours", "from_on", "reason")


class TransferForm(PostForm):
    hours = HoursField(label="Hours a week", required=False, help_text="Leave empty to keep them")
    from_on = _date("First day in the new post")
    reason = _reason()


class ChangeForm(Form):
    """Choices of the point are those of the grade that the person has."""

    point = forms.ChoiceField(label="Pay point", required=False)
    hours = HoursField(label="Hours a week", required=False, help_text="Leave empty to keep them")
    from_on = _date("From")
    reason = _reason()

    def __init__(self, *args: Any, points: list[PayPoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.points = {str(point.pk): point for point in points}
        self.fields["point"].choices = [  # type: ignore[attr-defined]
            ("", "As it is"),
            *((key, f"{point.grade}, {point.point}") for key, point in self.points.items()),
        ]


def _cost_centres(**kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label="Cost borne by", max_length=200,
        help_text="Codes of units and short names of other organisations with per cent, like"
        " H10:60; H20:40", **kwargs,
    )  # fmt: skip


class CostSplitForm(Form):
    """It begins with the bearers of now."""

    cost_centres = _cost_centres()
    from_on = _date("From", help_text="A secondment ends with a new split")
    reason = _reason()


class SecondmentForm(Form):
    """Choices of the host are the other organisations of the installation, by short name."""

    host = forms.ChoiceField(label="Organisation that the person goes to")
    percent = forms.DecimalField(
        label="Per cent of the cost that it bears", min_value=Decimal("0.01"), max_value=100,
        decimal_places=2, widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )  # fmt: skip
    from_on = _date("First day there")
    last_on = _date("Last day there", help_text="To make it longer ask again from the day after")
    reason = _reason()

    def __init__(self, *args: Any, hosts: Sequence[OrganisationRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hosts = {one.slug: one for one in hosts}
        choices = [("", "Choose"), *((one.slug, one.short_name) for one in hosts)]
        self.fields["host"].choices = choices  # type: ignore[attr-defined]

    @property
    def facts(self) -> dict[str, Any]:
        """The answers, with the key of the host and its part in ten-thousandths."""
        given = dict(self.cleaned_data)
        host, part = self.hosts[given.pop("host")], given.pop("percent")
        return {"host_id": host.id, "ten_thousandths": int(part * 100), **given}


class JointPostForm(PostForm):
    hours = HoursField(label="Hours a week")
    cost_centres = _cost_centres(required=False)
    from_on = _date("First day in this post")
    reason = _reason()


class AllowanceEndForm(Form):
    """Choices are the allowances that the job has, by their codes."""

    none = "This job has no allowance"
    allowance = forms.ChoiceField(label="Allowance")
    from_on = _date("From", help_text="The first day without it")
    reason = _reason()

    def __init__(self, *args: Any, allowances: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not allowances:
            self.fields["allowance"].help_text = self.none
        choices = [("", "Choose"), *allowances.items()]
        self.fields["allowance"].choices = choices  # type: ignore[attr-defined]


class AllowanceForm(AllowanceEndForm):
    """Choices are the allowances of a year that the terms know."""

    none = "None is paid by the year here yet. They are recorded under Pay scales"
    from_on = _date("From")
    last_on = _date("Last day", required=False, help_text="Leave empty if it has no end yet")
    field_order = ("allowance", "from_on", "last_on", "reason")


class LeaverForm(Form):
    last_on = _date("Last day of work")
    reason = forms.CharField(label="Reason for leaving", max_length=80)

    def __init__(self, *args: Any, reasons: Sequence[StandardCode], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reasons:
            choices = [("", "Choose"), *((one.code, f"{one.name} ({one.code})") for one in reasons)]
            self.fields["reason"] = forms.ChoiceField(label="Reason for leaving", choices=choices)


class PositionForm(Form):
    code = forms.CharField(label="Code", max_length=24)
    title = forms.CharField(label="Title", max_length=120)
    unit = forms.ChoiceField(label="Unit")
    grade = forms.ChoiceField(label="Grade")
    budget = forms.DecimalField(
        label="Budgeted full-time equivalents", max_digits=7, decimal_places=2, min_value=0
    )
    from_on = _date("Budgeted from")

    def __init__(
        self, *args: Any, units: list[tuple[str, str]], grades: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", "Choose"), *units]  # type: ignore[attr-defined]
        self.fields["grade"].choices = [("", "Choose"), *grades]  # type: ignore[attr-defined]


class StaffFileForm(Form):
    file = IncomingField(
        label="File of staff", intake=STAFF, help_text="CSV or XLSX, by the template"
    )


# What can be taken away, by the key of its group in hr.services.private.
REMOVABLE = [
    ("ni_number", "National Insurance number"),
    ("given_names", "Names for HMRC"),
    ("born_on", "Date of birth"),
    ("tax_code", "Tax code"),
    ("account_number", "Bank account"),
    ("gender", "Gender"),
    ("address", "Home address"),
    ("passport", "Passport number"),
    ("starter", "Starter declaration"),
]


class PrivateForm(Form):
    """Changes of details: what is there now is not shown, so nobody sees it without a look.

    What is left empty stays as it is; to take something away is a choice of its own.
    """

    ni_number = forms.CharField(label="National Insurance number", required=False, max_length=13)
    given_names = forms.CharField(
        label="Given names", required=False, max_length=70,
        help_text="As HMRC knows them. Without them the last word of the whole name is the surname",
    )  # fmt: skip
    family_name = forms.CharField(label="Family name", required=False, max_length=35)
    born_on = _date("Date of birth", required=False)
    tax_code = forms.CharField(label="Tax code", required=False, max_length=10)
    non_cumulative = forms.BooleanField(
        label="The tax code is on a week 1 or month 1 basis", required=False
    )
    sort_code = forms.CharField(label="Sort code", required=False, max_length=8)
    account_number = forms.CharField(label="Account number", required=False, max_length=10)
    account_name = forms.CharField(label="Name of the account", required=False, max_length=60)
    reference = forms.CharField(
        label="Building society roll number", required=False, max_length=18,
        help_text="Only for an account of a building society that has one",
    )  # fmt: skip
    gender = forms.ChoiceField(
        label="Gender", required=False, choices=[("", "As it is"), *Gender.choices],
        help_text="HMRC takes no other answer",
    )  # fmt: skip
    address = forms.CharField(
        label="Home address", required=False, max_length=150, widget=forms.Textarea,
        help_text="Up to four lines. The last line of an address abroad is the country",
    )  # fmt: skip
    postcode = forms.CharField(
        label="Postcode", required=False, max_length=8, help_text="None for an address abroad"
    )
    passport = forms.CharField(
        label="Passport number", required=False, max_length=35, help_text="Only if there is one"
    )
    starter = forms.ChoiceField(
        label="Starter declaration", required=False, choices=[("", "As it is"), *Starter.choices],
        help_text="What the person ticked on the starter checklist",
    )  # fmt: skip
    remove = forms.MultipleChoiceField(
        label="Take away", required=False, choices=REMOVABLE,
        widget=forms.CheckboxSelectMultiple, help_text="What should no longer stand there at all",
    )  # fmt: skip
    from_on = _date("From", help_text="Fields that are left empty stay as they are")

    @property
    def details(self) -> Details:
        """What was typed, without the spaces and hyphens that people group digits by."""
        given = {
            key: value
            for key, value in self.cleaned_data.items()
            if key not in ("from_on", "remove")
        }
        for name in ("ni_number", "sort_code", "account_number", "tax_code", "passport"):
            given[name] = given[name].replace(" ", "").replace("-", "").upper()
        for name in ("given_names", "family_name", "reference"):
            given[name] = " ".join(given[name].split())
        given["postcode"] = given["postcode"].upper()
        given["reference"] = given["reference"].upper()
        return Details(**given)


class RegradingForm(Form):
    """By a rule from grade to grade, or by a list of jobs; then from when, and why."""

    scale = forms.ChoiceField(label="Pay scale")
    from_on = _date("From", help_text="It may lie behind")
    from_grade = forms.CharField(
        label="Everybody in grade", max_length=20, required=False,
        help_text="Leave the grades empty to name jobs",
    )  # fmt: skip
    to_grade = forms.CharField(label="To grade", max_length=20, required=False)
    points = forms.CharField(
        label="Points", max_length=600, required=False,
        help_text="Like 05=07, 06=08. Any other goes to the lowest point that pays no less",
    )  # fmt: skip
    jobs = forms.CharField(
        label="Or these jobs", max_length=60_000, required=False, widget=forms.Textarea,
        help_text="A line each: employee number, job, grade, point",
    )  # fmt: skip
    reason = _reason()

    def __init__(self, *args: Any, scales: Mapping[str, PayScale], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scales = scales
        choices = [(key, one.name) for key, one in scales.items()]
        self.fields["scale"].choices = choices  # type: ignore[attr-defined]

    def clean_points(self) -> dict[str, str]:
        pairs = [one.split("=") for one in self.cleaned_data["points"].replace(",", " ").split()]
        if not all(len(pair) == 2 for pair in pairs):
            raise forms.ValidationError("Enter pairs of points, like 05=07, 06=08")
        return dict(pairs)

    def clean_jobs(self) -> list[JobMove]:
        found = []
        for number, line in enumerate(self.cleaned_data["jobs"].splitlines(), start=1):
            cells = [cell.strip() for cell in line.split(",")]
            if cells == [""]:
                continue
            if len(cells) != len(JobMove._fields) or not all(map(_digits, cells[:2])):
                raise forms.ValidationError(f"Line {number}: number, job, grade, point")
            found.append(JobMove(int(cells[0]), int(cells[1]), *cells[2:]))
        return found

    @property
    def regrading(self) -> NewRegrading:
        given = {**self.cleaned_data, "scale": self.scales[self.cleaned_data["scale"]]}
        given.pop("reason")
        return NewRegrading(**given)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 13


class AwardForm(Form):
    """A rise of every value of a scale; the answers become the terms of the award."""

    scale = forms.ChoiceField(label="Pay scale")
    from_on = _date("From", help_text="It may lie behind")
    percent = forms.DecimalField(
        label="Rise in per cent", min_value=0, max_value=50, decimal_places=2, required=False
    )
    least = PoundsField(
        label="At least, of a year", min_value=0, required=False,
        help_text="A sum that everybody gets in full time, if it is more",
    )  # fmt: skip
    whole_pounds = forms.BooleanField(label="Values are whole pounds", required=False, initial=True)
    reason = _reason()

    def __init__(self, *args: Any, scales: Mapping[str, PayScale], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scales = scales
        choices = [(key, one.name) for key, one in scales.items()]
        self.fields["scale"].choices = choices  # type: ignore[attr-defined]

    @property
    def terms(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "scale": self.scales[given["scale"]],
            "from_on": given["from_on"],
            "percent_hundredths": int((given["percent"] or 0) * 100),
            "least_pence": to_pence(given["least"] or 0),
            "whole_pounds": given["whole_pounds"],
        }
