"""Whom the partners buy from. The firms are invented; each has a trade, a price and a habit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from finance.keys import name_key
from finance.models import Supplier, SupplierBank
from finance.numbers import vat_check
from sharedservices.demo.cast import Partner
from sharedservices.demo.people import Place
from tenants.models import Organisation
from tenants.roles import Role

Kind = Organisation.Kind
EVERYBODY = frozenset({Kind.COUNCIL, Kind.NHS_TRUST, Kind.POLICE, Kind.FIRE, Kind.SCHOOL_TRUST})
COUNCIL = frozenset({Kind.COUNCIL})
NHS = frozenset({Kind.NHS_TRUST})
POLICE = frozenset({Kind.POLICE})
SCHOOLS = frozenset({Kind.SCHOOL_TRUST})
STANDARD = "standard"


@dataclass(frozen=True)
class Firm:
    """`pounds` is a usual invoice, `weight` how often one comes; VAT is a code, or STANDARD for
    what the partner's own position makes of the standard rate. `late_days` it takes to send one."""

    name: str
    account: str
    pounds: int
    weight: int
    what: str
    buyers: frozenset[Organisation.Kind] = EVERYBODY
    vat: str = STANDARD
    late_days: int = 0
    public_body: bool = False


# Named in stories: the firm of the spike, the one that sends its invoices late, the one whose bank
# details change, the one that sends an invoice twice.
SPIKE, LATE = "Aldermoor Aggregates Ltd", "Fenwright Agency Staffing Ltd"
CHANGED, TWICE = "Brightholme Care Ltd", "Copperfield Print Works Ltd"
# Whose payments are held, with a review that is due.
STOPPED = "Castlegate Lifts Ltd"
# Whose new bank details were agreed today and have to cool off.
COOLING, UNCALLED = "Paperlane Office Supplies Ltd", "Datawell IT Services Ltd"

# Paid as soon as an invoice is posted: carers live on it.
FIRST = "Mapledene Fostering CIC"
FIRMS = (
    Firm("Northlight Energy Supply Ltd", "52000", 3_900, 8, "Electricity", EVERYBODY, "SR-S33"),
    Firm("Tarnwater Utilities Ltd", "52000", 820, 5, "Water and sewerage", EVERYBODY, "ZR-IN"),
    Firm("Kestrelcom Business Telecoms Ltd", "54300", 640, 6, "Telephones and lines"),
    Firm(TWICE, "54300", 410, 6, "Printing and posters"),
    Firm(COOLING, "54300", 130, 11, "Stationery"),
    Firm("Hexley Software plc", "54400", 7_800, 3, "Licences and hosting"),
    Firm("Cloudmere Hosting Ltd", "54400", 2_900, 4, "Hosting"),
    Firm("Datawell IT Services Ltd", "54400", 4_600, 4, "Support of devices"),
    Firm(LATE, "51300", 2_750, 9, "Agency staff", late_days=26),
    Firm("Merrow Interim Ltd", "51300", 5_200, 3, "Interim managers"),
    Firm("Silverbirch Training Ltd", "51400", 780, 3, "Training"),
    Firm("Underwood Facilities Ltd", "52300", 2_300, 9, "Cleaning and maintenance"),
    Firm(STOPPED, "52300", 1_150, 3, "Service of lifts"),
    Firm("Rookwood Roofing Ltd", "52300", 6_700, 2, "Repairs to roofs"),
    Firm("Greenacre Grounds Ltd", "52300", 690, 4, "Grass and trees"),
    Firm("Pennard Property LLP", "52200", 9_400, 2, "Rent", vat="EX-IN"),
    Firm("Oxbow Insurance Brokers Ltd", "54700", 12_500, 1, "Insurance", vat="EX-IN"),
    Firm("Lydgate and Partners LLP", "54600", 3_100, 3, "Legal advice"),
    Firm("Marchbank Audit LLP", "54600", 11_000, 1, "Audit"),
    Firm("Selwyn Consulting Ltd", "54500", 8_300, 2, "Consultancy"),
    Firm("Ravensbourne Furniture Ltd", "54200", 960, 4, "Furniture"),
    Firm("Whitfield Catering Supplies Ltd", "54200", 520, 6, "Catering supplies", vat="ZR-IN"),
    Firm("Trentside Vehicle Hire Ltd", "53100", 880, 5, "Hire of vehicles"),
    Firm("Bellwether Couriers Ltd", "54300", 95, 5, "Couriers"),
    Firm(SPIKE, "52300", 4_200, 8, "Stone and asphalt", COUNCIL),
    Firm("Hollin Road Surfacing Ltd", "55100", 18_500, 4, "Resurfacing", COUNCIL),
    Firm("Gritstone Winter Services Ltd", "55100", 7_400, 3, "Gritting", COUNCIL),
    Firm(CHANGED, "55100", 5_600, 12, "Care at home", COUNCIL, "EX-IN"),
    Firm(
        "Larkfield Homes for Living Ltd", "55100", 7_900, 10, "Residential care", COUNCIL, "EX-IN"
    ),
    Firm(FIRST, "55100", 3_700, 7, "Fostering", COUNCIL, "EX-IN"),
    Firm("Route 9 Coaches Ltd", "53100", 2_100, 8, "School transport", COUNCIL, "ZR-IN"),
    Firm("Inkwell Library Books Ltd", "54200", 350, 6, "Books", COUNCIL, "ZR-IN"),
    Firm("Citizens Help Harrow Valley", "56000", 6_000, 1, "Grant", COUNCIL, "OS"),
    Firm("Suture and Stone Medical Ltd", "54000", 2_600, 14, "Surgical supplies", NHS),
    Firm("Vialtis Pharma Distribution Ltd", "54100", 9_800, 14, "Medicines", NHS),
    Firm("Orbis Imaging Services Ltd", "54000", 6_400, 6, "Scans", NHS, "EX-IN"),
    Firm("Helixpath Laboratories Ltd", "54000", 3_800, 7, "Tests", NHS, "EX-IN"),
    Firm("Steriline Linen Ltd", "52300", 1_700, 6, "Linen", NHS),
    Firm("Bluelamp Vehicles Ltd", "53100", 5_300, 9, "Parts and conversions", POLICE),
    Firm("Sentinel Radio Systems Ltd", "54400", 4_100, 5, "Radio service", POLICE),
    Firm("Forensica Laboratories Ltd", "54000", 3_300, 8, "Forensic tests", POLICE),
    Firm("Castellan Uniforms Ltd", "54200", 740, 7, "Uniforms", POLICE),
    Firm("Kenneldale Animal Care Ltd", "55100", 480, 3, "Care of dogs", POLICE),
    Firm("Quillmark Exams Ltd", "54000", 1_900, 4, "Examination fees", SCHOOLS, "EX-IN"),
    Firm("Beanstalk School Meals Ltd", "55100", 4_400, 9, "School meals", SCHOOLS, "ZR-IN"),
    Firm("Wordsmith Textbooks Ltd", "54200", 310, 10, "Textbooks", SCHOOLS, "ZR-IN"),
    Firm("Chalk and Circuit Ltd", "54200", 870, 6, "Classroom technology", SCHOOLS),
    Firm("Supplycover Teaching Ltd", "51300", 1_250, 10, "Supply teachers", SCHOOLS),
)
# Nothing is bought from them: what was withheld from pay is paid over to them.
HMRC, FUND, MASTER_TRUST = "HM Revenue and Customs", "Mereshire Pension Fund", "Fieldway Pensions"
DEBTS, COUNCIL_TAX = "Department for Work and Pensions", "Kestrel Vale Borough Council"
NHS_FUND, GIFTS = "NHS Pensions", "Lantern Payroll Giving CIO"
PAYEES = tuple(
    Firm(name, "", 0, 0, "", public_body=name not in (MASTER_TRUST, GIFTS))
    for name in (HMRC, FUND, MASTER_TRUST, NHS_FUND, DEBTS, COUNCIL_TAX, GIFTS)
)


def firms_of(partner: Partner) -> list[Firm]:
    """The firms that an organisation of this kind buys from, always in the same order."""
    return [firm for firm in FIRMS if partner.kind in firm.buyers]


def _domain(firm: Firm) -> str:
    """The first two words of a name as an address has them: harrow-paper."""
    words = re.sub(r"[^a-z0-9 ]", "", firm.name.lower()).split()
    return "-".join(words[:2])


def _vat_number(seven: int) -> str:
    return f"GB{seven}{vat_check(str(seven)):02}"


def make_suppliers(
    place: Place, *, made_at: datetime, rng: np.random.Generator
) -> dict[str, Supplier]:
    """The partner's suppliers by name, each with bank details agreed by two people long ago."""
    # Payees have draws of their own: whether there is one more changes nothing of the history.
    own = np.random.default_rng(len(PAYEES))
    bought = _made(place, firms_of(place.partner), 100, made_at, rng)
    return bought | _made(place, PAYEES, 900, made_at, own)


def _made(
    place: Place, firms: Sequence[Firm], first: int, made_at: datetime, rng: np.random.Generator
) -> dict[str, Supplier]:
    organisation_id, today = place.organisation_id, made_at.date()
    officer = place.actor(Role.FINANCE_OFFICER, today)
    manager = place.actor(Role.FINANCE_MANAGER, today)
    suppliers = Supplier.objects.bulk_create(
        Supplier(
            organisation_id=organisation_id,
            code=f"S{number:06d}",
            name=firm.name,
            name_norm=name_key(firm.name),
            vat_number=_vat_number(int(rng.integers(1_000_000, 9_999_999))),
            public_body=firm.public_body,
            paid_first=firm.name == FIRST,
            # One in nine has told nobody an address for remittance advice.
            email="" if number % 9 == 0 else f"accounts@{_domain(firm)}.example",
            made_at=made_at,
        )
        for number, firm in enumerate(firms, start=first)
    )
    SupplierBank.objects.bulk_create(
        SupplierBank(
            organisation_id=organisation_id,
            supplier=supplier,
            **SupplierBank.sealed(
                organisation_id,
                f"{rng.integers(0, 100):02d}{rng.integers(0, 10_000):04d}",
                f"{rng.integers(10_000_000, 99_999_999)}",
            ),
            account_name=supplier.name[:60].upper(),
            valid=(today, None),
            state=SupplierBank.State.ACTIVE,
            made_by_id=officer.person_id,
            made_by_name=officer.name,
            made_at=made_at,
            agreed_by_id=manager.person_id,
            agreed_by_name=manager.name,
            agreed_at=made_at,
        )
        for supplier in suppliers
    )
    return {supplier.name: supplier for supplier in suppliers}
