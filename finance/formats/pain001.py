"""ISO 20022 pain.001.001.09 credit transfers for UK banks (Bacs, Faster Payments, CHAPS).

Accounts are `Othr/Id` under the scheme BBAN, sort codes clearing members of GBDSC, the service user
number is `Othr` with the proprietary scheme SUN. The bytes depend on the arguments alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from finance.formats.errors import Unwritable
from finance.formats.pain001_check import NAMESPACE, check

__all__ = ["SERVICES", "PainCredit", "PainFile", "PainParty", "check", "write"]

# Scheme to service level and the most pence one payment may have.
SERVICES: dict[str, tuple[str, int | None]] = {
    "bacs": ("NURG", 2_000_000_000),
    "faster_payments": ("URGP", 100_000_000),
    "chaps": ("URGP", None),
}


@dataclass(frozen=True)
class PainParty:
    """A party with its account. The address is structured; an empty part is left out."""

    name: str
    sort_code: str
    account: str
    town: str = ""
    postcode: str = ""
    country: str = "GB"


@dataclass(frozen=True)
class PainCredit:
    """One payment. `end_to_end_id` must never be used for another by the same organisation."""

    end_to_end_id: str
    pence: int
    creditor: PainParty
    remittance: str


@dataclass(frozen=True)
class PainFile:
    """All that a message says, one payment information block, one day of execution.

    `sun` may be empty where the bank does not ask for it; `created_at` is written as given, to the
    second and without its zone.
    """

    message_id: str
    payment_id: str
    created_at: datetime
    execute_on: date
    service: str
    sun: str
    debtor: PainParty
    credits: tuple[PainCredit, ...]
    batch_booking: bool = True

    @property
    def total_pence(self) -> int:
        """Pence of all payments: the control sum."""
        return sum(credit.pence for credit in self.credits)


def write(file: PainFile, holidays: Collection[date] = ()) -> bytes:
    """The message as UTF-8 XML. `Unwritable`, with every problem, when a rule is broken.

    The checker's rules are held on the finished bytes, so nothing leaves that it would refuse.
    """
    if file.service not in SERVICES:
        raise Unwritable([f"'{file.service}' is not one of {', '.join(SERVICES)}"])
    limit = SERVICES[file.service][1]
    problems = [
        f"Payment {credit.end_to_end_id} is above the limit of {file.service}"
        for credit in file.credits
        if limit is not None and credit.pence > limit
    ]
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    message = _add(root, "CstmrCdtTrfInitn")
    try:
        _add_group_header(message, file)
        _add_payments(message, file)
    except ValueError as error:  # lxml refuses control characters
        raise Unwritable([f"A text holds a character that cannot stand in XML: {error}"]) from error
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    problems.extend(check(data, holidays))
    if problems:
        raise Unwritable(problems)
    return data


def pounds(pence: int) -> str:
    """Pence as pounds with two decimals and no separators: 576050 is 5760.50."""
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def _add(parent: etree._Element, path: str, text: str | None = None) -> etree._Element:
    """The last element of a new path of elements under the parent, with its text."""
    for name in path.split("/"):
        parent = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text is not None:
        parent.text = text
    return parent


def _add_group_header(message: etree._Element, file: PainFile) -> None:
    header = _add(message, "GrpHdr")
    _add(header, "MsgId", file.message_id)
    _add(header, "CreDtTm", file.created_at.strftime("%Y-%m-%dT%H:%M:%S"))
    _add(header, "NbOfTxs", str(len(file.credits)))
    _add(header, "CtrlSum", pounds(file.total_pence))
    _add_party(_add(header, "InitgPty"), file.debtor, file.sun)


def _add_payments(message: etree._Element, file: PainFile) -> None:
    block = _add(message, "PmtInf")
    _add(block, "PmtInfId", file.payment_id)
    _add(block, "PmtMtd", "TRF")
    _add(block, "BtchBookg", "true" if file.batch_booking else "false")
    _add(block, "NbOfTxs", str(len(file.credits)))
    _add(block, "CtrlSum", pounds(file.total_pence))
    _add(block, "PmtTpInf/SvcLvl/Cd", SERVICES[file.service][0])
    _add(block, "ReqdExctnDt/Dt", file.execute_on.isoformat())
    _add_party(_add(block, "Dbtr"), file.debtor, file.sun)
    account = _add_account(_add(block, "DbtrAcct"), file.debtor)
    _add(account, "Ccy", "GBP")
    _add_agent(_add(block, "DbtrAgt"), file.debtor)
    _add(block, "ChrgBr", "SLEV")
    for credit in file.credits:
        _add_credit(_add(block, "CdtTrfTxInf"), credit)


def _add_credit(transfer: etree._Element, credit: PainCredit) -> None:
    _add(transfer, "PmtId/EndToEndId", credit.end_to_end_id)
    _add(transfer, "Amt/InstdAmt", pounds(credit.pence)).set("Ccy", "GBP")
    _add_agent(_add(transfer, "CdtrAgt"), credit.creditor)
    _add_party(_add(transfer, "Cdtr"), credit.creditor, "")
    _add_account(_add(transfer, "CdtrAcct"), credit.creditor)
    _add(transfer, "RmtInf/Ustrd", credit.remittance)


def _add_party(element: etree._Element, party: PainParty, sun: str) -> None:
    _add(element, "Nm", party.name)
    address = [("PstCd", party.postcode), ("TwnNm", party.town), ("Ctry", party.country)]
    if party.town or party.postcode:
        postal = _add(element, "PstlAdr")
        for name, value in address:
            if value:
                _add(postal, name, value)
    if sun:
        other = _add(element, "Id/OrgId/Othr")
        _add(other, "Id", sun)
        _add(other, "SchmeNm/Prtry", "SUN")


def _add_account(element: etree._Element, party: PainParty) -> etree._Element:
    other = _add(element, "Id/Othr")
    _add(other, "Id", party.account)
    _add(other, "SchmeNm/Cd", "BBAN")
    return element


def _add_agent(element: etree._Element, party: PainParty) -> None:
    member = _add(element, "FinInstnId/ClrSysMmbId")
    _add(member, "ClrSysId/Cd", "GBDSC")
    _add(member, "MmbId", party.sort_code)
