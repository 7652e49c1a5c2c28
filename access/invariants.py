"""What must always be true of the ways in."""

from core.invariants import register

# That two others accept it is a constraint of the table itself.
register(
    "An accepted conflict of duties rests on rights of that person",
    "SELECT 'acceptance', a.id, 'names right', r.id FROM access_conflictacceptance a"
    " CROSS JOIN LATERAL unnest(a.rights) AS r (id)"
    " WHERE a.organisation_id = %(organisation)s AND NOT EXISTS ("
    "  SELECT FROM tenants_grant g WHERE g.organisation_id = a.organisation_id AND g.id = r.id"
    "   AND g.person_id = a.person_id) ORDER BY a.id, r.id LIMIT 100",
)
