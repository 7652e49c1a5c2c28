"""National Insurance letters follow the age; a director's year is worked out letter by letter."""

from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from core.actors import Actor
from core.scope import scope
from hr.models import PrivateDetails
from payroll.calculator.dates import as_dates
from payroll.calculator.directors import OtherLetters, annual_thresholds, directors_nic, weeks_from
from payroll.calculator.letters import letters_by_age
from payroll.calculator.national_insurance import Placed, class_1
from payroll.calculator.periods import Frequency
from payroll.calculator.state_pension import STATE_PENSION_AGE, pensionable_from
from payroll.models import PayException, PayMember, PayRun, Payslip
from payroll.selectors.slips import explained, payslips_of_number
from payroll.selectors.years import tax_year
from payroll.services.replaying import replay
from tests.payroll.groups import YEARS, row
from tests.payroll.pay_runs import calculated, committed, group, payroll, periods, person, refer
from tests.payroll.test_directors import FEBRUARY, YEAR, appoint, slips
from tests.payroll.test_reports_to_hmrc import TOLD, made, said
from tests.payroll.test_twin import letters, pays, years
from tests.payroll.twin import nic as slow_nic
from tests.world import World

DAY = date(2026, 11, 30)


def on(letter: str, born: str | None, *, apprentice: bool = False, day: date = DAY) -> str:
    found = letters_by_age(np.array([letter]), as_dates([born]), np.array([apprentice]), day)
    return str(found[0])


@pytest.mark.parametrize(
    ("letter", "born", "apprentice", "expected"),
    [
        ("M", "2005-12-01", False, "M"),  # 21 tomorrow
        ("M", "2005-11-30", False, "A"),  # 21 today
        ("M", "2005-11-30", True, "H"),
        ("Z", "2005-11-30", False, "J"),
        ("A", "2005-12-01", False, "M"),
        ("J", "2005-12-01", False, "Z"),
        ("H", "2005-12-01", True, "H"),
        ("H", "2001-12-01", False, "H"),  # 25 tomorrow, whatever the record says
        ("H", "2001-11-30", True, "A"),
        ("A", "2001-12-01", True, "H"),
        ("A", "2001-12-01", False, "A"),
        ("A", "1960-07-31", False, "C"),  # 66 years and 4 months: on 30 November
        ("A", "1960-08-06", False, "A"),  # 66 years and 5 months
        ("B", "1958-01-01", False, "C"),
        ("J", "1958-01-01", False, "C"),
        ("V", "1958-01-01", False, "C"),
        ("F", "1958-01-01", False, "S"),
        ("N", "1958-01-01", False, "K"),
        ("C", "1985-01-01", False, "A"),
        ("S", "1985-01-01", False, "F"),
        ("X", "1958-01-01", False, "X"),
        ("V", "2006-12-01", False, "V"),
        ("M", None, False, "M"),
        ("M", "2004-02-29", True, "H"),
    ],
)
def test_the_letter_follows_the_age_on_the_pay_day(
    letter: str, born: str | None, apprentice: bool, expected: str
) -> None:
    assert on(letter, born, apprentice=apprentice) == expected
    assert on(expected, born, apprentice=apprentice) == expected


def test_the_twin_has_the_figures_of_the_calculator_of_hmrc() -> None:
    """Its examples of 2017-18 and 2018-19 (calc/src/test/resources/directors-tests.conf)."""
    rates = {
        **dict.fromkeys("AMCH", (Fraction(12), Fraction(2))), "C": (Fraction(0), Fraction(0)),
        "B": (Fraction("5.85"), Fraction(2)), **dict.fromkeys("JZ", (Fraction(2), Fraction(2))),
    }  # fmt: skip
    for each, letters_paid, limits, expected in (
        (3_000, "BMAZJC", (6032, 8424, 8424, 46350, 46350, 0),
         {"B": (0, 0), "M": (0, 0), "A": (69_12, 79_49), "Z": (60_00, 0), "J": (60_00, 414_00),
          "C": (0, 414_00)}),
        (5_000, "BMAZJCH", (5876, 8164, 8164, 45000, 45000, 0),
         {"B": (0, 0), "M": (220_32, 0), "A": (600_00, 690_00), "Z": (100_00, 0),
          "J": (100_00, 690_00), "C": (0, 690_00), "H": (600_00, 0)}),
    ):  # fmt: skip
        found = slow_nic.by_letter(
            {letter: Fraction(each) for letter in letters_paid}, limits, rates, Fraction("13.8")
        )
        assert {one: (e * 100, r * 100) for one, (e, r) in found.items()} == expected


@settings(max_examples=200, deadline=None)
@given(
    year=years,
    paid=st.dictionaries(letters.filter(lambda one: one != "X"), pays, min_size=1, max_size=4),
    appointed=st.integers(1, 52),
    pay=pays,
)
def test_a_year_of_several_letters_equals_the_twin(
    year: str, paid: dict[str, int], appointed: int, pay: int
) -> None:
    day, (now, *others) = YEARS[year], list(paid)
    before = sum(paid.values())
    result = directors_nic(
        pay=row(pay), pay_before=row(before), employee_before=row(1_00), employer_before=row(2_00),
        letters=np.array([now]), weeks=weeks_from(row(appointed)), alternative=np.array([False]),
        final=np.array([False]), frequency=Frequency.MONTHLY, day=day,
        others=OtherLetters(
            np.zeros(len(others), dtype=np.int64), np.array(others, dtype="U1"),
            row(*(paid[one] for one in others)),
        ),
    )  # fmt: skip
    theirs = slow_nic.by_letter(
        {one: Fraction(pence + (pay if one == now else 0), 100) for one, pence in paid.items()},
        slow_nic.annual_limits(year, 53 - appointed),
    )
    assert int(result.employee[0]) == 100 * sum(e for e, _ in theirs.values()) - 1_00
    assert int(result.employer[0]) == 100 * sum(r for _, r in theirs.values()) - 2_00
    found = {str(letter): n for n, letter in enumerate(result.year.letters)}
    for letter, (employee, employer) in theirs.items():
        at = found[letter]
        assert (result.year.employee[at], result.year.employer[at]) == (
            employee * 100, employer * 100,
        )  # fmt: skip
    # The bands of the letters make up those of the whole year.
    limits = annual_thresholds(day, weeks_from(row(appointed)))
    whole = class_1(row(before + pay), np.array(["A"]), limits, day)
    for name in ("at_lower", "lower_to_primary", "primary_to_upper", "above_upper"):
        assert int(getattr(result.year, name).sum()) == int(getattr(whole, name)[0])


def test_pay_of_two_directors_is_not_mixed_up() -> None:
    day = YEARS["2026-27"]
    one = directors_nic(
        pay=row(20_000_00, 5_000_00), pay_before=row(30_000_00, 0), employee_before=row(0, 0),
        employer_before=row(0, 0), letters=np.array(["C", "A"]), weeks=weeks_from(row(1, 1)),
        alternative=np.array([False, False]), final=np.array([False, False]),
        frequency=Frequency.MONTHLY, day=day,
        others=OtherLetters(row(0), np.array(["A"]), row(30_000_00)),
    )  # fmt: skip
    # 30,000.00 under A from the bottom; C lies above it: the employer alone pays.
    assert one.employee.tolist() == [1_394_40, 0]
    assert one.employer.tolist() == [6_750_00, 0]
    assert "Pay under each letter lies above that of those before it: A, C." in one.workings(0)
    assert not any("each letter" in words for words in one.workings(1))
    limits = annual_thresholds(day, row(52))
    above = class_1(row(20_000_00), np.array(["C"]), limits, day,
                    Placed(row(30_000_00), row(50_000_00)))  # fmt: skip
    assert (above.at_lower[0], above.primary_to_upper[0]) == (0, 20_000_00)


@pytest.fixture
def office(world: World) -> tuple[Actor, Actor]:
    by = payroll(world, *(person(number, **TOLD) for number in (1, 2, 3)))
    with scope(acting=by.organisation_id):
        refer(by, from_on=date(YEAR, 4, 6))
    return by, world.actor("finance_manager@eastmere")


def born(number: int, day: date) -> None:
    PrivateDetails.objects.filter(employment__number=number).update(born_on=day)


def pensioner_between(first: date, last: date) -> date:
    """The day of birth of somebody who reaches State Pension age after one day, up to another."""
    days = np.arange(np.datetime64("1955-01-01"), np.datetime64("1965-01-01"))
    reached = pensionable_from(days, STATE_PENSION_AGE.on(last))
    found: date = days[(reached > np.datetime64(first)) & (reached <= np.datetime64(last))][
        0
    ].item()
    return found


def letters_of(run: PayRun) -> dict[int, str]:
    return {
        n: i["letter"]
        for n, i in Payslip.objects.filter(pay_run=run).values_list("number", "inputs")
    }


def wrong(run: PayRun) -> dict[int, str]:
    rows = PayException.objects.filter(pay_run=run, cause="letter")
    return dict(rows.values_list("number", "text"))


def test_a_run_takes_the_letter_of_the_age_unless_the_record_keeps_it(
    office: tuple[Actor, Actor],
) -> None:
    by, boss = office
    with scope(acting=by.organisation_id):
        first, second, *_ = periods(group(by))
        of_age = second.pays_on.replace(year=second.pays_on.year - 21)
        for number in (1, 2, 3):
            born(number, of_age)
    one = committed(calculated(by, first), by, boss)
    with scope(acting=by.organisation_id):
        assert letters_of(one) == {1: "M", 2: "M", 3: "M"} and wrong(one) == {}
        PayMember.objects.filter(employment__number=2).update(letter_kept=True)
        PayMember.objects.filter(employment__number=3).update(
            apprentice_from=date(2025, 9, 1), letter="H"
        )
    two = calculated(by, second)
    with scope(acting=by.organisation_id):
        assert letters_of(two) == {1: "A", 2: "M", 3: "H"}
        assert wrong(two) == {2: "Letter M is kept, aged 21 on the pay day."}
        # The record says what it said, and is not asked again.
        assert PayMember.objects.get(employment__number=1).letter == "M"
        assert slips(two)[1].employer_nic_pence > slips(two)[3].employer_nic_pence


def test_a_director_at_state_pension_age_pays_for_what_was_paid_before(
    office: tuple[Actor, Actor],
) -> None:
    by, boss = office
    with scope(acting=by.organisation_id):
        february, march, *_ = periods(group(by, anchor_on=FEBRUARY))
        born(1, pensioner_between(february.pays_on, march.pays_on))
    before = (30_000_00, 1_394_40, 3_750_00)
    appoint(by, 1, "AN", date(2020, 1, 1), *before)
    appoint(by, 2, "AN", date(2020, 1, 1), *before)
    first = committed(calculated(by, february), by, boss)
    last = committed(calculated(by, march), by, boss)
    with scope(acting=by.organisation_id):
        one, two = slips(first)[1], slips(last)[1]
        assert (one.inputs["letter"], two.inputs["letter"]) == ("A", "C")
        assert not PayException.objects.filter(pay_run=last, cause="director").exists()
        assert two.inputs["director"][7] == [["A", 30_000_00 + one.gross_pence]]
        theirs = slow_nic.by_letter(
            {"A": Fraction(30_000_00 + one.gross_pence, 100), "C": Fraction(two.gross_pence, 100)},
            slow_nic.annual_limits("2026-27", 52),
        )
        assert two.nic_pence == 0 < slips(last)[2].nic_pence
        assert before[1] + one.nic_pence == theirs["A"][0] * 100
        employer = before[2] + one.employer_nic_pence + two.employer_nic_pence
        assert employer == 100 * sum(r for _, r in theirs.values())
        assert replay(pay_run=last, by=by).agrees and explained(two).agrees
        year = tax_year(payslips_of_number(by.organisation_id, 1), YEAR, date(YEAR + 1, 4, 6))
        assert year.contributions is not None
        assert [(c.letter, c.employee, c.employer) for c in year.contributions] == [
            (letter, e * 100, r * 100) for letter, (e, r) in theirs.items()
        ]
    _, root = made(by, last)
    assert said(root, "NIletter")[:2] == ["A", "C"]
    assert said(root, "EmpeeContribnsYTD")[:2] == [f"{int(theirs['A'][0] * 100) / 100:.2f}", "0.00"]


def test_payroll_says_that_a_letter_is_kept(world: World, client: Client) -> None:
    by = payroll(world, person(1))
    with scope(acting=by.organisation_id):
        paid = group(by)
    client.force_login(world.people["payroll_officer@eastmere"])
    sent: dict[str, Any] = {"pay_group": paid.pk, "letter": "A", "scheme": 0, "reason": "No proof"}
    url = reverse("pay_particulars", args=["eastmere", 1])
    assert client.post(url, {**sent, "letter_kept": "on"}).status_code == 302
    with scope(acting=by.organisation_id):
        assert PayMember.objects.get().letter_kept
    assert b"Keep this letter whatever the age" in client.get(url).content
    assert client.post(url, sent).status_code == 302
    with scope(acting=by.organisation_id):
        assert not PayMember.objects.get().letter_kept
