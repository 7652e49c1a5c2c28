"""Long files are written in pieces, so that memory does not grow with them, and counted twice."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from finance.formats.errors import Unwritable

PIECE = 5000  # payments at a time: about half a megabyte of Bacs, four of XML
MOST_PROBLEMS = 20
Row = TypeVar("Row")


def in_pieces(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in lists of `PIECE`; the last may be shorter."""
    source = iter(rows)
    while piece := list(islice(source, PIECE)):
        yield piece


class Tally:
    """What was written so far, to be held against what the head of the file already said."""

    def __init__(self, what: str, payments: int, total_pence: int) -> None:
        self._what, self._stated = what, (payments, total_pence)
        self._count, self._pence = 0, 0
        self._problems: list[str] = []

    def add(self, pence: int, problems: Sequence[str]) -> None:
        """One payment, with what is wrong with it."""
        self._count += 1
        self._pence += pence
        if problems:
            self._problems += [f"{self._what} {self._count}: {one}" for one in problems]

    def stop_if_hopeless(self) -> None:
        """`Unwritable` once there are more problems than anybody will read."""
        if len(self._problems) >= MOST_PROBLEMS:
            raise Unwritable(self._problems)

    def stop_unless_right(self) -> None:
        """`Unwritable` for any problem, or when count and total are not as stated."""
        if (self._count, self._pence) != self._stated:
            stated = "{} payments of {} pence".format(*self._stated)
            written = f"{self._count} of {self._pence}"
            self._problems.append(f"The file says {stated}; there are {written}")
        if self._problems:
            raise Unwritable(self._problems)
