"""What committed runs owe to others: by creditor and month, and against the control accounts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from core.errors import NotFound
from finance.keys import name_key
from finance.models import Payment
from finance.selectors.payments import payments_of_liabilities
from payroll.calculator.periods import Frequency, period_of, year_label
from payroll.models import CreditorKind, DueWhat, PayDue, PayPayee
from payroll.models.groups import SCHEMES
from payroll.owing import due_on, usual_day

# What one payment at most is proposed for, or has settled, stands beside it.
_OWED = """
SELECT d.kind, d.scheme, coalesce(d.order_id, 0), d.month_on, o.number,
       coalesce(o.creditor, ''), coalesce(o.reference, ''), sum(d.amount_pence)::bigint,
       coalesce(sum(d.amount_pence) FILTER (WHERE y.state = 'proposed'), 0)::bigint,
       coalesce(sum(d.amount_pence) FILTER (WHERE y.state = 'released'), 0)::bigint,
       max(y.run), count(*) OVER ()
  FROM payroll_paydue d
  LEFT JOIN payroll_payorder o ON o.organisation_id = %(here)s AND o.id = d.order_id
  LEFT JOIN LATERAL (
    SELECT y.state, r.number AS run FROM finance_payment y
      JOIN finance_paymentrun r ON r.organisation_id = %(here)s AND r.id = y.payment_run_id
     WHERE y.organisation_id = %(here)s AND y.liability_id = d.liability_id
       AND y.state IN ('proposed', 'released')) y ON true
 WHERE d.organisation_id = %(here)s {where}
 GROUP BY d.kind, d.scheme, d.order_id, d.month_on, o.number, o.creditor, o.reference
 {having} ORDER BY d.month_on DESC, d.kind, d.scheme, d.order_id LIMIT %(most)s OFFSET %(after)s
"""
_UNPAID = "HAVING count(*) FILTER (WHERE y.state IS DISTINCT FROM 'released') > 0"
_CONTROLS = """
SELECT a.code, a.name, coalesce(d.owed, 0)::bigint, coalesce(d.paid, 0)::bigint,
       coalesce(-b.pence, 0)::bigint
  FROM finance_account a
  LEFT JOIN (
    SELECT d.account, sum(d.amount_pence) AS owed,
           sum(d.amount_pence) FILTER (WHERE EXISTS (
             SELECT FROM finance_payment y WHERE y.organisation_id = %(here)s
                AND y.liability_id = d.liability_id AND y.state = 'released')) AS paid
      FROM payroll_paydue d WHERE d.organisation_id = %(here)s GROUP BY d.account
    UNION ALL
    SELECT %(net)s, r.owed + t.pence, r.paid + g.pence
      FROM (SELECT coalesce(sum((results ->> 'net')::bigint), 0) AS owed,
                   coalesce(sum((results ->> 'net')::bigint) FILTER (WHERE state = 'paid'), 0)
                     AS paid
              FROM payroll_payrun WHERE organisation_id = %(here)s
               AND state IN ('committed', 'paid')) r,
           (SELECT coalesce(sum(amount_pence), 0) AS pence FROM payroll_payreturn
             WHERE organisation_id = %(here)s) t,
           (SELECT coalesce(sum(total_pence), 0) AS pence FROM payroll_payagain
             WHERE organisation_id = %(here)s AND state = 'released') g) d
    ON d.account = a.code
  LEFT JOIN (
    SELECT c.account_id, sum(b.debit_pence - b.credit_pence) AS pence FROM finance_balance b
      JOIN finance_coding c ON c.organisation_id = %(here)s AND c.id = b.coding_id
     WHERE b.organisation_id = %(here)s GROUP BY c.account_id) b ON b.account_id = a.id
 WHERE a.organisation_id = %(here)s AND a.code = ANY (%(codes)s) ORDER BY a.code
"""
# The account of the due says what of a payslip belongs to it.
_SLIPS = """
SELECT 'PAYROLL-' || r.number, s.pays_on, s.number, s.name, p.what, sum(p.pence)::bigint
  FROM payroll_payslip s
  JOIN payroll_payrun r ON r.organisation_id = %(here)s AND r.id = s.pay_run_id
  CROSS JOIN LATERAL (
    SELECT CASE l.kind WHEN 'tax' THEN 'Income tax' WHEN 'nic' THEN 'National Insurance'
                WHEN 'pension' THEN 'Employee contribution' WHEN 'giving' THEN 'Gift'
                ELSE 'Loan' END AS what, -l.amount_pence AS pence
      FROM payroll_payslipline l
     WHERE l.organisation_id = %(here)s AND l.payslip_id = s.id AND l.kind = ANY (%(kinds)s)
    UNION ALL SELECT 'Employer''s National Insurance', s.employer_nic_pence
     WHERE %(kind)s = 'hmrc'
    UNION ALL SELECT 'Employer contribution', s.employer_pension_pence WHERE %(kind)s = 'pension'
    UNION ALL SELECT 'Attachment order', t.deducted_pence FROM payroll_ordertaken t
     WHERE t.organisation_id = %(here)s AND t.payslip_id = s.id AND t.order_id = %(order)s) p
 WHERE s.organisation_id = %(here)s AND s.pay_run_id IN (
    SELECT d.pay_run_id FROM payroll_paydue d WHERE d.organisation_id = %(here)s
       AND d.kind = %(kind)s AND d.scheme = %(scheme)s AND coalesce(d.order_id, 0) = %(order)s
       AND d.month_on = %(month)s)
   AND (%(kind)s <> 'pension' OR (s.inputs ->> 'scheme')::int = %(scheme)s)
 GROUP BY r.number, s.pays_on, s.number, s.name, p.what HAVING sum(p.pence) <> 0
 ORDER BY r.number, s.number, p.what
"""
_KINDS = {
    "hmrc": ["tax", "nic", "student", "postgraduate"],
    "pension": ["pension"],
    "giving": ["giving"],
    "order": [],
}
NET_PAY = "21500"
CONTROLS = [NET_PAY, "21510", "21511", "21512", "21520", "21525", "21526"]


class Key(NamedTuple):
    """Names what is owed one creditor for one month; `order` is a row, or 0."""

    kind: str
    scheme: int
    order: int
    month_on: date

    def __str__(self) -> str:
        return f"{self.kind}.{self.scheme}.{self.order}.{self.month_on}"

    @classmethod
    def read(cls, text: str) -> "Key":
        """NotFound unless it is one."""
        try:
            kind, scheme, order, day = text.split(".")
            return cls(CreditorKind(kind).value, int(scheme), int(order), date.fromisoformat(day))
        except ValueError:
            raise NotFound("Nothing like this is owed.") from None


@dataclass(frozen=True)
class Owed:
    """What is owed one creditor for one month; pence."""

    key: Key
    order_number: int | None
    creditor: str
    reference: str
    owed: int
    proposed: int
    paid: int
    run: int | None
    count: int

    @property
    def left(self) -> int:
        """What no payment is proposed for yet."""
        return self.owed - self.proposed - self.paid

    @property
    def name(self) -> str:
        """Who it is owed to, in words."""
        kind = CreditorKind(self.key.kind)
        if kind == CreditorKind.PENSION:
            return dict(SCHEMES)[self.key.scheme]
        return f"{self.creditor}, ORDER-{self.order_number}" if self.creditor else kind.label

    @property
    def payee_key(self) -> tuple[str, int, str]:
        """Under which its payee is recorded."""
        return self.key.kind, self.key.scheme, name_key(self.creditor)

    @property
    def state(self) -> str:
        if self.left:
            return "Owed"
        return "Proposed" if self.proposed else "Paid over"


@dataclass(frozen=True)
class Control:
    """A control account: what runs owe on it, what was paid over, and its balance; pence."""

    code: str
    name: str
    owed: int
    paid: int
    balance: int

    @property
    def difference(self) -> int:
        return self.balance - (self.owed - self.paid)


def owed_here(
    organisation_id: int, *, unpaid: bool = True, most: int = 50, after: int = 0
) -> list[Owed]:
    """The newest month first; each row knows how many there are."""
    given = {"here": organisation_id, "most": most, "after": after}
    return _owed(_OWED.format(where="", having=_UNPAID if unpaid else ""), given)


def owed_for(organisation_id: int, keys: Collection[Key]) -> list[Owed]:
    """Those of these keys that are owed or were."""
    where = (
        "AND (d.kind, d.scheme, coalesce(d.order_id, 0), d.month_on) IN (SELECT * FROM unnest("
        "%(kinds)s::text[], %(schemes)s::int[], %(orders)s::bigint[], %(months)s::date[]))"
    )
    columns = [list(column) for column in zip(*keys, strict=True)] or [[], [], [], []]
    names = ("kinds", "schemes", "orders", "months")
    given: dict[str, Any] = {"here": organisation_id, "most": None, "after": 0}
    given |= dict(zip(names, columns, strict=True))
    return _owed(_OWED.format(where=where, having=""), given)


def _owed(statement: str, given: dict[str, Any]) -> list[Owed]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [Owed(Key(*row[:4]), *row[4:]) for row in cursor.fetchall()]


def dues_of(organisation_id: int, keys: Collection[Key]) -> QuerySet[PayDue]:
    """Their rows, by run and account."""
    chosen = Q(pk__in=[])
    for key in keys:
        chosen |= Q(kind=key.kind, scheme=key.scheme, order_id=key.order or None,
                    month_on=key.month_on)  # fmt: skip
    return PayDue.objects.filter(chosen, organisation_id=organisation_id).order_by("id")


def slips_of(organisation_id: int, key: Key) -> list[tuple[Any, ...]]:
    """What it consists of: run, pay day, number, name, what, pence; of nobody last."""
    given: dict[str, Any] = {
        "here": organisation_id, "kind": key.kind, "scheme": key.scheme, "order": key.order,
        "month": key.month_on, "kinds": _KINDS[key.kind],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SLIPS, given)
        rows = cursor.fetchall()
    whole = runs_of(organisation_id, key).exclude(what=DueWhat.WITHHELD)
    return rows + [
        (str(one.pay_run), one.pay_run.pays_on, "", "", DueWhat(one.what).label,
         one.amount_pence)
        for one in whole
    ]  # fmt: skip


def runs_of(organisation_id: int, key: Key) -> QuerySet[PayDue]:
    """Its rows with their runs, and what they were paid over with."""
    rows = dues_of(organisation_id, [key]).select_related("pay_run", "liability")
    return rows.order_by("pay_run__number", "account")


def payments_of(organisation_id: int, key: Key) -> QuerySet[Payment]:
    """Every payment of it that was ever proposed, the newest first."""
    stated = dues_of(organisation_id, [key]).order_by().values("liability_id")
    return payments_of_liabilities(organisation_id, stated)


def controls_of(organisation_id: int) -> list[Control]:
    """The control accounts of net pay, which owes what came back too, and of what is withheld."""
    with connection.cursor() as cursor:
        given: dict[str, Any] = {"here": organisation_id, "codes": CONTROLS, "net": NET_PAY}
        cursor.execute(_CONTROLS, given)
        return [Control(*row) for row in cursor.fetchall()]


def payees_of(organisation_id: int) -> list[PayPayee]:
    """Who is paid for each creditor, as last recorded."""
    rows = PayPayee.objects.filter(organisation_id=organisation_id).select_related("supplier")
    return list(
        rows.order_by("kind", "scheme", "creditor", "-recorded_at", "-id").distinct(
            "kind", "scheme", "creditor"
        )
    )


def payees_by_key(organisation_id: int) -> dict[tuple[str, int, str], PayPayee]:
    """The same, as `Owed.payee_key` names them."""
    return {(one.kind, one.scheme, one.creditor): one for one in payees_of(organisation_id)}


def day_due(owed: Owed, payee: PayPayee | None) -> date:
    """By when it has to be there."""
    day = payee.due_day if payee else usual_day(owed.key.kind, owed.key.scheme, owed.key.month_on)
    return due_on(owed.key.month_on, day)


def words_of(owed: Owed) -> str:
    """What it is for, as it stands on a payment."""
    month = owed.key.month_on
    if owed.key.kind == CreditorKind.HMRC:
        number = period_of(month, Frequency.MONTHLY).number
        return f"PAYE and National Insurance of {year_label(month)}, month {number}"
    if owed.key.kind == CreditorKind.PENSION:
        return f"{dict(SCHEMES)[owed.key.scheme]}, contributions of {month:%B %Y}"
    return f"{owed.name}, taken in {month:%B %Y}"
