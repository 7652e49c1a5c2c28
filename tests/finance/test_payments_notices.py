"""The payments compliance notice: its figures, its signature, its versions, its files."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.actors import Actor
from core.errors import NotAllowed, Refused
from core.scope import scope
from events.models import Event
from finance.models import PaymentsNotice
from finance.paying.compliance import HalfYear, half_years
from finance.selectors.payments_notices import figures_of
from finance.services.payments_notices import sign_notice
from tests.documents import text_of
from tests.finance.payment_books import books, invoice, supplier
from tests.finance.test_late_interest import paid
from tests.finance.test_payments_pages import client, text
from tests.world import World

SUMMER = HalfYear(date(2026, 4, 1))
OCTOBER = datetime(2026, 10, 5, 9, tzinfo=ZoneInfo("Europe/London"))
PAGE = "/eastmere/reports/payments-notices/202604/"


@pytest.fixture
def officer(world: World) -> Actor:
    """Paid after 0, 30, 31, 60 and 61 days; open ones of before, in and after the half-year."""
    by = books(world)
    with scope(acting=by.organisation_id):
        firm = supplier(by, "A")
        for days, pence in ((0, 100), (30, 200), (31, 400), (60, 800), (61, 1_600)):
            paid_on = date(2026, 7, 10)
            paid(by, firm, pence, paid_on - timedelta(days=days), paid_on)
        paid(by, firm, 70_000, date(2026, 2, 1), date(2026, 3, 31))
        # Payable on the last day of the half-year, paid the day after it.
        paid(by, firm, 3_200, date(2026, 8, 31), date(2026, 10, 1))
        invoice(by, firm, 6_400, due=date(2026, 6, 30))
        invoice(by, firm, 12_800, due=date(2026, 10, 1))
        invoice(by, firm, 25_600, due=date(2026, 6, 30), state="disputed")
        invoice(by, firm, -500, due=date(2026, 6, 30))
    return by


def sign(world: World, reason: str = "", **given: Any) -> PaymentsNotice:
    boss = world.actor("finance_manager@eastmere")
    with scope(acting=boss.organisation_id):
        seen = figures_of(boss.organisation_id, SUMMER).digest
        wanted = {"job_title": "Director of Finance", "seen": seen, "at": OCTOBER, **given}
        return sign_notice(period=SUMMER, reason=reason, by=boss, **wanted)


def test_half_years_and_their_last_day_to_publish() -> None:
    assert [each.period for each in half_years(date(2026, 10, 1))] == [202610, 202604, 202510]
    assert [each.period for each in half_years(date(2026, 3, 31))] == [202510]
    summer, winter = SUMMER, HalfYear.of(date(2026, 2, 9))
    assert (summer.last_on, summer.publish_by) == (date(2026, 9, 30), date(2026, 10, 29))
    assert (winter.first_on, winter.publish_by) == (date(2025, 10, 1), date(2026, 4, 29))


def test_figures_follow_the_regulation(officer: Actor) -> None:
    with scope(acting=officer.organisation_id):
        found = figures_of(officer.organisation_id, SUMMER)
    said = dict(found.lines())
    assert said["Average number of days to pay"] == "36.4"
    assert said["Payments"] == "5 of £31.00"
    assert said["Payments within 30 days"] == "2 of £3.00"
    assert said["Share paid within 30 days"] == "40.00%"
    assert said["Payments on days 31 to 60"] == "2 of £12.00"
    assert said["Payments on day 61 or later"] == "1 of £16.00"
    assert said["Share paid on day 61 or later"] == "20.00%"
    # All five of July, one paid the day after the half-year, one still open.
    assert said["Became payable"] == "7 of £127.00"
    assert said["Of these not paid in the period"] == "2 of £96.00"
    assert said["Share of the payable not paid in the period"] == "28.57%"
    assert said["Paid late: fixed sums that may be claimed"] == "3 of £120.00"


def test_the_signature_freezes_and_another_version_states_its_reason(
    world: World, officer: Actor
) -> None:
    first = sign(world)
    with scope(acting=officer.organisation_id):
        late = paid(officer, supplier(officer, "B"), 900, date(2026, 6, 1), date(2026, 7, 1))
    with pytest.raises(Refused, match="Say what changed and why"):
        sign(world)
    second = sign(world, f"Invoice {late} was posted late.")
    with scope(acting=officer.organisation_id):
        kept = list(PaymentsNotice.objects.order_by("version"))
        events = Event.objects.filter(verb="finance.payments_notice.signed")
        assert [event.person_name for event in events] == [first.signed_by_name] * 2
    assert [(row.version, row.figures["payments"]) for row in kept] == [(1, 5), (2, 6)]
    assert (kept[0].reason, kept[1].reason) == ("", second.reason)
    assert "finances of Eastmere, and I approve" in first.statement


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"at": OCTOBER - timedelta(days=5)}, "when its half-year is over"),
        ({"job_title": "  "}, "Enter your job"),
        ({"seen": "others"}, "The figures changed"),
    ],
)
def test_what_cannot_be_signed(
    world: World, officer: Actor, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        sign(world, **given)


def test_nothing_paid_and_nothing_payable_is_no_notice(world: World) -> None:
    books(world)
    with pytest.raises(Refused, match="so there is no notice"):
        sign(world)


def test_only_the_named_officer_signs(world: World, officer: Actor) -> None:
    with scope(acting=officer.organisation_id):
        seen = figures_of(officer.organisation_id, SUMMER).digest
        with pytest.raises(NotAllowed):
            sign_notice(period=SUMMER, job_title="Clerk", seen=seen, by=officer, at=OCTOBER)


def test_figures_that_changed_meanwhile_are_looked_at_with_the_words_kept(
    world: World, officer: Actor
) -> None:
    boss = client(world, "finance_manager@eastmere")
    sent = {"job_title": "Director of Finance", "seen": "others", "agreed": "on"}
    refused = boss.post(PAGE, sent)
    form = refused.context["form"]
    assert refused.status_code == 422 and "The figures changed" in str(form.errors)
    assert "Director of Finance" in refused.content.decode()
    assert not form["agreed"].value()
    # The page shows the figures of now: they are signed from it without opening it anew.
    assert boss.post(PAGE, {**sent, "seen": form["seen"].value()}).status_code == 302


def test_the_page_signs_what_was_seen_and_gives_the_files(world: World, officer: Actor) -> None:
    boss = client(world, "finance_manager@eastmere")
    page = boss.get(PAGE)
    seen = page.context["form"].initial["seen"]
    unsaid = boss.post(PAGE, {"job_title": "Director of Finance", "seen": seen})
    assert unsaid.status_code == 422
    sent = {"job_title": "Director of Finance", "seen": seen, "agreed": "on"}
    assert boss.post(PAGE, sent).status_code == 302
    again = boss.post(PAGE, sent)
    assert (again.status_code, "Enter what changed" in text(again)) == (422, True)
    shown = text(boss.get(PAGE))
    assert "Signed, version 1" in shown and "Director of Finance" in shown
    assert "have changed since" not in shown
    paper = text_of(boss.get(f"{PAGE}1.pdf").content)
    for words in ("1 April 2026 to 30 September 2026", "Director of Finance", "36.4", "40.00%"):
        assert words in paper
    rows = boss.get(f"{PAGE}1.csv").content.decode("utf-8-sig").splitlines()
    assert "Payments,5,31.00" in rows and "Share paid within 30 days,40.00%," in rows
    assert boss.get(f"{PAGE}2.pdf").status_code == 404
    assert boss.get("/eastmere/reports/payments-notices/202504/").status_code == 404
    auditor = client(world, "auditor@eastmere")
    assert "I have read the statement" not in text(auditor.get(PAGE))
    assert auditor.post(PAGE, sent).status_code == 403
    listed = text(auditor.get("/eastmere/reports/payments-notices/"))
    assert "29 October 2026 Signed, version 1" in listed
    assert "29 April 2026 Not signed" in listed


def test_programs_are_told_each_half_year_and_what_was_signed(world: World, officer: Actor) -> None:
    sign(world)
    with scope(acting=officer.organisation_id):
        paid(officer, supplier(officer, "B"), 9_900, date(2026, 7, 1), date(2026, 7, 9))
    sign(world, reason="One was entered late")
    told = client(world, "auditor@eastmere").get("/api/v1/eastmere/payments-notices/").json()
    known = {one["period"]: one["signed"] for one in told}
    assert known[202510] is None
    assert (known[202604]["version"], known[202604]["reason"]) == (2, "One was entered late")
    assert known[202604]["signed_by"] == "Finance manager of eastmere"
    where = "/api/v1/eastmere/payments-notices/202604/"
    one = client(world, "auditor@eastmere").get(where).json()
    assert [row["version"] for row in one["versions"]] == [2, 1]
    payments = [
        {line["label"]: line["value"] for line in row["figures"]}["Payments"]
        for row in (one, *one["versions"])
    ]
    assert payments == ["6 of £130.00", "6 of £130.00", "5 of £31.00"]
    assert client(world, "staff@eastmere").get(where).status_code == 403
    north = client(world, "auditor@northdale").get("/api/v1/northdale/payments-notices/").json()
    assert {one["signed"] for one in north} == {None}
