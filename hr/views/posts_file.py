"""Posts from a file: added, coded and budgeted together, after a look at each."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from core.web.days import day_asked
from core.web.exports import listed
from core.web.loads import AS_IT_IS, Load, two_steps
from core.web.pages import page
from hr.permissions import KEEP_TERMS, SEE_STAFF
from hr.rules import HRR06, HRR70, HRR71, HRR72, HRR73, HRR74, HRR75
from hr.selectors.codes import OF_POSTS
from hr.selectors.people import establishment
from hr.services.establishment import PlannedPost, PostFacts, keep_posts, plan_posts
from tenants.reading import Cells

WORDS = (
    "A row is a post. A code that is not there is added; of one that is there, title, codes and"
    " budget become what the row says, and another budget begins on its day. Posts that are not in"
    " the file stay. Staff group, job role, area of work and occupation code are codes of your own"
    " lists, such as those of the NHS National Workforce Data Set."
)
EXPORTED = (
    *("Code", "Title", "Unit", "Scale", "Grade", "Budget", "From"),
    *("Staff group", "Job role", "Area of work", "Occupation code"),
)
COLUMN_OF: dict[Any, str] = {
    **{HRR06: "Grade", HRR70: "Codes", HRR71: "Unit", HRR72: "Scale"},
    **{HRR73: "Unit, scale or grade", HRR74: "Budget or from", HRR75: "Code"},
}


def _facts(row: dict[str, str]) -> tuple[PostFacts, list[str]]:
    cells = Cells(row)
    budget = cells.number("budget")
    if budget is not None and not 0 <= budget * 100 == int(budget * 100) < 10**7:
        cells.wrong.append("Budget: write full-time equivalents like 12 or 3.50.")
    facts = PostFacts(
        code=cells.text("code", most=24, needed=True),
        title=cells.text("title", most=120, needed=True),
        unit=cells.text("unit", most=24, needed=True),
        scale=cells.text("scale", most=20, needed=True),
        grade=cells.text("grade", most=20, needed=True),
        budget=None if budget is None else int(budget * 100),
        from_on=cells.day("from"),
        codes=tuple(cells.text(name, most=24) for name in OF_POSTS),
    )
    return facts, cells.wrong


def _says(plan: PlannedPost) -> tuple[str, str, str]:
    one = plan.facts
    what = f"{one.code} {one.title}"
    if plan.there is None:
        return what, "Added", f"{one.unit}, {one.grade}"
    return (what, "Changed", plan.said()) if plan.changes else (what, AS_IT_IS, "")


ESTABLISHED = Load(
    title="Load posts",
    words=WORDS,
    back="establishment",
    here="posts_load",
    export="posts_export",
    required=("code", "title", "unit", "scale", "grade"),
    optional=("budget", "from", *OF_POSTS),
    columns=COLUMN_OF,
    read=_facts,
    plan=plan_posts,
    says=_says,
    keep=keep_posts,
)


@page(KEEP_TERMS)
def load(request: Any) -> HttpResponse:
    """A file of posts: shown first, then done."""
    return two_steps(request, ESTABLISHED)


@page(SEE_STAFF)
@require_GET
def export(request: Any) -> HttpResponse:
    """The establishment of a day, in the columns in which a file of posts is loaded."""
    rows = [
        [
            *(one.code, one.title, one.unit_code, one.scale_code, one.grade),
            *(Decimal(one.budgeted).scaleb(-2), one.budgeted_from, *one.codes),
        ]
        for one in establishment(request.actor, day_asked(request))
    ]
    return listed(request, "posts", "Posts of the establishment", EXPORTED, rows)
