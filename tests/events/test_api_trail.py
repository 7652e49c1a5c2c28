"""The trail by program: proved on the spot, and what is stuck tried again."""

from tests.calls import call, code
from tests.finance.payables import invoice, prepare, supplier
from tests.world import World


def test_the_trail_is_proved(world: World) -> None:
    prepare(world)
    invoice(world, supplier(world))
    proof = call(world, "auditor", "trail/proof/", {})
    assert (proof.status_code, proof.json()["problems"]) == (200, [])
    assert call(world, "staff", "trail/proof/", {}).status_code == 403


def test_deliveries_are_put_back_by_who_may(world: World) -> None:
    assert call(world, "auditor", "deliveries/retry/", {}).status_code == 403
    assert call(world, "administrator", "deliveries/retry/", {}).json() == {"in_line": 0}
    given = {"deliveries": [990_001]}
    assert call(world, "administrator", "deliveries/retry/", given).json() == {"in_line": 0}
    assert call(world, "administrator@northdale", "deliveries/retry/", {}).status_code == 404


def test_a_webhook_that_nobody_has(world: World) -> None:
    answer = call(world, "administrator", "webhooks/990001/again/", {"deliveries": [1]})
    assert code(answer) == (404, "")
    assert call(world, "auditor", "webhooks/1/again/", {"deliveries": [1]}).status_code == 403
