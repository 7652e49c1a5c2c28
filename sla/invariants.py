"""What must always be true of figures."""

from core.invariants import register

register(
    "The figures of a signed month are those that were signed",
    "SELECT 'the figures of', to_char(s.month, 'FMMonth YYYY'), 'are', f.figures, 'and were',"
    " s.figures, 'when they were signed, or not the same' FROM sla_signedmonth s"
    " CROSS JOIN LATERAL ctx.figures_of_month(s.organisation_id, s.month) f"
    " WHERE s.organisation_id = %(organisation)s AND (f.digest, f.figures) <> (s.digest, s.figures)"
    " ORDER BY s.month",
)
register(
    "Only figures of signed months have corrections",
    "SELECT 'the correction', c.id, 'of', c.measure, 'is of a month that nobody signed'"
    " FROM sla_correction c LEFT JOIN sla_signedmonth s ON s.organisation_id = c.organisation_id"
    " AND s.month = c.month WHERE c.organisation_id = %(organisation)s AND s.id IS NULL"
    " ORDER BY c.id LIMIT 100",
)
register(
    "A target that people changed is what two of them agreed",
    "SELECT 'the target of', t.indicator_code, 'from', t.valid_from, 'is not what was agreed'"
    " FROM sla_target t JOIN sla_targetchange c"
    " ON c.organisation_id = t.organisation_id AND c.id = t.change_id"
    " WHERE t.organisation_id = %(organisation)s AND (c.state <> 'agreed'"
    " OR (c.indicator_code, c.valid_from) <> (t.indicator_code, t.valid_from)"
    " OR (c.met_at, c.approaching, c.inadequate)"
    " IS DISTINCT FROM (t.met_at, t.approaching, t.inadequate)) ORDER BY t.id",
)
register(
    "A figure after relief has an agreed event behind it",
    "SELECT DISTINCT v.measure, 'is stored for', v.month, 'and nobody agreed to relief'"
    " FROM sla_measurevalue v WHERE v.organisation_id = %(organisation)s"
    " AND starts_with(v.measure, 'net.') AND NOT EXISTS (SELECT FROM sla_reliefevent e"
    " WHERE e.organisation_id = v.organisation_id AND e.state = 'agreed'"
    " AND split_part(v.measure, '.', 2) = ANY(e.indicator_codes))",
)
