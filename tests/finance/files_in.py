"""Small files for the tests of loading, and the shortest way through it."""

from core.scope import scope
from finance.models import SourceFile
from finance.services.files import load_file, receive_file
from runs.services import work_all
from tests.world import World

HEADINGS = "Service,Category,Payment Date,Transaction Number,Net Amount,Supplier ID,Supplier Name\n"
PUBLISHED = HEADINGS + (
    'Libraries,Stationery,30/04/2019,T1,"1,200.50",77,Harrow Paper Ltd\n'
    "Libraries,Furniture,30/04/2019,T1,99.50,77,Harrow Paper Ltd\n"
    "Parks,Tree surgery,30/04/2019,T2,(100.00),77,Harrow Paper Ltd\n"
    "Parks,Grounds maintenance,2019-05-01,T3,80.00,,Green & Sons\n"
    "Parks,Grounds maintenance,2019-05-01,,45.00,,Green & Sons\n"
    "Parks,Grounds maintenance,2019-05-01,,45.00,,GREEN AND SONS\n"
    "Care,Rest Home Payment,2019-05-01,T4,10.00,,Redacted personal data\n"
    "Care,Rest Home Payment,2019-05-01,T5,12.00,9,Redacted personal data\n"
    "Care,Rest Home Payment,2019-05-02,T6,-30.00,12,Owed To Us Ltd\n"
    ",,,,,,\n"
    "Care,Widgets,2019-05-02,T7,abc,12,Owed To Us Ltd\n"
    "Care,Widgets,2019-05-02,T8,25.00,12,\n"
    "Service,Category,Payment Date,Transaction Number,Net Amount,Supplier ID,Supplier Name\n"
    "Total,,,,1387.00,,\n"
)
RECEIVED = (
    "Supplier Name,Invoice Number,Invoice Date,Date Received,Net Amount,VAT,Category\n"
    "Harrow Paper Ltd,INV-100,01/06/2026,03/06/2026,100.00,20.00,Stationery\n"
    "Harrow Paper Ltd,INV-1O0,02/06/2026,04/06/2026,55.00,0.00,Stationery\n"
    "Harrow Paper Ltd,INV-101,01/06/2026,,70.00,14.00,Stationery\n"
    "Green & Sons,G7,01/06/2026,05/06/2026,100.00,90.00,Grounds maintenance\n"
)


def load(
    world: World,
    text: str = PUBLISHED,
    *,
    name: str = "eastmere-2019-04.csv",
    purpose: str = "published",
    slug: str = "eastmere",
) -> SourceFile:
    """The file received, its columns confirmed, and everything that waits worked off."""
    by = world.actor(f"finance_officer@{slug}")
    with scope(acting=by.organisation_id):
        received = receive_file(name=name, data=text.encode(), purpose=purpose, by=by)
        load_file(file=received.file, by=by)
    work_all()
    with scope(acting=by.organisation_id):
        return SourceFile.objects.get(pk=received.file.pk)
