"""The message that holds a report to HMRC, written in the canonical form that its mark needs.

No whitespace between elements, no empty ones, attributes by name: what is written is its own
canonical form (Canonical XML 1.0), so the IRmark is the SHA-1 of the very text of the body.
"""

import base64
import hashlib
from collections.abc import Iterable
from datetime import date

from payroll.calculator.periods import year_start

ENVELOPE = "http://www.govtalk.gov.uk/CM/envelope"
REPORTS = "http://www.govtalk.gov.uk/taxation/PAYE/RTI"


def element(name: str, *parts: str, **attributes: str) -> str:
    """An element around what is written already; nothing at all around nothing."""
    inside = "".join(parts)
    said = "".join(f' {key}="{attributes[key]}"' for key in sorted(attributes))
    return f"<{name}{said}>{inside}</{name}>" if inside else ""


def words(text: str) -> str:
    """A text as it stands between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def money(pence: int) -> str:
    """Pounds with exactly two decimals, as the schema has them."""
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def whole(pence: int) -> str:
    """Whole pounds, down, still with two decimals."""
    return f"{pence // 100}.00"


def version_of(day: date) -> str:
    """The tax year of a pay date as the schemas name it: 26-27."""
    start = year_start(day).year
    return f"{start % 100:02d}-{(start + 1) % 100:02d}"


def message(report: str, kind: str, body: Iterable[str], paye_reference: str, day: date) -> str:
    """A whole message without credentials; `kind` is FPS or EPS, `report` its element.

    The period that it ends with is the tax year. Credentials belong to the transport.
    """
    office, _, reference = paye_reference.partition("/")
    keys = element(
        "Keys",
        element("Key", words(office), Type="TaxOfficeNumber"),
        element("Key", words(reference), Type="TaxOfficeReference"),
    )
    end = date(year_start(day).year + 1, 4, 5)
    before = f"{keys}<PeriodEnd>{end}</PeriodEnd><DefaultCurrency>GBP</DefaultCurrency>"
    after = "<Sender>Employer</Sender></IRheader>" + element(report, *body) + "</IRenvelope>"
    start = f'<IRenvelope xmlns="{REPORTS}/{report}/{version_of(day)}/1"><IRheader>{before}'
    mark = irmark(start + after)
    marked = f'{start}<IRmark Type="generic">{mark}</IRmark>{after}'
    details = element(
        "MessageDetails",
        f"<Class>HMRC-PAYE-RTI-{kind}</Class><Qualifier>request</Qualifier>",
        "<Function>submit</Function><Transformation>XML</Transformation>",
    )
    target = "<TargetDetails><Organisation>IR</Organisation></TargetDetails>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<GovTalkMessage xmlns="{ENVELOPE}"><EnvelopeVersion>2.0</EnvelopeVersion>'
        f"<Header>{details}</Header><GovTalkDetails>{keys}{target}</GovTalkDetails>"
        f"<Body>{marked}</Body></GovTalkMessage>\n"
    )


def irmark(inside: str) -> str:
    """Base64 of the SHA-1 of the canonical body around this text, which has no mark yet."""
    body = f'<Body xmlns="{ENVELOPE}">{inside}</Body>'
    return base64.b64encode(hashlib.sha1(body.encode(), usedforsecurity=False).digest()).decode()


def mark_of(text: str) -> str:
    """The mark that a message carries."""
    return text.partition('<IRmark Type="generic">')[2].partition("</IRmark>")[0]
