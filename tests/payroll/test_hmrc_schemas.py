"""Reports to HMRC under schemas that an operator has installed."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.errors import Refused
from core.scope import scope
from events.models import Event
from payroll.models import PaymentSummary, Submission
from payroll.services.payment_summaries import make_eps
from payroll.services.reporting import make_fps
from tests.payroll.pay_runs import payroll, person, refer
from tests.payroll.test_reports_to_hmrc import TOLD, paid
from tests.world import World

RTI = "http://www.govtalk.gov.uk/taxation/PAYE/RTI"
# The frame of HMRC's schemas; what stands in the report is said by each test.
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{at}"
 xmlns="{at}" elementFormDefault="qualified"><xs:element name="IRenvelope"><xs:complexType>
 <xs:sequence><xs:any processContents="skip"/><xs:element name="{report}"><xs:complexType>
 <xs:sequence>{parts}</xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType>
 </xs:element></xs:schema>"""
ANY = '<xs:element name="{}"><xs:complexType><xs:sequence><xs:any processContents="skip"\
 maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>'
YEAR = '<xs:element name="RelatedTaxYear" type="xs:string"/>'


def install(folder: Path, settings: Any, report: str, *parts: str, name: str = "any.xsd") -> None:
    at = f"{RTI}/{report}/26-27/1"
    (folder / name).write_text(SCHEMA.format(at=at, report=report, parts="".join(parts)))
    settings.HMRC_SCHEMAS = str(folder)


def summary(by: Actor) -> PaymentSummary:
    with scope(acting=by.organisation_id):
        return make_eps(tax_year=2026, month=2, final=False, by=by, at=timezone.now())


@pytest.fixture
def employer(world: World) -> Actor:
    by = payroll(world, person(1))
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(2026, 4, 6))
    return by


def test_a_summary_that_the_schema_takes_is_made(
    employer: Actor, settings: Any, tmp_path: Path
) -> None:
    yes = '<xs:element name="NoPaymentForPeriod" type="xs:string"/>'
    (tmp_path / "another.xsd").write_text(SCHEMA.format(at="urn:other", report="A", parts=YEAR))
    install(
        tmp_path, settings, "EmployerPaymentSummary",
        ANY.format("EmpRefs"), yes, ANY.format("NoPaymentDates"), YEAR,
    )  # fmt: skip
    assert summary(employer).number == 1


@pytest.mark.parametrize(
    "given, words",
    [
        ((YEAR,), "Element 'EmpRefs': This element is not expected."),
        (("<nonsense",), "any.xsd is no usable schema: "),
        (None, f"There is no schema of {RTI}/EmployerPaymentSummary/26-27/1"),
    ],
)
def test_a_summary_that_it_refuses_is_not_made(
    employer: Actor, settings: Any, tmp_path: Path, given: tuple[str, ...] | None, words: str
) -> None:
    settings.HMRC_SCHEMAS = str(tmp_path)
    if given:
        install(tmp_path, settings, "EmployerPaymentSummary", *given)
    with pytest.raises(Refused) as refused:
        summary(employer)
    assert refused.value.code == "OWE10"
    assert words in str(refused.value)
    with scope(acting=employer.organisation_id):
        assert not PaymentSummary.objects.exists()


def test_a_submission_that_it_refuses_is_not_made_and_the_page_says_why(
    world: World, client: Client, settings: Any, tmp_path: Path
) -> None:
    by, (run,) = paid(world, person(1, **TOLD))
    name = "FullPaymentSubmission"
    install(tmp_path, settings, name, ANY.format("EmpRefs"), YEAR)
    client.force_login(world.people["payroll_officer@eastmere"])
    answer = client.post(reverse("pay_fps", args=["eastmere", run.number]))
    assert answer.status_code == 422
    assert "Element &#x27;Employee&#x27;: This element is not expected." in answer.content.decode()
    with scope(acting=by.organisation_id):
        assert not Submission.objects.exists()
        assert Event.objects.filter(verb="payroll.fps.checked").exists()
        install(tmp_path, settings, name, ANY.format("EmpRefs"), YEAR, ANY.format("Employee"))
        assert isinstance(make_fps(pay_run=run, by=by, at=timezone.now()), Submission)
