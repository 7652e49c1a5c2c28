"""More of paying, for programs: a proposal changed, remittance advice, profiles, notices."""

from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, NothingAsked, Pounds, asked, checked
from core.web.api_asked import VersionAsked, as_typed
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.api_payments import PaymentRunRow
from finance.forms_payments import BankProfileForm
from finance.models import Payment, PaymentRun, PaymentsNotice
from finance.paying.compliance import Figures, half_years, of_notice
from finance.permissions import (
    KEEP_BANK_ACCOUNTS,
    PROPOSE_PAYMENTS,
    SEE_PAYMENTS,
    SEE_REPORTS,
    SEND_REMITTANCES,
    SIGN_NOTICES,
)
from finance.selectors import payments as selectors
from finance.selectors.bank_profiles import bank_profiles
from finance.selectors.payments_notices import figures_of, half_year, newest_notices, notices
from finance.selectors.remittances import advice_of, payments_told
from finance.services.bank_profiles import set_bank_profile
from finance.services.payments import put_back_payments, take_out_payments
from finance.services.payments_notices import sign_notice
from finance.services.remittances import write_advice


class PaymentsAsked(VersionAsked):
    """Numbers of payments of the run, and the version of it that was seen."""

    payments = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62), min_length=1, max_length=1000
    )


class Written(serializers.Serializer):
    """How many suppliers were written to."""

    written = serializers.IntegerField()


class BankProfileAsked(serializers.Serializer):
    """How the bank of an account wants its file from a day on: one column a line, like
    `A = sort code`; and the most that one payment may be."""

    bank_account = serializers.IntegerField(min_value=1, max_value=2**31)
    name = serializers.CharField(max_length=60)
    from_on = serializers.DateField()
    limit = serializers.DecimalField(max_digits=13, decimal_places=2)
    layout = serializers.CharField(max_length=5_000)


class BankProfileRow(serializers.Serializer):
    """A profile as it was set."""

    bank_account = serializers.IntegerField(source="bank_account_id")
    name = serializers.CharField()
    from_on = serializers.DateField()
    limit = Pounds(source="limit_pence")
    layout = serializers.CharField()
    made_by = serializers.CharField(source="made_by_name")


class AdviceWritten(serializers.Serializer):
    """Remittance advice: where it was written to, and why it was not sent yet."""

    address = serializers.CharField()
    written_at = serializers.DateTimeField(source="made_at")
    sent_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField()


class AdviceRow(serializers.Serializer):
    """A payment, and the advice about it (null before it is written)."""

    payment = serializers.IntegerField(source="number")
    supplier_code = serializers.CharField(source="supplier.code")
    supplier_name = serializers.CharField(source="supplier.name")
    supplier_email = serializers.CharField(source="supplier.email")
    state = serializers.CharField()
    amount = Pounds(source="amount_pence")
    advice = serializers.SerializerMethodField()

    @extend_schema_field(AdviceWritten(allow_null=True))
    def get_advice(self, row: Payment) -> dict[str, Any] | None:
        """What was written to the supplier."""
        told = self.context["told"].get(row.pk)
        return dict(AdviceWritten(told).data) if told else None


AdvicePart = part_type(AdviceRow)
BankProfilePart = part_type(BankProfileRow)


class NoticeFigure(serializers.Serializer):
    """A figure in words, as it would be published."""

    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField()


def in_words(figures: Figures) -> list[dict[str, str]]:
    """For `NoticeFigure`."""
    return [{"label": label, "value": value} for label, value in figures.lines()]


class NoticeSigned(serializers.Serializer):
    """A version of a notice that is frozen."""

    version = serializers.IntegerField()
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    statement = serializers.CharField()
    job_title = serializers.CharField()
    reason = serializers.CharField()
    signed_by = serializers.CharField(source="signed_by_name")
    signed_at = serializers.DateTimeField()


class NoticeVersion(NoticeSigned):
    """A version of a notice, with its figures as they were signed."""

    figures = serializers.SerializerMethodField()

    @extend_schema_field(NoticeFigure(many=True))
    def get_figures(self, row: PaymentsNotice) -> list[dict[str, str]]:
        """In words, as they are published."""
        return in_words(of_notice(row))


class NoticeOut(serializers.Serializer):
    """A half-year as known now, and as it was signed, newest version first; `seen` names the
    figures of now when they are signed."""

    period = serializers.IntegerField(help_text="The first month as yyyymm.")
    last_on = serializers.DateField()
    publish_by = serializers.DateField()
    versions_signed = serializers.IntegerField()
    seen = serializers.CharField()
    figures = NoticeFigure(many=True)
    versions = NoticeVersion(many=True)


class NoticePeriod(serializers.Serializer):
    """A half-year, and the newest version of its notice (null before one is signed)."""

    period = serializers.IntegerField(help_text="The first month as yyyymm.")
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    publish_by = serializers.DateField()
    signed = NoticeSigned(allow_null=True)


class NoticeSignatureAsked(serializers.Serializer):
    """One's job, the figures that were seen, and what changed if there was a version before."""

    job_title = serializers.CharField(max_length=80)
    seen = serializers.CharField(max_length=64)
    reason = serializers.CharField(max_length=300, default="", allow_blank=True)


class PaymentRunChange(Endpoint):
    """A proposal that is changed."""

    permission = PROPOSE_PAYMENTS
    moves_money = True
    bank = True
    act: ClassVar[Callable[..., PaymentRun]]

    def changed(self, request: Request, number: int) -> Response:
        """The run after its payments were taken out or put back."""
        run, given = (
            selectors.run_by_number(self.actor.organisation_id, number),
            asked(PaymentsAsked, request),
        )
        numbers, version = given["payments"], given["version"]
        run = type(self).act(run=run, numbers=numbers, version=version, by=self.actor)
        return Response(PaymentRunRow(run).data)


class PaymentsTakenOut(PaymentRunChange):
    """Payments taken out of a proposal."""

    act = staticmethod(take_out_payments)

    @extend_schema(
        operation_id="payment_runs_take_out", request=PaymentsAsked, responses=PaymentRunRow
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Their invoices wait for another run (PAY08)."""
        return self.changed(request, number)


class PaymentsPutBack(PaymentRunChange):
    """Payments put back into a proposal."""

    act = staticmethod(put_back_payments)

    @extend_schema(
        operation_id="payment_runs_put_back", request=PaymentsAsked, responses=PaymentRunRow
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """As they were proposed, where they still stand so (PAY08, PAY09)."""
        return self.changed(request, number)


class PaymentRunAdvice(Endpoint):
    """What the suppliers of a run were told."""

    permission = SEE_PAYMENTS
    bank = True

    @extend_schema(
        operation_id="payment_runs_advice", responses=AdvicePart, parameters=[CURSOR_PARAMETER]
    )
    def get(self, request: Request, organisation: str, number: int) -> Response:
        """The payments that left, by number, each with its remittance advice."""
        run = selectors.run_by_number(self.actor.organisation_id, number)
        part = part_of(request, payments_told(run), "number")
        told = advice_of(run.organisation_id, list(part.results))
        return Response(AdvicePart(part, context={"told": told}).data)


class PaymentRunRemittances(Endpoint):
    """Remittance advice of a run."""

    permission = SEND_REMITTANCES
    bank = True

    @extend_schema(
        operation_id="payment_runs_write_advice", request=NothingAsked, responses=Written
    )
    def post(self, request: Request, organisation: str, number: int) -> Response:
        """Writes to every supplier who has an address and was not written to (PAY15, PAY16)."""
        asked(NothingAsked, request)
        run = selectors.run_by_number(self.actor.organisation_id, number)
        return Response(Written({"written": write_advice(run=run, by=self.actor)}).data)


class BankProfiles(Endpoint):
    """How banks want their files."""

    permission = KEEP_BANK_ACCOUNTS
    bank = True

    @extend_schema(
        operation_id="bank_profiles_list",
        responses=BankProfilePart,
        parameters=[CURSOR_PARAMETER],
    )
    def get(self, request: Request, organisation: str) -> Response:
        """The last set first."""
        found = bank_profiles(self.actor.organisation_id)
        return Response(BankProfilePart(part_of(request, found, "-id")).data)


class BankProfileSetting(Endpoint):
    """How a bank wants its file."""

    permission = KEEP_BANK_ACCOUNTS
    bank = True

    @extend_schema(
        operation_id="bank_profiles_set",
        request=BankProfileAsked,
        responses={201: BankProfileRow},
    )
    def post(self, request: Request, organisation: str) -> Response:
        """From a day on; proposals keep the one they have (FPS01 to FPS03)."""
        given = as_typed(asked(BankProfileAsked, request))
        form = BankProfileForm(given, organisation_id=self.actor.organisation_id)
        checked(form)
        row = set_bank_profile(**form.facts, by=self.actor)
        return Response(BankProfileRow(row).data, status=201)


class PaymentsNotices(Endpoint):
    """Payments compliance notices."""

    permission = SEE_REPORTS

    @extend_schema(operation_id="payments_notices_list", responses=NoticePeriod(many=True))
    def get(self, request: Any, organisation: str) -> Response:
        """Every half-year that has begun, newest first."""
        newest = newest_notices(self.actor.organisation_id)
        rows = [
            {
                **{"period": of.period, "first_on": of.first_on, "last_on": of.last_on},
                **{"publish_by": of.publish_by, "signed": newest.get(of.first_on)},
            }
            for of in half_years(request.today)
        ]
        return Response(NoticePeriod(rows, many=True).data)


class PaymentsNoticeOne(Endpoint):
    """The payments compliance notice of a half-year."""

    permission = SEE_REPORTS

    @extend_schema(operation_id="payments_notices_read", responses=NoticeOut)
    def get(self, request: Any, organisation: str, period: int) -> Response:
        """Its figures as known now and as signed, of a half-year such as 202604."""
        of, here = half_year(period, request.today), self.actor.organisation_id
        now: Figures = figures_of(here, of)
        signed = list(notices(here).filter(first_on=of.first_on))
        told = {
            **{"period": of.period, "last_on": of.last_on, "publish_by": of.publish_by},
            **{"versions_signed": len(signed), "seen": now.digest},
            **{"figures": in_words(now), "versions": signed},
        }
        return Response(NoticeOut(told).data)


class PaymentsNoticeSignature(Endpoint):
    """The signature of a notice."""

    permission = SIGN_NOTICES

    @extend_schema(
        operation_id="payments_notices_sign",
        request=NoticeSignatureAsked,
        responses={201: NoticeSigned},
    )
    def post(self, request: Any, organisation: str, period: int) -> Response:
        """Freezes the figures under one's name and job (PCN01 to PCN05)."""
        of = half_year(period, request.today)
        row = sign_notice(period=of, by=self.actor, **asked(NoticeSignatureAsked, request))
        return Response(NoticeSigned(row).data, status=201)
