"""The home page of each role: its parts, its queries, and nobody else's rows."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client, RequestFactory

from core.actors import system_actor
from core.scope import scope
from core.web.navigation import ENTRIES
from events.services import record_about
from finance.models import Invoice, Supplier
from finance.selectors.work import open_work
from tenants.roles import Role
from tests.world import World

FIGURES = "Figures"
OFFICE = ["Today", "Files", FIGURES]
PARTS = {
    Role.STAFF: [],
    Role.MANAGER: ["Your team", "Your latest decisions", FIGURES],
    Role.FINANCE_OFFICER: OFFICE,
    Role.FINANCE_MANAGER: ["Today", FIGURES],
    Role.PAYROLL_OFFICER: ["Waiting for you"],
    Role.HR_OFFICER: [],
    Role.CENTRE_AGENT: OFFICE,
    Role.CENTRE_MANAGER: ["Today", FIGURES],
    Role.BOARD_MEMBER: [FIGURES],
    Role.AUDITOR: ["The trail, not sealed yet", "Today", FIGURES],
    Role.ADMINISTRATOR: ["Who may do what", "What you look after"],
}


def add_invoices(world: World, slug: str, count: int, state: str = "received") -> None:
    organisation = world.id(slug)
    with scope(acting=organisation):
        supplier = Supplier.objects.create(
            organisation_id=organisation,
            code=f"S-{state}-{count}",
            name=f"Supplier of {slug}",
            name_norm="SUPPLIER",
            made_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        first = Invoice.objects.count()
        for number in range(first + 1, first + count + 1):
            Invoice.objects.create(
                organisation_id=organisation,
                number=number,
                supplier=supplier,
                supplier_ref=f"R{number}",
                ref_norm=f"R{number}",
                origin="keyed",
                invoice_on=date(2026, 1, 1),
                received_on=date(2026, 1, 2),
                due_on=date(2026, 2, 1),
                net_pence=100,
                gross_pence=100,
                state=state,
                hold_cause="other" if state == "held" else "",
                made_at=datetime(2026, 1, 2, tzinfo=UTC),
            )


@pytest.mark.parametrize("role", list(Role))
def test_parts_and_queries(world: World, client: Client, role: Role) -> None:
    client.force_login(world.people[f"{role}@eastmere"])
    empty = client.get("/eastmere/")
    assert [part.title for part in empty.context["parts"]] == PARTS[role]
    add_invoices(world, "eastmere", 1)
    one = client.get("/eastmere/")
    add_invoices(world, "eastmere", 3, "held")
    three = client.get("/eastmere/")
    assert one["X-Queries"] == three["X-Queries"]
    assert int(three["X-Queries"]) <= 10


def test_today_counts_only_the_own_organisation(world: World, client: Client) -> None:
    add_invoices(world, "eastmere", 3)
    add_invoices(world, "northdale", 2, "held")
    client.force_login(world.people["finance_officer@eastmere"])
    parts = client.get("/eastmere/").context["parts"]
    tiles = next(part.tiles for part in parts if part.title == "Today")
    assert [tile["value"] for tile in tiles] == ["3", "0", "0", "0", "0"]
    assert tiles[0]["url"] == "/eastmere/invoices/?state=received"


def test_the_centre_sees_each_of_its_partners(world: World, client: Client) -> None:
    add_invoices(world, "eastmere", 3)
    add_invoices(world, "northdale", 2, "held")
    client.force_login(world.people["centre_manager@centre"])
    page = client.get("/centre/")
    part = next(p for p in page.context["parts"] if p.title == "Open work of the partners")
    cells = {row["id"]: [str(cell) for cell in row["cells"]] for row in part.rows}
    assert list(cells) == ["eastmere", "northdale"]
    assert cells["eastmere"][1] == "3"
    assert ">2</a>" in cells["northdale"][2]
    assert int(page["X-Queries"]) <= 10
    assert page.context["others"] == []


def test_row_security_stands_behind_the_open_work(world: World) -> None:
    """Asked for another organisation by mistake, the query finds nothing of it."""
    add_invoices(world, "northdale", 2)
    with scope(acting=world.id("eastmere")):
        row = open_work([world.id("northdale")], date(2026, 6, 15))[0]
    assert (row.received, row.overdue) == (0, 0)


def test_navigation_marks_where_one_is(world: World, client: Client) -> None:
    client.force_login(world.people["finance_officer@eastmere"])
    page = client.get("/eastmere/invoices/")
    place = [item for item in page.context["nav"] if item["current"]]
    assert [item["label"] for item in place] == ["Payables"]
    within = [item["label"] for item in place[0]["within"] if item["current"]]
    assert within == ["Invoices"]
    labels = [item["label"] for item in client.get("/eastmere/").context["nav"]]
    assert labels[:3] == ["Home", "Waiting for you", "Payables"]


def test_what_is_about_oneself_has_one_place_and_it_is_the_last(
    world: World, client: Client
) -> None:
    client.force_login(world.people["finance_manager@eastmere"])
    place = client.get("/eastmere/").context["nav"][-1]
    assert (place["label"], place["url"]) == ("About me", "/eastmere/payroll/my-pay/")
    within = [item["label"] for item in place["within"]]
    assert within == ["My pay", "My claims", "My record", "My absences", "What would my pay be"]


def test_a_line_of_the_trail_leads_to_what_it_is_about(world: World, client: Client) -> None:
    here = world.id("eastmere")
    with scope(acting=here):
        record_about("access.factor.reset", "tenants.organisation", here, by=system_actor(here))
    client.force_login(world.people["auditor@eastmere"])
    (trail, *_others) = client.get("/eastmere/").context["parts"]
    assert trail.title == "The trail, not sealed yet"
    about = f'href="/eastmere/trail/tenants.organisation/{here}/">Organisation</a>'
    assert about in trail.rows[0]["cells"][3]


@pytest.mark.parametrize(
    ("address", "label"),
    [("", "Pay runs"), ("orders/", "Attachment orders"), ("recovery/", "Overpayments")],
)
def test_of_entries_that_begin_alike_the_longest_is_where_one_is(
    world: World, client: Client, address: str, label: str
) -> None:
    client.force_login(world.people["payroll_officer@eastmere"])
    menu = client.get(f"/eastmere/payroll/{address}").context["nav"]
    (place,) = [item for item in menu if item["current"]]
    assert place["label"] == "Pay"
    assert [item["label"] for item in place["within"] if item["current"]] == [label]


def test_the_second_row_of_the_menu_fits_a_screen_1440_wide() -> None:
    letter, gap, room = 7.3, 22, 1380
    rows: dict[str, list[str]] = {}
    for entry in ENTRIES:
        if entry.group:
            rows.setdefault(entry.group, []).append(entry.label)
    wide = {
        group: letter * sum(map(len, labels)) + gap * (len(labels) - 1)
        for group, labels in rows.items()
    }
    assert {group: width for group, width in wide.items() if width > room} == {}


def test_who_may_use_one_entry_of_a_group_sees_that_one(world: World, client: Client) -> None:
    client.force_login(world.people["manager@eastmere"])
    menu = {item["label"]: item for item in client.get("/eastmere/").context["nav"]}
    assert "Pay" not in menu
    assert menu["Claims"].get("within") == []


def test_a_page_of_refusal_still_has_its_navigation(world: World, client: Client) -> None:
    client.force_login(world.people["staff@eastmere"])
    page = client.get("/eastmere/invoices/")
    assert page.status_code == 403
    assert page.context["nav"][0]["label"] == "Home"


def test_without_an_organisation_there_is_a_next_step(world: World, client: Client) -> None:
    client.force_login(world.people["charlie@nowhere"])
    assert client.get("/").status_code == 403
    client.force_login(world.people["manager@northdale"])
    assert client.get("/")["Location"] == "/northdale/"


def test_the_page_of_a_fault_needs_no_database(rf: RequestFactory) -> None:
    from portal.views import broken

    answer = broken(rf.get("/"))
    assert answer.status_code == 500
    assert b"There is a problem with the service" in answer.content


def test_health_and_brand(client: Client, world: World) -> None:
    assert client.get("/health/").json() == {"ready": True}
    brand = client.get("/brand/eastmere.css")
    assert brand.content == b":root{--brand:#1f4e5f}"
    assert client.get("/brand/nowhere.css").status_code == 404
