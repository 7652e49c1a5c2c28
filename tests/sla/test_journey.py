"""A figure opens on one page down to run, rows, document, events and seals; a row leads back."""

import pytest
from django.test import Client

from core.scope import scope
from events.services import record_about
from finance.models import Invoice
from finance.services.documents import keep_document
from sla.services import compute_measures, load_indicators
from tenants.models import Unit
from tenants.roles import Role
from tenants.services import create_person, give_role
from tests.sla.builders import small_books
from tests.world import SINCE, World

APRIL = "/eastmere/measures/AP-03/2026-04/journey/"
OF = "/eastmere/measures/of/finance.invoice/"
LARGEST = 31_000


@pytest.fixture
def ready(world: World) -> World:
    load_indicators()
    here = world.id("eastmere")
    small_books(here)
    compute_measures([here])
    return world


def client(world: World, who: str = "auditor@eastmere") -> Client:
    visit = Client()
    visit.force_login(world.people[who])
    return visit


def paid(world: World, gross: int) -> Invoice:
    with scope(acting=world.id("eastmere")):
        return Invoice.objects.get(gross_pence=gross, paid_on__month=4)


def text(visit: Client, where: str) -> str:
    answer = visit.get(where)
    assert answer.status_code == 200, where
    return str(answer.content.decode())


def test_a_figure_opens_to_its_run_and_to_every_row_of_its_month(ready: World) -> None:
    visit = client(ready)
    answer = visit.get(APRIL)
    said = answer.content.decode()
    assert "April 2026: 100.0%" in said and "Provisional" in said
    cells = [row["cells"] for row in answer.context["bases"]]
    assert [cell[0] for cell in cells] == ["Above the line", "Below the line"]
    assert all(cell[2] == "4" and "/eastmere/runs/" in cell[3] for cell in cells)
    with scope(acting=ready.id("eastmere")):
        rows = Invoice.objects.filter(paid_on__year=2026, paid_on__month=4)
        largest_first = [f"?row={row.pk}" for row in rows.order_by("-gross_pence")]
    assert [row["url"] for row in answer.context["rows"]] == largest_first
    assert len(largest_first) == 6 and "dates=paid" in said
    assert APRIL in text(visit, "/eastmere/measures/AP-03/")


def test_a_row_opens_to_document_events_and_seals_and_leads_back(ready: World) -> None:
    row, by = paid(ready, LARGEST), ready.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        record_about("finance.invoice.held", "finance.invoice", row.pk, by=by, cause="vat")
        paper, _new = keep_document(name="scan.pdf", data=b"%PDF-1", by=by)
        paper.invoice_id = row.pk
        paper.save(update_fields=["invoice"])
    visit = client(ready)
    answer = visit.get(f"{APRIL}?row={row.pk}")
    said = answer.content.decode()
    assert int(answer["X-Queries"]) <= 10
    assert f"/eastmere/invoices/documents/{paper.pk}/" in said and "scan.pdf" in said
    assert f"/eastmere/invoices/{row.number}/" in said
    assert "Finance officer of eastmere" in said and "Too new to be sealed" in said
    assert f"trail/?subject=finance.invoice:{row.pk}" in said
    back = text(visit, f"{OF}{row.pk}/")
    assert f"{APRIL}?row={row.pk}" in back and "AP-03" in back
    assert f"{OF}{row.pk}/" in text(visit, f"/eastmere/invoices/{row.number}/")
    # Who decides besides has a number beside the menu on every page.
    deciding = client(ready, "finance_manager@eastmere").get(f"{APRIL}?row={row.pk}")
    assert int(deciding["X-Queries"]) <= 10
    officer = text(client(ready, "finance_officer@eastmere"), f"{APRIL}?row={row.pk}")
    assert "Finance officer of eastmere" in officer and "Too new to be sealed" not in officer


def test_each_goes_as_far_as_their_rights(ready: World) -> None:
    row, board = paid(ready, LARGEST), client(ready, "board_member@eastmere")
    said = text(board, APRIL)
    assert "100.0%" in said and "not to your role" in said and "/eastmere/runs/" not in said
    assert "not to your role" in text(board, f"{APRIL}?row={row.pk}")
    assert board.get(f"{OF}{row.pk}/").status_code == 404
    person = create_person(email="lesser@eastmere.example", name="Lesser")
    ready.people["lesser@eastmere"] = person
    with scope(acting=ready.id("eastmere")):
        unit = Unit.objects.get(code="110")
        give_role(person=person, role=Role.MANAGER, since=SINCE, unit=unit)
        Invoice.objects.filter(pk=row.pk).update(unit_path=unit.path)
    visit, other = client(ready, "lesser@eastmere"), paid(ready, 30_000)
    assert [one["url"] for one in visit.get(APRIL).context["rows"]] == [f"?row={row.pk}"]
    assert visit.get(f"{OF}{row.pk}/").status_code == 200
    for beyond in (f"{APRIL}?row={other.pk}", f"{OF}{other.pk}/"):
        assert visit.get(beyond).status_code == 404, beyond


def test_what_is_not_there_is_not_found(ready: World) -> None:
    visit = client(ready)
    row = paid(ready, LARGEST)
    for where in (
        "/eastmere/measures/AP-03/2026-13/journey/",
        "/eastmere/measures/XX-99/2026-04/journey/",
        "/eastmere/measures/SLA-02/2026-04/journey/",
        f"/eastmere/measures/AP-03/2026-05/journey/?row={row.pk}",
        f"{OF}990001/",
        "/eastmere/measures/of/finance.nothing/1/",
        "/eastmere/measures/of/finance.supplier/1/",
    ):
        assert visit.get(where).status_code == 404, where
    empty = text(visit, "/eastmere/measures/AP-03/2020-01/journey/")
    assert "Nothing was computed" in empty and "nothing here to open" in empty
    assert visit.get(f"{APRIL}?row=x").status_code == 200
    stranger = client(ready, "auditor@northdale")
    assert stranger.get(APRIL).status_code == 404


API = "/api/v1/eastmere/indicators/AP-03/months/2026-04/"
ROWS = "/api/v1/eastmere/figure-rows/finance.invoice/"


def test_programs_follow_a_figure_to_its_documents_and_back(ready: World) -> None:
    row, by = paid(ready, LARGEST), ready.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        record_about("finance.invoice.held", "finance.invoice", row.pk, by=by, cause="vat")
        paper, _new = keep_document(name="scan.pdf", data=b"%PDF-1", by=by)
        paper.invoice_id = row.pk
        paper.save(update_fields=["invoice"])
        ids = Invoice.objects.filter(paid_on__year=2026, paid_on__month=4).order_by("pk")
        april = list(ids.values_list("pk", flat=True))
    visit = client(ready)
    told = visit.get(f"{API}journey/").json()
    assert told["shown"] == visit.get(APRIL).context["value"] and told["signed_by"] is None
    assert [(one["place"], one["value"]) for one in told["bases"]] == [
        ("Above the line", 4),
        ("Below the line", 4),
    ]
    assert all(one["run"] and one["computed_at"] for one in told["bases"])
    answer = visit.get(f"{API}rows/")
    rows = answer.json()["results"]
    assert int(answer["X-Queries"]) <= 10 and len(rows) == 6
    assert [one["subject_number"] for one in rows] == april
    assert {one["subject"] for one in rows} == {"finance.invoice"}
    opened = visit.get(f"{ROWS}{row.pk}/").json()
    assert f"/eastmere/invoices/documents/{paper.pk}/" in {p["address"] for p in opened["papers"]}
    (event,) = [one for one in opened["events"] if one["by"] == "Finance officer of eastmere"]
    assert event["seal"] is None and event["words"]
    back = visit.get(f"{ROWS}{row.pk}/figures/").json()
    assert {"code": "AP-03", "month": "2026-04-01"} in back


def test_programs_go_as_far_as_their_rights(ready: World) -> None:
    row, board = paid(ready, LARGEST), client(ready, "board_member@eastmere")
    assert board.get(f"{API}journey/").status_code == 200
    for beyond in (f"{API}rows/", f"{ROWS}{row.pk}/", f"{ROWS}{row.pk}/figures/"):
        assert board.get(beyond).status_code == 404, beyond
    north = client(ready, "auditor@northdale")
    assert north.get(f"/api/v1/northdale/figure-rows/finance.invoice/{row.pk}/").status_code == 404
    for nothing in ("XX-99/months/2026-04", "AP-03/months/2026-13"):
        where = f"/api/v1/eastmere/indicators/{nothing}/journey/"
        assert board.get(where).status_code == 404
    assert client(ready, "staff@eastmere").get(f"{API}journey/").status_code == 403
