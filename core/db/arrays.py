"""Long arrays for the database."""

from collections.abc import Iterable


def number_array(values: Iterable[int]) -> str:
    """Whole numbers as one constant, for `%s::bigint[]`.

    A list would be sent as an expression of as many constants, each of which the server parses,
    checks and evaluates: twenty times the work.
    """
    return f"{{{','.join(map(str, values))}}}"
