"""Files that came in: subjects of events, and their places in the navigation."""

from core.registry import Subject, register
from core.web.navigation import Entry
from core.web.navigation import register as add_entry
from finance.models import ColumnMapping, SourceFile
from finance.permissions import SEE_FILES, SEE_LAYOUTS
from finance.selectors.layouts import LAYOUT

register(
    Subject(
        key="finance.file",
        model=SourceFile,
        label="File",
        link=lambda slug, row: f"/{slug}/files/{row.number}/",
        summary=lambda row: f"{row.name} ({row.get_purpose_display().lower()})",
        reading=lambda rows: rows.defer("content_sealed"),
    )
)
register(
    Subject(
        key=LAYOUT,
        model=ColumnMapping,
        label="Layout of files",
        link=lambda slug, row: f"/{slug}/files/layouts/{row.pk}/",
        summary=lambda row: row.name,
    )
)
add_entry(Entry("Files", "files", SEE_FILES, 40, group="Payables"))
add_entry(Entry("Invoice responses", "invoice_responses", SEE_FILES, 41, group="Payables"))
add_entry(Entry("Layouts of files", "layouts", SEE_LAYOUTS, 41, group="Payables"))
add_entry(Entry("Transparency", "transparency", SEE_FILES, 65, group="Reports"))
