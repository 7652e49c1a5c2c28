"""The catalogue that ships, its references with their years, and its dated versions."""

from datetime import date

import pytest

from sla.catalogue import entries, year_of
from sla.models import Indicator
from sla.registry import LIVE, Kind
from sla.selectors import current_indicators
from sla.services import load_indicators
from sla.services.measures import FROM_THE_START

MARCH = date(2026, 3, 17)
# What the apps define besides the file.
OWN = ("AP-K", "AP-I", "PAY-K")


def test_every_definition_lives_or_says_why_not() -> None:
    found = entries()
    assert len(found) == 170 + sum(code.startswith(OWN) for code in LIVE)
    assert [e.code for e in found if bool(e.numerator) == bool(e.not_live)] == []
    assert {e.code for e in found if e.numerator} == set(LIVE)
    assert len({e.code for e in found}) == len(found)


def test_volumes_have_no_better_direction() -> None:
    assert {e.polarity for e in entries() if e.kind == Kind.KAI} == {"context"}


@pytest.mark.parametrize(
    ("value", "source", "year"),
    [
        ("81", "NHS mean 81 in 2015/16 (NHS Benchmarking Network 2016)", "2015/16"),
        ("1.4", "indicators 2007; 2008/09 medians: departments 1.4, agencies 1.8", "2008/09"),
        ("22.6", "Ardent Partners 2019: average and best in class", "2019"),
        ("1921", "internal cost per position ranged 556 to 1921, NAO 2009", "2009"),
        ("88", "APQC measure page, median 88.0", ""),
    ],
)
def test_the_year_next_to_a_value(value: str, source: str, year: str) -> None:
    assert year_of(value, source) == year


@pytest.mark.django_db
def test_loading_twice_writes_nothing() -> None:
    load_indicators(on=MARCH)
    assert load_indicators(on=MARCH) == 0
    assert Indicator.objects.count() == len(entries())


@pytest.mark.django_db
def test_a_changed_definition_is_a_new_version_and_the_old_one_stays() -> None:
    load_indicators(on=MARCH)
    Indicator.objects.filter(code="AP-03").update(digest="old", formula="as it was")
    assert load_indicators(on=MARCH) == 1
    old, new = Indicator.objects.filter(code="AP-03").order_by("version")
    assert (old.formula, old.valid_from, old.version) == ("as it was", FROM_THE_START, 1)
    assert (new.valid_from, new.version) == (date(2026, 3, 1), 2)

    def formula(on: date) -> str:
        return next(row.formula for row in current_indicators(on) if row.code == "AP-03")

    assert formula(date(2026, 2, 28)) == "as it was"
    assert formula(date(2026, 3, 1)) == new.formula


@pytest.mark.django_db
def test_references_are_kept_with_their_year() -> None:
    load_indicators()
    row = Indicator.objects.get(code="AP-13")
    assert [(r["statistic"], r["value"], r["year"]) for r in row.references] == [
        ("Middle", "22.6", "2019"),
        ("Stronger", "10.1", "2019"),
    ]
