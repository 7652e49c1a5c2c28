"""What must always be true of decisions, whatever the services and the database already refuse."""

from core.invariants import register

register(
    "Nobody decides on what they submitted, for themselves or for another",
    "SELECT 'request', r.id, 'made by', r.made_by_name FROM approvals_request r"
    "  JOIN approvals_step s ON s.organisation_id = r.organisation_id AND s.request_id = r.id"
    " WHERE r.organisation_id = %(organisation)s"
    "   AND (r.made_by_id IN (s.decided_by_id, s.decided_for_id)"
    "        OR r.made_by_id IS DISTINCT FROM s.maker_id) ORDER BY r.id LIMIT 100",
)
register(
    "Each person decides once on a request, whether for themselves or for another",
    "SELECT 'request', s.request_id, 'decided twice by', s.decided_by_name"
    "  FROM approvals_step s JOIN approvals_step x"
    "    ON x.organisation_id = s.organisation_id AND x.request_id = s.request_id AND x.id <> s.id"
    "   AND s.decided_by_id IN (x.decided_by_id, x.decided_for_id)"
    " WHERE s.organisation_id = %(organisation)s ORDER BY s.request_id LIMIT 100",
)
register(
    "The state of a request follows from its steps",
    """
    SELECT 'request', r.id, 'is', r.state FROM approvals_request r JOIN (
           SELECT request_id, bool_and(state = 'approved') AS all_approved,
                  bool_or(state = 'returned') AS returned, bool_or(state = 'rejected') AS rejected,
                  bool_or(state = 'open') AS opened,
                  min(number) FILTER (WHERE state = 'open') AS low,
                  max(number) FILTER (WHERE state = 'open') AS high,
                  coalesce(max(number) FILTER (WHERE state = 'approved'), 0) AS done,
                  coalesce(min(number) FILTER (WHERE state = 'ahead'), 32767) AS next
             FROM approvals_step WHERE organisation_id = %(organisation)s GROUP BY request_id
           ) s ON s.request_id = r.id
     WHERE r.organisation_id = %(organisation)s AND NOT CASE r.state
           WHEN 'approved' THEN all_approved
           WHEN 'returned' THEN returned AND NOT opened AND NOT rejected
           WHEN 'rejected' THEN rejected AND NOT opened AND NOT returned
           WHEN 'withdrawn' THEN NOT opened AND next = 32767 AND NOT all_approved
           ELSE opened AND low = high AND done <= low AND next > high
                AND NOT returned AND NOT rejected END
     ORDER BY r.id LIMIT 100
    """,
)
register(
    "Requests have steps exactly when people decide on them",
    "SELECT 'request', r.id, 'is', r.state FROM approvals_request r"
    "  LEFT JOIN (SELECT DISTINCT request_id FROM approvals_step"
    "              WHERE organisation_id = %(organisation)s) s ON s.request_id = r.id"
    " WHERE r.organisation_id = %(organisation)s"
    "   AND (s.request_id IS NULL) IS DISTINCT FROM r.decided_by_rule ORDER BY r.id LIMIT 100",
)
register(
    "A decision for another rests on a delegation of that day",
    "SELECT 'step', s.id, 'by', s.decided_by_name, 'for', s.decided_for_name"
    "  FROM approvals_step s LEFT JOIN approvals_delegation d"
    "    ON d.organisation_id = s.organisation_id AND d.from_person_id = s.decided_for_id"
    "   AND d.to_person_id = s.decided_by_id AND d.made_at <= s.decided_at"
    "   AND (d.valid @> (s.decided_at AT TIME ZONE 'Europe/London')::date"
    "        OR d.ended_at >= s.decided_at)"
    " WHERE s.organisation_id = %(organisation)s AND s.decided_by_id <> s.decided_for_id"
    "   AND d.id IS NULL ORDER BY s.id LIMIT 100",
)
register(
    "Delegations form no chain",
    "SELECT 'delegation', a.id, 'to', a.to_person_name, 'who delegates to', b.to_person_name"
    "  FROM approvals_delegation a JOIN approvals_delegation b"
    "    ON b.organisation_id = a.organisation_id AND b.from_person_id = a.to_person_id"
    "   AND b.valid && a.valid"
    " WHERE a.organisation_id = %(organisation)s ORDER BY a.id LIMIT 100",
)
register(
    "What was approved of one supplier and category was counted",
    """
    SELECT 'request', r.id, 'counted', r.counted_pence, 'of', sum(e.amount_pence)
      FROM approvals_request r JOIN approvals_request e
        ON e.organisation_id = r.organisation_id AND e.spend_key = r.spend_key
       AND e.id <= r.id AND e.made_at > r.made_at - interval '365 days' AND e.state = 'approved'
     WHERE r.organisation_id = %(organisation)s AND r.spend_key <> '' AND r.state = 'approved'
     GROUP BY r.id, r.counted_pence HAVING r.counted_pence < sum(e.amount_pence)
     ORDER BY r.id LIMIT 100
    """,
)
register(
    "The bands of an agreed route cover every amount once",
    """
    SELECT 'route', id, 'for', subject_key FROM (
           SELECT t.id, t.subject_key, min(b.from_pence) AS low, count(*) AS bands,
                  count(b.to_pence) AS closed,
                  count(*) FILTER (WHERE b.to_pence = b.following) AS joined
             FROM approvals_route t LEFT JOIN (
                  SELECT route_id, from_pence, to_pence, lead(from_pence) OVER
                         (PARTITION BY route_id ORDER BY from_pence) AS following
                    FROM (SELECT DISTINCT route_id, from_pence, to_pence FROM approvals_routestep
                           WHERE organisation_id = %(organisation)s) bands
                  ) b ON b.route_id = t.id
            WHERE t.organisation_id = %(organisation)s AND t.state IN ('agreed', 'replaced')
            GROUP BY t.id, t.subject_key) covered
     WHERE low IS DISTINCT FROM 0 OR closed <> bands - 1 OR joined <> bands - 1
     ORDER BY id LIMIT 100
    """,
)
