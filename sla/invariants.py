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
