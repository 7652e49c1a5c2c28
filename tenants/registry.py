"""What upper apps keep of units: copies of their paths, and what goes on in them."""

# Tables with a column `unit_path`: where a unit moves, they follow in the same transaction.
FOLLOWERS: list[str] = []
# By what it is called: SQL for (unit, how many) that go on after a day. %(units)s and %(days)s are
# parallel lists, %(organisation)s is the organisation.
USES: dict[str, str] = {}


def follow_units(table: str) -> None:
    """The table keeps the path of a unit in each row, in a column `unit_path`."""
    if table not in FOLLOWERS:
        FOLLOWERS.append(table)


def hold_open(what: str, sql: str) -> None:
    """A unit does not end before these have: «rights for it»."""
    USES[what] = sql
