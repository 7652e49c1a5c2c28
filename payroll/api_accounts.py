"""Changes of accounts for pay, for programs: what waits, stopping one, the cooling-off."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.api import Endpoint, asked, queried
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from finance.services.suppliers import masked
from hr.models import AccountChange
from hr.permissions import KEEP_ACCOUNT_COOLING, SEE_ACCOUNT_CHANGES, STOP_ACCOUNT_CHANGES
from hr.selectors.accounts import account_change
from hr.services.accounts import LEAST_DAYS, MOST_DAYS, set_account_cooling, stop_account
from payroll.selectors.accounts import changes_to_look_at, marks_of
from payroll.services.looking import look_at_account_changes


class AccountChangesQuery(serializers.Serializer):
    """What can be asked for."""

    state = serializers.ChoiceField(choices=AccountChange.State.values, required=False)


class AccountChangeOut(serializers.Serializer):
    """A change of the account that somebody's pay goes to; of the account the last digits alone."""

    number = serializers.IntegerField()
    employee = serializers.IntegerField(source="employment.number")
    account = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=AccountChange.State.values)
    asked_at = serializers.DateTimeField()
    from_on = serializers.DateField()

    def get_account(self, change: AccountChange) -> str:
        """Masked, as on pages."""
        return masked(change.account_ending)


class AccountChangeRow(AccountChangeOut):
    """A change as it stands in the list, with what is unusual about it."""

    to_look_at = serializers.SerializerMethodField()

    def get_to_look_at(self, change: AccountChange) -> list[str]:
        """In words."""
        return marks_of(change)


AccountChangePart = part_type(AccountChangeRow)


class AccountStopAsked(serializers.Serializer):
    """Why it is stopped; the person can read it."""

    reason = serializers.CharField(max_length=200)


class AccountCoolingAsked(serializers.Serializer):
    """So many working days from a day on, and why."""

    days = serializers.IntegerField(min_value=LEAST_DAYS, max_value=MOST_DAYS)
    from_on = serializers.DateField()
    reason = serializers.CharField(max_length=200)


class AccountCoolingOut(serializers.Serializer):
    """The days as they were set."""

    days = serializers.IntegerField()
    from_on = serializers.DateField()
    reason = serializers.CharField()


class AccountChanges(Endpoint):
    """Changes of accounts for pay, newest first."""

    permission = SEE_ACCOUNT_CHANGES

    @extend_schema(
        operation_id="pay_account_changes_list", responses=AccountChangePart,
        parameters=[AccountChangesQuery, CURSOR_PARAMETER],
    )  # fmt: skip
    def get(self, request: Request, organisation: str) -> Response:
        """Each look is recorded."""
        look_at_account_changes(by=self.actor)
        here, today = self.actor.organisation_id, timezone.localdate()
        rows = changes_to_look_at(here, today, **queried(AccountChangesQuery, request))
        return Response(AccountChangePart(part_of(request, rows, "-number")).data)


class AccountChangeStop(Endpoint):
    """Stopping a change that waits."""

    permission = STOP_ACCOUNT_CHANGES

    @extend_schema(
        operation_id="pay_account_changes_stop", request=AccountStopAsked,
        responses=AccountChangeOut,
    )  # fmt: skip
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """Pay goes on to the account before; the person is told."""
        change = account_change(self.actor.organisation_id, number)
        given = asked(AccountStopAsked, request)
        stopped = stop_account(change=change, by=self.actor, at=timezone.now(), **given)
        return Response(AccountChangeOut(stopped).data)


class AccountCoolingSetting(Endpoint):
    """Setting how long changed accounts cool off."""

    permission = KEEP_ACCOUNT_COOLING

    @extend_schema(
        operation_id="pay_account_cooling_set", request=AccountCoolingAsked,
        responses={201: AccountCoolingOut},
    )  # fmt: skip
    def post(self, request: Any, organisation: str) -> Response:
        """From a later day on; nothing that cools off already is moved."""
        given = asked(AccountCoolingAsked, request)
        made = set_account_cooling(by=self.actor, at=timezone.now(), **given)
        return Response(AccountCoolingOut(made).data, status=201)
