"""What timelines, journals and menus may point at: payment runs and payments."""

from django.urls import reverse

from core.money import formatted
from core.registry import Subject, register
from core.web.navigation import Entry
from core.web.navigation import register as add_entry
from finance.models import Payment, PaymentRun
from finance.permissions import SEE_PAYMENTS

register(
    Subject(
        key="finance.payment_run",
        model=PaymentRun,
        label="Payment run",
        link=lambda slug, row: reverse(
            "payment_run", kwargs={"organisation": slug, "number": row.number}
        ),
        summary=lambda row: f"{row}: {row.payments:,} payments of {formatted(row.total_pence)}",
    )
)
register(
    Subject(
        key="finance.payment",
        model=Payment,
        label="Payment",
        link=lambda slug, row: reverse(
            "payment", kwargs={"organisation": slug, "number": row.number}
        ),
        summary=lambda row: f"{row} to {row.supplier.name}",
        reading=lambda rows: rows.select_related("supplier"),
    )
)
add_entry(Entry("Payment runs", "payment_runs", SEE_PAYMENTS, 50, group="Payments"))
add_entry(Entry("Payments", "payments", SEE_PAYMENTS, 51, group="Payments"))
