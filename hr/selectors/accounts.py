"""Where pay of people goes, and the changes of it that they asked for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import (
    BooleanField,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)

from core.errors import NotFound
from hr.models import AccountChange, AccountCooling, PrivateDetails

# Working days, where an organisation has set none.
USUAL_DAYS = 2
# More changes than this within a year are many.
FEW, YEAR = 2, timedelta(days=365)
State = AccountChange.State


def cooling_days(organisation_id: int, on: date) -> int:
    """Working days between a change that is asked for on a day and its first day in force."""
    rows = AccountCooling.objects.filter(organisation_id=organisation_id, from_on__lte=on)
    days = rows.order_by("-from_on").values_list("days", flat=True).first()
    return USUAL_DAYS if days is None else days


def cooling_history(organisation_id: int) -> QuerySet[AccountCooling]:
    """Everything that was ever set, the latest day first."""
    return AccountCooling.objects.filter(organisation_id=organisation_id).order_by("-from_on")


def cooling_words(days: int) -> str:
    """For those who change their account and those who look after it."""
    unit = "day" if days == 1 else "days"
    return f"A changed account cools off for {days} working {unit} before pay goes there."


@dataclass(frozen=True)
class InForce:
    """An account that pay of one employment goes to, by its last digits."""

    employment_id: int
    number: int
    ending: str
    name: str


def accounts_in_force(organisation_id: int, person_id: int | None, on: date) -> list[InForce]:
    """Of each employment of a person here that has one, on a day."""
    rows = PrivateDetails.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=on), organisation_id=organisation_id,
        employment__person_id=person_id, superseded_at__isnull=True, from_on__lte=on,
    ).exclude(account_ending="")  # fmt: skip
    found = rows.order_by("employment__number").values_list(
        "employment_id", "employment__number", "account_ending", "account_name"
    )
    return [InForce(*row) for row in found]


def own_changes(organisation_id: int, person_id: int | None) -> QuerySet[AccountChange]:
    """What a person asked for here, newest first."""
    rows = AccountChange.objects.filter(organisation_id=organisation_id, person_id=person_id)
    return rows.order_by("-number")


def changes_waiting(organisation_id: int, people: Collection[int]) -> dict[int, date]:
    """By person, the day from which a change that cools off is in force."""
    rows = AccountChange.objects.filter(
        organisation_id=organisation_id, person_id__in=people, state=State.WAITING
    )
    return dict(rows.values_list("person_id", "from_on"))


def account_change(organisation_id: int, number: int) -> AccountChange:
    """NotFound unless there is one of this number."""
    rows = AccountChange.objects.filter(organisation_id=organisation_id, number=number)
    found = rows.select_related("employment").first()
    if found is None:
        raise NotFound("There is no such change of an account.")
    return found


def _times() -> Subquery:
    """How often the person asked in the year up to a change, this one among them."""
    since = ExpressionWrapper(OuterRef("asked_at") - Value(YEAR), output_field=DateTimeField())
    asked = AccountChange.objects.filter(
        organisation_id=OuterRef("organisation_id"), person_id=OuterRef("person_id"),
        asked_at__lte=OuterRef("asked_at"), asked_at__gt=since,
    )  # fmt: skip
    counted = asked.order_by().values("person_id").annotate(times=Count("id"))
    return Subquery(counted.values("times"), output_field=IntegerField())


def account_changes(organisation_id: int, on: date, state: str = "") -> QuerySet[AccountChange]:
    """All changes, newest first, each with `often` (times in a year), `shared` and `ending_now`.

    An account is shared if pay of somebody else goes there, or shall by a change that waits.
    """
    rows = AccountChange.objects.filter(organisation_id=organisation_id)
    if state:
        rows = rows.filter(state=state)
    same = Q(organisation_id=organisation_id, account_index=OuterRef("account_index"))
    held = PrivateDetails.objects.filter(
        same, Q(to_on__isnull=True) | Q(to_on__gt=on), superseded_at__isnull=True
    ).exclude(employment__person_id=OuterRef("person_id"))
    asked = AccountChange.objects.filter(same, state=State.WAITING)
    now = PrivateDetails.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=on), organisation_id=organisation_id,
        employment_id=OuterRef("employment_id"), superseded_at__isnull=True, from_on__lte=on,
    )  # fmt: skip
    shared = Exists(held) | Exists(asked.exclude(person_id=OuterRef("person_id")))
    return (
        rows.select_related("employment")
        .annotate(
            often=_times(),
            shared=ExpressionWrapper(shared, output_field=BooleanField()),
            ending_now=Subquery(now.values("account_ending")[:1]),
        )
        .order_by("-number")
    )
