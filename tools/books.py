"""The books of an organisation with very many invoices, made set-based for measuring pages.

Three years up to today of invoices with a line each, few large and many small suppliers, a payment
run a week, and all of it in the ledger through the same posting as the product uses.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

CENTRE = "centre"
SINCE = date(2020, 1, 1)
DAYS = 1_095
SUPPLIERS_OF_A_MILLION = 20_000
UNITS = 12

SUPPLIERS = """
INSERT INTO finance_supplier (organisation_id, code, name, name_norm, vat_number, company_number,
  public_body, redacted, terms_days, status, email, town, postcode, made_at, version)
SELECT %(o)s, 'S' || n, name, upper(replace(name, ' ', '')), '', '', false, false, 30,
       CASE WHEN n %% 100 = 0 THEN 'held' ELSE 'active' END, '', '', '', %(at)s, 1
  FROM generate_series(1, %(suppliers)s) n CROSS JOIN LATERAL (SELECT
    (ARRAY['Ash','Beech','Cedar','Elm','Harrow','Maple','Oak','Rowan','Willow','Yew'])[1 + n %% 10]
    || ' ' || (ARRAY['Care','Catering','Coaches','Fostering','Highways','Homes','Paper','Power'])
         [1 + n / 10 %% 8] || ' ' || n AS name) w
"""
# The cube makes few suppliers large: the largest has a twenty-seventh of all invoices.
DRAWN = """
CREATE TEMP TABLE drawn ON COMMIT DROP AS
SELECT n, mix, age, %(today)s::date - age AS invoice_on, %(today)s::date - age + 2 AS received_on,
       %(today)s::date - age + 32 AS due_on, first + floor(%(suppliers)s * power(
         (n::bigint * 2654435761 %% 4294967296) / 4294967296.0, 3))::int AS supplier_id,
       CASE WHEN n %% 60 = 0 THEN -1 ELSE 1 END
         * (100 + (n::bigint * 104729 %% 400000) * CASE WHEN n %% 90 = 0 THEN 50 ELSE 1 END)
         AS gross
  FROM (SELECT n, n::bigint * 7919 %% 1000 AS mix,
               ((%(rows)s - n)::bigint * %(days)s / %(rows)s)::int AS age
          FROM generate_series(1, %(rows)s) n) d,
       (SELECT min(id) AS first FROM finance_supplier WHERE organisation_id = %(o)s) s
"""
# Old invoices are paid but for a few; those of the last weeks stand at every step.
STATED = """
CREATE TEMP TABLE stated ON COMMIT DROP AS
SELECT d.*, CASE WHEN age > 45 THEN CASE WHEN mix < 3 THEN 'disputed' WHEN mix < 12 THEN 'posted'
                                         WHEN mix < 14 THEN 'held' ELSE 'paid' END
                 WHEN age > 20 THEN CASE WHEN mix < 20 THEN 'held' WHEN mix < 40 THEN 'submitted'
                     WHEN mix < 50 THEN 'approved' WHEN mix < 400 THEN 'paid' ELSE 'posted' END
                 ELSE CASE WHEN mix < 300 THEN 'received' WHEN mix < 360 THEN 'held'
                     WHEN mix < 460 THEN 'submitted' WHEN mix < 480 THEN 'approved'
                     ELSE 'posted' END
            END AS state,
       least(due_on - 12 + (mix %% 20)::int, %(today)s::date) AS ready_on
  FROM drawn d
"""
# A payment settles what a supplier is owed in a week; credits never make it fall below nought.
SETTLED = """
CREATE TEMP TABLE settled ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY week, supplier_id) AS id, week, supplier_id,
       week - %(week)s::date AS days, sum(gross)::bigint AS pence, array_agg(n) AS numbers
  FROM (SELECT *, ready_on - (ready_on - %(week)s::date) %% 7 AS week FROM stated
         WHERE state = 'paid') p
 GROUP BY week, supplier_id HAVING sum(gross) > 0
"""
PAID = """
CREATE TEMP TABLE paid ON COMMIT DROP AS
SELECT unnest(numbers) AS n, id AS payment_id, week AS paid_on FROM settled
"""
INVOICES = """
INSERT INTO finance_invoice (id, organisation_id, number, supplier_id, supplier_ref, ref_norm,
  origin, invoice_on, received_on, due_on, approved_on, posted_on, paid_on, net_pence, vat_pence,
  gross_pence, allocated_pence, state, hold_cause, hold_text, duplicate_grade, description,
  unit_path, touched, thread, version, made_by_name, made_at, period, batch_id, journal_id)
SELECT s.n, %(o)s, s.n, s.supplier_id, 'REF-' || s.n, 'REF' || s.n, 'keyed', invoice_on,
       received_on, due_on, CASE WHEN j.journal_id IS NOT NULL THEN received_on + 4 END,
       CASE WHEN j.journal_id IS NOT NULL THEN received_on + 5 END, p.paid_on, gross, 0, gross,
       CASE WHEN p.n IS NULL THEN 0 ELSE gross END,
       CASE WHEN state = 'paid' AND p.n IS NULL THEN 'posted' ELSE state END,
       CASE WHEN state <> 'held' THEN '' WHEN mix %% 2 = 0 THEN 'no_order' ELSE 'price' END, '',
       CASE WHEN s.n %% 700 = 0 THEN 'A' WHEN s.n %% 300 = 0 THEN 'B' ELSE '' END,
       'Goods and services as ordered, part ' || s.n %% 97, '', false, gen_random_uuid(), 3,
       'Bench', %(at)s, j.period, j.batch_id, j.journal_id
  FROM stated s LEFT JOIN paid p USING (n) LEFT JOIN journalled j USING (n)
 ORDER BY s.n
"""
LINES = """
INSERT INTO finance_invoiceline (organisation_id, invoice_id, line_no, description, coding_id,
  coding_reason, vat_code, net_pence, vat_pence)
SELECT %(o)s, n, 1, 'Goods and services as ordered', (%(codings)s::bigint[])[1 + n %% %(count)s],
       'The supplier''s usual coding.', 'OS', gross, 0 FROM stated ORDER BY n
"""
JOURNALS = """
INSERT INTO new_journal (journal_key, posting_date, narrative, subject_key, subject_id)
SELECT n, least(received_on + 5, %(today)s::date), 'Goods and services REF-' || n,
       'finance.invoice', n
  FROM stated WHERE state IN ('posted', 'paid', 'disputed')
"""
COSTS = """
INSERT INTO new_line (journal_key, coding_id, amount_pence, description)
SELECT journal_key, (%(codings)s::bigint[])[1 + journal_key %% %(count)s], gross, 'As ordered'
  FROM new_journal JOIN stated ON n = journal_key
UNION ALL
SELECT journal_key, %(payables)s, -gross, '' FROM new_journal JOIN stated ON n = journal_key
"""
JOURNALLED = """
CREATE TEMP TABLE journalled ON COMMIT DROP AS
SELECT journal_key AS n, period, batch_id, journal_id FROM posted_journal
"""
PAYMENT_JOURNALS = """
INSERT INTO new_journal (journal_key, posting_date, narrative, subject_key, subject_id)
SELECT id, week, 'Payment PMT-' || id, 'finance.payment', id FROM settled
"""
PAYMENT_LINES = """
INSERT INTO new_line (journal_key, coding_id, amount_pence, description)
SELECT id, %(payables)s, pence, '' FROM settled
UNION ALL SELECT id, %(bank)s, -pence, '' FROM settled
"""
RUNS = """
INSERT INTO finance_paymentrun (id, organisation_id, number, method, due_to, pay_on, state,
  payments, total_pence, made_by_name, made_at, released_by_name, released_at, version)
SELECT 1 + days / 7, %(o)s, 1 + days / 7, 'bacs', week, week, 'released', count(*), sum(pence),
       'Bench', week, 'Boss', week, 2 FROM settled GROUP BY days, week
"""
PAYMENTS = """
INSERT INTO finance_payment (id, organisation_id, payment_run_id, number, supplier_id, amount_pence,
  state, account_ending, account_name, warnings, paid_on, batch_id, journal_id)
SELECT s.id, %(o)s, 1 + days / 7, s.id, supplier_id, pence, 'released', '9911',
       'Supplier', '[]', week, p.batch_id, p.journal_id
  FROM settled s JOIN posted_journal p ON p.journal_key = s.id ORDER BY s.id
"""
ALLOCATIONS = """
INSERT INTO finance_allocation (organisation_id, payment_id, invoice_id, amount_pence, live)
SELECT %(o)s, payment_id, n, gross, true FROM paid JOIN stated USING (n) ORDER BY n
"""
FILES = """
INSERT INTO finance_sourcefile (organisation_id, number, name, sha256, content_sealed, encoding,
  mapping, headers, purpose, state, rows_total, rows_loaded, rows_held, rows_other, total_pence,
  loaded_pence, held_pence, made_by_name, made_at)
SELECT %(o)s, n, 'invoices-' || n || '.csv', n, '', 'utf-8', '{}', '{}', 'invoices', 'loaded',
       0, 0, 0, 0, 0, 0, 0, 'Bench', %(at)s
  FROM generate_series(1, greatest(%(rows)s / 1000, 2)) n
"""
# What every invoice leaves behind: who did what, told to whom, and the decision on it.
EVENTS = """
INSERT INTO events_event (organisation_id, verb, subject_key, subject_id, thread, person_id,
  person_name, at, data)
SELECT %(o)s, 'finance.invoice.received', 'finance.invoice', n, gen_random_uuid(), %(person)s,
       'Officer', received_on + time '12:00', '{}'
  FROM stated ORDER BY n
"""
DELIVERIES = """
INSERT INTO events_delivery (organisation_id, event_id, handler, subject_key, subject_id, state,
  attempts, run_at, error)
SELECT %(o)s, n, 'bench', 'finance.invoice', n,
       CASE WHEN n %% 20000 = 0 THEN 'stuck' ELSE 'done' END, 1, received_on + time '12:00', ''
  FROM stated ORDER BY n
"""
REQUESTS = """
INSERT INTO approvals_request (organisation_id, subject_key, subject_id, thread, summary,
  amount_pence, counted_pence, spend_key, unit_path, state, made_by_id, made_by_name, made_at,
  decided_by_id, decided_by_name, decided_for_name, decided_at, decided_by_rule, comment)
SELECT %(o)s, 'finance.invoice', n, gen_random_uuid(), 'INV-' || n, gross, abs(gross), '', '',
       'approved', %(person)s, 'Officer', received_on + time '12:00', %(boss)s + mix %% 20, 'Boss',
       '', received_on + 1 + time '12:00', false, ''
  FROM stated WHERE state IN ('approved', 'posted', 'paid') ORDER BY n
"""
STEPS = """
INSERT INTO approvals_step (organisation_id, request_id, number, role, escalates_to, commits, state,
  maker_id, opened_at, escalated_because, decided_by_id, decided_by_name, decided_for_id,
  decided_for_name, decided_at, took_minutes, comment)
SELECT organisation_id, id, 1, 'manager', '', true, 'approved', made_by_id, made_at, '',
       decided_by_id, decided_by_name, decided_by_id, decided_by_name, decided_at, 480, ''
  FROM approvals_request WHERE organisation_id = %(o)s ORDER BY id
"""
BEFORE_POSTING = (SUPPLIERS, DRAWN, STATED, SETTLED, PAID)
AFTER_INVOICES = (JOURNALLED, INVOICES, LINES)
AFTER_PAYMENTS = (RUNS, PAYMENTS, ALLOCATIONS, FILES, EVENTS, DELIVERIES, REQUESTS, STEPS)


@dataclass(frozen=True)
class Books:
    """Who asks for pages, where, and what there is to ask for."""

    organisation_id: int
    slug: str
    officer: Any
    auditor: Any
    rows: int
    suppliers: int
    today: date


def make_books(rows: int) -> Books:
    """The books in the database in use, with the measures of their months."""
    from django.utils import timezone

    from core.scope import scope
    from sla.services import compute_measures, load_indicators
    from tenants.roles import Role
    from tenants.services import create_organisation

    slug, today = "bench", timezone.localdate()
    here = create_organisation(slug=slug, name="Bench Council", kind="council").pk
    centre = create_organisation(slug=CENTRE, name="Bench Centre", kind="centre").pk
    suppliers = max(rows * SUPPLIERS_OF_A_MILLION // 1_000_000, 10)
    with scope(acting=here):
        officer, auditor = _people()
    with scope(acting=centre):
        _rights(auditor, Role.AUDITOR)
    books = Books(here, slug, officer, auditor, rows, suppliers, today)
    with scope(acting=here):
        _fill(books)
    _settle()
    load_indicators()
    compute_measures([here])
    _settle()
    return books


def _people() -> tuple[Any, Any]:
    """A finance officer, and an auditor who sees the decisions and the trail of all."""
    from tenants.roles import Role
    from tenants.services import create_person, create_units

    create_units(rows=[(f"{n}00", f"Service {n}", None) for n in range(1, UNITS + 1)], since=SINCE)
    officer = create_person(email="officer@bench.example", name="Officer")
    auditor = create_person(email="auditor@bench.example", name="Auditor")
    _rights(officer, Role.FINANCE_OFFICER)
    _rights(auditor, Role.AUDITOR)
    return officer, auditor


def _rights(person: Any, role: Any) -> None:
    from tenants.services import affiliate, give_role

    affiliate(person=person, job_title=role.label, since=SINCE)
    give_role(person=person, role=role, since=SINCE)


def _fill(books: Books) -> None:
    from django.db import connection

    from core.actors import system_actor
    from finance.services.ledger import ensure_periods, install_chart, post_staged, stage

    by = system_actor(books.organisation_id)
    install_chart(by=by)
    ensure_periods(days=[books.today - timedelta(days=n) for n in range(0, DAYS + 30, 20)], by=by)
    start = books.today - timedelta(days=DAYS + 30)
    values: dict[str, Any] = {
        **{"o": books.organisation_id, "rows": books.rows, "suppliers": books.suppliers},
        # Payment runs leave on Fridays.
        **{"today": books.today, "week": start - timedelta(days=(start.weekday() - 4) % 7)},
        **{"days": DAYS, "at": f"{books.today}T00:00Z", **_codings(by)},
        **{"person": books.officer.pk, "boss": books.auditor.pk},
    }
    with connection.cursor() as cursor:

        def do(*statements: str) -> None:
            for sql in statements:
                cursor.execute(sql, values)

        do(*BEFORE_POSTING)
        cursor.execute("ANALYZE stated; ANALYZE settled; ANALYZE paid")
        stage(cursor)
        do(JOURNALS, COSTS)
        post_staged(source="bench", key="invoices", series="AP", by=by)
        do(*AFTER_INVOICES)
        stage(cursor)
        do(PAYMENT_JOURNALS, PAYMENT_LINES)
        post_staged(source="bench", key="payments", series="PAY", by=by)
        do(*AFTER_PAYMENTS)


def _codings(by: Any) -> dict[str, Any]:
    from finance.models import Account
    from finance.services.ledger import coding_ids
    from tenants.models import Unit

    costs = Account.objects.filter(kind="expense", control=False).order_by("code")
    pairs = [
        (account, unit)
        for account in costs.values_list("code", flat=True)
        for unit in Unit.objects.values_list("id", flat=True)
    ]
    found = coding_ids(pairs=[*pairs, ("21000", None), ("16000", None)], by=by)
    codings = [found[pair] for pair in pairs]
    controls = {"payables": found["21000", None], "bank": found["16000", None]}
    return {"codings": codings, "count": len(codings), **controls}


def _settle() -> None:
    """What autovacuum does within minutes of a load: statistics, and pages known to be visible."""
    from contextlib import closing

    from core.management.commands.init_db import connect
    from tools.bench import DATABASE

    with closing(connect(DATABASE)) as connection, connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")
