"""The history of a partner as numbers: always the same, exact, with its stories in it."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from finance.vat import purchase_codes
from portal.personas import PERSONAS
from sharedservices.demo.cast import MEREFORD, PARTNERS, Partner, closure_days
from sharedservices.demo.history import code_of, fortnights, invoices_of, leaves
from sharedservices.demo.suppliers import CHANGED, LATE, SPIKE, TWICE, firms_of

TODAY = date(2026, 6, 15)
FIRST = TODAY - timedelta(days=548)


def history(partner: Partner, seed: int = 1) -> pd.DataFrame:
    return invoices_of(partner, first=FIRST, today=TODAY, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("partner", PARTNERS, ids=lambda p: p.slug)
def test_amounts_add_up_and_days_follow_each_other(partner: Partner) -> None:
    frame, firms = history(partner), firms_of(partner)
    assert (frame["net"] + frame["vat"] == frame["gross"]).all()
    codes = purchase_codes()
    for row in frame.sample(200, random_state=1).itertuples():
        assert row.vat == codes[code_of(partner, firms[row.firm])].vat_pence(row.net)
    assert (frame["invoice_on"] < frame["received_on"]).all()
    assert (frame["received_on"] < frame["approved_on"]).all()
    assert frame["received_on"].max() <= pd.Timestamp(TODAY)
    assert frame["invoice_on"].dt.day_of_week.max() == 4
    assert not frame.duplicated(["firm", "reference"]).any()
    assert 5_500 < len(frame) < 6_500
    assert set(frame["unit"]) == set(range(len(leaves(partner))))


def test_the_same_seed_gives_the_same_history() -> None:
    pd.testing.assert_frame_equal(history(PARTNERS[0]), history(PARTNERS[0]))
    assert not history(PARTNERS[0]).equals(history(PARTNERS[0], seed=2))


def test_the_stories_are_there() -> None:
    county = PARTNERS[0]
    frame = history(county)
    names = np.array([firm.name for firm in firms_of(county)])[frame["firm"]]
    stone = frame[names == SPIKE].groupby(frame["invoice_on"].dt.to_period("M")).size()
    assert stone.idxmax().start_time.date() == date(2026, 1, 1)
    assert stone.max() > 5 * stone.median()
    sent = (frame["received_on"] - frame["invoice_on"]).dt.days
    assert sent[names == LATE].min() > sent[names != LATE].max()
    waited = (frame["approved_on"] - frame["received_on"]).dt.days
    early = frame["received_on"] < pd.Timestamp(TODAY - timedelta(days=240))
    late = frame["received_on"] > pd.Timestamp(TODAY - timedelta(days=180))
    approved = frame["approved_on"] <= pd.Timestamp(TODAY)
    assert waited[early].mean() > 1.5 * waited[late & approved].mean()


def test_every_story_has_its_firm() -> None:
    assert {CHANGED, TWICE, LATE, SPIKE} <= {firm.name for firm in firms_of(PARTNERS[0])}
    for partner in PARTNERS:
        assert {TWICE, LATE} <= {firm.name for firm in firms_of(partner)}


def test_fortnights_cover_every_day_up_to_the_last_friday() -> None:
    days = fortnights(FIRST, TODAY)
    assert {b - a for a, b in pairwise(days)} == {timedelta(days=14)}
    assert days[0] - FIRST < timedelta(days=7)
    assert timedelta() <= TODAY - days[-1] < timedelta(days=14)
    assert {day.weekday() for day in days} == {4}


def contrast_with_white(colour: str) -> float:
    """Of WCAG 2.2: relative luminance from sRGB, ratio of (1 + 0.05) to (L + 0.05)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 1.05 / (sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True)) + 0.05)


@pytest.mark.parametrize("partner", [*PARTNERS, MEREFORD], ids=lambda p: p.slug)
def test_white_words_can_be_read_on_every_brand_colour(partner: Partner) -> None:
    assert contrast_with_white(partner.colour) >= 4.5


def test_the_cast_holds_every_persona_under_the_same_address() -> None:
    cast = {
        member.email(partner.slug): (member.name, partner.slug, partner.name)
        for partner in (*PARTNERS, MEREFORD)
        for member in partner.people
    }
    assert len(cast) == sum(len(partner.people) for partner in (*PARTNERS, MEREFORD))
    for persona in PERSONAS:
        expected = (persona.name, persona.organisation, persona.organisation_name)
        assert cast[persona.email] == expected


def test_days_off_are_the_partners_own() -> None:
    wales = next(partner for partner in PARTNERS if partner.slug == "wexcombe")
    days = [day for day, _ in closure_days(wales, date(2026, 1, 1), date(2026, 12, 30))]
    assert days == [date(2026, 3, 1), date(2026, 12, 29), date(2026, 12, 30)]
