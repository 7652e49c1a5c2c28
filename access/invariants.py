"""What must always be true of the ways in."""

from core.invariants import register

register(
    "A finished review of rights has looked at every right",
    "SELECT 'review', v.id, 'left right', r.right_id FROM access_accessreview v"
    " JOIN access_reviewedright r ON r.organisation_id = v.organisation_id AND r.review_id = v.id"
    " JOIN tenants_grant g ON g.organisation_id = r.organisation_id AND g.id = r.right_id"
    " WHERE v.organisation_id = %(organisation)s AND r.decision = ''"
    " AND g.valid && daterange((v.finished_at AT TIME ZONE 'Europe/London')::date + 1, NULL)"
    " AND v.finished_at IS NOT NULL ORDER BY v.id, r.right_id LIMIT 100",
)
# That two others accept it is a constraint of the table itself.
register(
    "An accepted conflict of duties rests on rights of that person",
    "SELECT 'acceptance', a.id, 'names right', r.id FROM access_conflictacceptance a"
    " CROSS JOIN LATERAL unnest(a.rights) AS r (id)"
    " WHERE a.organisation_id = %(organisation)s AND NOT EXISTS ("
    "  SELECT FROM tenants_grant g WHERE g.organisation_id = a.organisation_id AND g.id = r.id"
    "   AND g.person_id = a.person_id) ORDER BY a.id, r.id LIMIT 100",
)
