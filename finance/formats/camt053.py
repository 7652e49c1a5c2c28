"""ISO 20022 camt.053 bank statements, of any version: elements are found by their local names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from lxml import etree

from finance.formats.statements import Line, NotAStatement, Statement, day_of, one_line, pence_of
from finance.formats.untrusted import Node, root_of

_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(\d\d)")
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)


def is_camt053(root: Node) -> bool:
    """Whether the document is a statement by its namespace."""
    return _NAMESPACE.fullmatch(etree.QName(root).namespace or "") is not None


def read_camt053(content: bytes) -> list[Statement]:
    """Every statement of the message, each held to its balances."""
    root = root_of(content, NotAStatement)
    if not is_camt053(root):
        raise NotAStatement(
            f"The document is {etree.QName(root).namespace or 'of no standard'}, not a camt.053."
            " Ask the bank for a camt.053 statement."
        )
    found = [_statement(node).checked() for node in _all(root, "BkToCstmrStmt/Stmt")]
    if not found:
        raise NotAStatement("The message holds no statement. Ask the bank for the file again.")
    return found


def _all(node: Node, path: str) -> Iterator[Node]:
    """Descendants along a path of local names; versions differ in their namespace alone."""
    first, _, rest = path.partition("/")
    for child in node:
        if etree.QName(child).localname == first:
            yield from _all(child, rest) if rest else iter((child,))


def _text(node: Node, *paths: str) -> str:
    """The first text there is along the paths; an element that was wrapped later has two."""
    for path in paths:
        for found in _all(node, path):
            if found.text and found.text.strip():
                return one_line(found.text)
    return ""


def _statement(node: Node) -> Statement:
    reference = _text(node, "Id")
    where = f"Statement {reference}"
    balances = list(_balances(node, where))
    lines = tuple(_lines(node, where))
    opening = [b for b in balances if b[0] in OPENING]
    closing = [b for b in balances if b[0] in CLOSING]
    days = [line.booked_on for line in lines] + [day for _, _, day in closing]
    start, end = _text(node, "FrToDt/FrDtTm"), _text(node, "FrToDt/ToDtTm")
    if not days and not (start and end):
        raise NotAStatement(f"{where} has no entries and no day. Ask the bank for it again.")
    return Statement(
        format="camt053",
        reference=reference,
        sequence=_text(node, "ElctrncSeqNb", "LglSeqNb"),
        account=_account(node),
        currency=_currency(node, where),
        from_on=day_of(start, f"{where}, FrDtTm") if start else min(days),
        to_on=day_of(end, f"{where}, ToDtTm") if end else max(days),
        # The first and the last page of several are the ones that count.
        opening_pence=opening[0][1] if opening else None,
        closing_pence=closing[-1][1] if closing else None,
        lines=lines,
    )


def _currency(node: Node, where: str) -> str:
    found = {amount.get("Ccy", "") for amount in _all(node, "Ntry/Amt")}
    found |= {amount.get("Ccy", "") for amount in _all(node, "Bal/Amt")}
    stated = _text(node, "Acct/Ccy")
    found |= {stated} if stated else set()
    if len(found - {""}) != 1:
        raise NotAStatement(
            f"{where} names no currency or several ({', '.join(sorted(found - {''}))})."
            " One statement is of one currency: ask the bank for one for each account."
        )
    return (found - {""}).pop()


def _account(node: Node) -> str:
    number = _text(node, "Acct/Id/IBAN", "Acct/Id/Othr/Id")
    sort_code = _text(node, "Acct/Svcr/FinInstnId/ClrSysMmbId/MmbId")
    return f"{sort_code} {number}".strip()


def _signed(node: Node, where: str) -> int:
    pence = pence_of(_text(node, "Amt"), f"{where}, Amt")
    side = _text(node, "CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        raise NotAStatement(
            f"{where}: CdtDbtInd is '{side[:10]}', neither CRDT nor DBIT. Ask the bank for another."
        )
    return pence if side == "CRDT" else -pence


def _balances(node: Node, where: str) -> Iterator[tuple[str, int, date]]:
    for balance in _all(node, "Bal"):
        code = _text(balance, "Tp/CdOrPrtry/Cd")
        if code in (*OPENING, *CLOSING):
            place = f"{where}, balance {code}"
            day = day_of(_text(balance, "Dt/Dt", "Dt/DtTm"), f"{place}, Dt")
            yield code, _signed(balance, place), day


def _lines(node: Node, where: str) -> Iterator[Line]:
    number = 0
    for entry in _all(node, "Ntry"):
        if _text(entry, "Sts/Cd", "Sts") not in ("BOOK", ""):
            continue  # pending and for information only: no part of the balances
        number += 1
        place = f"{where}, entry {number}"
        value = _text(entry, "ValDt/Dt", "ValDt/DtTm")
        booked = _text(entry, "BookgDt/Dt", "BookgDt/DtTm") or value
        parts = list(_all(entry, "NtryDtls/TxDtls"))
        yield Line(
            number=number,
            booked_on=day_of(booked, f"{place}, BookgDt"),
            pence=_signed(entry, place),
            value_on=day_of(value, f"{place}, ValDt") if value else None,
            code=_code(entry),
            references=_references(entry, parts),
            bank_reference=_text(entry, "AcctSvcrRef", "NtryRef"),
            name=_name(parts),
            text=_words(entry, parts),
        )


def _code(entry: Node) -> str:
    family = [
        _text(entry, f"BkTxCd/{path}")
        for path in ("Domn/Cd", "Domn/Fmly/Cd", "Domn/Fmly/SubFmlyCd")
    ]
    return "-".join(filter(None, family)) or _text(entry, "BkTxCd/Prtry/Cd")


def _references(entry: Node, parts: list[Node]) -> tuple[str, ...]:
    paths = ("Refs/EndToEndId", "Refs/PmtInfId", "Refs/MsgId", "RmtInf/Strd/CdtrRefInf/Ref")
    found = [_text(part, path) for part in parts for path in paths]
    found += [_text(entry, f"NtryDtls/Btch/{name}") for name in ("PmtInfId", "MsgId")]
    return tuple(dict.fromkeys(one for one in found if one and one != "NOTPROVIDED"))


def _name(parts: list[Node]) -> str:
    """The other party of a single entry; a collective one has many."""
    if len(parts) != 1:
        return ""
    other = "Cdtr" if _text(parts[0], "CdtDbtInd") == "DBIT" else "Dbtr"
    rest = "Dbtr" if other == "Cdtr" else "Cdtr"
    paths = [f"RltdPties/{who}/{name}" for who in (other, rest) for name in ("Pty/Nm", "Nm")]
    return _text(parts[0], *paths)


def _words(entry: Node, parts: list[Node]) -> str:
    said = [
        one_line(found.text or "") for part in parts[:5] for found in _all(part, "RmtInf/Ustrd")
    ]
    said += [_text(entry, "AddtlNtryInf")]
    return " ".join(dict.fromkeys(filter(None, said)))
