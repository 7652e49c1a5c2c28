"""What timelines and approvals may point at: targets, their changes, months and what is said."""

from decimal import Decimal
from typing import Any

from django.db.models import JSONField, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, JSONObject
from django.urls import reverse

from core.registry import Subject, register
from core.templatetags.web import day
from sla.models import Correction, Indicator, ReliefEvent, Remark, SignedMonth, Target, TargetChange
from sla.selectors import lines_in_words
from sla.selectors_relief import effect_in_words, with_effects
from sla.services.relief import agree_relief, refuse_relief
from sla.services.targets import agree_target, refuse_target
from tenants.roles import Role


def _target_link(slug: str, row: Target | TargetChange) -> str:
    return reverse("indicator", kwargs={"organisation": slug, "code": row.indicator_code})


def _with_what_holds(rows: QuerySet[TargetChange]) -> QuerySet[TargetChange]:
    """The name of the measure, and the target that the change would replace."""
    named = Indicator.objects.filter(code=OuterRef("indicator_code")).order_by("-version")
    before = Target.objects.filter(
        organisation_id=OuterRef("organisation_id"),
        indicator_code=OuterRef("indicator_code"),
        valid_from__lte=OuterRef("valid_from"),
    ).exclude(change_id=OuterRef("pk"))
    lines = {name: Cast(name, TextField()) for name in ("met_at", "approaching", "inadequate")}
    held = before.order_by("-valid_from").values(lines=JSONObject(**lines))
    return rows.annotate(
        measure=Subquery(named.values("name")[:1]),
        held=Subquery(held[:1], output_field=JSONField()),
    )


def _facts(row: TargetChange) -> list[tuple[str, str]]:
    """What is proposed beside what holds."""
    said: Any = row
    held = {name: line and Decimal(line) for name, line in (said.held or {}).items()}
    return [
        ("Measure", f"{row.indicator_code} {said.measure or ''}".strip()),
        ("From", f"{row.valid_from:%B %Y}"),
        ("Proposed", lines_in_words(row)),
        ("Holds until then", lines_in_words(Target(**held)) if held else "No target"),
        ("Why", row.reason),
        ("Proposed by", f"{row.made_by_name}, {day(row.made_at)}"),
    ]


register(
    Subject(
        key="sla.target",
        model=Target,
        label="Target",
        link=_target_link,
        summary=str,
    )
)
register(
    Subject(
        key="sla.target_change",
        model=TargetChange,
        label="Change of a target",
        link=lambda slug, row: (
            f"{reverse('target_history', kwargs={'organisation': slug})}"
            f"?measure={row.indicator_code}"
        ),
        summary=lambda row: f"Target of {row}",
        card=_facts,
        reading=_with_what_holds,
        agreed_between=(Role.FINANCE_MANAGER, Role.CENTRE_MANAGER),
        on_approved=agree_target,
        on_returned=refuse_target,
        on_rejected=refuse_target,
    )
)


def _relief_facts(row: ReliefEvent) -> list[tuple[str, str]]:
    """What is claimed, and what it would do to the figures."""
    only = ", ".join(f"{number}" for number in row.row_numbers)
    return [
        ("Cause", row.get_kind_display()),
        ("Days", f"{day(row.from_on)} to {day(row.to_on)}"),
        *([("Only numbers", only)] if only else []),
        ("Why", row.reason),
        ("Evidence", row.evidence),
        *(
            (f"{each.code} in {each.month:%B %Y}", effect_in_words(each))
            for each in row.effects  # type: ignore[attr-defined]
        ),
        ("Claimed by", f"{row.made_by_name}, {day(row.made_at)}"),
    ]


register(
    Subject(
        key="sla.relief",
        model=ReliefEvent,
        label="Relief",
        link=lambda slug, row: reverse(
            "relief_event", kwargs={"organisation": slug, "number": row.pk}
        ),
        summary=lambda row: f"Relief: {row}",
        card=_relief_facts,
        gather=with_effects,
        agreed_between=(Role.FINANCE_MANAGER,),
        on_approved=agree_relief,
        on_returned=refuse_relief,
        on_rejected=refuse_relief,
    )
)
register(
    Subject(
        key="sla.month",
        model=SignedMonth,
        label="Signed month",
        link=lambda slug, row: f"/{slug}/months/",
        summary=str,
    )
)
for key, model, label in (
    ("sla.remark", Remark, "Remark"),
    ("sla.correction", Correction, "Correction"),
):
    register(
        Subject(
            key=key,
            model=model,
            label=label,
            link=lambda slug, row: f"/{slug}/months/{row.month:%Y-%m}/",
            summary=lambda row: f"{row.month:%B %Y}",
            name=lambda row: f"on {row.month:%B %Y}",
        )
    )
