"""The API as a page that can be read, and its schema as a file: both made from the code."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from core.web.pages import open_page

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Field:
    """A part of a question or an answer."""

    name: str
    kind: str
    needed: bool
    words: str


@dataclass(frozen=True)
class Call:
    """One operation: what it is asked, and what it answers."""

    name: str
    method: str
    path: str
    words: str
    questions: list[Field]
    sent: list[Field]
    answers: list[tuple[str, str, list[Field]]]


@cache
def schema() -> dict[str, Any]:
    """The schema, made once for each process."""
    return dict(SchemaGenerator().get_schema(request=None, public=True))


@cache
def schema_file() -> bytes:
    """The same as YAML, which takes more than a second to write."""
    return bytes(OpenApiYamlRenderer().render(schema(), renderer_context={}))


@open_page("the API is described to everybody; it tells nothing of anybody")
def api_schema(request: HttpRequest) -> HttpResponse:
    return HttpResponse(schema_file(), content_type="application/yaml; charset=utf-8")


@open_page("the API is described to everybody; it tells nothing of anybody")
def api_reference(request: HttpRequest) -> HttpResponse:
    groups: dict[str, list[Call]] = {}
    for path, methods in schema()["paths"].items():
        for method in METHODS:
            if method in methods:
                call = _call(path, method, methods[method])
                groups.setdefault(call.name.rpartition("_")[0] or call.name, []).append(call)
    context = {"groups": [(_title(name), name, calls) for name, calls in sorted(groups.items())]}
    return render(request, "portal/api_reference.html", context)


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _call(path: str, method: str, told: dict[str, Any]) -> Call:
    questions = [
        Field(
            one["name"],
            _kind(one["schema"]),
            one.get("required", False),
            one.get("description", ""),
        )
        for one in told.get("parameters", ())
        if one["name"] != "organisation"
    ]
    sent = _fields_of(told.get("requestBody", {}))
    answers = [
        (status, answer.get("description", ""), _fields_of(answer))
        for status, answer in sorted(told["responses"].items())
        if status.startswith("2")
    ]
    words = told.get("description", "")
    return Call(told["operationId"], method.upper(), path, words, questions, sent, answers)


def _fields_of(body: dict[str, Any]) -> list[Field]:
    contents = list(body.get("content", {}).values())
    form = _resolved(contents[0]["schema"]) if contents else {}
    form = _resolved(form["items"]) if form.get("type") == "array" else form
    needed = form.get("required", ())
    return [
        Field(name, _kind(one), name in needed, _resolved(one).get("description", ""))
        for name, one in form.get("properties", {}).items()
    ]


def _resolved(form: dict[str, Any]) -> dict[str, Any]:
    if "allOf" in form:
        return _resolved(form["allOf"][0])
    if "$ref" not in form:
        return form
    found: dict[str, Any] = schema()["components"]["schemas"][form["$ref"].rpartition("/")[2]]
    return found


def _kind(form: dict[str, Any]) -> str:
    found = _resolved(form)
    if "enum" in found:
        return "one of " + ", ".join(str(one) for one in found["enum"] if one is not None)
    if found.get("type") == "array":
        items = found["items"]
        name = items["$ref"].rpartition("/")[2] if "$ref" in items else _kind(items)
        return f"list of {name}"
    if found.get("format") in ("date", "date-time", "uuid", "email"):
        return {"date": "day", "date-time": "moment", "uuid": "UUID"}.get(found["format"], "email")
    return str(found.get("type", "any"))
