"""Values out of the nodes of an electronic invoice, in sentences where they cannot be read."""

import base64
import binascii
import re
from datetime import date
from decimal import Decimal

from lxml import etree

from finance.einvoices.facts import NotAnEInvoice
from finance.formats.untrusted import Node

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
UNECE = "urn:un:unece:uncefact:data:standard:"
# The prefixes of UBL and of the Cross Industry Invoice in the paths of both readers.
NAMES = {
    "cac": f"{UBL}CommonAggregateComponents-2",
    "cbc": f"{UBL}CommonBasicComponents-2",
    "rsm": f"{UNECE}CrossIndustryInvoice:100",
    "ram": f"{UNECE}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{UNECE}UnqualifiedDataType:100",
}
# Figures with a point, few enough for the sums of a ledger: nothing in trade needs more.
_NUMBER = re.compile(r"[+-]?[0-9]{1,13}(\.[0-9]{0,10})?|[+-]?\.[0-9]{1,10}")
MOST_TEXT = 80


def every(node: Node, path: str) -> list[Node]:
    return node.findall(path, NAMES)


def one(node: Node, path: str) -> Node | None:
    return node.find(path, NAMES)


def texts(node: Node, path: str) -> tuple[str, ...]:
    return tuple(words(found) for found in every(node, path))


def text(node: Node, path: str) -> str:
    found = one(node, path)
    return "" if found is None else words(found)


def words(node: Node) -> str:
    return " ".join((node.text or "").split())


def with_scheme(node: Node, path: str) -> str:
    found = one(node, path)
    if found is None:
        return ""
    scheme = found.get("schemeID", "")
    return f"{scheme}:{words(found)}" if scheme else words(found)


def needed(node: Node, path: str) -> str:
    said = text(node, path)
    if not said:
        raise NotAnEInvoice(f"{place(node)}: {path} is missing.")
    if len(said) > MOST_TEXT:
        raise NotAnEInvoice(f"{place(node)}: {path} has more than {MOST_TEXT} characters.")
    return said


def needed_number(node: Node, path: str) -> Decimal:
    found = one(node, path)
    if found is None:
        raise NotAnEInvoice(f"{place(node)}: {path} is missing.")
    return decimal(found)


def number(node: Node, path: str) -> Decimal | None:
    found = one(node, path)
    return None if found is None else decimal(found)


def decimal(node: Node) -> Decimal:
    said = words(node)
    if _NUMBER.fullmatch(said):
        return Decimal(said)
    raise NotAnEInvoice(f"{place(node)}: “{said[:30]}” is not a number that can be booked.")


def needed_day(node: Node, path: str) -> date:
    found = day(node, path)
    if found is None:
        raise NotAnEInvoice(f"{place(node)}: {path} is missing.")
    return found


def day(node: Node, path: str) -> date | None:
    found = one(node, path)
    if found is None or not words(found):
        return None
    said = words(found)
    try:
        return date.fromisoformat(said[:10])
    except ValueError:
        raise NotAnEInvoice(f"{place(found)}: “{said[:20]}” is not a date.") from None


def place(node: Node) -> str:
    return f"Line {node.sourceline}, {etree.QName(node).localname}"


def attached(node: Node, name: str) -> bytes:
    """The document inside a node, out of its Base64."""
    try:
        return base64.b64decode("".join((node.text or "").split()), validate=True)
    except binascii.Error:
        raise NotAnEInvoice(f"{place(node)}: the attachment {name} is not Base64.") from None
