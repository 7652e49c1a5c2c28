from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from core.templatetags import web


def rendered(source: str, query: str = "", **context: object) -> str:
    request = RequestFactory().get(f"/cases/{query}")
    return Template("{% load web %}" + source).render(Context({"request": request, **context}))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (123456, "£1,234.56"),
        (0, "£0.00"),
        (5, "£0.05"),
        (-123456, "\N{MINUS SIGN}£1,234.56"),
        (Decimal("1234.56"), "£1,234.56"),
        (Decimal("-0.005"), "\N{MINUS SIGN}£0.01"),
        (Decimal("-0.004"), "£0.00"),
        (Decimal("9999999999999.99"), "£9,999,999,999,999.99"),
        (None, ""),
    ],
)
def test_pounds_takes_pence_or_decimal_pounds(amount, shown):
    assert web.pounds(amount) == shown


@pytest.mark.parametrize("amount", [1.5, True, "12"])
def test_pounds_refuses_what_is_not_money(amount):
    with pytest.raises(TypeError):
        web.pounds(amount)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(12345, "12,345"), (-12345, "\N{MINUS SIGN}12,345"), (0, "0"), (None, "")],
)
def test_thousands(number, shown):
    assert web.thousands(number) == shown


def test_day_has_no_leading_nought_and_is_empty_for_none():
    assert [web.day(date(2026, 12, 14)), web.day(date(2026, 3, 1)), web.day(None)] == [
        "14 December 2026",
        "1 March 2026",
        "",
    ]


@pytest.mark.parametrize(
    ("hour", "minute", "clock"),
    [
        (9, 30, "9:30am"),
        (9, 0, "9am"),
        (12, 0, "midday"),
        (12, 5, "12:05pm"),
        (0, 0, "midnight"),
        (0, 5, "12:05am"),
        (23, 59, "11:59pm"),
    ],
)
def test_day_time_says_the_hour_as_people_do(hour, minute, clock):
    assert web.day_time(datetime(2026, 12, 14, hour, minute)) == f"14 December 2026 at {clock}"  # noqa: DTZ001


def test_day_and_day_time_are_local(settings):
    settings.TIME_ZONE = "Europe/London"
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert (web.day(late), web.day_time(late)) == ("1 July 2026", "1 July 2026 at 12:30am")


@pytest.mark.parametrize(
    ("source", "query", "shown"),
    [
        ('{% query sort="due_on" %}', "?q=pay&page=3", "?q=pay&amp;sort=due_on"),
        ("{% query page=2 %}", "?q=pay&page=3", "?q=pay&amp;page=2"),
        ("{% query q=None %}", "?q=pay", "?"),
        ('{% query q="" %}', "?q=pay&state=", "?"),
        ('{% query q="a b&c" %}', "", "?q=a+b%26c"),
        ('{% query_without "state" "paid" %}', "?state=paid&state=held&page=2", "?state=held"),
        ('{% sort_query "due_on" "due_on" %}', "?sort=due_on", "?sort=-due_on"),
        ('{% sort_query "due_on" "-due_on" %}', "?sort=-due_on", "?sort=due_on"),
    ],
)
def test_query_rebuilds_the_current_query(source, query, shown):
    assert rendered(source, query) == shown


def test_query_works_without_a_request():
    assert Template("{% load web %}{% query page=2 %}").render(Context()) == "?page=2"


def test_query_sets_several_values():
    assert rendered("{% query state=many %}", many=["a", "b"]) == "?state=a&amp;state=b"


@pytest.mark.parametrize(
    ("state", "colour"),
    [
        ("posted", "green"),
        ("Awaiting approval", "yellow"),
        ("part_paid", "green"),
        ("overdue", "red"),
        ("draft", "grey"),
        ("of no known kind", "grey"),
        (None, "grey"),
    ],
)
def test_state_colour(state, colour):
    assert web.state_colour(state) == colour


def test_no_state_has_two_colours():
    states = [state for words in web.STATE_COLOURS.values() for state in words.split()]
    assert sorted(states) == sorted(set(states))


def test_sort_direction_is_an_aria_value():
    directions = [web.sort_direction("due_on", now) for now in ("due_on", "-due_on", "ref", None)]
    assert directions == ["ascending", "descending", "none", "none"]
