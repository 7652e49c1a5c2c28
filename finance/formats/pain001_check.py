"""Rules of a UK pain.001.001.09 that its XML schema does not hold: totals, identifiers, days."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from lxml import etree

from finance.formats.bank_days import is_banking_day

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_NS = {"p": NAMESPACE}
_IDENTIFIER = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]{1,35}")


def check(data: bytes, holidays: Collection[date] = ()) -> list[str]:
    """Every rule broken, in words; an empty list when none is. Document types are refused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        return [f"The file is not XML: {error}"]
    if root.getroottree().docinfo.internalDTD is not None:
        return ["The file holds a document type definition"]
    if root.tag != f"{{{NAMESPACE}}}Document":
        return ["The file is not a pain.001.001.09 document"]
    blocks = _all(root, "p:CstmrCdtTrfInitn/p:PmtInf")
    headers = _all(root, "p:CstmrCdtTrfInitn/p:GrpHdr")
    if len(headers) != 1 or not blocks:
        return ["The file has not one group header and at least one payment block"]
    return [
        *_check_sums("The group header", headers[0], _all(root, ".//p:CdtTrfTxInf")),
        *(problem for block in blocks for problem in _check_block(block, holidays)),
        *_check_identifiers(root),
        *_check_accounts(root),
    ]


def is_identifier(value: str) -> bool:
    """1 to 35 allowed characters; no blank at either end, slashes only inside and singly."""
    unfit = value.startswith("/") or value.endswith("/") or "//" in value
    return bool(_IDENTIFIER.fullmatch(value)) and not unfit and value == value.strip()


def _all(element: etree._Element, path: str) -> list[etree._Element]:
    return list(element.findall(path, _NS))


def _text(element: etree._Element, path: str) -> str:
    return element.findtext(path, "", _NS)


def _amount(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _check_sums(
    what: str, element: etree._Element, transfers: list[etree._Element]
) -> Iterator[str]:
    if _text(element, "p:NbOfTxs") != str(len(transfers)):
        yield f"{what} counts {_text(element, 'p:NbOfTxs')} payments; there are {len(transfers)}"
    amounts = [_amount(_text(transfer, "p:Amt/p:InstdAmt")) or Decimal() for transfer in transfers]
    total = sum(amounts, Decimal())
    if _amount(_text(element, "p:CtrlSum")) != total:
        yield f"{what} has the control sum {_text(element, 'p:CtrlSum')}; the payments are {total}"


def _check_block(block: etree._Element, holidays: Collection[date]) -> Iterator[str]:
    name = f"Block {_text(block, 'p:PmtInfId')}"
    transfers = _all(block, "p:CdtTrfTxInf")
    if not transfers:
        yield f"{name} has no payments"
    yield from _check_sums(name, block, transfers)
    if _text(block, "p:PmtTpInf/p:SvcLvl/p:Cd") not in ("NURG", "URGP"):
        yield f"{name} has a service level that is neither NURG nor URGP"
    if _text(block, "p:DbtrAcct/p:Ccy") not in ("", "GBP"):
        yield f"{name} is from an account that is not in pounds"
    try:
        day = date.fromisoformat(_text(block, "p:ReqdExctnDt/p:Dt"))
    except ValueError:
        yield f"{name} has no date of execution"
    else:
        if not is_banking_day(day, holidays):
            yield f"{name} is for {day:%d %B %Y}, which is not a banking day"
    for transfer in transfers:
        yield from _check_amount(transfer)


def _check_amount(transfer: etree._Element) -> Iterator[str]:
    name = f"Payment {_text(transfer, 'p:PmtId/p:EndToEndId')}"
    element = transfer.find("p:Amt/p:InstdAmt", _NS)
    if element is None:
        yield f"{name} has no amount"
        return
    value = _amount(element.text or "")
    if value is None or value <= 0:
        yield f"{name} has an amount that is not above nil"
    elif value != value.quantize(Decimal("0.01")):
        yield f"{name} has a part of a penny"
    if element.get("Ccy") != "GBP":
        yield f"{name} is not in pounds"
    if not _text(transfer, "p:Cdtr/p:Nm").strip():
        yield f"{name} has no name of a payee"
    if len(_text(transfer, "p:Cdtr/p:Nm")) > 140:
        yield f"{name} has a name of more than 140 characters"
    if len(_text(transfer, "p:RmtInf/p:Ustrd")) > 140:
        yield f"{name} has a remittance text of more than 140 characters"


def _check_identifiers(root: etree._Element) -> Iterator[str]:
    for path in ("MsgId", "PmtInfId", "EndToEndId"):
        values = [element.text or "" for element in _all(root, f".//p:{path}")]
        for value in values:
            if not is_identifier(value):
                yield f"{path} '{value}' is not 1 to 35 of the allowed characters"
        for value, count in Counter(values).items():
            if count > 1:
                yield f"{path} '{value}' is used {count} times"


def _check_accounts(root: etree._Element) -> Iterator[str]:
    for path in (".//p:DbtrAcct", ".//p:CdtrAcct"):
        for element in _all(root, path):
            number = _text(element, "p:Id/p:Othr/p:Id")
            if not re.fullmatch(r"[0-9]{8}", number):
                yield f"The account number '{number}' is not eight figures"
    for element in _all(root, ".//p:ClrSysMmbId"):
        sort_code = _text(element, "p:MmbId")
        if _text(element, "p:ClrSysId/p:Cd") != "GBDSC" or not re.fullmatch(r"[0-9]{6}", sort_code):
            yield f"The sort code '{sort_code}' is not six figures of the scheme GBDSC"
