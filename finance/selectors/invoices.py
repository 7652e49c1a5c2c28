"""Lists of invoices: filters, one page, counts and totals, all in bounded time.

Every count stops at `CAP` and every page lies within the first `CAP` rows of its list, so a list of
a million invoices costs what one of ten thousand does. Each organisation is asked for by itself
(LATERAL), as an index that begins with the organisation gives its order for one at a time only.
"""

# Only names from tables of this module enter the text; values are parameters.
# ruff: noqa: S608

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from core.actors import Actor, may
from core.errors import NotFound
from finance.models import Coding, Invoice, InvoiceLine
from finance.permissions import SEE_INVOICES
from finance.selectors.search import Search, among

CAP = 10_000
PER_PAGE = 50
DUE_SOON_DAYS = 7
SHORT_TIME = timedelta(days=62)
State = Invoice.State
OPEN_STATES = Invoice.OPEN_STATES
DATES = {
    "due": "due_on",
    "received": "received_on",
    "invoiced": "invoice_on",
    "paid": "paid_on",
    "posted": "posted_on",
    "approved": "approved_on",
}
SORTS = {"number": "id", "due": "due_on", "amount": "gross_pence", "invoiced": "invoice_on"}


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to. Amounts are pence, both ends included, dates too."""

    organisations: tuple[int, ...]
    states: tuple[str, ...] = ()
    cause: str = ""
    # What the words of the search and the code of the supplier were found to stand for.
    search: Search | None = None
    suppliers: tuple[int, ...] | None = None
    dates: str = "due"
    since: date | None = None
    until: date | None = None
    least_pence: int | None = None
    most_pence: int | None = None
    duplicates: bool = False
    due_by: date | None = None
    posted: bool = False
    before_id: int | None = None
    # Organisations of which the reader sees some subtrees of units only, with their paths.
    within: tuple[tuple[int, tuple[str, ...]], ...] = ()

    @property
    def in_a_short_time(self) -> bool:
        """Are the dates asked for so near each other that all invoices between can be sorted?"""
        if not (self.since and self.until):
            return False
        return self.until - self.since <= SHORT_TIME

    def conditions(self) -> tuple[str, list[Any]]:
        """SQL over invoice `i` of organisation `o.organisation_id`, without the states."""
        parts: list[str] = []
        values: list[Any] = []

        def add(sql: str, *given: Any) -> None:
            parts.append(sql)
            values.extend(given)

        column = f"i.{DATES[self.dates]}"
        for place, paths in self.within:
            add("(o.organisation_id <> %s OR i.unit_path ^@ ANY(%s))", place, list(paths))
        if self.cause:
            add("i.hold_cause = %s", self.cause)
        if self.suppliers is not None:
            add(*among("i.supplier_id", self.suppliers))
        if self.since:
            add(f"{column} >= %s", self.since)
        if self.until:
            add(f"{column} <= %s", self.until)
        if self.least_pence is not None:
            add("i.gross_pence >= %s", self.least_pence)
        if self.most_pence is not None:
            add("i.gross_pence <= %s", self.most_pence)
        if self.due_by:
            add("i.due_on <= %s", self.due_by)
        if self.posted:
            add("i.journal_id IS NOT NULL")
        if self.duplicates:
            add("i.duplicate_grade <> ''")
        if self.before_id is not None:
            add("i.id < %s", self.before_id)
        if self.search is not None:
            add(*self.search.condition())
        return "".join(f" AND {part}" for part in parts), values


@dataclass(frozen=True)
class Row:
    """A line of the list."""

    id: int
    organisation_id: int
    number: int
    supplier_ref: str
    supplier_name: str
    supplier_code: str
    state: str
    hold_cause: str
    invoice_on: date
    received_on: date | None
    due_on: date
    paid_on: date | None
    gross_pence: int
    allocated_pence: int
    duplicate_grade: str
    description: str
    version: int

    @property
    def state_label(self) -> str:
        return str(State(self.state).label)

    @property
    def open_pence(self) -> int:
        return self.gross_pence - self.allocated_pence


_ROWS = """
SELECT i.id, i.organisation_id, i.number, i.supplier_ref, s.name, s.code, i.state, i.hold_cause,
       i.invoice_on, i.received_on, i.due_on, i.paid_on, i.gross_pence, i.allocated_pence,
       i.duplicate_grade, i.description, i.version
  FROM ({window}) w
  JOIN finance_invoice i ON i.organisation_id = w.organisation_id AND i.id = w.id
  JOIN finance_supplier s ON s.organisation_id = i.organisation_id AND s.id = i.supplier_id
 ORDER BY w.key {direction}, w.id {direction}
"""


def _lateral(
    filters: Filters, key: str, direction: str, limit: int, also: Sequence[str] = ()
) -> tuple[str, list[Any]]:
    """The first `limit` (organisation_id, id, key) of each organisation in the order of `key`.

    `also`: further columns; those of the index of open invoices cost next to nothing. By due date
    each state is asked for by itself as well, for the same reason.
    """
    # One supplier's invoices are few enough to be sorted, but not once for every state.
    by_state = key == "due_on" and bool(direction) and filters.suppliers is None
    by_due = filters.dates == "due" and bool(filters.since or filters.until)
    # Found by their own index and sorted, few rows are there at once. The planner would rather walk
    # in the order of the list: it takes a month for evenly spread, but it lies in one place.
    together = filters.in_a_short_time or (filters.search is not None and filters.search.together)
    sort = together or (key == "due_on" and not by_state)
    sought = f"i.{key} + 0" if sort else f"i.{key}"
    order = f"ORDER BY {sought} {direction}, i.id {direction}" if direction else ""
    where, given = filters.conditions()
    more = "".join(f", i.{column}" for column in also)
    parts: list[str] = []
    values: list[Any] = []
    for states in _indexed_together(filters.states, apart=by_state or by_due):
        source, state = "unnest(%s::int[]) AS o(organisation_id)", ""
        values.append(list(filters.organisations))
        if by_state:
            source, state = source + ", unnest(%s::text[]) AS t(state)", " AND i.state = t.state"
            values.append(states)
        if states:
            state += " AND i.state = ANY(%s)"
            values.append(states)
        values += given
        parts.append(
            f"SELECT f.* FROM {source} CROSS JOIN LATERAL (SELECT i.organisation_id, i.id,"
            f" i.{key} AS key{more} FROM finance_invoice i"
            f" WHERE i.organisation_id = o.organisation_id{state}{where} {order} LIMIT {limit}) f"
        )
    return f"SELECT p.* FROM ({' UNION ALL '.join(parts)}) p", values


def _indexed_together(states: Sequence[str], *, apart: bool) -> list[list[str]]:
    """The states, `apart` in those of the index of open invoices and those of the closed ones."""
    wanted = list(map(str, states))
    if not apart:
        return [wanted]
    halves = [[str(state) for state in half] for half in (OPEN_STATES, Invoice.CLOSED_STATES)]
    kept = [[state for state in half if not wanted or state in wanted] for half in halves]
    return [half for half in kept if half]


def _order(sort: str) -> tuple[str, str]:
    """The column and the direction of a key of SORTS, "-" before it for descending."""
    return SORTS[sort.lstrip("-")], "DESC" if sort.startswith("-") else "ASC"


def page_of(filters: Filters, *, sort: str, offset: int, limit: int = PER_PAGE) -> list[Row]:
    """Rows `offset` onwards of the list in the order of `sort`.

    By amount or invoice date the newest `CAP` of the list are sorted.
    """
    key, direction = _order(sort)
    if key in ("id", "due_on"):
        window, values = _lateral(filters, key, direction, offset + limit)
        window += f" ORDER BY p.key {direction}, p.id {direction} LIMIT %s OFFSET %s"
    else:
        newest, values = _lateral(filters, "id", "DESC", CAP, also=[key])
        window = (
            f"SELECT n.organisation_id, n.id, n.{key} AS key FROM ({newest}) n"
            f" ORDER BY key {direction}, n.id {direction} LIMIT %s OFFSET %s"
        )
    with connection.cursor() as cursor:
        cursor.execute(_ROWS.format(window=window, direction=direction), [*values, limit, offset])
        return [Row(*row) for row in cursor.fetchall()]


def rows_of(organisations: Sequence[int], ids: Sequence[int]) -> list[Row]:
    """The invoices of these ids, in their order."""
    window = (
        "SELECT n.organisation_id, n.id, array_position(%s::bigint[], n.id) AS key"
        " FROM finance_invoice n WHERE n.organisation_id = ANY(%s) AND n.id = ANY(%s::bigint[])"
    )
    given = list(ids)
    with connection.cursor() as cursor:
        cursor.execute(
            _ROWS.format(window=window, direction="ASC"), [given, list(organisations), given]
        )
        return [Row(*row) for row in cursor.fetchall()]


def ids_of(filters: Filters, limit: int = CAP) -> list[int]:
    """The newest invoices of the list, for acts on all of it."""
    window, values = _lateral(filters, "id", "DESC", limit)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM ({window}) w ORDER BY id DESC LIMIT {limit}", values)
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True)
class Totals:
    """Count and sums in pence of a list, and its ids in order; of some `CAP` if it is longer."""

    count: int
    gross_pence: int
    open_pence: int
    ids: Sequence[int]

    @property
    def capped(self) -> bool:
        return self.count > CAP


def totals_of(filters: Filters, sort: str) -> Totals:
    """Count and sums over at most one more than `CAP` rows; the ids spare a second such look."""
    key, direction = _order(sort)
    columns = ("gross_pence", "allocated_pence")
    window, values = _lateral(filters, key, "", CAP + 1, also=columns)
    sql = (
        "SELECT count(*), coalesce(sum(gross_pence), 0)::bigint,"
        " coalesce(sum(gross_pence - allocated_pence), 0)::bigint,"
        f" coalesce(array_agg(id ORDER BY key {direction}, id {direction}), '{{}}')"
        f" FROM ({window} LIMIT {CAP + 1}) w"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return Totals(*cursor.fetchone())


def narrowed(state: str, organisations: Sequence[int], today: date) -> Filters:
    """The list that the word in the address stands for: open, due, owed, all or a state."""
    here = Filters(tuple(organisations))
    if state == "due":
        due_by = today + timedelta(days=DUE_SOON_DAYS)
        return replace(here, states=(State.POSTED,), due_by=due_by)
    if state == "owed":
        return replace(here, states=(State.POSTED, State.HELD), posted=True)
    if state == "all":
        return here
    return replace(here, states=(state,) if state in State.values else OPEN_STATES)


def list_counts(given: Filters, today: date) -> dict[str, int]:
    """The count of each saved list, and of held ones by `held:<cause>`, in one query.

    Of `given` only the organisations and what the reader sees of them count.
    """
    organisations, within = given.organisations, given.within
    parts: list[str] = []
    values: list[Any] = []
    for name in ("open", State.SUBMITTED, "due", State.DISPUTED):
        filters = replace(narrowed(name, organisations, today), within=within)
        window, needed = _lateral(filters, "due_on", "", CAP + 1)
        parts.append(f"SELECT '{name}', count(*) FROM ({window} LIMIT {CAP + 1}) w")
        values += needed
    seen_sql, seen_values = Filters((), within=within).conditions()
    parts.append(
        "SELECT 'held:' || hold_cause, count(*) FROM (SELECT i.hold_cause"
        " FROM unnest(%s::int[]) o(organisation_id)"
        " JOIN finance_invoice i ON i.organisation_id = o.organisation_id"
        f" WHERE i.state = 'held'{seen_sql} LIMIT {CAP + 1}) h GROUP BY hold_cause"
    )
    values += [list(organisations), *seen_values]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"({part})" for part in parts), values)
        counts: dict[str, int] = dict(cursor.fetchall())
    held = sum(count for name, count in counts.items() if name.startswith("held:"))
    return {**counts, "held": held}


def invoice_by_number(actor: Actor, number: int) -> Invoice:
    """The invoice of that number here, with its supplier. NotFound as in `seen`."""
    rows = Invoice.objects.filter(organisation_id=actor.organisation_id, number=number)
    return seen(actor, rows.select_related("supplier").first())


def ids_numbered(organisation_id: int, numbers: Collection[int]) -> list[int]:
    """The ids of invoices here by their numbers. NotFound if one of them is none of ours."""
    rows = Invoice.objects.filter(organisation_id=organisation_id, number__in=numbers)
    found = list(rows.values_list("pk", flat=True))
    if len(found) < len(set(numbers)):
        raise NotFound("One of these invoices is not here.")
    return found


def seen(actor: Actor, found: Invoice | None) -> Invoice:
    """The invoice. NotFound if there is none, or none that this actor sees: they look the same."""
    if found is None or not may(actor, SEE_INVOICES, unit_path=found.unit_path):
        raise NotFound("There is no such invoice.")
    return found


def invoice_of_file(organisation_id: int, source_file_id: int) -> Invoice | None:
    """What an electronic invoice became, or None while it waits."""
    rows = Invoice.objects.filter(organisation_id=organisation_id, origin=Invoice.Origin.EINVOICE)
    return rows.filter(source_file_id=source_file_id).first()


def lines_of(invoice: Invoice) -> QuerySet[InvoiceLine]:
    """The lines with `account_code` and `unit_id` of their coding; None while there is none."""
    coding = Coding.objects.filter(
        organisation_id=OuterRef("organisation_id"), pk=OuterRef("coding_id")
    )
    return (
        InvoiceLine.objects.filter(organisation_id=invoice.organisation_id, invoice_id=invoice.pk)
        .annotate(
            account_code=Subquery(coding.values("account__code")),
            unit_id=Subquery(coding.values("unit_id")),
        )
        .order_by("line_no")
    )
