"""Pages of lists that may be very long: they say when there is more than they count."""

from typing import Any

from django.core.paginator import Page, Paginator

from core.db.merged import COUNTED, Merged


class MergedPaginator(Paginator):
    """Pages through the first `COUNTED`; what lies beyond is reached by filters or the export."""

    def __init__(self, rows: Merged[Any], per_page: int) -> None:
        super().__init__(rows, per_page)  # type: ignore[arg-type]  # sliced, never indexed

    @property
    def capped(self) -> bool:
        return self.count == COUNTED


def part_of(request: Any, pages: Paginator) -> Page:
    """The page that is asked for, or for a file everything as one page."""
    if "format" in request.GET:
        pages.per_page = max(pages.count, 1)
        return pages.page(1)
    return pages.get_page(request.GET.get("page"))
