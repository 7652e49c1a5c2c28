"""How people are paid, for programs."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.errors import NotFound
from core.web.api import Endpoint, Pounds, asked
from core.web.api_asked import MOST
from hr.models import Employment
from hr.selectors.jobs import employments_numbered
from payroll.api_deductions import MOST_PENCE
from payroll.joined import NewParticulars
from payroll.models import DirectorMethod
from payroll.models.groups import LETTERS, SCHEMES
from payroll.permissions import KEEP_PARTICULARS
from payroll.selectors.members import groups_here, member_of
from payroll.services.joining import load_particulars
from payroll.services.looking import look_at_particulars
from payroll.services.particulars import Particulars, change_particulars


def pence_or_none() -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0, max_value=MOST_PENCE, default=None, allow_null=True
    )


class Directorship(serializers.Serializer):
    """A company director: since when, and how the year is settled; what was paid and contributed
    in the tax year since then, before the first payslip here: all three in pence, or none."""

    director_from = serializers.DateField(default=None, allow_null=True)
    director_method = serializers.ChoiceField(
        choices=DirectorMethod.choices, default="", allow_blank=True
    )
    director_pay_pence = pence_or_none()
    director_nic_pence = pence_or_none()
    director_employer_nic_pence = pence_or_none()


class Particular(Directorship):
    """What the minimum wage asks for besides: the first day of an apprenticeship, and of lodging
    with the employer for so many pence a day, while these last."""

    apprentice_from = serializers.DateField(default=None, allow_null=True)
    lodged_from = serializers.DateField(default=None, allow_null=True)


class ParticularsAsked(Particular):
    """All of it, as it holds from now on; amounts in pence, of this tax year."""

    pay_group = serializers.CharField(max_length=20)
    letter = serializers.ChoiceField(choices=LETTERS)
    letter_kept = serializers.BooleanField(default=False)
    scheme = serializers.ChoiceField(choices=SCHEMES)
    half = serializers.BooleanField(default=False)
    brought_pay_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE, default=0)
    brought_tax_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE, default=0)
    lodging_pence = serializers.IntegerField(min_value=0, max_value=MOST_PENCE, default=0)
    reason = serializers.CharField(max_length=200)


class ParticularsOut(serializers.Serializer):
    """How somebody is paid; `brought_…` are of the tax year that began in `brought_year`, figures
    of a director of that which began in `director_year`."""

    employee = serializers.IntegerField(source="employment.number")
    pay_group = serializers.CharField(source="pay_group.code")
    letter = serializers.CharField()
    letter_kept = serializers.BooleanField()
    scheme = serializers.IntegerField()
    half = serializers.BooleanField()
    brought_year = serializers.IntegerField()
    brought_pay = Pounds(source="brought_pay_pence")
    brought_tax = Pounds(source="brought_tax_pence")
    director_from = serializers.DateField(allow_null=True)
    director_method = serializers.CharField()
    director_year = serializers.IntegerField()
    director_pay = Pounds(source="director_pay_pence")
    director_nic = Pounds(source="director_nic_pence")
    director_employer_nic = Pounds(source="director_employer_nic_pence")
    apprentice_from = serializers.DateField(allow_null=True)
    lodged_from = serializers.DateField(allow_null=True)
    lodging = Pounds(source="lodging_pence")


class ParticularsRow(Particular):
    """One person. Amounts in pence of this tax year up to the week or month of a P45: all of `pay`,
    `tax`, `unit` and `period`, or none of them. What a row does not say of a directorship, of an
    apprenticeship, of lodging and of keeping the letter stays.
    """

    employee = serializers.IntegerField(min_value=1, max_value=MOST)
    pay_group = serializers.CharField(max_length=20)
    letter = serializers.CharField(max_length=1)
    letter_kept = serializers.BooleanField(default=None, allow_null=True)
    scheme = serializers.ChoiceField(choices=SCHEMES, default=None, allow_null=True)
    half = serializers.BooleanField(default=False)
    pay_pence = pence_or_none()
    tax_pence = pence_or_none()
    lodging_pence = pence_or_none()
    unit = serializers.ChoiceField(choices=["week", "month"], default=None, allow_null=True)
    period = serializers.IntegerField(min_value=1, max_value=53, default=None, allow_null=True)
    reason = serializers.CharField(max_length=200, default="", allow_blank=True)


class ParticularsLoadAsked(serializers.Serializer):
    """Many people, and why; a row's own reason goes before it."""

    people = serializers.ListField(child=ParticularsRow(), min_length=1, max_length=10_000)
    reason = serializers.CharField(max_length=200)


class ParticularsLoaded(serializers.Serializer):
    """How many people the rows were about, and how many are paid otherwise from now on."""

    people = serializers.IntegerField()
    changed = serializers.IntegerField()


class ParticularsLoad(Endpoint):
    """How many people are paid."""

    permission = KEEP_PARTICULARS
    moves_money = True

    @extend_schema(
        operation_id="pay_particulars_load", request=ParticularsLoadAsked,
        responses=ParticularsLoaded,
    )  # fmt: skip
    def post(self, request: Any, organisation: str) -> Response:
        """All of them or none; what is wrong is said by row (PRL63, PRL68)."""
        given = asked(ParticularsLoadAsked, request)
        rows = [_row(number, one) for number, one in enumerate(given["people"], start=1)]
        about = {"reason": given["reason"], "by": self.actor, "at": timezone.now()}
        return Response(ParticularsLoaded(load_particulars(rows=rows, **about)).data)


def _row(number: int, one: dict[str, Any]) -> NewParticulars:
    unit, period = one.pop("unit"), one.pop("period")
    placed = (unit, period) if unit and period else None
    return NewParticulars(row=number, group=one.pop("pay_group"), period=placed, **one)


class ParticularsOne(Endpoint):
    """How somebody is paid."""

    permission = KEEP_PARTICULARS
    moves_money = True

    @extend_schema(operation_id="pay_particulars_read", responses=ParticularsOut)
    def get(self, request: Any, organisation: str, number: int) -> Response:
        """Who is in no pay group yet is answered as unknown. The look is recorded."""
        whose = self.employment(number)
        if (row := member_of(whose)) is None:
            raise NotFound("This person is in no pay group yet.")
        look_at_particulars(employment=whose, by=self.actor)
        return Response(ParticularsOut(row).data)

    @extend_schema(
        operation_id="pay_particulars_change", request=ParticularsAsked, responses=ParticularsOut
    )
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """The next pay that is calculated takes it (PRL25, PRL61, PRL62, PRL63, PRL83 to PRL85)."""
        whose, given = self.employment(number), asked(ParticularsAsked, request)
        reason, code = given.pop("reason"), given.pop("pay_group")
        group = groups_here(whose.organisation_id).filter(code=code).first()
        if group is None:
            raise NotFound("There is no such pay group.")
        to = Particulars(group, **given)
        at = timezone.now()
        row = change_particulars(employment=whose, to=to, reason=reason, by=self.actor, at=at)
        return Response(ParticularsOut(row).data)

    def employment(self, number: int) -> Employment:
        """NotFound unless somebody here has the number."""
        found = employments_numbered(self.actor.organisation_id, {number})
        if not found:
            raise NotFound("There is no such employee number.")
        return found[0]
