"""Lists over several organisations in one order, in bounded time however much each of them has.

An index that begins with the organisation gives its order for one at a time only: asked for several
at once, PostgreSQL sorts all that they ever had (1.1 seconds of 650,000 payments; so, 17 ms).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

COUNTED = 10_000
M = TypeVar("M", bound=Model)


class Merged(Generic[M]):
    """What a paginator shows: `parts` hold the rows of an organisation each, all in one order."""

    def __init__(self, parts: Sequence[QuerySet[M]]) -> None:
        self.parts = parts

    @classmethod
    def of(cls, rows: QuerySet[M], organisations: Iterable[int]) -> "Merged[M]":
        """The rows of these organisations, in their order."""
        places = sorted(organisations)
        return cls([rows.filter(organisation_id=place) for place in places] or [rows.none()])

    def __getitem__(self, wanted: slice) -> QuerySet[M]:
        """The rows from `start` up to, not including, `stop`."""
        if len(self.parts) == 1 or wanted.stop == 0:
            return self.parts[0][wanted]
        order = self.parts[0].query.order_by
        first = [part[: wanted.stop] for part in self.parts]
        return first[0].union(*first[1:], all=True).order_by(*order)[wanted]

    def __iter__(self) -> Iterator[M]:
        return iter(self[:COUNTED])

    def __len__(self) -> int:
        """How many there are, or `COUNTED` of more: the exact number costs more than it says."""
        some: list[Any] = [part.order_by()[:COUNTED].values("pk") for part in self.parts]
        found = some[0].union(*some[1:], all=True) if len(some) > 1 else some[0]
        return int(found[:COUNTED].count())
