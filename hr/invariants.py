"""What must always be true of the staff record."""

from core.invariants import register
from core.vault import register as sealed
from hr.models import Absence, AccountChange, PrivateDetails

register(
    "The cost of each placement is shared out whole",
    """
SELECT 'Placement', p.id, 'is shared to', coalesce(s.total, 0), 'of 10000'
  FROM hr_placement p LEFT JOIN (
    SELECT placement_id, sum(ten_thousandths) AS total FROM hr_costshare
     WHERE organisation_id = %(organisation)s GROUP BY placement_id) s ON s.placement_id = p.id
 WHERE p.organisation_id = %(organisation)s AND coalesce(s.total, 0) <> 10000
""",
)
register(
    "Nobody is placed outside their employment",
    """
SELECT 'Placement', p.id, 'lies outside employment', e.number
  FROM hr_placement p
  JOIN hr_assignment a ON a.organisation_id = p.organisation_id AND a.id = p.assignment_id
  JOIN hr_employment e ON e.organisation_id = a.organisation_id AND e.id = a.employment_id
 WHERE p.organisation_id = %(organisation)s AND p.superseded_at IS NULL
   AND NOT daterange(p.from_on, p.to_on) <@ daterange(e.from_on, e.to_on)
""",
)
register(
    "Nobody has an allowance outside their employment",
    """
SELECT 'Allowance', h.id, 'lies outside employment', e.number
  FROM hr_heldallowance h
  JOIN hr_assignment a ON a.organisation_id = h.organisation_id AND a.id = h.assignment_id
  JOIN hr_employment e ON e.organisation_id = a.organisation_id AND e.id = a.employment_id
 WHERE h.organisation_id = %(organisation)s AND h.superseded_at IS NULL
   AND NOT daterange(h.from_on, h.to_on) <@ daterange(e.from_on, e.to_on)
""",
)
register(
    "What was approved was carried out",
    """
SELECT 'Request', r.number, 'is approved and changed nothing'
  FROM hr_staffrequest r
 WHERE r.organisation_id = %(organisation)s AND r.state = 'approved'
   AND (r.employment_id IS NULL OR r.kind NOT IN ('leaver', 'no_more') AND NOT EXISTS (
     SELECT FROM hr_placement p
      WHERE p.organisation_id = r.organisation_id AND p.request_id = r.id
      UNION ALL
     SELECT FROM hr_heldallowance h
      WHERE h.organisation_id = r.organisation_id AND h.request_id = r.id))
""",
)
sealed(PrivateDetails, "account_sealed", "account_index")
sealed(PrivateDetails, "ni_sealed")
sealed(PrivateDetails, "address_sealed")
sealed(PrivateDetails, "passport_sealed")
sealed(Absence, "reason_sealed")
sealed(PrivateDetails, "reference_sealed")
sealed(AccountChange, "account_sealed", "account_index")
sealed(AccountChange, "reference_sealed")
