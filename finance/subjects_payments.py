"""What timelines, journals and menus may point at: payment runs and payments."""

from django.urls import reverse

from core.money import formatted
from core.registry import Subject, register
from core.web.navigation import Entry
from core.web.navigation import register as add_entry
from finance.models import Payment, PaymentRun, PaymentsNotice
from finance.permissions import SEE_PAYMENTS, SEE_REPORTS

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
register(
    Subject(
        key="finance.payments_notice",
        model=PaymentsNotice,
        label="Payments compliance notice",
        link=lambda slug, row: reverse(
            "payments_notice", kwargs={"organisation": slug, "period": row.period}
        ),
        summary=lambda row: f"{row}, version {row.version}",
    )
)
add_entry(Entry("Payments notices", "payments_notices", SEE_REPORTS, 63, group="Reports"))
add_entry(Entry("Payment runs", "payment_runs", SEE_PAYMENTS, 50, group="Payments"))
add_entry(Entry("Payments", "payments", SEE_PAYMENTS, 51, group="Payments"))
