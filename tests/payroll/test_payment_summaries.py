"""Levy, allowance and recovered pay in what is owed, and the EPS that tells HMRC of them."""

import base64
import hashlib
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.errors import NotAllowed, Refused
from core.invariants import problems
from core.scope import scope
from events.models import Event
from payroll.calculator.periods import Frequency, period_of, year_start
from payroll.models import PayDue, PaymentSummary, PayRun, Payslip
from payroll.reporting.envelope import ENVELOPE
from payroll.reporting.eps import Summary
from payroll.selectors.charges import month_ends
from payroll.selectors.dues import controls_of, owed_here
from payroll.services.due_files import take_parts
from payroll.services.payment_summaries import make_eps, take_eps
from payroll.services.references import record_references
from tests.payroll.owed_books import owed, payees, proposed, released
from tests.payroll.pay_runs import calculated, committed, group, payroll, periods, person, refer
from tests.world import World

BOSS = "finance_manager@eastmere"
EPS = "{http://www.govtalk.gov.uk/taxation/PAYE/RTI/EmployerPaymentSummary/26-27/1}"
GIVEN: dict[str, Any] = {
    "paye_reference": "120/AB12345", "accounts_office": "120PA00012345", "address": "Town Hall",
    "from_on": date(2026, 4, 6),
}  # fmt: skip


def made(by: Actor, month: int, *, year: int = 2026, **given: Any) -> PaymentSummary:
    with scope(acting=by.organisation_id):
        asked = {"final": False, "at": timezone.now(), **given}
        return make_eps(tax_year=year, month=month, by=by, **asked)


def read(by: Actor, summary: PaymentSummary) -> tuple[ElementTree.Element, str]:
    with scope(acting=by.organisation_id):
        data = take_eps(summary=summary, by=by)
    return ElementTree.fromstring(data), data.decode()


def text_of(root: ElementTree.Element, *path: str) -> str | None:
    return root.findtext(".//" + "/".join(f"{EPS}{name}" for name in path))


@pytest.fixture
def liable(world: World) -> Actor:
    """A payroll officer whose employer has no part of the levy's allowance and claims the other."""
    by = payroll(world, person(1), person(2))
    with scope(acting=by.organisation_id):
        at = timezone.now()
        record_references(**GIVEN, claims_allowance=True, levy_share_pence=0, by=by, at=at)
        payees(by)
    return by


def runs_of(world: World, by: Actor, many: int) -> list[PayRun]:
    with scope(acting=by.organisation_id):
        days = periods(group(by))[:many]
    return [committed(calculated(by, day), by, world.actor(BOSS)) for day in days]


def test_levy_and_allowance_of_the_year_are_owed_with_the_run_that_changes_them(
    world: World, liable: Actor
) -> None:
    runs = runs_of(world, liable, 2)
    with scope(acting=liable.organisation_id):
        bill = 0
        for run in runs:
            bill += sum(Payslip.objects.filter(pay_run=run).values_list("gross_pence", flat=True))
            dues = dict(PayDue.objects.filter(pay_run=run).values_list("what", "amount_pence"))
            assert dues["allowance"] == -run.results["employer_nic"]
            rows = PayDue.objects.filter(what="levy", pay_run__number__lte=run.number)
            assert sum(rows.values_list("amount_pence", flat=True)) == bill * 5 // 1000
        for one in owed_here(liable.organisation_id):
            if one.key.kind == "hmrc":
                assert take_parts(key=one.key, by=liable, at=timezone.now())
        assert [one.difference for one in controls_of(liable.organisation_id)] == [0] * 7
        assert list(problems(liable.organisation_id)) == []
    first = owed(liable)["hmrc"]
    sums = runs[0].results
    assert first.owed < sums["tax"] + sums["nic"] + sums["employer_nic"]
    released(world, proposed(liable))
    with scope(acting=liable.organisation_id):
        withheld = controls_of(liable.organisation_id)[1:]
        assert [one.balance for one in withheld] == [0] * 6
        assert list(problems(liable.organisation_id)) == []


def test_the_summary_says_levy_and_claim_to_date_and_the_claim_once(
    world: World, liable: Actor
) -> None:
    runs = runs_of(world, liable, 1)
    day = runs[0].pays_on
    year, month = year_start(day).year, period_of(day, Frequency.MONTHLY).number
    found = made(liable, month, year=year)
    root, text = read(liable, found)
    with scope(acting=liable.organisation_id):
        levy = PayDue.objects.get(what="levy").amount_pence
    assert found.levy_pence == levy > 0
    assert text_of(root, "EmpRefs", "AORef") == "120PA00012345"
    assert text_of(root, "EmpAllceInd") == "yes"
    assert text_of(root, "ApprenticeshipLevy", "LevyDueYTD") == f"{levy // 100}.00"
    assert text_of(root, "ApprenticeshipLevy", "TaxMonth") == str(month)
    assert text_of(root, "ApprenticeshipLevy", "AnnualAllce") == "0.00"
    assert text_of(root, "NoPaymentDates", "From") is None
    assert "HMRC-PAYE-RTI-EPS" in text
    again = made(liable, month, year=year)
    assert again.number == found.number + 1
    assert text_of(read(liable, again)[0], "EmpAllceInd") is None
    with pytest.raises(Refused) as refused:
        made(liable, month, year=year)
    assert refused.value.code == "OWE08"


def test_a_month_without_pay_is_said_to_be_so_once_it_is_over(world: World) -> None:
    by = payroll(world, person(1))
    with pytest.raises(Refused) as refused:
        made(by, 1)
    assert refused.value.code == "PRL40"
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(2026, 4, 6))
    root, _ = read(by, made(by, 2))
    assert text_of(root, "NoPaymentForPeriod") == "yes"
    assert text_of(root, "NoPaymentDates", "From") == "2026-05-06"
    assert text_of(root, "NoPaymentDates", "To") == "2026-06-05"
    assert text_of(root, "RelatedTaxYear") == "26-27"
    today = timezone.localdate()
    now = period_of(today, Frequency.MONTHLY).number
    with pytest.raises(Refused) as refused:
        made(by, now, year=year_start(today).year)
    assert refused.value.code == "OWE09"
    with pytest.raises(Refused) as refused:
        made(by, 2, final=True)
    assert refused.value.code == "OWE07"
    later = datetime(2027, 4, 6, 9, tzinfo=UTC)
    root, _ = read(by, made(by, 12, final=True, at=later))
    assert text_of(root, "FinalSubmission", "ForYear") == "yes"
    assert month_ends(2026, 12) == date(2027, 4, 5)


def test_where_everybody_is_paid_and_nothing_is_due_there_is_nothing_to_say(world: World) -> None:
    by = payroll(world, person(1))
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(2026, 4, 6))
    day = runs_of(world, by, 1)[0].pays_on
    month = period_of(day, Frequency.MONTHLY).number
    with pytest.raises(Refused) as refused:
        made(by, month, year=year_start(day).year)
    assert refused.value.code == "OWE06"
    with scope(acting=by.organisation_id):
        assert not PayDue.objects.exclude(what="").exists()


def test_recovered_pay_stands_in_the_order_of_the_schema() -> None:
    text = Summary(
        paye_reference="120/AB12345", accounts_office="120PA00012345", first=date(2026, 8, 6),
        last=date(2026, 9, 5), month=5, no_payment=False, claims=False,
        recovered={"sncp": 1_00, "smp": 1842_60, "spp": 0}, compensation={"smp": 55_28},
        levy=None, levy_share=0, final=False,
    ).text()  # fmt: skip
    assert (
        "<EmpAllceInd>no</EmpAllceInd><RecoverableAmountsYTD><TaxMonth>5</TaxMonth>"
        "<SMPRecovered>1842.60</SMPRecovered><SNCPRecovered>1.00</SNCPRecovered>"
        "<NICCompensationOnSMP>55.28</NICCompensationOnSMP></RecoverableAmountsYTD>"
        "<RelatedTaxYear>26-27</RelatedTaxYear>"
    ) in text


def test_the_mark_is_that_of_the_body_and_what_was_made_lies_sealed(world: World) -> None:
    by = payroll(world, person(1))
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(2026, 4, 6))
    found = made(by, 1)
    _, text = read(by, found)
    inside = text[text.index("<Body>") + 6 : text.index("</Body>")]
    inside = inside.replace(f'<IRmark Type="generic">{found.irmark}</IRmark>', "")
    canonical = ElementTree.canonicalize(f'<Body xmlns="{ENVELOPE}">{inside}</Body>')
    digest = hashlib.sha1(canonical.encode(), usedforsecurity=False).digest()
    assert base64.b64encode(digest).decode() == found.irmark
    with scope(acting=by.organisation_id):
        row = PaymentSummary.objects.get()
        assert b"120PA" not in bytes(row.content_sealed)
        assert Event.objects.filter(verb="payroll.eps.downloaded").count() == 1
        with pytest.raises(NotAllowed):
            take_eps(summary=row, by=world.actor(BOSS))
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
    with scope(acting=world.id("northdale")):
        assert not PaymentSummary.objects.exists()


def test_the_page_makes_one_says_that_it_is_not_sent_and_gives_the_file(
    world: World, client: Client
) -> None:
    by = payroll(world, person(1))
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(2026, 4, 6))
    client.force_login(world.people["payroll_officer@eastmere"])
    where = reverse("pay_summaries", args=["eastmere"])
    assert "No summary was made yet" in client.get(where).content.decode()
    text = client.post(where, {"period": "2026-1"}, follow=True).content.decode()
    for words in ("EPS-1", "Nobody was paid", "not sent", "switched off"):
        assert words in text, words
    answer = client.post(where, {"period": "2026-1"})
    assert answer.status_code == 422
    assert "was made before" in answer.content.decode()
    file = reverse("pay_summary_file", args=["eastmere", 1])
    assert client.get(file)["Content-Type"] == "application/xml"
    client.force_login(world.people[BOSS])
    assert "Make the summary" not in client.get(where).content.decode()
    assert client.get(file).status_code == 403
