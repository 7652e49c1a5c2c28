"""Pages of the ledger: figures, drill-down, files, closing, and who may."""

from datetime import date

import pytest
from django.test import Client

from core.scope import scope
from finance.models import Balance, Period
from finance.selectors import ledger as selectors
from finance.selectors.ledger import Entries, EntryFilter, trial_balance
from finance.services.ledger import (
    NewJournal,
    NewLine,
    coding_ids,
    ensure_periods,
    post_journals,
)
from finance.views import journals
from tenants.models import Unit
from tests.finance.ledger_books import DAY, opened, post_one
from tests.world import World

OFFICER, MANAGER = "finance_officer@eastmere", "finance_manager@eastmere"


def signed_in(client: Client, world: World, who: str = OFFICER) -> Client:
    client.force_login(world.people[who])
    return client


def test_the_trial_balance_sums_to_nought_over_years(world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        ensure_periods(days=[date(2025, 7, 1)], by=by)
    post_one(by, "old", 700, date(2025, 7, 1))
    post_one(by, "new", 300)
    with scope(acting=by.organisation_id):
        rows = trial_balance(by.organisation_id, Period.objects.get(period=202606))
    assert [(r.code, r.name, r.moved_pence, r.balance_pence) for r in rows] == [
        ("21000", "Trade payables control", -300, -1000),
        ("52000", "Energy and water", 300, 300),
        ("", "Result of earlier years", 0, 700),
    ]


def test_pages_show_the_books_and_drill_down(client: Client, world: World) -> None:
    by = opened(world)
    ref = post_one(by, pence=123_456)
    signed_in(client, world)
    page = client.get("/eastmere/ledger/")
    assert page.status_code == 200
    assert page.content.decode().count("£1,234.56") == 6
    link = "/eastmere/ledger/entries/?account=52000&amp;since=202604&amp;until=202606"
    assert link in page.content.decode()
    lines = client.get(link.replace("&amp;", "&"))
    assert lines.context["entries"].count == 1
    url = f"/eastmere/ledger/journals/{ref.period}/{ref.batch_id}/{ref.journal_id}/"
    assert url in lines.content.decode()
    journal = client.get(url)
    assert "Posted by hand" in journal.content.decode()
    assert "Link 1 of the chain" in journal.content.decode()
    assert client.get("/eastmere/ledger/periods/").status_code == 200


def test_the_running_balance_ends_in_the_closing_balance(world: World) -> None:
    by = opened(world)
    for n, month in enumerate((4, 5, 5, 6, 6)):
        post_one(by, str(n), 100 * (n + 1), date(2026, month, 2))
    with scope(acting=by.organisation_id):
        wanted = EntryFilter([by.organisation_id], 202605, 202606, account="21000")
        entries = Entries(wanted)
        assert (entries.count, entries.moved_pence, entries.closing_pence) == (4, -1400, -1500)
        assert [(e.amount_pence, e.running_pence) for e in entries[0:2]] == [
            (-500, -1500),
            (-400, -1000),
        ]
        assert [(e.amount_pence, e.running_pence) for e in entries[2:4]] == [
            (-300, -600),
            (-200, -300),
        ]


def test_words_units_and_batches_find_lines(world: World) -> None:
    by = opened(world)
    here = by.organisation_id
    post_one(by, "1")
    with scope(acting=here):
        units = {unit.code: unit for unit in Unit.objects.all()}
        pair = ("54300", units["110"].pk)
        coded = coding_ids(pairs=[pair, ("21000", None)], by=by)
        lines = [NewLine(coded[pair], 5, "Envelopes"), NewLine(coded["21000", None], -5)]
        (ref,) = post_journals(
            journals=[NewJournal(DAY, "Stationery", lines)],
            source="test",
            key="2",
            series="GJ",
            by=by,
        )
    with scope(acting=here):

        def found(**asked: object) -> int:
            return Entries(EntryFilter([here], 0, 999_912, **asked)).count

        assert found() == 4
        assert found(text="envel") == 1
        assert found(text="STATION") == 2
        assert found(unit="100") == 1
        assert found(unit="200") == 0
        assert found(unit="no such unit") == 0
        assert found(batch=ref.batch_id) == 2
        assert found(account="54300", unit="110") == 1


def test_words_are_looked_for_in_the_newest_lines_and_the_page_says_so(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = opened(world)
    post_one(by, "old", 700, date(2026, 5, 2))
    post_one(by, "new", 300)
    signed_in(client, world)
    words, plain = "/eastmere/ledger/entries/?text=gas", "were looked for in the newest"
    whole = client.get(words)
    monkeypatch.setattr(selectors, "SEARCHED", 2)
    part = client.get(words)
    assert [len(page.context["rows"]) for page in (whole, part)] == [4, 2]
    assert [plain in page.content.decode() for page in (whole, part)] == [False, True]
    # A month that lies within the bound is searched whole.
    month = client.get(f"{words}&until=202605")
    assert len(month.context["rows"]) == 2
    assert plain not in month.content.decode()


def test_pages_end_where_nobody_leafs_but_figures_do_not(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = opened(world)
    for n in range(3):
        post_one(by, str(n), 100)
    signed_in(client, world)
    monkeypatch.setattr(selectors, "PAGED", 2)
    page = client.get("/eastmere/ledger/entries/?account=21000")
    assert len(page.context["rows"]) == 2
    assert page.context["entries"].count == 3
    assert "The pages show the newest 2; choose months to see older ones." in page.content.decode()
    file = client.get("/eastmere/ledger/entries/?account=21000&format=csv").content.decode()
    assert "Rows,3\r\nOf,3\r\n" in file


def test_one_and_three_rows_take_the_same_few_queries(client: Client, world: World) -> None:
    by = opened(world)
    ref = post_one(by, "0")
    signed_in(client, world)
    where = f"{ref.period}/{ref.batch_id}/{ref.journal_id}"
    urls = ["", "entries/", "entries/?account=21000", "periods/", f"journals/{where}/"]

    def queries() -> list[int]:
        return [int(client.get(f"/eastmere/ledger/{url}")["X-Queries"]) for url in urls]

    queries()
    first = queries()
    for n in range(1, 3):
        post_one(by, str(n))
    assert queries() == first
    assert max(first) <= 10


def test_files_carry_who_when_filter_and_totals(client: Client, world: World) -> None:
    by = opened(world)
    with scope(acting=by.organisation_id):
        keys = coding_ids(pairs=[("52000", None), ("21000", None)], by=by)
        lines = [
            NewLine(keys["52000", None], 250, "=HYPERLINK(1)"),
            NewLine(keys["21000", None], -250, "Owed"),
        ]
        post_journals(
            journals=[NewJournal(DAY, "Gas", lines)], source="t", key="1", series="GJ", by=by
        )
    signed_in(client, world)
    text = client.get("/eastmere/ledger/entries/?account=52000&format=csv").content.decode(
        "utf-8-sig"
    )
    rows = text.split("\r\n")
    assert rows[:3] == [
        'List,"Lines of the ledger, Eastmere"',
        "Filter,Account: 52000",
        "Made by,Finance officer of eastmere",
    ]
    assert rows[4:7] == ["Rows,1", "Of,1", "Sum of amounts,£2.50"]
    assert rows[7] == "Sum of Amount (credit below zero),2.50"
    assert rows[10] == (
        "Eastmere,GJ-2026-1,2026-06-15,202606,52000,Energy and water,,'=HYPERLINK(1),2.50"
    )
    book = client.get("/eastmere/ledger/?format=xlsx")
    assert book.content[:2] == b"PK"


def test_the_centre_sees_the_books_of_its_partners(client: Client, world: World) -> None:
    for slug in ("eastmere", "northdale"):
        post_one(opened(world, slug))
    signed_in(client, world, "centre_agent@centre")
    page = client.get("/centre/ledger/").content.decode()
    assert "/eastmere/ledger/?period=202606" in page
    assert "/northdale/ledger/?period=202606" in page
    entries = client.get("/centre/ledger/entries/")
    assert entries.context["entries"].count == 4
    assert "/northdale/ledger/journals/" in entries.content.decode()


def test_periods_of_many_partners_are_pages_and_one_file(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "PERIODS_PER_PAGE", 12)
    for slug in ("eastmere", "northdale"):
        opened(world, slug)
    signed_in(client, world, "centre_agent@centre")
    first, second = (client.get(f"/centre/ledger/periods/?page={n}") for n in (1, 2))
    assert [len(answer.context["rows"]) for answer in (first, second)] == [12, 12]
    assert first.context["rows"] != second.context["rows"]
    assert "Showing 13 to 24 of 24" in second.content.decode()
    of = "periods-of-the-financial-year"
    file = client.get("/centre/ledger/periods/", {"format": "csv", "of": of}).content.decode()
    assert "Rows,24" in file


def test_others_find_nothing(client: Client, world: World) -> None:
    ref = post_one(opened(world))
    url = f"/eastmere/ledger/journals/{ref.period}/{ref.batch_id}/{ref.journal_id}/"
    signed_in(client, world, "finance_officer@northdale")
    assert client.get(url).status_code == 404
    assert client.get(url.replace("eastmere", "northdale")).status_code == 404
    signed_in(client, world, "staff@eastmere")
    assert client.get(url).status_code == 403


def test_periods_are_closed_by_the_finance_manager(client: Client, world: World) -> None:
    by = opened(world)
    url = "/eastmere/ledger/periods/"
    signed_in(client, world)
    assert client.post(url, {"act": "soft", "period": "202604"}).status_code == 403
    assert "Soft close" not in client.get(url).content.decode()
    signed_in(client, world, MANAGER)
    assert "Soft close April 2026" in client.get(url).content.decode()
    assert client.post(url, {"act": "soft", "period": "202605"}).status_code == 422
    assert client.post(url, {"act": "soft", "period": "202604"}).status_code == 302
    assert client.post(url, {"act": "close", "period": "202604"}).status_code == 302
    assert client.post(url, {"act": "reopen", "period": "202604", "reason": "x"}).status_code == 422
    assert client.post(url, {"act": "soft", "period": "209912"}).status_code == 404
    with scope(acting=by.organisation_id):
        assert Period.objects.get(period=202604).status == "closed"


def test_a_journal_by_hand_is_reversed_on_its_page(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = opened(world)
    ref = post_one(by)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: DAY)
    signed_in(client, world)
    url = f"/eastmere/ledger/journals/{ref.period}/{ref.batch_id}/{ref.journal_id}/"
    assert f"{url}reversal/" in client.get(url).content.decode()
    assert client.get(f"{url}reversal/").status_code == 200
    assert client.post(f"{url}reversal/", {"reason": ""}).status_code == 422
    assert client.post(f"{url}reversal/", {"reason": "Entered twice"}).status_code == 302
    assert "Entered twice" in client.get(url).content.decode()
    assert f"{url}reversal/" not in client.get(url).content.decode()
    refused = client.post(f"{url}reversal/", {"reason": "Again, by Mr Lowe"})
    assert refused.status_code == 422 and "Again, by Mr Lowe" in refused.content.decode()
    assert "can be reversed once only" in str(refused.context["form"].errors)
    with scope(acting=by.organisation_id):
        assert {b.debit_pence - b.credit_pence for b in Balance.objects.all()} == {0}
