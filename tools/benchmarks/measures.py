"""All base measures of an organisation anew: invoices a second, against one plain pass over them.

Its few hundred values are no measure of the work, which is to read. The limit is one aggregate by
month over the same invoices and one over their lines, and COPY of the values.
"""

from collections.abc import Iterator

from tools.bench import Bench, Result

SUPPLIERS = """
INSERT INTO finance_supplier (organisation_id, code, name, name_norm, vat_number, company_number,
  public_body, redacted, terms_days, status, email, town, postcode, version,
  made_at)
SELECT %(o)s, n, 'Supplier ' || n, 'SUPPLIER' || n, '', '', false, false, 30, 'active', '', '', '',
       1, '2026-01-01' FROM generate_series(1, 2000) n
"""
INVOICES = """
INSERT INTO finance_invoice (organisation_id, number, supplier_id, supplier_ref, ref_norm, origin,
  invoice_on, received_on, due_on, approved_on, posted_on, paid_on, net_pence, vat_pence,
  gross_pence, allocated_pence, state, hold_cause, hold_text, duplicate_grade, description,
  unit_path, touched, thread, version, made_by_name, made_at)
SELECT %(o)s, n, s.id, 'R' || n, 'R' || n, 'keyed', d, d, d + 30, d + 3, d + 4, d + 5 + n %% 70,
       100 + n %% 99999, 0, 100 + n %% 99999, 100 + n %% 99999, 'paid', '', '', '', '', '',
       n %% 3 = 0, gen_random_uuid(), 1, 'Bench', '2026-01-01'
FROM (SELECT n, date '2023-01-01' + (n %% 1000)::int AS d, (SELECT min(id) FROM finance_supplier
  WHERE organisation_id = %(o)s) + n %% 2000 AS id FROM generate_series(1, %(rows)s) n) s
"""
LINES = """
INSERT INTO finance_invoiceline (organisation_id, invoice_id, line_no, description, coding_reason,
  vat_code, net_pence, vat_pence)
SELECT %(o)s, id, 1, '', '', 'OS', net_pence, 0 FROM finance_invoice WHERE organisation_id = %(o)s
"""
PASSES = (
    "SELECT date_trunc('month', paid_on), count(*), sum(gross_pence) FROM finance_invoice"
    " WHERE organisation_id = {here} GROUP BY 1",
    "SELECT vat_code, count(*), sum(net_pence) FROM finance_invoiceline"
    " WHERE organisation_id = {here} GROUP BY 1",
)


def run(bench: Bench) -> Iterator[Result]:
    """A tenth of the rows as invoices, then all of them: memory and pace stay."""
    for number, invoices in enumerate((bench.rows // 10, bench.rows)):
        yield _compute(bench, f"bench-{number}", invoices)


def _compute(bench: Bench, slug: str, invoices: int) -> Result:
    from django.db import connection

    from core.scope import scope
    from sla.services import compute_measures
    from tenants.services import create_organisation

    here = create_organisation(slug=slug, name=slug, kind="council").pk
    with scope(acting=here), connection.cursor() as cursor:
        for sql in (SUPPLIERS, INVOICES, LINES):
            cursor.execute(sql, {"o": here, "rows": invoices})
    # No ANALYZE: measures are computed right after a load, when there are no statistics yet.
    bench.checkpoint()
    seconds = bench.timed(lambda: compute_measures([here]))
    limit = bench.pass_seconds([query.format(here=here) for query in PASSES])
    limit += bench.limit_seconds([("sla_measurevalue", f"organisation_id = {here}")])
    return bench.result("measures, by invoices read", invoices, seconds, limit)
