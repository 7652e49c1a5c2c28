"""What timelines and menus may point at: statements, matches, reports, returns, reconciliations."""

from django.urls import reverse

from core.money import formatted
from core.registry import Subject, register
from core.web.navigation import Entry
from core.web.navigation import register as add_entry
from finance.models import (
    BankMatch,
    BankReconciliation,
    BankReport,
    BankStatement,
    PaymentReturn,
)
from finance.permissions import SEE_BANK


def _page(name: str, slug: str, **what: int) -> str:
    return reverse(name, kwargs={"organisation": slug, **what})


register(
    Subject(
        key="finance.bank_statement",
        model=BankStatement,
        label="Bank statement",
        link=lambda slug, row: _page("bank_statement", slug, number=row.number),
        summary=lambda row: f"{row}: closes with {formatted(row.closing_pence)}",
    )
)
register(
    Subject(
        key="finance.bank_match",
        model=BankMatch,
        label="Match with the bank",
        link=lambda slug, row: _page("bank_match", slug, number=row.number),
        summary=lambda row: f"{row} of {formatted(row.amount_pence)}: {row.why}",
    )
)
register(
    Subject(
        key="finance.bank_report",
        model=BankReport,
        label="Bank report",
        link=lambda slug, row: _page("bank_report", slug, number=row.number),
        summary=lambda row: f"{row}, {row.get_format_display()}",
    )
)
register(
    Subject(
        key="finance.payment_return",
        model=PaymentReturn,
        label="Returned payment",
        link=lambda slug, row: _page("payment", slug, number=row.payment.number),
        summary=lambda row: f"{row.payment}: {row.reason}",
        name=lambda row: str(row.payment),
        reading=lambda rows: rows.select_related("payment"),
    )
)
register(
    Subject(
        key="finance.reconciliation",
        model=BankReconciliation,
        label="Bank reconciliation",
        link=lambda slug, row: _page(
            "reconciliation", slug, account=row.bank_account_id, period=row.period
        ),
        summary=lambda row: f"{row}: {row.get_state_display().lower()}",
        reading=lambda rows: rows.select_related("bank_account"),
    )
)
add_entry(Entry("Bank", "bank", SEE_BANK, 52, group="Payments"))
