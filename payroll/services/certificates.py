"""Having P60s and P45s issued, and handing out what was: to the person, and for printing."""

import base64
import hashlib
import io
import zipfile
import zlib
from datetime import date, datetime

from django.utils import timezone

from core.actors import Actor, require
from core.errors import InvariantBroken, NotFound
from core.scope import SCO01, current_scope
from core.vault import place_in, unseal
from events.services import record
from payroll.models import Certificate, CertificateBatch, CertificateKind
from payroll.permissions import RUN_PAY, SEE_PAYSLIPS
from payroll.rules import CER01, CER02, CER03, PRL40
from payroll.selectors.certificates import batches_of, due_to, issued_in
from payroll.selectors.references import reference_on
from payroll.services.looking import look_at_year
from runs.models import Run
from runs.selectors import run_by_id
from runs.services import cancel_run, make_run
from tenants.services import next_number

ISSUE = "payroll.certificates"


def start_certificates(*, kind: str, tax_year: int, by: Actor, at: datetime) -> CertificateBatch:
    """Has a worker issue the P60s or P45s of the tax year that began in `tax_year`.

    P60s go to everybody employed on 5 April; who has one that says the same keeps it, and whose
    figures were put right gets a replacement that names it. P45s go to who left and has none.
    CER01 before their time, PRL40 without references of the employer, CER02 while such a batch is
    made, CER03 if nobody is due one. Event payroll.certificates.asked: everybody's National
    Insurance number is opened.
    """
    require(by, RUN_PAY)
    here, today, last = by.organisation_id, timezone.localdate(at), date(tax_year + 1, 4, 5)
    begun = today > last if kind == CertificateKind.P60 else today >= date(tax_year, 4, 6)
    CER01.check(begun)
    PRL40.check(reference_on(here, min(today, last)), "Record the references of the employer.")
    number = next_number("certificate_batch", by=by)
    CER02.check(not _one_is_open(here, kind))
    people = len(due_to(here, kind, tax_year, today))
    CER03.check(people)
    inputs = {
        "batch": number, "kind": kind, "tax_year": tax_year, "today": today.isoformat(),
        "people": people, "first": next_number("certificate", by=by, count=people),
    }  # fmt: skip
    run = make_run(kind=ISSUE, key=str(number), inputs=inputs, by=by)
    made = CertificateBatch.objects.create(
        organisation_id=here, number=number, kind=kind, tax_year=tax_year, people=people,
        run_id=run.pk, made_by_name=by.name, made_at=at,
    )  # fmt: skip
    record("payroll.certificates.asked", made, by=by, at=at, what=str(made), people=people)
    return made


def cancel_certificates(*, batch: CertificateBatch, by: Actor) -> None:
    """Stops a batch that is being made or held; what it issued stays, and the next goes on.

    RUN02 once it has ended. Event runs.run.cancelled.
    """
    require(by, RUN_PAY)
    run = run_by_id(batch.organisation_id, batch.run_id)
    assert run is not None
    cancel_run(run=run, by=by)


def _one_is_open(organisation_id: int, kind: str) -> bool:
    """Whether the last batch is being made or held. The lock of its number lets nobody between."""
    last = batches_of(organisation_id).filter(kind=kind).first()
    run = run_by_id(organisation_id, last.run_id) if last else None
    return run is not None and run.state in (*Run.OPEN, Run.State.HELD)


def take_certificate(*, certificate: Certificate, by: Actor) -> bytes:
    """The very bytes that were issued, for the person and for those entitled.

    SCO01 where the look cannot be noted: it shows a National Insurance number. Event
    payroll.year.seen.
    """
    of = f"{certificate} as it was issued"
    SCO01.check(look_at_year(employment=certificate.employment, of=of, by=by))
    return _opened(certificate)


def take_part(*, batch: CertificateBatch, part: int, by: Actor, at: datetime) -> bytes:
    """One part of a batch as a ZIP of the issued PDFs, those to be printed in a folder of theirs.

    NotFound for a part without any, SCO01 where nobody is acted for. Event
    payroll.certificates.downloaded.
    """
    require(by, SEE_PAYSLIPS)
    here = current_scope()
    SCO01.check(here is not None and here.acting == by.organisation_id)
    rows = issued_in(batch).filter(part=part)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for one in rows.iterator(chunk_size=20):
            folder = "on paper" if one.on_paper else "in self-service"
            moment = timezone.localtime(one.issued_at).timetuple()[:6]
            entry = zipfile.ZipInfo(f"{folder}/{one.employee}-{one}.pdf", moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, _opened(one))
        count = len(file.namelist())
    if not count:
        raise NotFound("There is no such part of this batch.")
    verb = "payroll.certificates.downloaded"
    record(verb, batch, by=by, at=at, part=part, certificates=count)
    return packed.getvalue()


def _opened(one: Certificate) -> bytes:
    place = place_in(Certificate, "content_sealed", one.organisation_id, one.pk)
    content = zlib.decompress(base64.b64decode(unseal(place, one.content_sealed)))
    if hashlib.sha256(content).hexdigest() != one.sha256:
        raise InvariantBroken(f"{one} is not what was issued.")
    return content
