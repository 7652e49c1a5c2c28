"""Files in the browser: sending, confirming columns, every row accounted for, republishing."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.scope import scope
from finance.models import SourceFile
from finance.selectors import files
from runs.models import Run
from runs.services import work_all
from tests.finance.files_in import PUBLISHED, RECEIVED, load
from tests.world import World

POLL = {"HX-Request": "true"}


def enter(client: Client, world: World, who: str = "finance_officer@eastmere") -> Client:
    client.force_login(world.people[who])
    return client


def at(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"organisation": "eastmere", **kwargs})


def send(client: Client, text: str, name: str = "april.csv", purpose: str = "published"):
    file = SimpleUploadedFile(name, text.encode(), content_type="text/csv")
    return client.post(at("file_upload"), {"file": file, "purpose": purpose})


def only_file(world: World) -> SourceFile:
    with scope(acting=world.id("eastmere")):
        return SourceFile.objects.get()


def test_file_goes_from_upload_to_loaded(client: Client, world: World) -> None:
    enter(client, world)
    sent = send(client, PUBLISHED)
    assert sent.url == at("file_preview", number=1)
    preview = client.get(sent.url).content.decode()
    assert "9 rows will load and 2 will be held" in preview
    assert "£1,387.00" in preview
    columns = {f"column_{c}": role for role, c in only_file(world).mapping["columns"].items()}
    confirmed = client.post(sent.url, {**columns, "act": "load"})
    assert confirmed.url == at("file", number=1)
    going = client.get(confirmed.url).content.decode()
    assert f'hx-get="{at("file_progress", number=1)}"' in going
    poll = client.get(at("file_progress", number=1), headers=POLL)
    assert "0 of 15." in poll.content.decode()
    assert "HX-Refresh" not in poll
    work_all()
    assert client.get(at("file_progress", number=1), headers=POLL)["HX-Refresh"] == "true"
    result = client.get(confirmed.url).content.decode()
    assert "Row 12: Net Amount holds &#x27;abc&#x27;, which is not an amount." in result
    assert "8 invoices and credit notes came out of it" in result
    run = client.get(at("run", number=1)).content.decode()
    assert "No supplier <span" in run and "Row 13: Row 13" not in run
    paid = client.get(at("payment_runs")).content.decode()
    assert ">Paid, as published</strong>" in paid and ">Released: file made</strong>" not in paid


def test_columns_can_be_changed_before_loading(client: Client, world: World) -> None:
    enter(client, world)
    send(client, PUBLISHED)
    columns = {"column_2": "paid_on", "column_4": "amount", "column_0": "supplier"}
    looked = client.post(at("file_preview", number=1), {**columns, "act": "look"})
    assert (looked.status_code, looked.url) == (302, at("file_preview", number=1))
    file = only_file(world)
    assert (file.state, file.mapping["columns"]["supplier"]) == ("uploaded", 0)
    twice = {**columns, "column_1": "supplier"}
    refused = client.post(at("file_preview", number=1), {**twice, "act": "load"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Each column can hold one thing" in page
    row = page.partition('name="column_1"')[2].partition("</select>")[0]
    assert '<option value="supplier" selected>' in row


@pytest.mark.parametrize(
    ("foot", "said"),
    [
        ("", "The other 1 is a heading, title, total or blank row."),
        (",,\n", "The other 2 are headings, titles, totals or blank rows."),
    ],
)
def test_preview_says_what_becomes_of_every_row(
    client: Client, world: World, foot: str, said: str
) -> None:
    enter(client, world)
    sent = send(client, f"Date,Supplier,Amount\n30/04/2019,Harrow Paper,10.00\n{foot}")
    page = client.get(sent.url).content.decode()
    assert f"1 row will load and 0 will be held for you to mend. {said}" in page
    assert "Its headings are in row 1." in page


def test_load_that_is_held_says_so(client: Client, world: World) -> None:
    enter(client, world)
    sent = send(client, PUBLISHED)
    columns = {f"column_{c}": role for role, c in only_file(world).mapping["columns"].items()}
    client.post(sent.url, {**columns, "act": "load"})
    with scope(acting=world.id("eastmere")):
        Run.objects.update(state="held", problem="Part 1 failed: no room.")
    page = client.get(at("file", number=1)).content.decode()
    assert "The load is held." in page
    assert "Part 1 failed: no room." in page
    assert "hx-get" not in page
    assert client.get(at("file_progress", number=1), headers=POLL)["HX-Refresh"] == "true"


def test_layout_never_seen_is_completed_by_hand(client: Client, world: World) -> None:
    enter(client, world)
    text = "Payment Date,Net Amount,Wem,Zweck\n30/04/2019,10.00,Harrow Paper,Papier\n"
    sent = send(client, text)
    page = client.get(sent.url).content.decode()
    assert "No column was found for the name of the supplier." in page
    assert "The heading is not one known here" in page
    assert "Harrow Paper" in page
    columns = {"column_0": "paid_on", "column_1": "amount", "column_2": "supplier"}
    client.post(sent.url, {**columns, "act": "load"})
    work_all()
    assert only_file(world).rows_loaded == 1


def test_what_is_no_table_is_refused_whole(client: Client, world: World) -> None:
    enter(client, world)
    refused = send(client, "%PDF-1.7 not a table", "report.pdf")
    assert refused.status_code == 422
    assert "The PDF carries no electronic invoice" in refused.content.decode()
    with scope(acting=world.id("eastmere")):
        assert not SourceFile.objects.exists()


def test_real_invoices_need_a_received_column(client: Client, world: World) -> None:
    enter(client, world)
    sent = send(client, RECEIVED.replace("Date Received", "Comment"), purpose="invoices")
    before = client.get(sent.url).content.decode()
    assert "Real invoices need the day each was received." in before
    assert "will load" not in before
    columns = {f"column_{c}": role for role, c in only_file(world).mapping["columns"].items()}
    refused = client.post(sent.url, {**columns, "act": "load"})
    assert refused.status_code == 422
    assert "Real invoices need the day each was received." in refused.content.decode()
    assert only_file(world).state == "uploaded"


def test_same_file_says_so_and_does_nothing(client: Client, world: World) -> None:
    load(world)
    enter(client, world)
    sent = send(client, PUBLISHED, "renamed.csv")
    assert sent.url == at("file", number=1)
    assert "This file came in before" in client.get(sent.url).content.decode()


def test_held_rows_are_downloaded_with_what_to_do(client: Client, world: World) -> None:
    load(world)
    enter(client, world)
    answer = client.get(at("file_held", number=1))
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[0][:4] == ["Row", "Cause", "What to do", "Service"]
    assert [row[:2] for row in rows[1:]] == [
        ["12", "amount_unreadable"],
        ["13", "supplier_missing"],
    ]


def test_republished_file_is_the_input_row_for_row(client: Client, world: World) -> None:
    load(world)
    enter(client, world)
    answer = client.get(at("transparency_file", number=1))
    again = list(csv.reader(io.StringIO(answer.content.decode(), newline="")))
    assert again == list(csv.reader(io.StringIO(PUBLISHED, newline="")))
    assert "eastmere-2019-04.csv" in client.get(at("transparency")).content.decode()


@pytest.mark.parametrize("name", ["files", "transparency"])
def test_lists_ask_as_often_for_three_files_as_for_one(
    client: Client, world: World, name: str
) -> None:
    enter(client, world)
    load(world)
    one = client.get(at(name))["X-Queries"]
    load(world, PUBLISHED.replace("T1", "Y1"), name="b.csv")
    load(world, PUBLISHED.replace("T1", "X1"), name="c.csv")
    three = client.get(at(name))["X-Queries"]
    assert one == three
    assert int(three) <= 10


@pytest.mark.parametrize("few", [0, 500])
def test_one_file_is_one_page_of_ten_queries(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(files, "FEW_HELD", few)
    load(world)
    enter(client, world)
    page = client.get(at("file", number=1))
    assert int(page["X-Queries"]) <= 10
    assert "Amount cannot be read" in page.content.decode()
    page = client.get(at("file", number=1), {"cause": "supplier_missing"})
    assert int(page["X-Queries"]) <= 10
    assert "Row 13: Supplier Name is empty." in page.content.decode()
    assert "Row 12:" not in page.content.decode()


def test_auditor_looks_and_does_not_load(client: Client, world: World) -> None:
    enter(client, world)
    send(client, PUBLISHED)
    enter(client, world, "auditor@eastmere")
    assert client.get(at("file_preview", number=1)).status_code == 200
    assert client.post(at("file_preview", number=1), {"act": "load"}).status_code == 403
    assert client.get(at("file_upload")).status_code == 403


def test_centre_sees_the_files_of_those_it_serves(client: Client, world: World) -> None:
    load(world)
    enter(client, world, "centre_agent@centre")
    page = client.get(reverse("files", kwargs={"organisation": "centre"})).content.decode()
    assert "/eastmere/files/1/" in page
    enter(client, world, "finance_officer@northdale")
    other = reverse("files", kwargs={"organisation": "northdale"})
    assert "eastmere" not in client.get(other).content.decode()


def test_programs_are_told_the_files_and_why_rows_are_held(client: Client, world: World) -> None:
    enter(client, world)
    sent = send(client, PUBLISHED)
    columns = {f"column_{c}": role for role, c in only_file(world).mapping["columns"].items()}
    client.post(sent.url, {**columns, "act": "load"})
    work_all()
    enter(client, world, "auditor@eastmere")
    api = "/api/v1/eastmere/files/"
    (listed,) = client.get(api).json()["results"]
    assert (listed["number"], listed["rows"], listed["held"]) == (1, 15, 2)
    one = client.get(f"{api}1/").json()
    causes = {each["cause"]: (each["rows"], each["remedy"]) for each in one["causes"]}
    assert causes["amount_unreadable"][0] == 1 and causes["amount_unreadable"][1]
    rows = client.get(f"{api}1/held-rows/").json()["results"]
    assert [row["cause"] for row in rows] and sorted(causes) == sorted({r["cause"] for r in rows})
    (row,) = client.get(f"{api}1/held-rows/", {"cause": "amount_unreadable"}).json()["results"]
    assert row["row"] == 12 and "abc" in row["cells"] and "'abc'" in row["says"]
    assert client.get(f"{api}1/held-rows/", {"cause": "none"}).json()["results"] == []
    assert client.get(f"{api}2/held-rows/").status_code == 404
    enter(client, world, "auditor@northdale")
    assert client.get("/api/v1/northdale/files/").json()["results"] == []
    assert client.get("/api/v1/northdale/files/1/held-rows/").status_code == 404
    enter(client, world, "staff@eastmere")
    assert client.get(api).status_code == 403
