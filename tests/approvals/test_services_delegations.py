"""By one for another: for some days, once, in no chain, and never for or by the maker."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from approvals.bands import Band
from approvals.models import Delegation, Request, Step
from approvals.rules import APR01, APR10, APR11, APR12, APR13, APR14, APR17
from approvals.selectors import waiting_for
from approvals.services.delegations import delegate, end_delegation
from core.errors import Clash, NotAllowed, NotFound
from core.scope import scope
from finance.permissions import AGREE_BANK
from tenants.models import Grant
from tests.approvals.cast import make_day, set_bands, submit
from tests.approvals.test_services_approvals import decide, refused_by
from tests.days import in_days, today
from tests.world import World

# Rights are those of today in the lists, so these tests live today.


@pytest.fixture
def routed(world: World) -> World:
    set_bands(world)
    return world


def pass_on(world: World, who: str, to: str, first: int = 0, last: int = 7, **more: Any) -> Any:
    by = world.actor(f"{who}@eastmere")
    days = {"first_on": in_days(first), "last_on": in_days(last)}
    with scope(acting=by.organisation_id):
        return delegate(
            to_person_id=world.people[f"{to}@eastmere"].pk,
            by=by,
            as_of=timezone.now(),
            **days,
            **more,
        )


def decide_now(world: World, request: Request, who: str, decision: Any = "approve") -> Any:
    from approvals import services

    by = world.actor(f"{who}@eastmere")
    with scope(acting=by.organisation_id):
        return services.decide(
            request=request, decision=decision, comment="Said", by=by, as_of=timezone.now()
        )


def listed(world: World, who: str) -> list[int]:
    by = world.actor(f"{who}@eastmere")
    with scope(acting=by.organisation_id):
        return list(waiting_for(by).values_list("pk", flat=True))


def test_decided_by_one_for_another(routed: World) -> None:
    request = submit(routed, make_day(routed))
    with pytest.raises(NotAllowed):
        decide_now(routed, request, "finance_officer")
    assert listed(routed, "finance_officer") == []
    made = pass_on(routed, "manager", "finance_officer", reason=" On \n leave ")
    assert (made.reason, made.to_person_name) == ("On leave", "Finance officer of eastmere")
    assert listed(routed, "finance_officer") == [request.pk]
    done = decide_now(routed, request, "finance_officer")
    assert done.decided_by_name == "Finance officer of eastmere"
    assert done.decided_for_name == "Manager of eastmere"
    with scope(acting=routed.id("eastmere")):
        step = Step.objects.get(request_id=request.pk)
    assert step.decided_by_id == routed.people["finance_officer@eastmere"].pk
    assert step.decided_for_id == routed.people["manager@eastmere"].pk


def test_neither_of_them_made_it(routed: World) -> None:
    pass_on(routed, "manager", "finance_officer")
    own = submit(routed, make_day(routed), who="finance_officer@eastmere")
    with refused_by(APR01):
        decide_now(routed, own, "finance_officer")
    theirs = submit(routed, make_day(routed), who="manager@eastmere")
    with pytest.raises(NotAllowed):
        decide_now(routed, theirs, "finance_officer")
    assert listed(routed, "finance_officer") == []


def test_the_limit_that_holds_is_the_one_of_whose_right_it_is(world: World) -> None:
    set_bands(world, bands=[(0, None, "manager")])
    pass_on(world, "manager", "finance_officer")
    assert decide_now(world, submit(world, make_day(world), 500_000), "finance_officer")
    from approvals.rules import APR04

    with refused_by(APR04):
        decide_now(world, submit(world, make_day(world), 500_001), "finance_officer")


def test_one_pair_of_people_takes_one_step(world: World) -> None:
    set_bands(world, bands=[Band(0, None, "manager", 1), Band(0, None, "finance_officer", 2)])
    pass_on(world, "manager", "finance_officer")
    request = submit(world, make_day(world))
    decide_now(world, request, "finance_officer")
    with refused_by(APR17):
        decide_now(world, request, "finance_officer")
    assert listed(world, "finance_officer") == []


def test_only_in_its_days_and_until_it_ends(routed: World) -> None:
    request = submit(routed, make_day(routed))
    later = pass_on(routed, "manager", "finance_officer", first=1)
    assert listed(routed, "finance_officer") == []
    by = routed.actor("manager@eastmere")
    with scope(acting=by.organisation_id):
        with pytest.raises(NotFound):
            other = routed.actor("finance_officer@eastmere")
            end_delegation(delegation_id=later.pk, by=other, as_of=timezone.now())
        assert end_delegation(delegation_id=later.pk, by=by, as_of=timezone.now()).valid.isempty
    now = pass_on(routed, "manager", "finance_officer")
    assert listed(routed, "finance_officer") == [request.pk]
    with scope(acting=by.organisation_id):
        end_delegation(delegation_id=now.pk, by=by, as_of=timezone.now())
        with pytest.raises(Clash):
            end_delegation(delegation_id=now.pk, by=by, as_of=timezone.now())
    assert listed(routed, "finance_officer") == []
    with pytest.raises(NotAllowed):
        decide_now(routed, request, "finance_officer")


def test_it_passes_on_what_one_has_today(routed: World) -> None:
    """The role of who delegated is withdrawn: nothing is left to borrow."""
    request = submit(routed, make_day(routed))
    pass_on(routed, "manager", "finance_officer")
    with scope(acting=routed.id("eastmere")):
        Grant.objects.filter(person=routed.people["manager@eastmere"]).update(
            valid=(datetime(2020, 1, 1, tzinfo=UTC).date(), today())
        )
    assert listed(routed, "finance_officer") == []
    with pytest.raises(NotAllowed):
        decide_now(routed, request, "finance_officer")


def test_whom_one_cannot_ask(routed: World) -> None:
    with refused_by(APR10):
        pass_on(routed, "manager", "manager")
    for nobody in ("staff", "auditor", "board_member"):
        with refused_by(APR12):
            pass_on(routed, "manager", nobody)
    for first, last in ((-1, 3), (3, 2)):
        with refused_by(APR13):
            pass_on(routed, "manager", "finance_officer", first, last)
    with pytest.raises(NotAllowed):
        pass_on(routed, "staff", "manager")


def test_no_chain_in_either_direction(routed: World) -> None:
    pass_on(routed, "manager", "finance_officer", 2, 4)
    with refused_by(APR11):
        pass_on(routed, "finance_officer", "finance_manager", 4, 9)
    with refused_by(APR11):
        pass_on(routed, "finance_manager", "manager", 0, 2)
    with refused_by(APR14):
        pass_on(routed, "manager", "finance_manager", 4, 9)
    pass_on(routed, "finance_officer", "finance_manager", 5, 9)
    pass_on(routed, "payroll_officer", "finance_officer", 0, 4)


def test_database_keeps_one_delegate_at_a_time(routed: World) -> None:
    made = pass_on(routed, "manager", "finance_officer")
    with scope(acting=routed.id("eastmere")):
        for change, name in (
            ({"pk": None, "to_person_id": 1}, "one_delegate_at_a_time"),
            ({"pk": None, "to_person_id": made.from_person_id}, "delegated_to_another"),
        ):
            row = Delegation.objects.get(pk=made.pk)
            for key, value in change.items():
                setattr(row, key, value)
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                row.save(force_insert=True)


def test_the_owner_is_asked_with_the_right_that_was_passed_on(world: World) -> None:
    """An agent of the centre holds no right to agree bank details, and agrees for who does."""
    from core.actors import may
    from finance.models import SupplierBank
    from finance.services.suppliers import propose_bank, record_call
    from tests.finance.payables import prepare, supplier

    prepare(world)
    assert not may(world.actor("payroll_officer@eastmere"), AGREE_BANK)
    pass_on(world, "finance_manager", "payroll_officer")
    owner, by = supplier(world), world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        bank = propose_bank(supplier=owner, sort_code="200415", account_number="12345678",
                            account_name="Harrow", from_on=today(), by=by)  # fmt: skip
        record_call(bank=bank, outcome="confirmed", person="Jo", number="01632 960123",
                    source="invoice", by=by, at=timezone.now())  # fmt: skip
        request = Request.objects.get()
    decide_now(world, request, "payroll_officer")
    with scope(acting=by.organisation_id):
        assert SupplierBank.objects.get().state == "active"


def test_the_machine_of_delegation_leaves_others_alone(routed: World) -> None:
    request = submit(routed, make_day(routed))
    pass_on(routed, "manager", "finance_officer")
    assert decide(routed, request, "manager@eastmere").decided_for_name == ""
