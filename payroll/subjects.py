"""What other apps may point at: pay groups and pay runs."""

from django.urls import reverse

from core.registry import Subject, register
from core.web.navigation import Entry
from core.web.navigation import register as add_entry
from payroll.models import PayGroup, PayRun
from payroll.permissions import SEE_OWN_PAY, SEE_PAY_RUNS

GROUP = register(
    Subject(
        key="payroll.group",
        model=PayGroup,
        label="Pay group",
        link=lambda slug, row: reverse("pay_board", kwargs={"organisation": slug}),
        summary=lambda row: row.name,
    )
)
RUN = register(
    Subject(
        key="payroll.run",
        model=PayRun,
        label="Pay run",
        link=lambda slug, row: reverse("pay_run", args=[slug, row.number]),
        summary=str,
        reading=lambda rows: rows.select_related("period__pay_group"),
    )
)

add_entry(Entry("My pay", "my_payslips", SEE_OWN_PAY, 89))
add_entry(Entry("Pay runs", "pay_board", SEE_PAY_RUNS, 60))
