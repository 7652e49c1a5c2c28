"""What the bank of a partner sends: statements of all its history; a payment back; a signature."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from core.money import pounds
from core.scope import scope
from finance.models import BankAccount, Journal, JournalLine, Payment, PaymentRun, StatementLine
from finance.services.matching import accept_suggestions
from finance.services.reconciliations import prepare_reconciliation, sign_reconciliation
from finance.services.statements import receive_bank_file
from sharedservices.demo.people import Place
from tenants.models import Person
from tenants.roles import Role
from tenants.selectors import actor_for

HEAD = ("Date", "Description", "Reference", "Amount", "Balance", "Sort code", "Account number")
FEE_DAY, FEE_PENCE = 28, 2_500


class Entry(NamedTuple):
    """An entry as the bank has it: pence above zero came in."""

    day: date
    text: str
    reference: str
    pence: int


def send_statements(place: Place, *, today: date) -> None:
    """One statement of all that is long past, one of each month since, and what is new today.

    Of the old ones everything is matched; the newest waits with a fee and a receipt of a stranger.
    """
    officer = place.actor(Role.FINANCE_OFFICER, today)
    newest = today.replace(day=1)
    before = (newest - timedelta(days=1)).replace(day=1)
    yesterday = today - timedelta(days=1)
    with scope(acting=place.organisation_id):
        account = BankAccount.objects.get(organisation_id=place.organisation_id)
        entries = _entries(account, yesterday)
    balance = 0
    for first, end in ((date.min, before), (before, newest), (newest, today)):
        part = [entry for entry in entries if first <= entry.day < end]
        if end == today:
            part.append(Entry(yesterday, "K DOUGLAS REFUND OF DEPOSIT", "", 41_250))
        if not part:
            continue
        with scope(acting=place.organisation_id):
            data = _table(account, part, balance)
            receive_bank_file(name=f"statement-{part[-1].day}.csv", data=data, by=officer)
            if end != today:
                waiting = StatementLine.objects.filter(bank_account=account, matched_pence=0)
                ids = list(waiting.values_list("pk", flat=True))
                accept_suggestions(account=account, line_ids=ids, by=officer)
        balance += sum(entry.pence for entry in part)
    _send_back(place, account, today)


def _entries(account: BankAccount, until: date) -> list[Entry]:
    """Grants as the ledger has them, runs as one debit each, and the bank's monthly charge."""
    here = {"organisation_id": account.organisation_id}
    days = {
        (j.period, j.batch_id, j.id): j.posting_date
        for j in Journal.objects.filter(**here, series="GR")
    }
    found = [
        Entry(days[line.period, line.batch_id, line.journal_id], "GRANT", "", line.amount_pence)
        for line in JournalLine.objects.filter(**here, coding_id=account.coding_id)
    ]
    runs = PaymentRun.objects.filter(**here, state="released", bank_account=account)
    found += [Entry(run.pay_on, "BACS", str(run), -run.total_pence) for run in runs]
    months = sorted({entry.day.replace(day=FEE_DAY) for entry in found})
    found += [Entry(day, "ACCOUNT CHARGES", "", -FEE_PENCE) for day in months]
    return sorted(entry for entry in found if entry.day <= until)


def _table(account: BankAccount, entries: Sequence[Entry], balance: int) -> bytes:
    """A statement as banks let people download it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for entry in entries:
        balance += entry.pence
        day = f"{entry.day:%d/%m/%Y}"
        money = (pounds(entry.pence), pounds(balance))
        number = account.digits()
        writer.writerow([day, entry.text, entry.reference, *money, *number])
    return out.getvalue().encode()


def _send_back(place: Place, account: BankAccount, today: date) -> None:
    """The smallest payment of the newest run on a statement comes back: its account is closed."""
    with scope(acting=place.organisation_id):
        seen = PaymentRun.objects.filter(
            organisation_id=place.organisation_id, bank_account=account, cleared__gt=0
        )
        run = seen.order_by("-pay_on").first()
        if run is None:
            return
        payment = Payment.objects.filter(payment_run=run).order_by("amount_pence", "id")[0]
        report = (
            "<BACSDocument><Data><ARUCS><Header reportType='REFT1019' adviceNumber='017'/>"
            f"<ServiceLicenseInformation userNumber='{account.service_user}'/><Advice>"
            f"<ReturnedCreditItem ref='{payment}' transCode='99' returnCode='B'"
            f" valueOf='{pounds(payment.amount_pence)}' currency='GBP'/></Advice>"
            "</ARUCS></Data></BACSDocument>"
        )
        officer = place.actor(Role.FINANCE_OFFICER, today)
        receive_bank_file(name="arucs-017.xml", data=report.encode(), by=officer)


def sign_last_month(place: Place, signer: Person, *, today: date) -> None:
    """The month that ended is prepared by the partner and signed by the manager of the centre."""
    last = today.replace(day=1) - timedelta(days=1)
    with scope(acting=place.organisation_id):
        accounts = BankAccount.objects.filter(organisation_id=place.organisation_id)
        account = accounts.order_by("id")[0]
        row = prepare_reconciliation(
            account=account,
            period=last.year * 100 + last.month,
            by=place.actor(Role.FINANCE_OFFICER, today),
        )
        by = actor_for(signer.pk, signer.name, place.partner.slug, today)[0]
        sign_reconciliation(reconciliation=row, by=by)
