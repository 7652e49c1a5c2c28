"""What other apps may point at: employments, requests about staff, files of staff."""

from django.db.models import QuerySet
from django.urls import reverse

from core.registry import Subject, register
from core.templatetags.web import day
from core.web.navigation import Entry
from core.web.navigation import register as add_entry
from hr.keys import hours
from hr.models import (
    AbsenceTerms,
    Employment,
    PayAward,
    Position,
    StaffFile,
    StaffRequest,
    StandardCode,
)
from hr.permissions import LOAD_STAFF, SEE_ABSENCES, SEE_OWN, SEE_STAFF, SEE_TERMS
from hr.selectors.allowances import newest_name
from hr.selectors.awards import card_of
from hr.selectors.bearing import organisation_name
from hr.services import awards, requests
from hr.services.placing import DAY

DAY_OF = {StaffRequest.Kind.LEAVER: "Last day", StaffRequest.Kind.NO_MORE: "First day without it"}


def _page(name: str, slug: str, **what: int) -> str:
    return reverse(name, kwargs={"organisation": slug, **what})


def _request_link(slug: str, row: StaffRequest) -> str:
    if row.employment is None:
        return _page("staff", slug)
    return _page("staff_person", slug, number=row.employment.number)


def _facts(row: StaffRequest) -> list[tuple[str, str]]:
    post, point = row.position, row.pay_point
    facts = [
        ("Who", row.name),
        (DAY_OF.get(StaffRequest.Kind(row.kind), "From"), day(row.effective_on)),
        ("Post", f"{post.title}, {post.unit.name}" if post else ""),
        ("Point", f"{point.grade}, {point.point}" if point else ""),
        ("Hours a week", hours(row.weekly_minutes) if row.weekly_minutes else ""),
        ("Cost borne by", row.cost_centres),
        *_allowance(row),
        *(_secondment(row) if row.host_id and row.to_on else []),
        ("Why", row.reason),
    ]
    return [(label, value) for label, value in facts if value]


def _allowance(row: StaffRequest) -> list[tuple[str, str]]:
    if not row.allowance:
        return []
    last_on = day(row.to_on - DAY) if row.to_on else ""
    name = getattr(row, "allowance_name", None) or row.allowance
    return [("Allowance", name), ("Last day", last_on)]


def _secondment(row: StaffRequest) -> list[tuple[str, str]]:
    assert row.host_id and row.to_on
    last_on = day(row.to_on - DAY)
    return [("Seconded to", organisation_name(row.host_id)), ("Last day there", last_on)]


def _read(rows: QuerySet[StaffRequest]) -> QuerySet[StaffRequest]:
    rows = rows.annotate(allowance_name=newest_name("allowance"))
    return rows.select_related("position__unit", "pay_point", "employment__person", "assignment")


EMPLOYMENT = register(
    Subject(
        key="hr.employment",
        model=Employment,
        label="Employment",
        link=lambda slug, row: _page("staff_person", slug, number=row.number),
        summary=lambda row: row.name,
        name=lambda row: f"{row.number}, {row.name}",
    )
)
REQUEST = register(
    Subject(
        key="hr.request",
        model=StaffRequest,
        label="Request about staff",
        link=_request_link,
        summary=lambda row: f"{row.get_kind_display()}: {row.name}",
        name=lambda row: f"{row.get_kind_display()}: {row.name}",
        card=_facts,
        reading=_read,
        on_approved=requests.carry_out,
        on_returned=requests.send_back,
        on_rejected=requests.turn_down,
    )
)
AWARD = register(
    Subject(
        key="hr.award",
        model=PayAward,
        label="Pay award",
        link=lambda slug, row: _page("pay_award", slug, number=row.number),
        summary=lambda row: f"{row}: {row.scale.name}",
        card=card_of,
        reading=lambda rows: rows.select_related("scale"),
        on_approved=awards.carry_out,
        on_returned=awards.send_back,
        on_rejected=awards.turn_down,
    )
)
FILE = register(
    Subject(
        key="hr.file",
        model=StaffFile,
        label="File of staff",
        link=lambda slug, row: _page("staff_file", slug, number=row.number),
        summary=lambda row: row.name,
        name=lambda row: row.name,
    )
)
POSITION = register(
    Subject(
        key="hr.position",
        model=Position,
        label="Post",
        link=lambda slug, row: _page("establishment", slug),
        summary=str,
    )
)
CODE = register(
    Subject(
        key="hr.code",
        model=StandardCode,
        label="Code of a list",
        link=lambda slug, row: f"{_page('standard_codes', slug)}?list={row.of}&ever=1&q={row.code}",
        summary=lambda row: f"{row}: {row.name}",
    )
)
TERMS = register(
    Subject(
        key="hr.absence_terms",
        model=AbsenceTerms,
        label="Pay while away",
        link=lambda slug, row: _page("pay_while_away", slug),
        summary=lambda row: f"Pay while away from {day(row.from_on)}",
        name=lambda row: f"from {day(row.from_on)}",
    )
)

add_entry(Entry("My record", "my_record", SEE_OWN, 90, group="About me"))
add_entry(Entry("My absences", "my_absences", SEE_OWN, 91, group="About me"))
add_entry(Entry("Absences", "absences", SEE_ABSENCES, 44, group="Staff"))
add_entry(Entry("People", "staff", SEE_STAFF, 40, group="Staff"))
add_entry(Entry("Establishment", "establishment", SEE_STAFF, 41, group="Staff"))
add_entry(Entry("Secondments", "seconded_out", SEE_STAFF, 45, group="Staff"))
add_entry(Entry("Pay scales", "terms", SEE_TERMS, 42, group="Staff"))
add_entry(Entry("Staff files", "staff_files", LOAD_STAFF, 43, group="Staff"))
