"""Every act of a page is a call of the API too, or stands among those that are none on purpose."""

import ast
import inspect
from pathlib import Path
from typing import Any

from tests.house.source import tree_of
from tests.house.test_routes import TENANT_ROUTES
from tools.list_calls import ON_PURPOSE, acts, without_call

# Pages that take a POST and change nothing.
NO_ACT = {
    "what_if": "it works a pay out; pay-answers/ does so for programs",
    "what_if_test_row": "the same case as a file of test rows",
}


def test_every_act_of_a_page_has_a_call_or_a_reason() -> None:
    missing = without_call() - ON_PURPOSE.keys()
    assert missing == set(), "give it a call, or a reason in tools/list_calls.py"


def test_reasons_stand_for_acts_without_a_call() -> None:
    assert ON_PURPOSE.keys() - without_call() == set()
    assert [act for act, reason in ON_PURPOSE.items() if len(reason) < 20] == []


def test_every_page_that_takes_a_post_does_an_act() -> None:
    """So what the list above is made from leaves no page out."""
    known = {name for _app, name in acts()}
    idle = {
        str(entry.name)
        for route, entry in TENANT_ROUTES
        if not route.startswith("api/")
        and _takes_post(entry.callback)
        and not known & _names(_reached(entry.callback))
    }
    assert idle == set(NO_ACT)


def _reached(callback: Any) -> list[ast.stmt]:
    """The function of a page, and those of its module that it calls."""
    view = inspect.unwrap(callback)
    tree = tree_of(Path(inspect.getfile(view)))
    there = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
    found: dict[str, ast.stmt] = {}
    waiting = [view.__name__]
    while waiting:
        name = waiting.pop()
        if name in there and name not in found:
            found[name] = there[name]
            waiting += sorted(_names([there[name]]))
    return list(found.values())


def _names(nodes: list[ast.stmt]) -> set[str]:
    every = [each for node in nodes for each in ast.walk(node)]
    plain = {each.id for each in every if isinstance(each, ast.Name)}
    return plain | {each.attr for each in every if isinstance(each, ast.Attribute)}


def _takes_post(callback: Any) -> bool:
    return any("POST" in ast.unparse(node) for node in _reached(callback))
