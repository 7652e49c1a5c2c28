"""What approvals itself puts up for a decision: changes of its own routes."""

from django.urls import reverse

from approvals.authority import role_in_words
from approvals.models import Route
from approvals.services.routes import agree_route, kind_label, refuse_route
from core.registry import Subject, register
from core.templatetags.web import day, pounds
from tenants.roles import Role


def steps_in_words(route: Route) -> list[tuple[str, str]]:
    """A line for each band of amounts: «Up to £500.00», «manager, then finance manager»."""
    bands: dict[tuple[int, int | None], dict[int, list[str]]] = {}
    for step in sorted(route.steps.all(), key=lambda s: (s.from_pence, s.number, s.pk)):
        above = f" (late: {role_in_words(step.escalates_to)})" if step.escalates_to else ""
        numbers = bands.setdefault((step.from_pence, step.to_pence), {})
        numbers.setdefault(step.number, []).append(role_in_words(step.role) + above)
    return [
        (_amounts(*band), ", then ".join(" and ".join(roles) for roles in numbers.values()))
        for band, numbers in bands.items()
    ]


def _amounts(low: int, top: int | None) -> str:
    if top is None:
        return f"{pounds(low)} and more" if low else "Every amount"
    return f"{pounds(low)} to under {pounds(top)}" if low else f"Under {pounds(top)}"


def _facts(route: Route) -> list[tuple[str, str]]:
    return [
        ("For", kind_label(route.subject_key)),
        ("From", day(route.from_on)),
        ("Why", route.reason),
        *steps_in_words(route),
    ]


register(
    Subject(
        key="approvals.route",
        model=Route,
        label="Approval route",
        link=lambda slug, row: reverse(
            "approval_route", kwargs={"organisation": slug, "key": row.subject_key}
        ),
        summary=lambda row: f"Route for: {kind_label(row.subject_key)}",
        name=lambda row: f"for {kind_label(row.subject_key)}",
        card=_facts,
        reading=lambda rows: rows.prefetch_related("steps"),
        agreed_between=(Role.FINANCE_MANAGER, Role.ADMINISTRATOR),
        on_approved=agree_route,
        on_returned=refuse_route,
        on_rejected=refuse_route,
    )
)
