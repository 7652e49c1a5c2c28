"""What banks say about payments: pain.002 status reports and Bacs ARUCS (returned credits).

ARUCS is the XML of the Bacs reports: its items carry everything in attributes. What neither format
says is never guessed: an answer that is not final is `waiting`, one that cannot be told `unknown`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from finance.formats.statements import NotAStatement, one_line, pence_of
from finance.formats.untrusted import Node, root_of


class Outcome(StrEnum):
    """What became of a payment: `returned` money had left, `rejected` money never did."""

    ACCEPTED = "accepted"
    WAITING = "waiting"
    REJECTED = "rejected"
    RETURNED = "returned"
    UNKNOWN = "unknown"


_STATUSES = {
    **dict.fromkeys(("ACCP", "ACSP", "ACSC", "ACCC", "ACWC", "ACTC", "ACFC"), Outcome.ACCEPTED),
    **dict.fromkeys(("RCVD", "PDNG", "PATC", "PART", "ACWP"), Outcome.WAITING),
    **dict.fromkeys(("RJCT", "CANC"), Outcome.REJECTED),
}
# The reasons of the Bacs scheme for a credit that comes back.
RETURN_REASONS = {
    "0": "The account details are invalid",
    "2": "The payee has died",
    "3": "The account has moved",
    "5": "There is no such account",
    "B": "The account is closed",
    "C": "The payer asked for it back",
}
_PAIN_002 = re.compile(r"urn:iso:std:iso:20022:tech:xsd:pain\.002\.001\.\d\d")
_RETURNED = re.compile(r"Returned\w*Item")


class NotABankReport(NotAStatement):
    """The file is no report that can be read; the message says what to do."""


@dataclass(frozen=True)
class Item:
    """The answer about one payment; pence are None where the report does not repeat them."""

    number: int
    reference: str
    pence: int | None
    outcome: Outcome
    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class BankReport:
    """One report: `whole` is the answer about the file `file_reference`, where it gives one."""

    format: str
    reference: str
    file_reference: str
    whole: Outcome | None
    items: tuple[Item, ...]


def is_bank_report(root: Node) -> bool:
    """Whether a document is one of the two, by its root."""
    name = etree.QName(root)
    return name.localname == "BACSDocument" or bool(_PAIN_002.fullmatch(name.namespace or ""))


def read_bank_report(content: bytes) -> BankReport:
    """The report in the document. `NotABankReport` names what cannot be read."""
    root = root_of(content, NotABankReport)
    if etree.QName(root).localname == "BACSDocument":
        return _arucs(root)
    if is_bank_report(root):
        return _pain002(root)
    raise NotABankReport(
        f"The document is a {etree.QName(root).localname}. Send a pain.002 or an ARUCS report."
    )


def _find(node: Node, name: str) -> Iterator[Node]:
    return (found for found in node.iter() if etree.QName(found).localname == name)


def _said(node: Node | None, name: str) -> str:
    if node is None:
        return ""
    return next((one_line(found.text) for found in _find(node, name) if found.text), "")


def _child(node: Node, name: str) -> Node | None:
    return next((one for one in node if etree.QName(one).localname == name), None)


def _pain002(root: Node) -> BankReport:
    group = next(_find(root, "OrgnlGrpInfAndSts"), None)
    head = next(_find(root, "GrpHdr"), None)
    items = tuple(
        _transaction(number, node)
        for number, node in enumerate(_find(root, "TxInfAndSts"), start=1)
    )
    blocks = [_status(node, "PmtInfSts") for node in _find(root, "OrgnlPmtInfAndSts")]
    answers = [one for one in [group is not None and _status(group, "GrpSts"), *blocks] if one]
    return BankReport(
        format="pain002",
        reference=_said(head, "MsgId"),
        file_reference=_said(group, "OrgnlMsgId"),
        whole=_of_the_file(answers) if answers else None,
        items=items,
    )


def _status(node: Node, name: str) -> Outcome | None:
    """The status in a child of the node; one that no version knows is unknown."""
    child = _child(node, name)
    if child is None or not child.text:
        return None
    return _STATUSES.get(child.text.strip(), Outcome.UNKNOWN)


def _of_the_file(answers: list[Outcome]) -> Outcome:
    """A file is rejected or accepted only if every answer about all of it says so."""
    return answers[0] if len(set(answers)) == 1 else Outcome.WAITING


def _transaction(number: int, node: Node) -> Item:
    reference = _said(node, "OrgnlEndToEndId") or _said(node, "OrgnlInstrId")
    if not reference:
        raise NotABankReport(
            f"Payment {number} has no OrgnlEndToEndId, so nobody can tell which it is."
            " Ask the bank for the report again."
        )
    amount = _said(node, "InstdAmt")
    reason = _child(node, "StsRsnInf")
    return Item(
        number=number,
        reference=reference,
        pence=pence_of(amount, f"Payment {number}, InstdAmt") if amount else None,
        outcome=_status(node, "TxSts") or Outcome.UNKNOWN,
        code=_said(reason, "Cd") or _said(reason, "Prtry"),
        reason=_said(reason, "AddtlInf"),
    )


def _arucs(root: Node) -> BankReport:
    kinds = [etree.QName(node).localname for node in root.iter()]
    if "ARUCS" not in kinds:
        raise NotABankReport(
            "This Bacs report is not an ARUCS report of returned credits. Send the ARUCS report."
        )
    header = next(_find(root, "Header"), None)
    service = next(_find(root, "ServiceLicenseInformation"), None)
    found = [node for node in root.iter() if _RETURNED.fullmatch(etree.QName(node).localname)]
    items = tuple(_returned(number, node) for number, node in enumerate(found, start=1))
    _check_totals(root, items)
    return BankReport(
        format="arucs",
        reference=header.get("adviceNumber", "") if header is not None else "",
        file_reference=service.get("userNumber", "") if service is not None else "",
        whole=None,
        items=items,
    )


def _returned(number: int, node: Node) -> Item:
    reference, amount = node.get("ref", "").strip(), node.get("valueOf", "")
    if not reference:
        raise NotABankReport(
            f"Returned item {number} has no ref, so nobody can tell which payment it is."
            " Ask the bank for the report again."
        )
    code = node.get("returnCode", "")
    return Item(
        number=number,
        reference=reference,
        pence=pence_of(amount, f"Returned item {number}, valueOf"),
        outcome=Outcome.RETURNED,
        code=code,
        reason=RETURN_REASONS.get(code, one_line(node.get("returnDescription", ""))),
    )


def _check_totals(root: Node, items: tuple[Item, ...]) -> None:
    """Where a report states totals, its items reach them."""
    totals = list(_find(root, "Totals"))
    if not totals:
        return
    stated = sum(int(node.get("numberOf", "0")) for node in totals if node.get("numberOf", "0"))
    value = sum(pence_of(node.get("valueOf", "0"), "Totals, valueOf") for node in totals)
    if (stated, value) != (len(items), sum(item.pence or 0 for item in items)):
        raise NotABankReport(
            f"The report says {stated} items of {value} pence and holds {len(items)} of"
            f" {sum(item.pence or 0 for item in items)}. Ask the bank for the report again."
        )
