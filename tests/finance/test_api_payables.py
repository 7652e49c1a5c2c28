"""Acts on invoices and suppliers by program: the rules of the pages, by the same codes."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.calls import call, code
from tests.days import in_days
from tests.finance.payables import invoice, prepare, supplier
from tests.world import World

NEW = {
    **{"supplier_ref": "A-1", "invoice_on": "2026-06-12", "received_on": "2026-06-15"},
    "lines": [{"account": "54300", "net": "10.00"}],
}


@pytest.fixture
def ready(world: World) -> World:
    prepare(world)
    return world


def ask(world: World, where: str, given: dict[str, Any], who: str = "finance_officer") -> Any:
    return call(world, who, where, given)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"received_on": "2099-01-01"}, "INV02"),
        ({"lines": [{"account": "54300", "net": "0.00"}]}, "INV03"),
        ({"lines": [{"account": "54300", "net": "10.00", "vat": "9.00"}]}, "INV06"),
        ({"supplier_ref": "--"}, "INV12"),
        ({"stated": "11.00"}, "INV15"),
    ],
)
def test_an_invoice_is_entered_by_the_rules(
    ready: World, changes: dict[str, Any], refused: str
) -> None:
    given = {**NEW, "supplier": supplier(ready).code}
    assert code(ask(ready, "invoices/new/", {**given, **changes})) == (422, refused)
    made = ask(ready, "invoices/new/", given)
    assert (made.status_code, made.json()["gross"]) == (201, "10.00")
    assert code(ask(ready, "invoices/new/", given)) == (422, "INV07")
    despite = {**given, "confirmed_reason": "They count anew each year"}
    assert ask(ready, "invoices/new/", despite).status_code == 201


@pytest.mark.parametrize(
    "line",
    [{"account": "99999"}, {"account": "54300", "unit": 990_001}, {"vat_code": "X"}, {"mood": 1}],
)
def test_a_line_names_what_is_there(ready: World, line: dict[str, Any]) -> None:
    lines = [{"account": "54300", "net": "10.00", **line}]
    given = {**NEW, "supplier": supplier(ready).code, "lines": lines}
    assert ask(ready, "invoices/new/", given).status_code == 400


def test_the_coding_is_changed_line_by_line(ready: World) -> None:
    row = invoice(ready, supplier(ready))
    where = f"invoices/{row.number}/coding/"
    lines = {"version": 1, "lines": [{"line_no": 1, "account": "99999"}]}
    assert ask(ready, where, lines).status_code == 400
    assert (
        ask(ready, where, {**lines, "lines": [{"line_no": 9, "account": "54300"}]}).status_code
        == 404
    )
    assert (
        ask(ready, where, {"version": 9, "lines": [{"line_no": 1, "account": "54300"}]}).status_code
        == 409
    )


def test_many_are_held_and_the_others_are_counted(ready: World) -> None:
    owner = supplier(ready)
    numbers = [invoice(ready, owner, f"R-{n}").number for n in range(3)]
    given = {"invoices": numbers[:2], "cause": "other"}
    assert code(ask(ready, "invoices/many/hold/", given)) == (422, "INV09")
    held = ask(ready, "invoices/many/hold/", {**given, "text": "Flood"}).json()
    assert held == {"asked": 2, "changed": 2, "left_out": []}
    all_of_them = {"invoices": numbers}
    released = ask(ready, "invoices/many/release/", all_of_them).json()
    assert (released["asked"], released["changed"]) == (3, 2)
    assert [one["invoices"] for one in released["left_out"]] == [1]
    sent = ask(ready, "invoices/many/submission/", all_of_them).json()
    assert (sent["changed"], sent["left_out"]) == (3, [])
    assert ask(ready, "invoices/many/taking/", {"invoices": [990_001]}).status_code == 404


def test_who_sees_to_a_held_invoice(ready: World) -> None:
    row = invoice(ready, supplier(ready))
    tomorrow = str(timezone.localdate() + timedelta(days=1))
    given = {"owner": ready.people["finance_officer@eastmere"].pk, "answer_on": tomorrow}
    where = f"invoices/{row.number}/owner/"
    assert code(ask(ready, where, {**given, "version": 1})) == (422, "INV08")
    ask(ready, "invoices/many/hold/", {"invoices": [row.number], "cause": "vat"})
    staff = {**given, "owner": ready.people["staff@eastmere"].pk}
    assert code(ask(ready, where, {**staff, "version": 2})) == (422, "INV14")
    assert ask(ready, where, {**given, "version": 2}).status_code == 200


ACCOUNT = {"account_name": "Harrow", "sort_code": "200415", "account_number": "12345678"}
SCHEDULE = {
    **{"description": "Rent", "expected": "0.00", "frequency": "monthly"},
    "account": "54300",
}


@pytest.mark.parametrize(
    ("where", "given", "refused"),
    [
        ("supplier-changes/{}/", {"vat_number": "GB1", "version": 1}, "SUP10"),
        ("supplier-changes/{}/", {"status": "held", "version": 1}, "SUP27"),
        ("supplier-banks/of/{}/", {**ACCOUNT, "sort_code": "2", "from_on": "2099-01-01"}, "SUP02"),
    ],
)
def test_suppliers_are_changed_by_the_rules(
    ready: World, where: str, given: dict[str, Any], refused: str
) -> None:
    where = where.format(supplier(ready).code)
    assert code(ask(ready, where, given)) == (422, refused)
    assert ask(ready, where, given, "auditor").status_code == 403


def test_terms_follow_one_another(ready: World) -> None:
    where = f"supplier-terms/{supplier(ready).code}/"
    terms = {"percent": "2.00", "days": 10, "from_on": str(in_days(7)), "source": "Their letter"}
    made = ask(ready, where, terms)
    assert (made.status_code, made.json()["percent"]) == (201, "2.00")
    assert code(ask(ready, where, terms)) == (422, "SUP29")


def test_bank_details_wait_and_are_told_by_four_figures(ready: World) -> None:
    where = f"supplier-banks/of/{supplier(ready).code}/"
    made = ask(ready, where, {**ACCOUNT, "from_on": str(in_days(7))})
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    assert made.json()["ending"] == "5678" and b"12345678" not in made.content
    assert code(ask(ready, where, {**ACCOUNT, "from_on": str(in_days(7))})) == (422, "SUP05")
    call = {"person": "A. Moss", "number": "", "source": "contract", "outcome": "confirmed"}
    called = f"supplier-banks/{made.json()['number']}/call/"
    assert ask(ready, called, call).status_code == 400
    done = ask(ready, called, {**call, "number": "01632 960000"}).json()
    assert (done["called_outcome"], done["called_person"]) == ("confirmed", "A. Moss")


def test_the_cooling_off_is_set_for_later(ready: World) -> None:
    given = {"days": 4, "from_on": str(timezone.localdate()), "reason": "Audit"}
    assert ask(ready, "cooling-off/", given).status_code == 403
    assert code(ask(ready, "cooling-off/", given, "administrator")) == (422, "SUP20")
    made = ask(ready, "cooling-off/", {**given, "from_on": str(in_days(7))}, "administrator")
    assert (made.status_code, made.json()["days"]) == (201, 4)


def test_a_schedule_is_proposed_by_the_rules(ready: World) -> None:
    owner = ready.people["finance_officer@eastmere"].pk
    given = {**SCHEDULE, "supplier": supplier(ready).code, "owner": owner}
    given["first_on"] = str(in_days(7))
    assert code(ask(ready, "recurring-invoices/new/", given)) == (422, "REC01")
    made = ask(ready, "recurring-invoices/new/", {**given, "expected": "500.00"})
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    strange = {**given, "owner": ready.people["staff@eastmere"].pk}
    assert ask(ready, "recurring-invoices/new/", strange).status_code == 400


def test_pairs_are_found_and_answered(ready: World) -> None:
    owner = supplier(ready)
    for ref in ("M1", "N77"):
        invoice(ready, owner, ref, net=77_700)
    assert ask(ready, "duplicates/search/", {}).json() == {"found": 1}
    (pair,) = call(ready, "auditor", "duplicates/").json()["results"]
    where, answer = f"duplicates/{pair['number']}/answer/", {"state": "asked", "note": "They look"}
    assert ask(ready, where, {**answer, "version": 9}).status_code == 409
    assert ask(ready, where, {**answer, "version": 1}).json()["state"] == "asked"
    assert ask(ready, where, {**answer, "state": "open", "version": 2}).status_code == 400
    assert call(ready, "auditor", "duplicates/?state=open").json()["results"] == []
