"""Batches of P60s and P45s: issued once by a run, found by staff, replaced only when put right."""

import base64
import hashlib
import io
import re
import uuid
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.actors import Actor
from core.errors import NotAllowed, Refused
from core.scope import scope
from events.models import Event
from hr.models import Employment
from payroll.models import Certificate, CertificateBatch, PayMember, PayRun
from payroll.services.certificates import cancel_certificates, start_certificates, take_part
from runs.models import Problem, Run
from runs.services import work_run
from tenants.models import Person
from tests.documents import text_of
from tests.payroll.pay_runs import calculated, committed, payroll, person, refer
from tests.payroll.test_tax_years import END, YEAR
from tests.world import World


@pytest.fixture
def paid(world: World, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """A month of three people, the first of whom signs in here; the tax year is over."""
    staff = world.people["staff@eastmere"]
    people = (person(1, email=staff.email, name="Ada Byron"), person(2), person(3))
    by = payroll(world, *people)
    paid_for(world, by, monkeypatch)
    Person.objects.filter(email__startswith="person").update(is_active=False)
    return by


def paid_for(world: World, by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(calculated(by), by, world.actor("finance_manager@eastmere"))
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(YEAR, 4, 6))
    monkeypatch.setattr(timezone, "localdate", lambda *given: END)


def started(by: Actor, kind: str = "P60", **given: Any) -> CertificateBatch:
    with scope(acting=by.organisation_id):
        facts = {"kind": kind, "tax_year": YEAR, "by": by, "at": timezone.now(), **given}
        return start_certificates(**facts)


def made(by: Actor, kind: str = "P60", **given: Any) -> CertificateBatch:
    batch = started(by, kind, **given)
    work_run(by.organisation_id, batch.run_id)
    with scope(acting=by.organisation_id):
        run = Run.objects.get(pk=batch.run_id)
    assert run.state == Run.State.FINISHED, run.problem
    return batch


def results(by: Actor, batch: CertificateBatch) -> dict[str, int]:
    with scope(acting=by.organisation_id):
        return dict(Run.objects.get(pk=batch.run_id).results)


def left(by: Actor, number: int, on: date) -> None:
    with scope(acting=by.organisation_id):
        Employment.objects.filter(number=number).update(to_on=on)


def where(name: str, *arguments: Any) -> str:
    return reverse(name, args=["eastmere", *arguments])


def test_everybody_employed_on_5_april_is_issued_a_p60_once(paid: Actor) -> None:
    left(paid, 3, END - timedelta(days=1))
    batch = made(paid)
    assert results(paid, batch) == {"rows": 2, "issued": 2, "replaced": 0}
    with scope(acting=paid.organisation_id):
        rows = list(Certificate.objects.order_by("employee"))
    assert [(one.employee, one.version, one.on_paper) for one in rows] == [
        (1, 1, False), (2, 1, True),
    ]  # fmt: skip
    again = made(paid)
    assert results(paid, again) == {"rows": 2, "issued": 0, "replaced": 0, "unchanged": 2}


def test_what_was_put_right_is_replaced_and_says_what_it_replaces(
    world: World, paid: Actor, client: Client
) -> None:
    made(paid)
    with scope(acting=paid.organisation_id):
        PayMember.objects.filter(employment__number=1).update(
            brought_year=YEAR, brought_pay_pence=5_000_00, brought_tax_pence=400_00
        )
    batch = made(paid)
    assert results(paid, batch) == {"rows": 3, "issued": 1, "replaced": 1, "unchanged": 2}
    with scope(acting=paid.organisation_id):
        first, second = (
            Certificate.objects.select_related("batch").filter(employee=1).order_by("version")
        )
        assert (second.version, second.replaces_id) == (2, first.pk)
    client.force_login(world.people["staff@eastmere"])
    page = client.get(where("my_tax_year", 1, YEAR)).content.decode()
    assert f"Download {second} as it was issued" in page and f"in place of {first}" in page
    answer = client.get(where("my_tax_year_pdf", 1, YEAR))
    assert answer["Content-Disposition"] == f'attachment; filename="{second}.pdf"'
    words = text_of(answer.content)
    assert f"{second}: REPLACEMENT of {first}, issued on" in words
    assert "5,000.00" in words
    client.force_login(world.people["payroll_officer@eastmere"])
    old = client.get(where("pay_certificate", first.batch.number, first.number))
    assert "REPLACEMENT" not in text_of(old.content)
    with scope(acting=paid.organisation_id):
        looks = Event.objects.filter(verb="payroll.year.seen").latest("id")
    assert looks.data["of"] == f"{first} as it was issued"


def test_what_was_issued_is_neither_changed_nor_deleted(paid: Actor) -> None:
    made(paid)
    with scope(acting=paid.organisation_id):
        rows = Certificate.objects.filter(employee=1)
        with pytest.raises(IntegrityError, match="issued cannot be changed"), transaction.atomic():
            rows.update(sha256="0" * 64)
        rows.update(content_sealed=rows.get().content_sealed)  # as keys are renewed


def test_who_left_has_one_p45_with_the_last_pay_and_nobody_else(paid: Actor) -> None:
    with scope(acting=paid.organisation_id):
        period = PayRun.objects.select_related("period").get().period
    left(paid, 2, period.ends_on)
    left(paid, 3, period.ends_on + timedelta(days=9))  # their last pay is still to come
    batch = made(paid, "P45")
    assert results(paid, batch) == {"rows": 2, "issued": 1, "replaced": 0, "left": 1}
    with scope(acting=paid.organisation_id):
        only = Certificate.objects.get()
        assert (only.employee, str(only)) == (2, f"P45-{only.number}")
        problem = Problem.objects.get()
    assert (problem.row, problem.cause) == (
        "3", "The last pay is not committed yet: not issued",
    )  # fmt: skip
    assert results(paid, made(paid, "P45")) == {
        "rows": 1, "issued": 0, "replaced": 0, "left": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "given", "code"),
    [
        ("", {"tax_year": YEAR + 1}, "CER01"),
        ("twice", {}, "CER02"),
        ("all left", {}, "CER03"),
        ("", {"tax_year": YEAR - 1}, "PRL40"),
    ],
)
def test_what_cannot_be_made_is_refused(
    paid: Actor, change: str, given: dict[str, Any], code: str
) -> None:
    if change == "twice":
        started(paid)
    if change == "all left":
        for number in (1, 2, 3):
            left(paid, number, END - timedelta(days=1))
    with pytest.raises(Refused) as refused:
        started(paid, **given)
    assert refused.value.code == code


def test_no_other_role_asks_and_a_cancelled_batch_goes_on_with_the_next(
    world: World, paid: Actor, client: Client
) -> None:
    for who in ("finance_manager", "hr_officer", "auditor"):
        with pytest.raises(NotAllowed):
            started(world.actor(f"{who}@eastmere"))
    batch = started(paid)
    with scope(acting=paid.organisation_id):
        with pytest.raises(NotAllowed):
            cancel_certificates(batch=batch, by=world.actor("finance_manager@eastmere"))
    client.force_login(world.people["payroll_officer@eastmere"])
    page = where("pay_certificate_batch", batch.number)
    assert "Cancel: what was issued stays" in client.get(page).content.decode()
    client.post(where("pay_certificate_cancel", batch.number))
    text = client.get(page).content.decode()
    assert "Cancelled. What was issued stays." in text and "Cancel: what" not in text
    key = {"Idempotency-Key": str(uuid.uuid4())}
    again = client.post(where("api_pay_certificate_cancellation", batch.number), headers=key)
    assert (again.status_code, again.json()["code"]) == (422, "RUN02")
    assert results(paid, made(paid))["issued"] == 3


def test_a_part_holds_the_issued_documents_with_those_to_print_apart(paid: Actor) -> None:
    batch = made(paid)
    with scope(acting=paid.organisation_id):
        content = take_part(batch=batch, part=1, by=paid, at=timezone.now())
        numbers = dict(Certificate.objects.values_list("employee", "number"))
        event = Event.objects.get(verb="payroll.certificates.downloaded")
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert sorted(file.namelist()) == [
            f"in self-service/1-P60-{numbers[1]}.pdf",
            *(f"on paper/{n}-P60-{numbers[n]}.pdf" for n in (2, 3)),
        ]
        assert "AB123456C" in text_of(file.read(f"on paper/2-P60-{numbers[2]}.pdf"))
    assert event.data == {"part": 1, "certificates": 3}


def test_the_pages_ask_show_and_download(world: World, paid: Actor, client: Client) -> None:
    client.force_login(world.people["payroll_officer@eastmere"])
    page = client.get(where("pay_certificates")).content.decode()
    verb = "are" if timezone.localdate() <= date(YEAR + 1, 5, 31) else "were"
    assert f"{verb} due by 31 May {YEAR + 1}" in page
    chosen = re.findall(r'<option value="(P60|P45)" selected>', page)
    assert chosen == ["P60" if verb == "are" else "P45"]
    answer = client.post(where("pay_certificates"), {"kind": "P60", "tax_year": YEAR + 1})
    assert answer.status_code == 422 and "once the tax year is over" in answer.content.decode()
    answer = client.post(where("pay_certificates"), {"kind": "P60", "tax_year": YEAR})
    assert answer.status_code == 302
    with scope(acting=paid.organisation_id):
        batch = CertificateBatch.objects.get()
    assert "Waiting for a worker" in client.get(answer["Location"]).content.decode()
    work_run(paid.organisation_id, batch.run_id)
    page = client.get(answer["Location"]).content.decode()
    assert "3 documents, 2 on paper" in page and page.count("On paper: cannot sign in") == 2
    paper = client.get(f"{answer['Location']}?paper=1").content.decode()
    assert "Ada Byron" not in paper and "Person 3" in paper
    poll = {"HX-Request": "true"}
    live = client.get(where("pay_certificate_progress", batch.number), headers=poll)
    assert "every" not in live.content.decode()
    file = client.get(where("pay_certificate_part", batch.number, 1))
    assert file["Content-Type"] == "application/zip"
    assert client.get(where("pay_certificate_part", batch.number, 2)).status_code == 404
    client.force_login(world.people["auditor@eastmere"])
    assert client.get(where("pay_certificates")).status_code == 200
    assert client.get(where("pay_certificate_part", batch.number, 1)).status_code == 403


def test_programs_ask_and_download(world: World, paid: Actor, client: Client) -> None:
    client.force_login(world.people["payroll_officer@eastmere"])
    key = {"Idempotency-Key": str(uuid.uuid4())}
    asked = {"kind": "P60", "tax_year": YEAR}
    address = where("api_pay_certificates_new")
    answer = client.post(address, asked, content_type="application/json", headers=key)
    assert answer.status_code == 201, answer.content
    number = answer.json()["number"]
    assert (answer.json()["state"], answer.json()["people"]) == ("planned", 3)
    with scope(acting=paid.organisation_id):
        batch = CertificateBatch.objects.get()
    work_run(paid.organisation_id, batch.run_id)
    told = client.get(where("api_pay_certificate_batch", number)).json()
    assert (told["state"], told["issued"]) == ("finished", 3)
    assert told["parts"] == [{"number": 1, "documents": 3, "on_paper": 2}]
    assert client.get(where("api_pay_certificates")).json()["results"][0]["number"] == number
    file = client.get(where("api_pay_certificate_part", number, 1)).json()
    content = base64.b64decode(file["content"])
    assert zipfile.is_zipfile(io.BytesIO(content))
    assert hashlib.sha256(content).hexdigest() == file["sha256"]


def test_what_a_rehearsal_issued_is_nobodys_and_counts_for_nothing(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = world.people["staff@eastmere"]
    by = payroll(world, person(1, email=staff.email, name="Ada Byron"))
    world.becomes("rehearsal")
    paid_for(world, by, monkeypatch)
    batch = made(by)
    with scope(acting=by.organisation_id):
        only = Certificate.objects.get()
        assert only.rehearsed
    client.force_login(world.people["payroll_officer@eastmere"])
    paper = client.get(where("pay_certificate", batch.number, only.number)).content
    assert "Rehearsal, not to be used: P60" in text_of(paper)
    world.becomes("live")
    client.force_login(staff)
    assert client.get(where("my_tax_year_pdf", 1, YEAR)).status_code == 404
    with pytest.raises(Refused) as refused:
        started(by)
    assert refused.value.code == "CER03"
