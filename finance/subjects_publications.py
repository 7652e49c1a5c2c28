"""What approvals and timelines may point at: publications of spending and rules of redaction."""

from django.urls import reverse

from core.money import formatted
from core.registry import Subject, register
from core.web.navigation import Entry
from core.web.navigation import register as add_entry
from events.verbs import counted
from finance.models import RedactionRule, SpendPublication
from finance.permissions import SEE_REPORTS
from finance.services.publications import publish, refuse_publication
from tenants.roles import Role


def _facts(row: SpendPublication) -> list[tuple[str, str]]:
    return [
        ("Above", formatted(row.threshold_pence)),
        (
            "Published by name",
            f"{counted(row.published_rows, 'row')}, {formatted(row.published_pence)}",
        ),
        (
            "Payee not named",
            f"{counted(row.redacted_rows, 'row')}, {formatted(row.redacted_pence)}",
        ),
        ("Below the threshold", f"{counted(row.below_rows, 'row')}, {formatted(row.below_pence)}"),
        ("Together, as paid", formatted(row.paid_pence)),
        *([("What changed", row.reason)] if row.reason else []),
        ("SHA-256", row.sha256),
        ("Proposed by", row.made_by_name),
    ]


register(
    Subject(
        key="finance.publication",
        model=SpendPublication,
        label="Publication of spending",
        link=lambda slug, row: reverse(
            "spend_month", kwargs={"organisation": slug, "period": row.period}
        ),
        summary=str,
        card=_facts,
        reading=lambda rows: rows.defer("content"),
        agreed_between=(Role.FINANCE_MANAGER, Role.CENTRE_MANAGER),
        on_approved=publish,
        on_returned=refuse_publication,
        on_rejected=refuse_publication,
    )
)
register(
    Subject(
        key="finance.redaction",
        model=RedactionRule,
        label="Rule of redaction",
        link=lambda slug, row: reverse("redactions", kwargs={"organisation": slug}),
        summary=str,
    )
)
add_entry(Entry("Publish spending", "spend_months", SEE_REPORTS, 66, group="Reports"))
