"""The people a visitor of the demonstration can be, and what each can try first.

They exist only where the demonstration flag and the marker in the database are both set.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from tenants.selectors import demonstration_people


@dataclass(frozen=True)
class Persona:
    """A person of the demonstration. `url_name` and `query` lead to the thing to try,
    at `at` if it is another organisation than their own."""

    key: str
    email: str
    name: str
    job: str
    organisation: str
    organisation_name: str
    does: str
    tries: str
    url_name: str
    query: str = ""
    at: str = ""

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[-2:])

    @property
    def link(self) -> str:
        """Where the thing to try is."""
        try:
            where = self.at or self.organisation
            return reverse(self.url_name, kwargs={"organisation": where}) + self.query
        except NoReverseMatch:
            return reverse("organisation_home", kwargs={"organisation": self.organisation})


HARROWMERE = ("harrowmere", "Harrowmere County Council")
MEREFORD = ("mereford", "Mereford Shared Services")

# In the order of the story that passes from hand to hand.
PERSONAS = (
    Persona(
        "priya",
        "priya.nair@harrowmere.example",
        "Priya Nair",
        "Finance officer",
        *HARROWMERE,
        "Gets the invoices of the county in, checked and paid.",
        "An invoice of highways is held over its price, which is now agreed. Release it and send"
        " it for approval.",
        "invoices",
        "?state=held&cause=price",
    ),
    Persona(
        "helen",
        "helen.cartwright@harrowmere.example",
        "Helen Cartwright",
        "Head of highways",
        *HARROWMERE,
        "Holds the highways budget and approves on a phone between meetings.",
        "Approve what Priya sent you, and send another one back with a sentence.",
        "waiting",
    ),
    Persona(
        "daniel",
        "daniel.osei@harrowmere.example",
        "Daniel Osei",
        "Finance manager",
        *HARROWMERE,
        "Is the second person: releases payments, agrees to new bank details.",
        "A payment run waits for a second person: look through it and release it. New bank details"
        " wait for you as well.",
        "payment_runs",
    ),
    Persona(
        "leah",
        "leah.ainsworth@harrowmere.example",
        "Leah Ainsworth",
        "HR officer",
        *HARROWMERE,
        "Keeps the record of everybody who works for the county.",
        "Find somebody by their last name and ask for a change of their hours.",
        "staff",
    ),
    Persona(
        "martin",
        "martin.quist@harrowmere.example",
        "Martin Quist",
        "Payroll officer",
        *HARROWMERE,
        "Runs the pay, and is the second person for starters, changes and leavers.",
        "Run the pay of the month for 4,800 people, settle what has to be looked at and send it to"
        " Daniel. A starter that Leah asked for waits for you as well.",
        "pay_board",
    ),
    Persona(
        "tom",
        "tom.adeyemi@harrowmere.example",
        "Tom Adeyemi",
        "Highways technician",
        *HARROWMERE,
        "Wants to understand the money that arrives each month.",
        "Open your payslip: see how every line came about.",
        "my_payslips",
    ),
    Persona(
        "amara",
        "amara.lindqvist@mereford.example",
        "Amara Lindqvist",
        "Agent of the centre",
        *MEREFORD,
        "Works on the invoices of every partner from one list.",
        "Load a file of payments in a layout of its own and confirm its columns.",
        "file_upload",
        at="harrowmere",
    ),
    Persona(
        "gareth",
        "gareth.pugh@mereford.example",
        "Gareth Pugh",
        "Manager of the centre",
        *MEREFORD,
        "Answers to five partners and four clients for the work of the centre.",
        "Find the partner where payment really got slower, and since when.",
        "centre_board",
    ),
    Persona(
        "ruth",
        "ruth.ellison@harrowmere.example",
        "Councillor Ruth Ellison",
        "Member of the partnership board",
        *HARROWMERE,
        "Wants to know, once a quarter, whether the centre is worth its money.",
        "Find what fell short of its target, and where your county stands among others.",
        "board",
    ),
    Persona(
        "iqbal",
        "iqbal.chowdhury@harrowmere.example",
        "Iqbal Chowdhury",
        "Auditor",
        *HARROWMERE,
        "Believes nothing that cannot be traced.",
        "Find in the trail what Priya, Helen and Daniel just did; open a figure down to invoices.",
        "trail",
    ),
    Persona(
        "sian",
        "sian.beddoes@harrowmere.example",
        "Sian Beddoes",
        "Administrator",
        *HARROWMERE,
        "Decides who may do what at the county, and keeps its units.",
        "Look up who may approve what. End a right of Tom Adeyemi: it is gone at once.",
        "rights",
        "?role=manager",
    ),
)


@dataclass(frozen=True)
class Story:
    """Something that lies in the figures, and as whom one finds it."""

    key: str
    title: str
    tells: str
    persona: str
    url_name: str
    query: str = ""

    @property
    def link(self) -> str:
        """Where it is to be found."""
        return reverse(self.url_name, kwargs={"organisation": HARROWMERE[0]}) + self.query


STORIES = (
    Story(
        "late",
        "A late supplier",
        "Fenwright Agency Staffing sends its invoices four weeks after their date.",
        "priya",
        "invoices",
        "?state=all&q=Fenwright",
    ),
    Story(
        "duplicate",
        "A duplicate",
        "Copperfield Print Works sent the same posters twice, with one letter more in the number.",
        "priya",
        "invoices",
        "?state=all&q=CPW-88104",
    ),
    Story(
        "bank",
        "New bank details",
        "Brightholme Care is said to have changed its bank. Somebody has to call it and ask.",
        "daniel",
        "waiting",
    ),
    Story(
        "spike",
        "A spike",
        "Five months ago Aldermoor Aggregates sent ten times its usual number of invoices.",
        "priya",
        "invoices",
        "?state=all&q=Aldermoor",
    ),
    Story(
        "duties",
        "Two duties in one hand",
        "Peter Arkwell holds a budget and enters invoices for it. Nobody has agreed to that.",
        "sian",
        "conflicts",
    ),
    Story(
        "leaver",
        "A leaver paid by mistake",
        "Somebody had left on the ninth and was paid for the whole month. They agreed to give the"
        " rest back in six parts.",
        "martin",
        "recovery_plans",
    ),
    Story(
        "pension",
        "A pension nobody asked for",
        "Museums employ people for a season: each has to be enrolled. Three opted out, those who"
        " came last are postponed, and letters to them are due.",
        "martin",
        "enrolment",
    ),
    Story(
        "owed",
        "Money of others",
        "Tax, pension contributions and debts were taken out of pay. They wait to be paid over.",
        "martin",
        "pay_dues",
    ),
    Story(
        "lent",
        "One person, two employers",
        "Two people of the county work for others, who bear the cost; a third has two posts.",
        "leah",
        "seconded_out",
    ),
    Story(
        "award",
        "A rise agreed late",
        "An award from a month that was paid already, and museum attendants a grade higher: see"
        " what each costs before you agree.",
        "daniel",
        "pay_awards",
    ),
    Story(
        "electronic",
        "An invoice without paper",
        "Cloudmere Hosting sends its invoices as data, and was told what became of each.",
        "priya",
        "invoice_responses",
    ),
    Story(
        "look",
        "A look from outside",
        "Somebody of the centre looked at bank details of a supplier of the county, and said why.",
        "iqbal",
        "centre_work",
        "?looks=on",
    ),
)


def present_people(request: Any) -> dict[str, int]:
    """Ids of the personas by key; empty unless both the flag and the marker are set.

    Notes on the request what was asked along with them: where its person belongs.
    """
    if not settings.DEMO:
        return {}
    emails, me = [persona.email for persona in PERSONAS], request.user
    ids, request.standing = demonstration_people(emails, me.pk, timezone.localdate())
    return {p.key: ids[p.email] for p in PERSONAS if p.email in ids}


def bar(people: dict[str, int], person_id: int | None) -> list[dict[str, Any]]:
    """The yellow bar: everyone a visitor can turn into, and who they are now."""
    return [
        {
            "name": persona.name,
            "role": persona.job,
            "url": reverse("demo_be", kwargs={"key": persona.key}),
            "current": people[persona.key] == person_id,
        }
        for persona in PERSONAS
        if persona.key in people
    ]
