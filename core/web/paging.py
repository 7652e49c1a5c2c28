"""Pages of lists that may be very long: they say when there is more than they count."""

from typing import Any

from django.core.paginator import Paginator

from core.db.merged import COUNTED, Merged


class MergedPaginator(Paginator):
    """Pages through the first `COUNTED`; what lies beyond is reached by filters or the export."""

    def __init__(self, rows: Merged[Any], per_page: int) -> None:
        super().__init__(rows, per_page)  # type: ignore[arg-type]  # sliced, never indexed

    @property
    def capped(self) -> bool:
        return self.count == COUNTED
