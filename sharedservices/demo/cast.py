"""The organisations and people of the demonstration. No name is that of a real body."""

from dataclasses import dataclass
from datetime import date

from tenants.models import Organisation
from tenants.roles import Role

Kind, Nation, Standing = Organisation.Kind, Organisation.Nation, Organisation.Standing


@dataclass(frozen=True)
class Cast:
    """A person with a role in one organisation. `unit` is the code of the unit they hold."""

    name: str
    job: str
    role: Role
    unit: str = ""
    limit_pence: int | None = None

    def email(self, slug: str) -> str:
        words = [word for word in self.name.lower().split() if word not in ("councillor", "dr")]
        return f"{words[0]}.{words[-1]}@{slug}.example"


@dataclass(frozen=True)
class Partner:
    """An organisation. `units` are (code, name, parent code); `closures` (month, day, reason)."""

    slug: str
    name: str
    short_name: str
    kind: Organisation.Kind
    colour: str
    units: tuple[tuple[str, str, str | None], ...]
    people: tuple[Cast, ...]
    nation: Organisation.Nation = Nation.ENGLAND
    year_starts_month: int = 4
    closures: tuple[tuple[int, int, str], ...] = ()
    vat_code: str = "SR-S33"
    # Pounds; above it the finance manager decides instead of the holder of the budget.
    manager_limit: int = 25_000
    named_in_comparison: bool = True
    standing: Organisation.Standing = Standing.PARTNER
    # In twenty months.
    invoices: int = 6_000
    # Who were employed in ten years; of the small clients nobody is kept here.
    staff: int = 0


def _manager(name: str, job: str, unit: str, limit: int) -> Cast:
    return Cast(name, job, Role.MANAGER, unit, limit * 100)


def _office(officer: str, manager: str, board: str, auditor: str, admin: str) -> tuple[Cast, ...]:
    return (
        Cast(officer, "Finance officer", Role.FINANCE_OFFICER),
        Cast(manager, "Finance manager", Role.FINANCE_MANAGER, limit_pence=500_000_000),
        Cast(board, "Member of the partnership board", Role.BOARD_MEMBER),
        Cast(auditor, "Auditor", Role.AUDITOR),
        Cast(admin, "Administrator", Role.ADMINISTRATOR),
    )


def _people_office(hr: str, payroll: str) -> tuple[Cast, ...]:
    return (
        Cast(hr, "HR officer", Role.HR_OFFICER),
        Cast(payroll, "Payroll officer", Role.PAYROLL_OFFICER),
    )


CHRISTMAS = ((12, 29, "Offices closed"), (12, 30, "Offices closed"), (12, 31, "Offices closed"))

HARROWMERE = Partner(
    slug="harrowmere",
    staff=5_400,
    name="Harrowmere County Council",
    short_name="Harrowmere",
    kind=Kind.COUNCIL,
    colour="#1d4f7c",
    units=(
        ("H", "Harrowmere County Council", None),
        ("H10", "Highways", "H"),
        ("H11", "Winter service", "H10"),
        ("H20", "Adult social care", "H"),
        ("H30", "Children and schools", "H"),
        ("H40", "Libraries and archives", "H"),
        ("H90", "Corporate services", "H"),
    ),
    people=(
        *_people_office("Leah Ainsworth", "Martin Quist"),
        *_office(
            "Priya Nair",
            "Daniel Osei",
            "Councillor Ruth Ellison",
            "Iqbal Chowdhury",
            "Sian Beddoes",
        ),
        _manager("Helen Cartwright", "Head of highways", "H10", 25_000),
        _manager("Marcus Webb", "Head of adult social care", "H20", 25_000),
        _manager("Joanna Tull", "Head of children and schools", "H30", 25_000),
        _manager("Peter Arkwell", "County librarian", "H40", 10_000),
        _manager("Nadia Rahmani", "Head of corporate services", "H90", 25_000),
        Cast("Tom Adeyemi", "Highways technician", Role.STAFF, "H11"),
    ),
    closures=CHRISTMAS,
)
WEXCOMBE = Partner(
    slug="wexcombe",
    staff=1_800,
    name="Wexcombe County Borough Council",
    short_name="Wexcombe",
    kind=Kind.COUNCIL,
    colour="#7a2048",
    nation=Nation.WALES,
    units=(
        ("W", "Wexcombe County Borough Council", None),
        ("W10", "Streets and parks", "W"),
        ("W20", "Housing", "W"),
        ("W30", "Leisure", "W"),
        ("W90", "Resources", "W"),
    ),
    people=(
        *_people_office("Gwen Talfryn", "Ifan Roderick"),
        *_office(
            "Bethan Morris", "Aled Parry", "Councillor Huw Tanat", "Carys Lowndes", "Rhodri Vane"
        ),
        _manager("Elin Prosser", "Head of streets and parks", "W10", 15_000),
        _manager("Owain Sella", "Head of housing", "W20", 15_000),
        _manager("Mari Wynter", "Head of leisure", "W30", 10_000),
        _manager("Geraint Hollis", "Head of resources", "W90", 15_000),
    ),
    closures=((3, 1, "St David's Day"), *CHRISTMAS),
    manager_limit=15_000,
)
CALDERWICK = Partner(
    slug="calderwick",
    staff=3_000,
    name="Calderwick Hospitals NHS Trust",
    short_name="Calderwick",
    kind=Kind.NHS_TRUST,
    colour="#00507a",
    units=(
        ("C", "Calderwick Hospitals NHS Trust", None),
        ("C10", "Surgery", "C"),
        ("C20", "Medicine", "C"),
        ("C30", "Pharmacy", "C"),
        ("C40", "Estates", "C"),
        ("C90", "Trust headquarters", "C"),
    ),
    people=(
        *_people_office("Tunde Bakare", "Orla Keating"),
        *_office("Grace Mbeki", "Simon Thwaite", "Dr Leila Farran", "Owen Castell", "Ida Brandt"),
        _manager("Dr Anil Deshmane", "Director of surgery", "C10", 50_000),
        _manager("Frances Holloway", "Director of medicine", "C20", 50_000),
        _manager("Yusuf Karim", "Chief pharmacist", "C30", 50_000),
        _manager("Dawn Petrie", "Head of estates", "C40", 50_000),
        _manager("Colin Marsh", "Trust secretary", "C90", 20_000),
    ),
    vat_code="SR-NR",
    manager_limit=50_000,
)
MARLSHIRE = Partner(
    slug="marlshire",
    staff=1_900,
    name="Marlshire Police",
    short_name="Marlshire",
    kind=Kind.POLICE,
    colour="#2b2f6b",
    units=(
        ("M", "Marlshire Police", None),
        ("M10", "Local policing", "M"),
        ("M20", "Crime", "M"),
        ("M30", "Fleet", "M"),
        ("M90", "Business services", "M"),
    ),
    people=(
        *_people_office("Vikram Sood", "Janet Whitlow"),
        *_office("Kerry Dunmore", "Adebayo Cole", "Philippa Grane", "Neil Astbury", "Jo Fennick"),
        _manager("Superintendent Clare Rudd", "Local policing", "M10", 20_000),
        _manager("Superintendent Ian Mossop", "Crime", "M20", 20_000),
        _manager("Stella Quaye", "Fleet manager", "M30", 20_000),
        _manager("Robin Tewkes", "Head of business services", "M90", 20_000),
    ),
    manager_limit=20_000,
)
THORNBECK = Partner(
    slug="thornbeck",
    staff=900,
    name="Thornbeck Academies Trust",
    short_name="Thornbeck",
    kind=Kind.SCHOOL_TRUST,
    colour="#1f6b3a",
    year_starts_month=9,
    units=(
        ("T", "Thornbeck Academies Trust", None),
        ("T10", "Thornbeck Academy", "T"),
        ("T20", "Long Lane Primary", "T"),
        ("T30", "Millbrow Academy", "T"),
        ("T90", "Central office", "T"),
    ),
    people=(
        *_people_office("Cass Merrow", "Dylan Frost"),
        *_office("Alice Denby", "Wesley Tran", "Margaret Oduya", "Kit Farrow", "Lorna Shiel"),
        _manager("Hannah Brook", "Principal of Thornbeck Academy", "T10", 10_000),
        _manager("Joel Samuels", "Head of Long Lane Primary", "T20", 5_000),
        _manager("Deepa Iyer", "Principal of Millbrow Academy", "T30", 10_000),
        _manager("Vic Lambourne", "Chief operating officer", "T90", 10_000),
    ),
    closures=CHRISTMAS,
    manager_limit=10_000,
)
MEREFORD = Partner(
    slug="mereford",
    name="Mereford Shared Services",
    short_name="Mereford",
    kind=Kind.CENTRE,
    colour="#16323e",
    units=(
        ("S", "Mereford Shared Services", None),
        ("S10", "Payables", "S"),
        ("S20", "Systems", "S"),
    ),
    standing=Standing.HOST,
    people=(
        *_office("Ines Calder", "Gavin Strood", "Beatrice Onslow", "Milan Petrov", "Jess Tolley"),
        Cast("Amara Lindqvist", "Agent, payables", Role.CENTRE_AGENT),
        Cast("Rory Blake", "Agent, payables", Role.CENTRE_AGENT),
        Cast("Gareth Pugh", "Manager of the centre", Role.CENTRE_MANAGER),
    ),
)
PARTNERS = (HARROWMERE, WEXCOMBE, CALDERWICK, MARLSHIRE, THORNBECK)


def _client(
    slug: str, name: str, kind: Organisation.Kind, colour: str, unit: str, people: tuple[Cast, ...]
) -> Partner:
    """A small body that buys the same services and did not agree to be named."""
    root = slug[0].upper()
    return Partner(
        slug=slug,
        name=name,
        short_name=name.split()[0],
        kind=kind,
        colour=colour,
        units=((root, name, None), (f"{root}10", unit, root)),
        people=people,
        closures=CHRISTMAS,
        manager_limit=10_000,
        named_in_comparison=False,
        standing=Standing.CLIENT,
        invoices=700,
    )


# Nobody is compared with fewer than five others: with these four, quartiles can be shown.
CLIENTS = (
    _client(
        "ashwater",
        "Ashwater District Council",
        Kind.COUNCIL,
        "#5a3d1c",
        "District services",
        (
            *_office(
                "Tessa Rowntree", "Graham Ivory", "Councillor Pia Lund", "Sam Okoro", "Di Hart"
            ),
            _manager("Jon Tilley", "Head of district services", "A10", 10_000),
        ),
    ),
    _client(
        "sallowfield",
        "Sallowfield Community Health NHS Trust",
        Kind.NHS_TRUST,
        "#0b5563",
        "Community services",
        (
            *_office("Noor Haddad", "Ewan Birkett", "Dr Ruth Amos", "Lee Cater", "Mo Finch"),
            _manager("Sarah Pell", "Director of community services", "S10", 10_000),
        ),
    ),
    _client(
        "kingsmarl",
        "Kingsmarl Fire and Rescue Authority",
        Kind.FIRE,
        "#8a1f1f",
        "Response",
        (
            *_office("Dev Sandhu", "Moira Kell", "Councillor Ted Vance", "Ana Prior", "Gil Stead"),
            _manager("Area Manager Kim Doyle", "Head of response", "K10", 10_000),
        ),
    ),
    _client(
        "brackenhill",
        "Brackenhill Schools Trust",
        Kind.SCHOOL_TRUST,
        "#4b2a6b",
        "Brackenhill High School",
        (
            *_office("Fay Norris", "Ivan Peck", "Celia Moss", "Raj Toor", "Wyn Abbot"),
            _manager("Dr Hugh Lyle", "Headteacher", "B10", 10_000),
        ),
    ),
)


def closure_days(partner: Partner, first: date, last: date) -> list[tuple[date, str]]:
    """The partner's own days off between two days."""
    return [
        (date(year, month, day), reason)
        for year in range(first.year, last.year + 1)
        for month, day, reason in partner.closures
        if first <= date(year, month, day) <= last
    ]
