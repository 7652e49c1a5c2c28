"""Which role is told which field by the calls of the API, from what they really answered."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from drf_spectacular.generators import SchemaGenerator

EXPECTED = Path(__file__).with_name("fields.txt")
Answers = dict[str, list[tuple[str, Any]]]


@cache
def schema() -> dict[str, Any]:
    return dict(SchemaGenerator().get_schema(request=None, public=True))


def _whole(form: dict[str, Any]) -> dict[str, Any]:
    """A form of the schema with what it refers to."""
    if "$ref" in form:
        return dict(schema()["components"]["schemas"][form["$ref"].rsplit("/", 1)[1]])
    parts = form.get("allOf") or [one for one in form.get("oneOf", []) if "$ref" in one]
    return _whole(parts[0]) if parts else form


def declared(form: dict[str, Any], at: str = "") -> Iterator[str]:
    """Every field that a form of the schema has, by its path."""
    form = _whole(form)
    if form.get("type") == "array":
        yield from declared(form["items"], f"{at}[]")
    elif "properties" in form:
        for name, inner in form["properties"].items():
            yield from declared(inner, f"{at}.{name}" if at else name)
    else:
        yield at


def told(answer: Any, form: dict[str, Any], at: str = "") -> Iterator[str]:
    """Every field that an answer holds; what the schema does not name stands out by a mark."""
    form = _whole(form)
    if isinstance(answer, list) and form.get("type") == "array":
        for one in answer:
            yield from told(one, form["items"], f"{at}[]")
    elif isinstance(answer, dict) and "properties" in form:
        for name, inner in answer.items():
            path = f"{at}.{name}" if at else name
            if name in form["properties"]:
                yield from told(inner, form["properties"][name], path)
            else:
                yield f"{path} (not in the schema)"
    else:
        yield at


def matrix(answers: Answers) -> list[str]:
    """A line for each field of each call that reads: the roles that it was told to."""
    lines = []
    for path, operations in schema()["paths"].items():
        if "get" not in operations:
            continue
        content = operations["get"]["responses"]["200"]["content"]
        form = content["application/json"]["schema"]
        seen: dict[str, set[str]] = {field: set() for field in declared(form)}
        for role, answer in answers.get(path, []):
            for field in told(answer, form):
                seen.setdefault(field, set()).add(role)
        lines += [
            f"{path} {field}: {', '.join(sorted(roles)) or 'nobody'}"
            for field, roles in sorted(seen.items())
        ]
    return lines
