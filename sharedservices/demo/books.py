"""History into the books: a fortnight at a time, through the ledger and the payment runs.

Rows of one fortnight are copied into temporary tables and inserted by one statement a table. The
approvals, the journals and the payment runs are those of the services, dated as they were.
"""

import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd
from django.db import connection

from approvals.services import approve_staged_by_rule, stage_rule_approvals
from core.actors import system_actor
from core.money import split
from core.scope import scope
from finance.formats.bank_days import add_banking_days, next_banking_day
from finance.keys import reference_key
from finance.models import BankAccount, Supplier
from finance.paying.files import banking_holidays
from finance.services import ledger
from finance.services.bank_profiles import set_bank_profile
from finance.services.payments import create_bank_account, propose_run, release_run
from finance.vat import COST, purchase_codes
from sharedservices.demo.history import code_of, leaves
from sharedservices.demo.people import Place
from sharedservices.demo.suppliers import firms_of
from tenants.roles import Role
from tenants.services import next_number

RULE = "It agrees with an order and with what was received."
PAYABLES, BANK, GRANT = "21000", "16000", "41000"
# Payments go out this long before an invoice is due, if it is approved by then.
LEAD = timedelta(days=15)
# No bank's own: an invented bank takes these columns.
LAYOUT = """
A = sort code with hyphens, Sort code
B = account number, Account
C = name, Payee
D = amount, Amount
E = reference, Reference
F = day dd/mm/yyyy, Pay on
"""

TABLES = """
DROP TABLE IF EXISTS demo_invoice, demo_line;
CREATE TEMP TABLE demo_invoice (inv int, supplier_id bigint, reference text, ref_norm text,
  invoice_on date, received_on date, due_on date, approved_on date, net bigint, vat bigint,
  description text, unit_path text, state text, touched boolean,
  held boolean,
  id bigint NOT NULL DEFAULT nextval('finance_invoice_id_seq'),
  thread uuid NOT NULL DEFAULT gen_random_uuid()) ON COMMIT DROP;
CREATE TEMP TABLE demo_line (inv int, line_no int, description text, coding_id bigint,
  vat_coding bigint, vat_code text, net bigint, vat bigint) ON COMMIT DROP
"""
JOURNALS = """
INSERT INTO new_journal (journal_key, posting_date, narrative, subject_key, subject_id)
SELECT d.id, d.approved_on, left(s.name || ' ' || d.reference, 200), 'finance.invoice', d.id
  FROM demo_invoice d
  JOIN finance_supplier s ON s.organisation_id = %(org)s AND s.id = d.supplier_id
"""
# VAT without a coding of its own cannot be recovered and is part of the cost.
JOURNAL_LINES = """
INSERT INTO new_line (journal_key, coding_id, amount_pence, description)
SELECT d.id, l.coding_id, l.net + CASE WHEN l.vat_coding IS NULL THEN l.vat ELSE 0 END,
       l.description FROM demo_line l JOIN demo_invoice d USING (inv)
UNION ALL
SELECT d.id, l.vat_coding, sum(l.vat), 'VAT' FROM demo_line l JOIN demo_invoice d USING (inv)
 WHERE l.vat_coding IS NOT NULL AND l.vat <> 0 GROUP BY 1, 2
UNION ALL
SELECT id, %(payables)s, -(net + vat), '' FROM demo_invoice
"""
INVOICES = """
INSERT INTO finance_invoice (organisation_id, id, number, supplier_id, supplier_ref, ref_norm,
  origin, invoice_on, received_on, due_on, net_pence, vat_pence, gross_pence, allocated_pence,
  state, hold_cause, hold_text, held_on, duplicate_grade, description, unit_path, touched, thread,
  version, made_by_id, made_by_name, made_at, approved_on, posted_on, period, batch_id, journal_id)
SELECT %(org)s, d.id, %(first)s + row_number() OVER (ORDER BY d.inv) - 1, d.supplier_id,
  d.reference, d.ref_norm, 'file', d.invoice_on, d.received_on, d.due_on, d.net, d.vat,
  d.net + d.vat, 0, d.state, '', '',
  CASE WHEN d.held AND d.state = 'posted' THEN d.received_on END, '',
  d.description, d.unit_path, d.touched, d.thread, 1,
  %(person)s, %(name)s, d.received_on + time '10:00', p_day, p_day, p.period, p.batch_id,
  p.journal_id
FROM demo_invoice d
LEFT JOIN posted_journal p ON p.journal_key = d.id
CROSS JOIN LATERAL (SELECT CASE WHEN d.state = 'posted' THEN d.approved_on END AS p_day) AS day
"""
LINES = """
INSERT INTO finance_invoiceline (organisation_id, invoice_id, line_no, description, coding_id,
  coding_reason, vat_code, net_pence, vat_pence)
SELECT %(org)s, d.id, l.line_no, l.description, l.coding_id,
  'As earlier invoices of this supplier', l.vat_code, l.net, l.vat
FROM demo_line l JOIN demo_invoice d USING (inv)
"""
# Each event at the hour of its own row, which no service of a single event could say.
EVENTS = """
INSERT INTO events_event (organisation_id, verb, subject_key, subject_id, thread, person_id,
  person_name, at, data)
SELECT %(org)s, e.verb, 'finance.invoice', d.id, d.thread, e.person_id, e.name, e.at, e.data
FROM demo_invoice d CROSS JOIN LATERAL (VALUES
  ('finance.invoice.entered', %(person)s::bigint, %(name)s, d.received_on + time '10:00',
   jsonb_build_object('amount', '£' || to_char((d.net + d.vat) / 100.0, 'FM999,999,990.00'))),
  ('finance.invoice.held', %(person)s::bigint, %(name)s, d.received_on + time '10:20',
   '{"cause": "The order does not name the right quantity."}'::jsonb),
  ('finance.invoice.released', %(person)s::bigint, %(name)s,
   least(d.approved_on, d.received_on + d.inv %% 9) + time '10:40', '{}'::jsonb),
  ('finance.invoice.approved', NULL, 'Commonwell', d.approved_on + time '11:00', '{}'::jsonb),
  ('finance.invoice.posted', NULL, 'Commonwell', d.approved_on + time '11:01', '{}'::jsonb)
) AS e (verb, person_id, name, at, data)
WHERE e.verb = 'finance.invoice.entered' OR d.state = 'posted' AND
  (d.held OR e.verb NOT IN ('finance.invoice.held', 'finance.invoice.released'))
ORDER BY e.at, d.id
"""
APPROVALS = """
INSERT INTO new_approval (subject_id, thread, amount_pence, unit_path, summary)
SELECT d.id, d.thread, d.net + d.vat, d.unit_path, left(s.name || ' ' || d.reference, 200)
  FROM demo_invoice d
  JOIN finance_supplier s ON s.organisation_id = %(org)s AND s.id = d.supplier_id
"""


class Books:
    """Writes one partner's history. Every public method opens a scope of its own."""

    def __init__(self, place: Place, suppliers: dict[str, Supplier], today: date) -> None:
        self.place, self.today = place, today
        self.partner = place.partner
        self.firms = firms_of(self.partner)
        self.suppliers = [suppliers[firm.name] for firm in self.firms]
        self.units = [place.units[code] for code in leaves(self.partner)]
        self.system = system_actor(place.organisation_id)
        self.officer = place.actor(Role.FINANCE_OFFICER, today)
        self.manager = place.actor(Role.FINANCE_MANAGER, today)
        self.codings: dict[tuple[str, int | None], int] = {}
        self.account: BankAccount | None = None

    def open(self, *, first: date) -> None:
        """Chart, periods, codings and the account that payments are made from."""
        months = [day.date() for day in pd.date_range(first.replace(day=1), self.today, freq="MS")]
        vat = {code.account for code in purchase_codes().values()} - {"", COST}
        pairs: set[tuple[str, int | None]] = {
            (firm.account, unit.pk) for firm in self.firms for unit in self.units
        }
        pairs |= {(account, None) for account in (PAYABLES, BANK, GRANT, *vat)}
        with scope(acting=self.place.organisation_id):
            ledger.install_chart(by=self.system)
            ledger.ensure_periods(days=months, by=self.system)
            self.codings = ledger.coding_ids(pairs=sorted(pairs, key=str), by=self.system)
            self.account = create_bank_account(
                name="General account",
                sort_code="200415",
                account_number=f"{41_000_000 + self.place.organisation_id:08d}",
                account_name=self.partner.short_name.upper(),
                service_user=f"{412_000 + self.place.organisation_id:06d}",
                by=self.place.actor(Role.ADMINISTRATOR, self.today),
            )
            set_bank_profile(
                bank_account=self.account,
                name="Upload on the bank's site",
                from_on=self.today,
                layout=LAYOUT,
                limit_pence=250_000_00,
                by=self.place.actor(Role.ADMINISTRATOR, self.today),
            )

    def fortnight(self, invoices: pd.DataFrame, *, until: date) -> None:
        """Approves and posts what falls into it, and pays what is due by then."""
        at = datetime.combine(until, time(7), UTC)
        with scope(acting=self.place.organisation_id):
            if len(invoices):
                self._write(invoices, state="posted", at=at)
        holidays = banking_holidays(until + timedelta(days=14))
        pay_on = max(
            next_banking_day(until + timedelta(days=4), holidays),
            add_banking_days(until, 2, holidays),  # later around Christmas and Easter
        )
        if pay_on > self.today:
            return
        with scope(acting=self.place.organisation_id):
            assert self.account is not None
            if not self._something_due(pay_on + LEAD):
                return
            run = propose_run(
                due_to=pay_on + LEAD,
                pay_on=pay_on,
                bank_account=self.account,
                by=self.officer,
                at=at,
            )
            release_run(
                run=run,
                typed_total_pence=run.total_pence,
                version=run.version,
                by=self.manager,
                at=at + timedelta(hours=2),
            )

    def received(self, invoices: pd.DataFrame) -> None:
        """What has arrived and is not approved yet."""
        with scope(acting=self.place.organisation_id):
            self._write(invoices, state="received", at=datetime.combine(self.today, time(9), UTC))

    def fund(self, *, months: dict[date, int]) -> None:
        """The grant of each month comes into the bank: pence by day."""
        with scope(acting=self.place.organisation_id):
            ledger.post_journals(
                journals=[
                    ledger.NewJournal(
                        day,
                        "Grant of the month",
                        [
                            ledger.NewLine(self.codings[BANK, None], pence, "Grant"),
                            ledger.NewLine(self.codings[GRANT, None], -pence, "Grant"),
                        ],
                    )
                    for day, pence in sorted(months.items())
                ],
                source="demonstration",
                key="grants",
                series="GR",
                by=self.system,
            )

    def _something_due(self, due_to: date) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM finance_invoice WHERE organisation_id = %s"
                " AND state = 'posted' AND allocated_pence = 0 AND gross_pence > 0"
                " AND due_on <= %s)",
                [self.place.organisation_id, due_to],
            )
            return bool(cursor.fetchone()[0])

    def _write(self, invoices: pd.DataFrame, *, state: str, at: datetime) -> None:
        facts = {
            "org": self.place.organisation_id,
            "payables": self.codings[PAYABLES, None],
            "person": self.officer.person_id,
            "name": self.officer.name,
        }
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            _copy(cursor, "demo_invoice", self._invoice_rows(invoices, state))
            _copy(cursor, "demo_line", self._line_rows(invoices))
            ledger.stage(cursor)
            if state == "posted":
                cursor.execute(JOURNALS, facts)
                cursor.execute(JOURNAL_LINES, facts)
                key = f"{self.partner.slug} {at:%Y-%m-%d}"
                ledger.post_staged(source="demonstration", key=key, series="PI", by=self.system)
                stage_rule_approvals(cursor)
                cursor.execute(APPROVALS, facts)
                approve_staged_by_rule(
                    subject_key="finance.invoice", rule=RULE, by=self.system, as_of=at
                )
            else:
                cursor.execute(
                    "CREATE TEMP TABLE posted_journal (journal_key bigint, period int,"
                    " batch_id bigint, journal_id bigint) ON COMMIT DROP"
                )
            first = next_number("invoice", by=self.officer, count=len(invoices))
            cursor.execute(INVOICES, {**facts, "first": first})
            cursor.execute(LINES, facts)
            cursor.execute(EVENTS, facts)

    def _invoice_rows(self, invoices: pd.DataFrame, state: str) -> pd.DataFrame:
        received = invoices["received_on"]
        names = [firm.what for firm in self.firms]
        return pd.DataFrame(
            {
                "inv": invoices.index,
                "supplier_id": np.array([s.pk for s in self.suppliers])[invoices["firm"]],
                "reference": invoices["reference"],
                "ref_norm": [reference_key(reference) for reference in invoices["reference"]],
                "invoice_on": invoices["invoice_on"],
                "received_on": received,
                "due_on": received + np.timedelta64(30, "D"),
                "approved_on": invoices["approved_on"],
                "net": invoices["net"],
                "vat": invoices["vat"],
                "description": np.array(names)[invoices["firm"]],
                "unit_path": np.array([u.path for u in self.units])[invoices["unit"]],
                "state": state,
                "touched": invoices["touched"],
                "held": invoices["held"],
            }
        )

    def _line_rows(self, invoices: pd.DataFrame) -> list[tuple[Any, ...]]:
        """Lines by whole pence whose parts always add up to the invoice."""
        codes = purchase_codes()
        rows: list[tuple[Any, ...]] = []
        for row in invoices.itertuples():
            firm, unit = self.firms[row.firm], self.units[row.unit]
            code = code_of(self.partner, firm)
            account = codes[code].account
            vat_coding = self.codings[account, None] if account not in ("", COST) else None
            weights = [3, 2, 1][: row.lines]
            parts = zip(split(row.net, weights), split(row.vat, weights), strict=True)
            for number, (net, vat) in enumerate(parts, start=1):
                coding = self.codings[firm.account, unit.pk]
                rows.append((row.Index, number, firm.what, coding, vat_coding, code, net, vat))
        return rows


def _copy(cursor: Any, table: str, rows: pd.DataFrame | list[tuple[Any, ...]]) -> None:
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)
    if isinstance(rows, list):
        frame[4] = frame[4].astype("Int64")
        columns = "inv, line_no, description, coding_id, vat_coding, vat_code, net, vat"
    else:
        columns = ", ".join(frame.columns)
    text = io.StringIO()
    frame.to_csv(text, index=False, header=False)
    text.seek(0)
    cursor.cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv)", text)
