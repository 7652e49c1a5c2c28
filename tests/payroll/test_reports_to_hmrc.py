"""The full payment submission: complete or not made, its mark, and who may make it."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.errors import NotAllowed, Refused
from core.scope import scope
from events.models import Event
from payroll.models import PayRun, Payslip, Submission
from payroll.reporting.envelope import ENVELOPE
from payroll.reporting.fps import hours_band, plain
from payroll.services.reporting import make_fps, take_fps
from tests.payroll.pay_runs import calculated, committed, group, payroll, periods, person, refer
from tests.world import World

FPS = "{http://www.govtalk.gov.uk/taxation/PAYE/RTI/FullPaymentSubmission/26-27/1}"
TOLD = {"name": "Ann Field", "gender": "F", "address": "1 High Street; Leeds",
        "postcode": "LS1 4AP"}  # fmt: skip
ABROAD = {"gender": "M", "address": "Calle Mayor 1; Madrid; Spain", "name": "Zoë O'Hara"}


def paid(world: World, *rows: dict[str, str], months: int = 1) -> tuple[Actor, list[PayRun]]:
    """Committed runs of these people, of one month after the other."""
    by, boss = payroll(world, *rows), world.actor("finance_manager@eastmere")
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(2026, 4, 6))
        days = periods(group(by))[:months]
    return by, [committed(calculated(by, day), by, boss) for day in days]


def made(by: Actor, run: PayRun) -> tuple[Submission, ElementTree.Element]:
    with scope(acting=by.organisation_id):
        found = make_fps(pay_run=run, by=by, at=timezone.now())
        assert isinstance(found, Submission), found
        return found, ElementTree.fromstring(take_fps(submission=found, by=by))


def said(root: ElementTree.Element, *path: str) -> list[str | None]:
    return [one.text for one in root.iterfind(".//" + "/".join(f"{FPS}{name}" for name in path))]


def test_everybody_is_reported_with_the_figures_of_their_payslips(world: World) -> None:
    named = {"given_names": "Ann Zoë Eve", "family_name": "van der Field"}
    people = person(1, **TOLD, **named, tax_code="BR"), person(2, **ABROAD)
    by, (first, second) = paid(world, *people, months=2)
    made(by, first)
    found, root = made(by, second)
    with scope(acting=by.organisation_id):
        slips: Sequence[Any] = list(Payslip.objects.filter(pay_run=second).order_by("number"))
        before: Sequence[Any] = list(Payslip.objects.filter(pay_run=first).order_by("number"))
    assert said(root, "EmpRefs", "OfficeNo") == ["120"]
    assert said(root, "RelatedTaxYear") == ["26-27"]
    assert said(root, "Fore") == ["Ann", "Zoe", "Zoe"]
    assert said(root, "Sur") == ["van der Field", "O'Hara"]
    assert said(root, "UKPostcode") == ["LS1 4AP"]
    assert said(root, "ForeignCountry") == ["Spain"]
    pounds = [f"{one.tax_pence / 100:.2f}" for one in slips]
    assert said(root, "Payment", "TaxDeductedOrRefunded") == pounds
    year = [f"{one.tax_to_date_pence / 100:.2f}" for one in slips]
    assert said(root, "FiguresToDate", "TotalTax") == year
    assert year != pounds
    nic = [a.nic_pence + b.nic_pence for a, b in zip(before, slips, strict=True)]
    assert said(root, "EmpeeContribnsYTD") == [f"{pence / 100:.2f}" for pence in nic]
    assert said(root, "NIletter") == ["A", "A"]
    assert said(root, "AtLELYTD") == ["1118.00"] * 2
    assert said(root, "TaxCode") == ["BR", "1257L"]
    assert said(root, "HoursWorked") == ["C"] * 2
    assert said(root, "PayId") == ["1", "2"]
    assert said(root, "StartDate") == []
    totals = found.people, found.tax_pence, found.nic_pence
    results = second.results
    assert totals == (2, results["tax"], results["nic"])


def test_the_mark_is_that_of_the_canonical_body_without_it(world: World) -> None:
    by, (run,) = paid(world, person(1, **TOLD))
    found, root = made(by, run)
    body = root.find(f"{{{ENVELOPE}}}Body")
    assert body is not None
    for header in body.iter(f"{FPS}IRheader"):
        for mark in header.findall(f"{FPS}IRmark"):
            assert mark.text == found.irmark
            header.remove(mark)
    ElementTree.register_namespace("", ENVELOPE)
    with scope(acting=by.organisation_id):
        text = take_fps(submission=found, by=by).decode()
    inside = text[text.index("<Body>") + 6 : text.index("</Body>")]
    inside = inside.replace(f'<IRmark Type="generic">{found.irmark}</IRmark>', "")
    canonical = ElementTree.canonicalize(f'<Body xmlns="{ENVELOPE}">{inside}</Body>')
    digest = hashlib.sha1(canonical.encode(), usedforsecurity=False).digest()
    assert base64.b64encode(digest).decode() == found.irmark
    with scope(acting=by.organisation_id):
        assert b"High Street" not in bytes(Submission.objects.get().content_sealed)


def test_while_a_fact_is_missing_nothing_is_made_and_the_page_says_what(
    world: World, client: Client
) -> None:
    by, (run,) = paid(world, person(1, name="Cher", ni_number=""), person(2, **TOLD))
    client.force_login(world.people["payroll_officer@eastmere"])
    where = reverse("pay_fps", args=["eastmere", run.number])
    assert "Make the submission" in client.get(where).content.decode()
    answer = client.post(where)
    text = answer.content.decode()
    assert answer.status_code == 422
    for words in ("3 facts missing", "Record a forename and a surname", "Gender", "Home address",
                  "no National Insurance number"):  # fmt: skip
        assert words in text, words
    with scope(acting=by.organisation_id):
        assert not Submission.objects.exists()
        assert Event.objects.get(verb="payroll.fps.checked").data["facts"] == 3
    file = reverse("pay_fps_file", args=["eastmere", run.number])
    assert client.get(file).status_code == 404


def test_payroll_makes_it_once_and_takes_it_and_others_see_totals(
    world: World, client: Client
) -> None:
    by, (run,) = paid(world, person(1, **TOLD))
    client.force_login(world.people["payroll_officer@eastmere"])
    where, file = (reverse(n, args=["eastmere", run.number]) for n in ("pay_fps", "pay_fps_file"))
    assert client.post(where).status_code == 302
    text = client.get(where).content.decode()
    for words in ("Made, not sent", "connection to HMRC is switched off", "IRmark"):
        assert words in text, words
    assert client.get(file).content.startswith(b"<?xml")
    again = client.post(where)
    assert (again.status_code, "was made already" in again.content.decode()) == (422, True)
    listed = reverse("hmrc_reports", args=["eastmere"])
    assert "not sent" in client.get(listed).content.decode()
    client.force_login(world.people["finance_manager@eastmere"])
    assert client.get(where).status_code == 200
    assert client.get(file).status_code == 403
    with scope(acting=by.organisation_id):
        with pytest.raises(NotAllowed):
            make_fps(pay_run=run, by=world.actor("finance_manager@eastmere"), at=timezone.now())
        assert Event.objects.filter(verb="payroll.fps.downloaded").count() == 1


def test_who_started_in_the_tax_year_needs_a_declaration(world: World) -> None:
    new = {"employed_from": "2026-09-01", "from": "2026-09-01"}
    by, (run, later) = paid(world, person(1, **TOLD, **new), months=2)
    with scope(acting=by.organisation_id):
        (only,) = make_fps(pay_run=run, by=by, at=timezone.now())
        assert only.field == "Starter declaration"
    _, root = made(by, later)
    assert said(root, "Starter", "StartDate") == []


def test_a_run_that_is_not_final_has_none(world: World) -> None:
    by = payroll(world, person(1, **TOLD))
    run = calculated(by)
    with scope(acting=by.organisation_id), pytest.raises(Refused) as error:
        make_fps(pay_run=run, by=by, at=timezone.now())
    assert error.value.code == "PRL09"


def test_texts_become_what_hmrc_takes() -> None:
    assert (plain("  12 Rue de l'Été"), plain("«Haus» № 3")) == ("12 Rue de l'Ete", "Haus 3")
    assert [hours_band(m) for m in (0, 959, 960, 1799, 1800)] == ["D", "A", "B", "B", "C"]
