"""Making what HMRC is told of a run. It is not sent: there is no connection to HMRC."""

import base64
import hashlib
import zlib
from datetime import datetime

from core.actors import Actor, require
from core.errors import InvariantBroken
from core.outside import may_leave
from core.scope import SCO01, current_scope
from core.vault import next_ids, place_in, seal, unseal
from events.services import record
from finance.rules_payments import PAY13
from hr.services.private import open_private
from payroll.calculator.periods import period_of
from payroll.models import EmployerReference, PayRun, Payslip, Submission
from payroll.paying.inputs import Shared
from payroll.permissions import RUN_PAY
from payroll.reporting.envelope import mark_of
from payroll.reporting.fps import Problem, Report, Worker, problems
from payroll.reporting.official import objection
from payroll.rules import PRL09, PRL41
from payroll.selectors.references import reference_on
from payroll.selectors.reporting import submission_of, workers_of
from payroll.services.runs import locked

NO_REFERENCE = Problem(
    0, "The employer", "PAYE reference", "Record it under Employer references, from the pay day."
)


def make_fps(*, pay_run: PayRun, by: Actor, at: datetime) -> Submission | list[Problem]:
    """The full payment submission of a final run, once; or all that is wrong, and nothing made.

    PRL09 unless final, PRL41 when it was made, PRL19. Event payroll.fps.made or …checked: either
    way everybody's private details were opened.
    """
    require(by, RUN_PAY)
    now = locked(pay_run)
    PRL09.check(now.state in PayRun.FINAL)
    PRL41.check(submission_of(now) is None)
    here, day = by.organisation_id, now.pays_on
    rows = Payslip.objects.filter(organisation_id=here, pay_run=now)
    paid = list(rows.values_list("employment_id", flat=True))
    private = open_private(employments=paid, on=day, by=by)
    workers, reference = workers_of(now, private), reference_on(here, day)
    wrong = [*([] if reference else [NO_REFERENCE]), *problems(workers)]
    text = "" if wrong or reference is None else _text(now, reference, workers)
    if text and (against := objection(text)):
        wrong = [Problem(0, "The submission", "HMRC's schema", against)]
    if wrong:
        record("payroll.fps.checked", now, by=by, at=at, facts=len(wrong))
        return wrong
    made = _keep(now, text, workers, by, at)
    record("payroll.fps.made", now, by=by, at=at, people=made.people, mark=made.irmark)
    return made


def _text(pay_run: PayRun, reference: EmployerReference, workers: list[Worker]) -> str:
    period = period_of(pay_run.pays_on, Shared.read(pay_run.inputs).frequency)
    refs = reference.paye_reference, reference.accounts_office
    return Report(*refs, pay_run.pays_on, period, workers).text()


def _keep(pay_run: PayRun, text: str, workers: list[Worker], by: Actor, at: datetime) -> Submission:
    """Sealed, with control totals that are those of the run."""
    (row,) = next_ids(Submission)
    here, data = pay_run.organisation_id, text.encode()
    now = [band for one in workers for band in one.bands]
    made = Submission(
        id=row, organisation_id=here, pay_run=pay_run, irmark=mark_of(text),
        sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data), people=len(workers),
        taxable_pence=sum(one.taxable for one in workers),
        tax_pence=sum(one.tax for one in workers),
        nic_pence=sum(band.employee_now for band in now),
        employer_nic_pence=sum(band.employer_now for band in now),
        made_by_name=by.name, made_at=at,
        content_sealed=seal(
            place_in(Submission, "content_sealed", here, row),
            base64.b64encode(zlib.compress(data)).decode(),
        ),
    )  # fmt: skip
    totals = made.people, made.tax_pence, made.nic_pence, made.employer_nic_pence
    if totals != tuple(pay_run.results[n] for n in ("people", "tax", "nic", "employer_nic")):
        raise InvariantBroken(f"{pay_run}: its submission is not what it paid.")
    made.save(force_insert=True)
    return made


def take_fps(*, submission: Submission, by: Actor) -> bytes:
    """The very bytes that were made, for who takes them to HMRC.

    PAY13 for one of a rehearsal, SCO01 where nobody is acted for. Event payroll.fps.downloaded.
    """
    require(by, RUN_PAY)
    here = current_scope()
    SCO01.check(here is not None and here.acting == by.organisation_id)
    PAY13.check(may_leave(by.organisation_id, submission.made_at))
    place = place_in(Submission, "content_sealed", submission.organisation_id, submission.pk)
    data = zlib.decompress(base64.b64decode(unseal(place, submission.content_sealed)))
    if hashlib.sha256(data).hexdigest() != submission.sha256:
        raise InvariantBroken(f"The submission {submission.irmark} is not what was made.")
    record("payroll.fps.downloaded", submission.pay_run, by=by, mark=submission.irmark)
    return data
