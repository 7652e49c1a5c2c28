"""`__begins`: the one search in text that keeps its index under row security (leakproof)."""

from typing import Any

from django.db.models import CharField, Lookup


@CharField.register_lookup
class Begins(Lookup):
    """`name_norm__begins="HARROW"`; upper and lower case differ, so search normalised columns."""

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The operator ^@, which a plain B-tree index serves under the collation C."""
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} ^@ {right}", (*left_values, *right_values)
