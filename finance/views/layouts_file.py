"""Layouts from a file, and the list of them in the columns of such a file."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from core.templatetags.web import day
from core.unreadable import column_letter, column_place
from core.web.exports import listed
from core.web.loads import AS_IT_IS, Load, two_steps
from core.web.pages import page
from finance.forms_layouts import LETTERS, role_said
from finance.permissions import KEEP_LAYOUTS, SEE_LAYOUTS
from finance.rules_files import FIL09, FIL10, FIL11, FIL12, FIL13, FIL14
from finance.selectors.layouts import KINDS, WORDS, columns_of, kind_of, layouts, version_on
from finance.services.layouts_file import (
    ColumnFacts,
    PlannedColumn,
    keep_layouts,
    plan_layouts,
)
from tenants.reading import Cells

WORDS_OF_PAGE = (
    "A row is a column of a layout and what it holds. All rows of one number are its layout: files"
    " with its headings are read so from its day on. A row without a column and without what it"
    " holds ends the layout on its day. Layouts that are not in the file stay as they are. One that"
    " is not there yet has no number: all rows of one name are its columns, each with its heading,"
    " those without what they hold too, and say of which kind its files are."
)
KINDS_SAID = {word.casefold(): kind for kind, said in KINDS.items() for word in (kind, said)}
MOST = 2**31 - 1
EXPORTED = ("Layout", "Name", "Kind", "From", "Column", "Holds", "Heading", "In words")
COLUMN_OF: dict[Any, str] = {
    FIL09: "From",
    FIL10: "Column or holds",
    FIL11: "Layout",
    FIL12: "From, kind, column or holds",
    FIL13: "Layout",
    FIL14: "Heading",
}
# Keys and words of all kinds together; whether the kind of the layout has them, the plan says.
ROLES = {role: words for kind in WORDS.values() for role, words in kind.items()}


def _facts(row: dict[str, str]) -> tuple[ColumnFacts, list[str]]:
    cells = Cells(row)
    number, name = cells.count("layout", 0, most=MOST), cells.text("name", most=120)
    if not number and not name and not cells.wrong:
        cells.wrong.append("Layout: enter its number, or the name of a new one.")
    kind = cells.one_of("kind", KINDS_SAID, KINDS.values()) or ""
    heading = cells.text("heading", most=200)
    begins, letter = cells.day("from"), cells.text("column", most=2)
    said = cells.text("holds", most=80)
    role = role_said(said, ROLES)
    if number and bool(letter) != bool(said):
        cells.wrong.append("Column and holds: enter both, or neither to end the layout.")
    elif not number and not letter:
        cells.wrong.append("Column: enter the letter of each column of a new layout.")
    elif letter and not LETTERS.fullmatch(letter):
        cells.wrong.append(f"Column: «{letter}» is not a letter like B.")
    elif said and not role:
        cells.wrong.append(f"Holds: «{said}» is not known. Write it as in the file of now.")
    place = column_place(letter) if LETTERS.fullmatch(letter) else 0
    facts = ColumnFacts(number, begins, place, role, name=name, kind=kind, heading=heading)
    return facts, cells.wrong


def _says(plan: PlannedColumn) -> tuple[str, str, str]:
    one = plan.facts
    begins = f" from {day(one.from_on)}" if one.from_on else ""
    what = f"{plan.name}{begins}"
    if not plan.acts:
        return what, AS_IT_IS, ""
    if plan.ends and not plan.adds:
        return what, "Ended", "such files are asked about again"
    held = ROLES.get(one.role, one.role) or "not read"
    said = f"{column_letter(one.place)}: {held}"
    return (what, "Added", f"{said}, {one.heading}") if plan.adds else (what, "Read so", said)


LAYOUTS = Load(
    title="Load layouts of files",
    words=WORDS_OF_PAGE,
    back="layouts",
    here="layouts_load",
    export="layouts_export",
    required=("layout", "column", "holds"),
    optional=("name", "kind", "from", "heading", "in_words"),
    columns=COLUMN_OF,
    read=_facts,
    plan=plan_layouts,
    says=_says,
    keep=keep_layouts,
    done="files are read so from the days of their rows",
)


@page(KEEP_LAYOUTS)
def load(request: Any) -> HttpResponse:
    """A file of layouts: shown first, then done."""
    return two_steps(request, LAYOUTS)


@page(SEE_LAYOUTS)
@require_GET
def export(request: Any) -> HttpResponse:
    """The layouts in force and to come, in the columns in which a file of them is loaded."""
    today = request.today
    known = [(one, version_on(one, today)) for one in layouts(request.organisation.id)]
    rows = [
        [
            *(layout.pk, layout.name, KINDS[kind_of(now.mapping)], max(now.from_on, today)),
            *(c.letter, c.role, c.heading, c.holds),
        ]
        for layout, now in known
        if now.until_on is None or now.until_on > today
        for c in columns_of(now.mapping)
    ]
    return listed(request, "layouts", "Layouts of files in force", EXPORTED, rows)
