"""Invoice responses of Peppol (BIS Invoice Response 3, transaction T111), as UBL 2.1 XML.

Source: OpenPeppol, Post-Award specifications, profile 63: the structure of the message, the code
lists UNCL4343 (T111), OPStatusReason and OPStatusAction, and the rules of the process.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from finance.einvoices.facts import EInvoice, Party
from finance.einvoices.nodes import NAMES, UBL

CUSTOMISATION = "urn:fdc:peppol.eu:poacc:trns:invoice_response:3"
PROFILE = "urn:fdc:peppol.eu:poacc:bis:invoice_response:3"
CAC, CBC = NAMES["cac"], NAMES["cbc"]
RESPONSE = f"{UBL}ApplicationResponse-2"
PREFIXES = {None: RESPONSE, "cac": CAC, "cbc": CBC}
# The order in which they are told (OP-BR111-R012): any may be the first, none goes back.
ORDER = ("AB", "IP", "UQ", "CA", "RE", "AP", "PD")
FINAL = ("RE", "PD")
# After these the sender must be told why (PEPPOL-T111-R001).
CLARIFIED = ("UQ", "CA", "RE")
TYPES = {"Invoice": "380", "CreditNote": "381"}
MOST_ADDRESS, MOST_NAME = 120, 200
_SCHEME = re.compile(r"[0-9A-Z]{2,4}")


@dataclass(frozen=True)
class Clarification:
    """Why the status is so and what is asked of the sender: a reason, an action and words."""

    reason: str = ""
    action: str = ""
    words: str = ""


@dataclass(frozen=True)
class Addressed:
    """The document that is answered and its parties: `seller` and `buyer` as scheme:identifier."""

    document_number: str
    document_on: date
    document_type: str
    seller: str
    seller_name: str
    buyer: str
    buyer_name: str


def addressed(facts: EInvoice) -> Addressed | None:
    """Who is answered by whom; None where the document names no electronic address of both."""
    if not (_reachable(facts.seller) and _reachable(facts.buyer)):
        return None
    return Addressed(
        document_number=facts.number,
        document_on=facts.issued_on,
        document_type=facts.type_code[:3] or TYPES[facts.kind],
        seller=facts.seller.endpoint,
        seller_name=facts.seller.name[:MOST_NAME],
        buyer=facts.buyer.endpoint,
        buyer_name=facts.buyer.name[:MOST_NAME],
    )


def _reachable(party: Party) -> bool:
    scheme, _, identifier = party.endpoint.partition(":")
    known = _SCHEME.fullmatch(scheme) and identifier and len(party.endpoint) <= MOST_ADDRESS
    return bool(known and party.name)


def comes_after(status: str, told: Sequence[str]) -> bool:
    """May it be told, after what was: each once, in order, and nothing after a final one?"""
    if any(one in FINAL for one in told):
        return False
    return all(ORDER.index(status) > ORDER.index(one) for one in told)


def as_xml(
    *,
    key: str,
    at: datetime,
    status: str,
    effective_on: date,
    to: Addressed,
    because: Clarification,
) -> bytes:
    """The message of that key, made at an instant with its zone. The elements stand in the order
    of the schema."""
    root = etree.Element(f"{{{RESPONSE}}}ApplicationResponse", nsmap=PREFIXES)  # type: ignore[arg-type]
    _say(root, "CustomizationID", CUSTOMISATION)
    _say(root, "ProfileID", PROFILE)
    _say(root, "ID", key)
    _say(root, "IssueDate", f"{at:%Y-%m-%d}")
    _say(root, "IssueTime", at.isoformat(timespec="seconds").partition("T")[2])
    _party(root, "SenderParty", to.buyer, to.buyer_name)
    _party(root, "ReceiverParty", to.seller, to.seller_name)
    answer = _part(root, "DocumentResponse")
    response = _part(answer, "Response")
    _say(response, "ResponseCode", status)
    _say(response, "EffectiveDate", effective_on.isoformat())
    for code, listed, words in (
        (because.reason, "OPStatusReason", because.words),
        (because.action, "OPStatusAction", ""),
    ):
        if code:
            clarified = _part(response, "Status")
            _say(clarified, "StatusReasonCode", code, listID=listed)
            if words:
                _say(clarified, "StatusReason", words)
    document = _part(answer, "DocumentReference")
    _say(document, "ID", to.document_number)
    _say(document, "IssueDate", to.document_on.isoformat())
    _say(document, "DocumentTypeCode", to.document_type)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _party(parent: etree._Element, name: str, address: str, called: str) -> None:
    node = _part(parent, name)
    scheme, _, identifier = address.partition(":")
    _say(node, "EndpointID", identifier, schemeID=scheme)
    _say(_part(node, "PartyLegalEntity"), "RegistrationName", called)


def _part(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def _say(parent: etree._Element, name: str, said: str, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{CBC}}}{name}", attributes).text = said
