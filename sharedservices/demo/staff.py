"""Who works at each partner: posts, careers and what waits for a decision, through the services.

The people come by file, as those of a partner who joins do: one file, checked and loaded at once.
"""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

import numpy as np
from django.db import connection

from core.scope import scope
from hr.models import Assignment, PayScale
from hr.reading import COLUMNS
from hr.selectors.people import staff as staff_of
from hr.selectors.posts import point_of, position_of
from hr.services.files import load_staff
from hr.services.requests import request_change, request_leaver, request_starter
from hr.services.terms import NewPosition, create_positions, install_terms
from hr.templates import templates
from sharedservices.demo.cast import Cast
from sharedservices.demo.history import leaves
from sharedservices.demo.pay import month_to_run, months_before
from sharedservices.demo.people import Place
from tenants.models import Organisation
from tenants.roles import Role

Kind = Organisation.Kind
# Title, template, grade, how many of a hundred.
OFFICE = (
    ("Administrator", "njc", "G3", 30),
    ("Officer", "njc", "G5", 24),
    ("Senior officer", "njc", "G7", 12),
    ("Service manager", "njc", "G9", 4),
    ("Care and support worker", "njc", "G2", 30),
)
POSTS = {
    Kind.COUNCIL: OFFICE,
    Kind.NHS_TRUST: (
        ("Healthcare assistant", "afc", "2", 20),
        ("Healthcare support worker", "afc", "3", 15),
        ("Staff nurse", "afc", "5", 35),
        ("Charge nurse", "afc", "6", 18),
        ("Ward manager", "afc", "7", 9),
        ("Matron", "afc", "8a", 3),
    ),
    Kind.POLICE: (
        ("Constable", "police", "Constable", 62),
        ("Sergeant", "police", "Sergeant", 12),
        ("Inspector", "police", "Inspector", 4),
        ("Police staff officer", "njc", "G4", 22),
    ),
    Kind.SCHOOL_TRUST: (
        ("Teaching assistant", "local", "L1", 32),
        ("Site officer", "local", "L2", 14),
        ("Teacher", "local", "L4", 46),
        ("Head of department", "local", "L6", 8),
    ),
}
LATER = 30
ONE_LEFT = 60  # of so many, in the last weeks
# Of one unit alone, on a scale of that employer: seasonal, and so newly employed every month.
SEASONAL, FEW = "Museum attendant", 30
OF_A_UNIT = {"H40": ((SEASONAL, "local", "L1", 60),)}
FIRST = (
    "Aisha Alan Amina Andrew Anna Ben Beth Carl Cerys Chloe Dafydd Dan Dina Ella Emeka Emma "
    "Farah Finn Gita Glen Hana Harry Idris Isla Jack Jaya Joe Kamal Kate Kofi Lars Lena Liam "
    "Lucy Maya Megan Milo Musa Nell Nia Noah Olga Omar Owen Petra Rafi Rhys Rosa Ruby Sam "
    "Sara Sean Sofia Tariq Tess Toby Uma Vera Will Yara Zain Zoe"
)
LAST = (
    "Abara Adair Ashby Barrow Begum Bevan Blythe Boyle Carver Chowdhry Clegg Copley Crane "
    "Dalby Desai Dunn Eccles Elias Farrell Finch Fonseca Garside Gill Gough Hale Hanif Hewson "
    "Holt Ives Jarvis Jebb Kaur Kendrick Kirby Lacey Lamb Lowe Malik Marsden Mistry Munro "
    "Nash Nowak Oakes Okafor Orme Paget Patel Penrose Quill Rahim Rees Rigby Rowe Sandhu "
    "Selby Shaw Singh Stott Tandy Thorne Udall Vaughan Wadham Webster Wilde Yeo Yusuf Zeller"
)
STREETS = ("High Street", "Station Road", "Mill Lane", "Church Row", "Park View")
TOWNS = ("Harrowby", "Mereside", "Netherton", "Oxley Vale")
PREFIXES = ("AB", "CE", "HJ", "JG", "KL", "LM", "PW", "SN", "TR", "WY")
REASONS = ("Retired", "New job elsewhere", "End of contract", "Moved away")
FULL_TIME = {"njc": "37", "afc": "37.5", "police": "40", "local": "37"}


def employ(place: Place, *, today: date, rng: np.random.Generator) -> None:
    """Terms, posts, people with careers, and three requests that wait for the payroll officer."""
    hr = place.actor(Role.HR_OFFICER, today)
    at = datetime.combine(today - timedelta(days=1), time(8), UTC)
    units = leaves(place.partner)
    with scope(acting=place.organisation_id):
        scales = {
            code: install_terms(template=code, by=hr)
            for code in dict.fromkeys(one[1] for unit in units for one in _kinds(place, unit))
        }
        rows = _establishment(place, scales)
        create_positions(rows=rows, from_on=date(2016, 4, 1), by=hr)
        data = _file(_careers(place, rows, today, rng))
        loaded = load_staff(name=f"{place.partner.short_name} staff.csv", data=data, by=hr, at=at)
        assert loaded.state == loaded.State.LOADED, loaded.errors.values_list("row_no", "text")[:9]
        with connection.cursor() as cursor:
            # Else what is deferred to the end of the transaction is checked by looping over it.
            cursor.execute("SELECT ctx.analyse_payroll()")
        _leave_waiting(place, rows, today)


def _establishment(place: Place, scales: dict[str, PayScale]) -> list[NewPosition]:
    """Each kind of post in each unit, budgeted for more than will be filled by part-timers."""
    units = [place.units[code] for code in leaves(place.partner)]
    most = place.partner.staff * 94 // len(units)
    return [
        NewPosition(f"{u.code}-{n:02}", title, u, scales[template], grade, most * share // 100)
        for u in units
        for n, (title, template, grade, share) in enumerate(_kinds(place, u.code), start=1)
    ]


def _kinds(place: Place, unit: str) -> tuple[tuple[str, str, str, int], ...]:
    return (*POSTS[place.partner.kind], *OF_A_UNIT.get(unit, ()))


def _file(rows: Iterator[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _careers(
    place: Place, posts: list[NewPosition], today: date, rng: np.random.Generator
) -> Iterator[dict[str, str]]:
    """The cast first, then everybody else; each with one to four rows, few with a second job."""
    season = count()
    cast = [(m.name, m.email(place.partner.slug)) for m in place.partner.people]
    weights = np.array([post.fte_hundredths for post in posts])
    chosen = rng.choice(len(posts), size=place.partner.staff, p=weights / weights.sum())
    firsts, lasts = FIRST.split(), LAST.split()
    first = rng.integers(0, len(firsts), size=place.partner.staff)
    last = rng.integers(0, len(lasts), size=place.partner.staff)
    for number in range(place.partner.staff):
        name = f"{firsts[first[number]]} {lasts[last[number]]}"
        email = f"{name.lower().replace(' ', '.')}.{number + 1}@{place.partner.slug}.example"
        if number < len(cast):
            name, email = cast[number]
        person = {"employee": str(number + 1), "name": name, "email": email, "job": "1"}
        leaves_here = number >= len(cast) and number % ONE_LEFT == ONE_LEFT - 1
        post = int(chosen[number])
        if number < len(cast):
            post = _post_of(place, place.partner.people[number], posts, post)
        yield from _career(person, posts, post, today, rng, leaver=leaves_here, season=season)


def _came(nth: int, today: date) -> date:
    """The first of a season: a few in the month that was paid last, the others before it."""
    last = months_before(month_to_run(today), 1)
    if nth < FEW and nth % 3 == 2:
        return last.replace(day=2)
    return months_before(last, 1).replace(day=1) - timedelta(days=37 * nth % 90)


def _post_of(place: Place, member: Cast, posts: list[NewPosition], drawn: int) -> int:
    """Of the cast everybody works in their own unit, and its holder in its highest post."""
    unit = member.unit or leaves(place.partner)[-1]
    kinds = POSTS[place.partner.kind]
    number = drawn % len(kinds)
    if member.role == Role.MANAGER:
        number = min(range(len(kinds)), key=lambda n: kinds[n][-1])
    code = f"{unit}-{number + 1:02}"
    return next(place for place, post in enumerate(posts) if post.code == code)


def _career(
    person: dict[str, str],
    posts: list[NewPosition],
    chosen: int,
    today: date,
    rng: np.random.Generator,
    *,
    leaver: bool,
    season: Iterator[int],
) -> Iterator[dict[str, str]]:
    """A start within ten years, a step of pay each year, for some fewer hours or a second job."""
    post = posts[chosen]
    days = int(rng.integers(60, 3_650))
    began = today - timedelta(days=days)
    if post.title == SEASONAL:
        began, leaver = _came(next(season), today), False
    ends = today - timedelta(days=int(rng.integers(5, 50))) if leaver else None
    person |= {"employed_from": began.isoformat(), **_private(person["name"], began, rng)}
    if ends:
        person |= {"employed_to": ends.isoformat(), "leaving_reason": str(rng.choice(REASONS))}
    ladder = [row["point"] for row in templates()[post.scale.code].points
              if row["grade"] == post.grade and not row["to_on"]]  # fmt: skip
    full = Decimal(FULL_TIME[post.scale.code])
    hours = full if rng.random() < 0.68 else full * int(rng.integers(4, 9)) / 10
    steps = [began]
    while len(steps) < len(ladder) and (after := steps[-1] + timedelta(days=365)) < (ends or today):
        steps.append(after)
    for point, day in zip(ladder, steps, strict=False):
        yield {**person, "from": day.isoformat(), "post": post.code, "point": point,
               "hours": f"{hours:f}", "cost_centres": _shared(post, posts, rng)}  # fmt: skip
    if hours < full / 2 + 1 and rng.random() < 0.2:
        other = posts[(chosen + len(posts) // 2) % len(posts)]
        point = next(row["point"] for row in templates()[other.scale.code].points
                     if row["grade"] == other.grade and not row["to_on"])  # fmt: skip
        yield {**person, "job": "2", "from": began.isoformat(), "post": other.code, "point": point,
               "hours": "7.5"}  # fmt: skip


def _private(name: str, began: date, rng: np.random.Generator) -> dict[str, str]:
    born = began - timedelta(days=int(rng.integers(19 * 366, 50 * 365)))
    digits, letter = rng.integers(0, 10**6), rng.choice(["A", "B", "C", "D"])
    return {
        "ni_number": f"{rng.choice(PREFIXES)}{digits:06d}{letter}",
        "born_on": born.isoformat(),
        "tax_code": str(rng.choice(["1257L", "1257L", "1257L", "1383M", "BR", "K120"])),
        "sort_code": f"{rng.integers(0, 10**6):06d}",
        "account_number": f"{rng.integers(10**7, 10**8)}",
        "account_name": name[:60].upper(),
        "gender": "FM"[digits % 2],
        "address": f"{digits % 180 + 1} {STREETS[digits % 5]}; {TOWNS[digits % 4]}",
        "postcode": f"ZZ{digits % 99 + 1} {digits % 9 + 1}AA",
        "starter_declaration": "ABC"[digits % 3],
        "given_names": name.rpartition(" ")[0],
        "family_name": name.rpartition(" ")[2],
    }


def _shared(post: NewPosition, posts: list[NewPosition], rng: np.random.Generator) -> str:
    """Of fifty people one is paid for by two units."""
    other = posts[int(rng.integers(0, len(posts)))].unit.code
    if rng.random() > 0.02 or other == post.unit.code:
        return ""
    return f"{post.unit.code}:60; {other}:40"


def _leave_waiting(place: Place, posts: list[NewPosition], today: date) -> None:
    """A starter, fewer hours and a leaver, asked for and not decided."""
    hr = place.actor(Role.HR_OFFICER, today)
    position = position_of(place.organisation_id, posts[1].code)
    assert position is not None
    ladder = [row["point"] for row in templates()[position.scale.code].points
              if row["grade"] == position.grade and not row["to_on"]]  # fmt: skip
    pay_point = point_of(position, ladder[0], today)
    assert pay_point is not None
    soon = today + timedelta(days=12)
    request_starter(
        name="Imogen Fairlie",
        email=f"imogen.fairlie@{place.partner.slug}.example",
        position=position,
        pay_point=pay_point,
        weekly_minutes=36 * 60,
        from_on=soon,
        reason="Vacancy since the summer",
        by=hr,
    )
    known = {member.email(place.partner.slug) for member in place.partner.people}
    others = staff_of(hr, today).exclude(assignment__employment__person__email__in=known)
    # Not the first of the list: whom a visitor chooses must be free to be asked about.
    first = others.filter(assignment__number=1)[LATER : LATER + 2]
    jobs: list[Assignment] = [row.assignment for row in first]
    request_change(assignment=jobs[0], from_on=soon, weekly_minutes=15 * 60, by=hr,
                   reason="Care for a parent")  # fmt: skip
    request_leaver(assignment=jobs[1], last_on=soon, reason="Retires", by=hr)
