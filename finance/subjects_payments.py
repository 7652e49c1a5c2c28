"""What timelines, journals and menus may point at: payment runs and payments."""

from django.urls import reverse

from core.money import formatted
from core.registry import Subject, register
from core.web.navigation import Entry
from core.web.navigation import register as add_entry
from events.verbs import counted
from finance.models import BankProfile, Payment, PaymentRun, PaymentsNotice
from finance.permissions import KEEP_BANK_ACCOUNTS, SEE_PAYMENTS, SEE_REPORTS

register(
    Subject(
        key="finance.payment_run",
        model=PaymentRun,
        label="Payment run",
        link=lambda slug, row: reverse(
            "payment_run", kwargs={"organisation": slug, "number": row.number}
        ),
        summary=lambda row: (
            f"{row}: {counted(row.payments, 'payment')} of {formatted(row.total_pence)}"
        ),
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
register(
    Subject(
        key="finance.bank_profile",
        model=BankProfile,
        label="Bank file profile",
        link=lambda slug, row: reverse("bank_profiles", kwargs={"organisation": slug}),
        summary=lambda row: f"{row}, from {row.from_on:%d/%m/%Y}",
    )
)
add_entry(Entry("Bank file profiles", "bank_profiles", KEEP_BANK_ACCOUNTS, 53, group="Payments"))
add_entry(Entry("Payments notices", "payments_notices", SEE_REPORTS, 63, group="Reports"))
add_entry(Entry("Payment runs", "payment_runs", SEE_PAYMENTS, 50, group="Payments"))
add_entry(Entry("Payments", "payments", SEE_PAYMENTS, 51, group="Payments"))
