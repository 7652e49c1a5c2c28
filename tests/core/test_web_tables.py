"""Every table as a file: cells as what they say, filters and sums above, and nothing but asked."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from core.templatetags.tables import Table
from core.templatetags.web import day, pounds, short_day, thousands
from core.web.paging import part_of
from core.web.tables import file_of, plain, value_of
from tenants.models import Organisation
from tests.world import World


@given(st.integers(-(10**15), 10**15))
def test_pounds_come_back_to_the_penny(pence: int) -> None:
    assert value_of(pounds(pence)) == Decimal(pence).scaleb(-2)


@given(st.integers(-(10**15), 10**15))
def test_numbers_come_back_where_numbers_stand(number: int) -> None:
    assert value_of(thousands(number), numeric=True) == number
    assert value_of(thousands(number)) == thousands(number)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_days_come_back_in_both_forms(when: date) -> None:
    assert value_of(day(when)) == value_of(short_day(when)) == when


@pytest.mark.parametrize(
    "text", ["31 June 2026", "5 Smarch 2026", "£1.234", "007", "1,2.", "", "£12.00 of £13.00"]
)
def test_what_was_not_written_by_us_stays_a_text(text: str) -> None:
    assert value_of(text, numeric=True) == text


def test_a_cell_loses_its_markup_and_nothing_else() -> None:
    assert plain('<strong class="govuk-tag">In  force</strong>\n &amp; more') == "In force & more"
    assert plain(None) == ""


def asked(world: World, query: str) -> Any:
    request: Any = RequestFactory().get(f"/{query}")
    request.actor = world.actor("auditor@eastmere")
    request.organisation = Organisation(name="Eastmere")
    return request


def test_a_file_has_its_filter_its_sums_and_no_buttons(world: World) -> None:
    table = Table(
        caption="Debts, by age",
        heads=[("Whose", False), ("Owed", True), ("Since", False), ("", False)],
        rows=[
            ["<b>=Ann</b>", "£1,200.50", "5 June 2026", "<a>Pay</a>"],
            ["Bob", "\N{MINUS SIGN}£0.50", "", ""],
            ["Total", "£1,200.00", "", ""],
        ],
        totals=[False, False, True],
        filters=["State: open"],
        cut=True,
    )
    answer = file_of(asked(world, "?format=csv"), table)
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Disposition"] == 'attachment; filename="debts-by-age.csv"'
    assert lines.pop(4).startswith("Made on,")
    assert lines == [
        'List,"Debts, by age, Eastmere"',
        "Filter,State: open",
        "Complete,no: narrow it by filters",
        "Made by,Auditor of eastmere",
        "Rows,3",
        "Sum of Owed,1200.00",
        "",
        "Whose,Owed,Since",
        "'=Ann,1200.50,2026-06-05",
        "Bob,-0.50,",
        "Total,1200.00,",
    ]


def test_a_file_holds_every_page_of_its_list(world: World) -> None:
    pages = Paginator(range(120), 50)
    assert len(part_of(asked(world, "?page=3"), pages)) == 20
    assert len(part_of(asked(world, "?page=3&format=csv"), pages)) == 120
    assert len(part_of(asked(world, "?format=csv"), Paginator([], 50))) == 0
