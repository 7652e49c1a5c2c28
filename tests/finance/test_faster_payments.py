"""Faster Payments: the CSV by the profile of a bank, and the run that is released to it once."""

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.errors import Clash, NotAllowed, Refused
from core.scope import scope
from finance.formats.bank_csv_out import FasterCredit, FasterFile, columns_of, write
from finance.formats.errors import Unwritable
from finance.models import Invoice, PaymentFile, PaymentRun
from finance.paying.files import content_of
from finance.selectors.payments import preview
from tests.finance.payment_books import (
    AT,
    DUE_TO,
    LAYOUT,
    account,
    bank,
    books,
    invoice,
    profile,
    propose,
    release,
    supplier,
)
from tests.finance.test_payments_pages import client, text
from tests.world import World

SATURDAY = date(2026, 6, 20)
OURS = ("089999", "66374958", "Eastmere Council")
FILE = FasterFile(*OURS, "PAY-7", SATURDAY, payments=1, total_pence=12_345, most_pence=50_000)
CREDIT = FasterCredit("200415", "12345678", 12_345, "Hârrow, Paper & Sons Limited", "PMT-1")
# As a large bank publishes it: by letters, without headings, most of the columns empty.
POSITIONAL = """
D = "01"
M = our sort code and account number
Q = amount
S = day DDMMYYYY
Y = sort code
AE = account number
AG = name
AK = reference
"""


def written(layout: str, **changes: Any) -> list[str]:
    file = FasterFile(**{**vars(FILE), **changes})
    return b"".join(write(file, layout, [CREDIT])).decode().splitlines()


def test_columns_stand_where_the_bank_wants_them() -> None:
    (row,) = written(POSITIONAL)
    cells = row.split(",")
    found = {place: cell for place, cell in enumerate(cells) if cell}
    assert found == {
        3: "01",
        12: "08999966374958",
        16: "123.45",
        18: "20062026",
        24: "200415",
        30: "12345678",
        32: "HARROW PAPER & SON",
        36: "PMT-1",
    }
    assert len(cells) == 37
    head, row = written(LAYOUT.replace("sort code,", "sort code with hyphens,"))
    assert head == "Sort code,Account number,Payee,Amount,Reference"
    assert row == "20-04-15,12345678,HARROW PAPER & SON,123.45,PMT-1"


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        ("", "No column holds the sort code"),
        (LAYOUT.replace("D = amount", "D = pounds"), "Line 5: 'pounds' is not known"),
        (LAYOUT + "A = run", "A column is named twice"),
        (LAYOUT + "somewhere", "Line 7 is not like 'A = sort code'"),
        (LAYOUT + "ZZ = run", "There are more than 100 columns"),
    ],
)
def test_a_layout_that_no_bank_could_read_is_refused(layout: str, words: str) -> None:
    with pytest.raises(Unwritable, match=words):
        columns_of(layout)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"most_pence": 12_344}, "£123.45 is not from 1 penny to £123.44"),
        ({"total_pence": 12_344}, "The file says 1 payments of 12344 pence"),
        ({"payments": 2}, "there are 1 of 12345"),
    ],
)
def test_a_file_that_is_not_its_run_is_no_file(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Unwritable, match=words):
        written(LAYOUT, **changes)


def prepared(world: World) -> Any:
    """Three suppliers, one with more than one Faster Payment carries; a profile from AT on."""
    by = books(world)
    with scope(acting=by.organisation_id):
        for code, pence in (("A", 12_345), ("B", 500), ("HUGE", 25_000_01)):
            invoice(by, supplier(by, code), pence)
        profile(world)
    return by


def faster(by: Any, **given: Any) -> PaymentRun:
    """Proposed for a Saturday, which Bacs does not know."""
    return propose(by, method="faster", pay_on=SATURDAY, **given)


def test_a_run_is_released_to_the_file_once_and_by_two_people(world: World) -> None:
    by, boss = prepared(world), world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        run = faster(by)
        assert (faster(by).pk, run.total_pence, run.payments) == (run.pk, 12_845, 2)
        with pytest.raises((NotAllowed, Refused)):
            release(run, by)
        done = release(run, boss)
        again = release(run, boss)
        with pytest.raises(Clash):
            release(run, world.actor("finance_manager@eastmere"), typed_total_pence=12_844)
        (file,) = PaymentFile.objects.all()
        content = b"".join(content_of(file))
        paid = Invoice.objects.filter(state="paid").count()
        serial = account().next_serial
    assert (again.pk, again.state, done.method) == (run.pk, "released", "faster")
    assert (file.format, file.serial, file.payments, file.total_pence) == (
        "faster",
        "F00001",
        2,
        12_845,
    )
    assert hashlib.sha256(content).hexdigest() == file.sha256
    assert [line.split(",")[3:] for line in content.decode().splitlines()[1:]] == [
        ["123.45", "PMT-1"],
        ["5.00", "PMT-2"],
    ]
    assert (paid, serial) == (2, 1)
    boss_client = client(world, "finance_manager@eastmere")
    page = text(boss_client.get("/eastmere/payment-runs/1/"))
    assert "Faster Payments, Upload" in page and "Faster Payments CSV" in page
    sent = boss_client.get("/eastmere/payment-runs/1/files/faster/")
    assert (sent.content, sent["Content-Type"]) == (content, "text/csv; charset=us-ascii")


def test_who_gets_more_than_the_bank_takes_is_left_out_and_paid_by_bacs(world: World) -> None:
    by = prepared(world)
    with scope(acting=by.organisation_id):
        run = faster(by)
        found = preview(organisation_id=by.organisation_id, due_to=DUE_TO, pay_on=run.pay_on,
                        profile=run.profile)  # fmt: skip
        assert [(each.cause, each.count) for each in found.left_out] == [("too_large", 1)]
        rest = propose(by)
    assert (rest.method, rest.payments, rest.total_pence) == ("bacs", 1, 25_000_01)


def test_days_and_profiles_that_do_not_do(world: World) -> None:
    by = prepared(world)
    with scope(acting=by.organisation_id):
        with pytest.raises(Refused, match="Choose today or a later day"):
            propose(by, method="faster", pay_on=AT.date() - timedelta(days=1))
        run = propose(by, method="faster", pay_on=AT.date())
        with pytest.raises(Refused, match="cannot reach the bank in time"):
            release(run, world.actor("finance_manager@eastmere"), at=AT + timedelta(days=1))
    other = books(world, "northdale")
    with scope(acting=other.organisation_id):
        invoice(other, supplier(other, "A"), 100)
        with pytest.raises(Refused, match="This account has no profile"):
            propose(other, method="faster", pay_on=AT.date())


def test_a_new_profile_holds_from_its_day_and_leaves_proposals_alone(world: World) -> None:
    by = prepared(world)
    with scope(acting=by.organisation_id):
        run = faster(by)
        profile(world, name="Other", from_on=SATURDAY, layout=POSITIONAL)
        done = release(run, world.actor("finance_manager@eastmere"))
        assert done.profile is not None and done.profile.name == "Upload"
        bank(by, invoice(by, supplier(by, "C", banked=False), 900).supplier)
        later = faster(by)
        assert later.profile is not None and later.profile.name == "Other"
        with pytest.raises(Refused, match="from which on no other profile"):
            profile(world, from_on=SATURDAY)
        with pytest.raises(Refused, match="Enter the most"):
            profile(world, from_on=date(2026, 6, 21), limit_pence=1_000_000_01)
        with pytest.raises(Refused, match="Line 1 is not like"):
            profile(world, from_on=date(2026, 6, 21), layout="nonsense")


def test_an_administrator_sets_a_profile_and_an_officer_pays_by_it(world: World) -> None:
    by = books(world)
    with scope(acting=by.organisation_id):
        invoice(by, supplier(by, "A"), 12_345)
        chosen = {"bank_account": account().pk}
    officer, admin = (
        client(world, "finance_officer@eastmere"),
        client(world, "administrator@eastmere"),
    )
    today = timezone.localdate()
    days = {"due_to": today, "pay_on": today, "method": "faster", **chosen}
    refused = officer.get("/eastmere/payment-runs/new/", days)
    assert "This account has no profile" in text(refused)
    page = "/eastmere/bank-accounts/profiles/"
    assert officer.get(page).status_code == 403
    given = {
        "name": "Upload",
        "from_on": today,
        "limit": "£250,000",
        "layout": "A = sort code",
        **chosen,
    }
    wrong = admin.post(page, given)
    assert (wrong.status_code, "No column holds the amount." in text(wrong)) == (422, True)
    assert admin.post(page, {**given, "layout": LAYOUT}).status_code == 302
    assert "£250,000.00" in text(admin.get(page))
    shown = text(officer.get("/eastmere/payment-runs/new/", days))
    assert "1 payment of £123.45 in all" in shown
    assert officer.post("/eastmere/payment-runs/new/", days).status_code == 302
    assert "Faster Payments, Upload" in text(officer.get("/eastmere/payment-runs/1/"))
