"""OFX bank statements, version 1 (SGML with unclosed tags) and version 2 (XML).

OFX states the balance at the end alone, so the one at the beginning follows from the entries.
"""

from __future__ import annotations

import html
import re

from lxml import etree

from finance.formats.statements import Line, NotAStatement, Statement, day_of, one_line, pence_of
from finance.formats.untrusted import MOST_BYTES, Node, root_of

_TOKEN = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9.]*)>([^<]*)")
_ENCODING = re.compile(rb"CHARSET:\s*([A-Za-z0-9-]+)")
_HEADER = re.compile(rb"^\s*OFXHEADER", re.I)
# What may be nested; everything else with text in it is a value that need not be closed.
DEEPEST = 12
MOST_NODES = 2_000_000


def looks_like_ofx(content: bytes) -> bool:
    """Whether the file begins as OFX does, in either version."""
    start = content[:2000].lstrip(b"\xef\xbb\xbf")
    return bool(_HEADER.match(start)) or b"<OFX>" in start or b"<?OFX" in start


def read_ofx(content: bytes) -> list[Statement]:
    """Every bank statement of the file."""
    if len(content) > MOST_BYTES:
        raise NotAStatement("The file is larger than 40 MB.")
    root = _tree(content)
    found = [_statement(node) for node in root.iter("STMTRS")]
    if not found:
        raise NotAStatement(
            "The file holds no bank statement (STMTRS). Ask the bank for a statement of account."
        )
    return found


def _tree(content: bytes) -> Node:
    start = content[:400].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<?xml"):
        root = root_of(content, NotAStatement)
        if root.tag != "OFX":
            raise NotAStatement(f"The document is {root.tag}, not OFX.")
        return root
    named = _ENCODING.search(content[:400])
    charset = named[1].decode() if named else ""
    encoding = f"cp{charset}" if charset.isdigit() else "utf-8"
    try:
        text = content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        text = content.decode("cp1252", "replace")
    begin = text.find("<OFX>")
    if begin < 0:
        raise NotAStatement("The file has an OFX heading and no <OFX> after it.")
    return _from_sgml(text[begin:])


def _from_sgml(text: str) -> Node:
    """The elements as a tree. A tag with text behind it is a value, closed or not."""
    root = etree.Element("OFX")
    path = [root]
    tokens = _TOKEN.finditer(text)
    next(tokens)
    for count, (closing, tag, behind) in enumerate(found.groups() for found in tokens):
        if count > MOST_NODES:
            raise NotAStatement("The file has more entries than can be read at once.")
        name, value = tag.upper(), html.unescape(behind).strip()
        if closing:
            open_names = [node.tag for node in path]
            if name in open_names[1:]:
                del path[len(open_names) - 1 - open_names[::-1].index(name) :]
        elif value:
            etree.SubElement(path[-1], name).text = _plain(value)
        elif len(path) < DEEPEST:
            path.append(etree.SubElement(path[-1], name))
        else:
            raise NotAStatement(f"The file is nested too deep at {name}: a tag is not closed.")
    return root


def _plain(value: str) -> str:
    """Without the control characters that a tree cannot hold."""
    return "".join(c for c in value if c.isprintable() or c in "\t\n")


def _text(node: Node, path: str) -> str:
    return one_line(node.findtext(path) or "")


def _statement(node: Node) -> Statement:
    bank, number = _text(node, "BANKACCTFROM/BANKID"), _text(node, "BANKACCTFROM/ACCTID")
    where = f"Statement of {number or 'an account without a number'}"
    lines = tuple(
        _line(place, entry, f"{where}, entry {place}")
        for place, entry in enumerate(node.iterfind("BANKTRANLIST/STMTTRN"), start=1)
    )
    balance = _text(node, "LEDGERBAL/BALAMT")
    closing = pence_of(balance, f"{where}, BALAMT") if balance else None
    days = [line.booked_on for line in lines]
    start, end = _text(node, "BANKTRANLIST/DTSTART"), _text(node, "BANKTRANLIST/DTEND")
    as_of = _text(node, "LEDGERBAL/DTASOF")
    if not days and not (start and end):
        raise NotAStatement(f"{where} has no entries and no days. Ask the bank for it again.")
    first = day_of(start, f"{where}, DTSTART") if start else min(days)
    last = day_of(end, f"{where}, DTEND") if end else max(days)
    return Statement(
        format="ofx",
        reference=f"{number} {as_of[:8] or last:%Y%m%d}" if not as_of else f"{number} {as_of[:8]}",
        sequence="",
        account=f"{bank} {number}".strip(),
        currency=_text(node, "CURDEF"),
        from_on=min([first, *days]),
        to_on=max([last, *days]),
        opening_pence=None if closing is None else closing - sum(line.pence for line in lines),
        closing_pence=closing,
        lines=lines,
    )


def _line(number: int, node: Node, where: str) -> Line:
    references = (_text(node, name) for name in ("CHECKNUM", "REFNUM"))
    used = _text(node, "DTUSER")
    return Line(
        number=number,
        booked_on=day_of(_text(node, "DTPOSTED"), f"{where}, DTPOSTED"),
        pence=pence_of(_text(node, "TRNAMT"), f"{where}, TRNAMT"),
        value_on=day_of(used, f"{where}, DTUSER") if used else None,
        code=_text(node, "TRNTYPE"),
        references=tuple(filter(None, references)),
        bank_reference=_text(node, "FITID"),
        name=_text(node, "NAME") or _text(node, "PAYEE/NAME"),
        text=_text(node, "MEMO"),
    )
