"""What must always be true of runs: finished means that every total was reached."""

from core.invariants import register

register(
    "A finished run has done all of its parts and rows",
    "SELECT 'run', r.number, 'has', r.rows_done, 'of', r.rows_total, 'rows done;', c.rows,"
    " 'in its parts, of which', c.left_over, 'are not done'"
    " FROM runs_run r CROSS JOIN LATERAL (SELECT coalesce(sum(rows), 0) AS rows,"
    "  count(*) FILTER (WHERE state <> 'done') AS left_over FROM runs_chunk"
    "  WHERE organisation_id = %(organisation)s AND run_id = r.id) c"
    " WHERE r.organisation_id = %(organisation)s AND r.state = 'finished'"
    # A kind that cannot count its rows beforehand plans none.
    " AND (r.rows_total NOT IN (0, r.rows_done) OR r.rows_done <> c.rows OR c.left_over > 0)"
    " ORDER BY r.number LIMIT 100",
)
register(
    "A finished run reached its control totals",
    "SELECT 'run', r.number, 'has', t.key, coalesce(r.results->>t.key, 'none'), 'instead of',"
    " t.value FROM runs_run r CROSS JOIN LATERAL jsonb_each_text(r.control) t"
    " WHERE r.organisation_id = %(organisation)s AND r.state = 'finished'"
    " AND r.results->>t.key IS DISTINCT FROM t.value ORDER BY r.number, t.key LIMIT 100",
)
register(
    "The results of a finished run are those of its parts",
    "SELECT 'run', r.number, 'has', t.key, t.value, 'and its parts', coalesce(c.total, 0)"
    " FROM runs_run r CROSS JOIN LATERAL jsonb_each_text(r.results) t"
    " LEFT JOIN LATERAL (SELECT sum((results->>t.key)::bigint) AS total FROM runs_chunk"
    "  WHERE organisation_id = %(organisation)s AND run_id = r.id) c ON true"
    " WHERE r.organisation_id = %(organisation)s AND r.state = 'finished' AND t.key <> 'rows'"
    " AND t.value::bigint <> coalesce(c.total, 0) ORDER BY r.number, t.key LIMIT 100",
)
