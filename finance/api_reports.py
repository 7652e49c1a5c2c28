"""Reports on payables and the ledger for programs: the figures of their pages."""

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotFound
from core.web.api import Endpoint, Pounds, queried
from finance.late_payment import rates
from finance.models import Invoice
from finance.permissions import SEE_LEDGER, SEE_REPORTS
from finance.selectors.creditors import YEARS, aged_creditors, prompt_payment, year_until
from finance.selectors.discounts import (
    MISSED,
    TAKEN,
    discounts_by_month,
    offered_discounts,
    year_back,
)
from finance.selectors.late_interest import liabilities, paid_late
from finance.selectors.ledger import periods_in_use, trial_balance
from finance.selectors.recovery import alerts

MOST_LATE = MOST_DISCOUNTS = 1_000


class AgedBucketRow(serializers.Serializer):
    """What is owed by how late it is; disputed invoices are apart."""

    key = serializers.CharField()
    says = serializers.CharField(source="label")
    invoices = serializers.IntegerField(source="number")
    open = Pounds(source="open_pence")
    due_from = serializers.DateField(allow_null=True)
    due_to = serializers.DateField(allow_null=True)


class AgedParts(serializers.Serializer):
    """What is owed to a supplier by how late it is."""

    not_due = Pounds(default=0)
    days_1_to_30 = Pounds(source="d30", default=0)
    days_31_to_60 = Pounds(source="d60", default=0)
    days_61_to_90 = Pounds(source="d90", default=0)
    days_over_90 = Pounds(source="older", default=0)
    disputed = Pounds(default=0)


class AgedSupplierRow(serializers.Serializer):
    """What is owed to a supplier, in all and in parts."""

    supplier_code = serializers.CharField(source="code")
    supplier_name = serializers.CharField(source="name")
    total = Pounds(source="total_pence")
    parts = AgedParts(source="pence")


class AgedOut(serializers.Serializer):
    """Aged creditors on a day."""

    on = serializers.DateField()
    buckets = AgedBucketRow(many=True)
    suppliers = AgedSupplierRow(many=True)


class AgedCreditors(Endpoint):
    """What is owed to suppliers."""

    permission = SEE_REPORTS

    @extend_schema(operation_id="aged_creditors", responses=AgedOut)
    def get(self, request: Any, organisation: str) -> Response:
        """By how late it is today, and every supplier, owed most first."""
        on: date = request.today
        buckets, suppliers = aged_creditors([self.actor.organisation_id], on, None)
        return Response(AgedOut({"on": on, "buckets": buckets, "suppliers": suppliers}).data)


class PromptQuery(serializers.Serializer):
    """What can be asked for."""

    on = serializers.DateField(
        required=False, help_text="A day of the last of twelve months; else all months."
    )

    def validate_on(self, on: date) -> date:
        if on.year not in YEARS:
            raise serializers.ValidationError("Write a day of this century.")
        return on


class PromptRow(serializers.Serializer):
    """Invoices paid in a month; shares are percentages of those with a day of receipt."""

    month = serializers.DateField()
    invoices = serializers.IntegerField(source="number")
    value = Pounds(source="pence")
    code_by_number = serializers.CharField(source="by_number")
    code_by_value = serializers.CharField(source="by_value")
    within_30_by_number = serializers.CharField(source="within_30")
    within_30_by_value = serializers.CharField(source="within_30_value")
    within_5_by_number = serializers.CharField(source="within_5")
    mean_days = serializers.CharField()
    without_receipt = serializers.IntegerField()


class PromptPayment(Endpoint):
    """How promptly invoices were paid."""

    permission = SEE_REPORTS

    @extend_schema(
        operation_id="prompt_payment", responses=PromptRow(many=True), parameters=[PromptQuery]
    )
    def get(self, request: Any, organisation: str) -> Response:
        """By month of payment, the oldest first; those without payments are left out."""
        on = queried(PromptQuery, request).get("on")
        days = year_until(on) if on else (date.min, date.max)
        rows = prompt_payment([self.actor.organisation_id], *days)
        return Response(PromptRow(rows, many=True).data)


class AlertRow(serializers.Serializer):
    """An open invoice and why to look at it before it is paid."""

    number = serializers.IntegerField()
    supplier_name = serializers.CharField()
    supplier_ref = serializers.CharField()
    invoice_on = serializers.DateField()
    received_on = serializers.DateField(allow_null=True)
    gross = Pounds(source="gross_pence")
    state = serializers.ChoiceField(choices=Invoice.State.values)
    reasons = serializers.ListField(child=serializers.CharField())


class InvoiceAlerts(Endpoint):
    """Alerts on open invoices."""

    permission = SEE_REPORTS

    @extend_schema(operation_id="invoice_alerts", responses=AlertRow(many=True))
    def get(self, request: Request, organisation: str) -> Response:
        """Those with most reasons first, 500 at most."""
        return Response(AlertRow(alerts([self.actor.organisation_id]), many=True).data)


class TrialBalanceQuery(serializers.Serializer):
    """What can be asked for."""

    period = serializers.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, help_text="As yyyymm; else the newest."
    )


class AccountRow(serializers.Serializer):
    """An account: what moved in the period, and its balance at the end, credit below zero."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    moved = Pounds(source="moved_pence")
    balance = Pounds(source="balance_pence")


class TrialBalanceOut(serializers.Serializer):
    """Every account that moved up to the end of a period (null before the first one is opened);
    the balances come to nothing."""

    period = serializers.IntegerField(allow_null=True)
    accounts = AccountRow(many=True)


class TrialBalance(Endpoint):
    """The trial balance."""

    permission = SEE_LEDGER

    @extend_schema(
        operation_id="trial_balance", responses=TrialBalanceOut, parameters=[TrialBalanceQuery]
    )
    def get(self, request: Request, organisation: str) -> Response:
        """As of a period that was opened. NotFound."""
        here, wanted = self.actor.organisation_id, queried(TrialBalanceQuery, request).get("period")
        found = [row for row in periods_in_use([here]) if wanted in (None, row.period)]
        if wanted is not None and not found:
            raise NotFound("There is no such period here.")
        told = {"period": found[0].period if found else None}
        accounts = trial_balance(here, found[0]) if found else []
        return Response(TrialBalanceOut({**told, "accounts": accounts}).data)


class LateQuery(serializers.Serializer):
    """What can be asked for: days of payment, both included; else all since rates are known."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class LiabilityRow(serializers.Serializer):
    """Late invoices together; of those without a known rate there is no interest."""

    invoices = serializers.IntegerField(source="number")
    gross = Pounds(source="gross_pence")
    interest = Pounds(source="interest_pence")
    fixed = Pounds(source="fixed_pence")
    without_rate = serializers.IntegerField(source="unknown")


class LateRow(serializers.Serializer):
    """An invoice paid late, with what its supplier may claim; null where no rate is known."""

    number = serializers.IntegerField()
    supplier_code = serializers.CharField()
    supplier_ref = serializers.CharField()
    gross = Pounds(source="gross_pence")
    received_on = serializers.DateField()
    payable_on = serializers.DateField()
    paid_on = serializers.DateField()
    days = serializers.IntegerField()
    rate_basis_points = serializers.IntegerField(source="basis_points", allow_null=True)
    interest = Pounds(source="interest_pence", allow_null=True)
    fixed = Pounds(source="fixed_pence")


class LateOut(serializers.Serializer):
    """Interest for late payment: of what was paid in some days, and of what is late today."""

    since = serializers.DateField()
    until = serializers.DateField()
    paid = LiabilityRow()
    still_open = LiabilityRow()
    results = LateRow(many=True)


class LateInterest(Endpoint):
    """Interest for late payment."""

    permission = SEE_REPORTS

    @extend_schema(operation_id="late_interest", responses=LateOut, parameters=[LateQuery])
    def get(self, request: Any, organisation: str) -> Response:
        """Those without a rate first, then by interest; 1,000 at most."""
        asked = queried(LateQuery, request)
        since = asked.get("since", rates()[0].from_on)
        until = asked.get("until", request.today)
        here = self.actor.organisation_id
        paid, still_open = liabilities(here, since, until, request.today)
        told = {"since": since, "until": until, "paid": paid, "still_open": still_open}
        told["results"] = paid_late(here, since, until, limit=MOST_LATE)
        return Response(LateOut(told).data)


class DiscountMonth(serializers.Serializer):
    """Discounts whose last day lies in a month."""

    month = serializers.DateField()
    taken = serializers.IntegerField()
    saved = Pounds(source="taken_pence")
    missed = serializers.IntegerField()
    not_saved = Pounds(source="missed_pence")


class DiscountRow(serializers.Serializer):
    """An invoice whose discount was taken, or missed by its last day."""

    number = serializers.IntegerField()
    supplier_ref = serializers.CharField()
    supplier_name = serializers.CharField(source="supplier")
    gross = Pounds(source="gross_pence")
    percent = serializers.CharField()
    discount = Pounds(source="pence")
    last_on = serializers.DateField()
    paid_on = serializers.DateField(allow_null=True)
    outcome = serializers.ChoiceField(choices=[TAKEN, MISSED])


class DiscountsOut(serializers.Serializer):
    """Discounts for early payment since a day, by month and one by one."""

    since = serializers.DateField()
    months = DiscountMonth(many=True)
    results = DiscountRow(many=True)


class Discounts(Endpoint):
    """Discounts for early payment."""

    permission = SEE_REPORTS

    @extend_schema(operation_id="early_discounts", responses=DiscountsOut)
    def get(self, request: Any, organisation: str) -> Response:
        """Of the last twelve months; the missed ones first, then by amount; 1,000 at most."""
        here, today = self.actor.organisation_id, request.today
        since = year_back(today)
        months = discounts_by_month(here, since, today)
        results = offered_discounts(here, since, today, limit=MOST_DISCOUNTS)
        return Response(DiscountsOut({"since": since, "months": months, "results": results}).data)
