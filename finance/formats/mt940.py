"""SWIFT MT940 customer statements, with the habits of banks: `:28:`, blanks, lines broken anywhere.

A file holds any number of statements. `?20` and `/EREF/` fields of `:86:` are opened up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from finance.formats.statements import Line, NotAStatement, Statement, one_line, pence_of

_TAG = re.compile(r"^:(\d\d[A-Z]?):", re.M)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d,.]+)")
_ENTRY = re.compile(
    r"(?P<value>\d{6})(?P<booked>\d{4})?(?P<side>R?[CD]|E[CD])(?P<funds>[A-Z])?"
    r"(?P<amount>\d[\d,.]*)(?P<code>[A-Z][A-Z0-9]{3})(?P<reference>[^\n]*?)"
    r"(?://(?P<bank>[^\n]*))?(?:\n(?P<more>.*))?",
    re.S,
)
_SUBFIELD = re.compile(r"\?(\d\d)")
_CODEWORD = re.compile(r"(EREF\+|KREF\+|MREF\+|SVWZ\+|PREF\+|CRED\+|DEBT\+|MTLG:)")
_SLASHED = re.compile(r"/(EREF|PREF|REMI|NAME|IBAN|BENM|ORDP)/")
NO_REFERENCE = ("", "NONREF", "NOTPROVIDED")


def looks_like_mt940(text: str) -> bool:
    """Whether the tags of a statement stand in the file."""
    return {"20", "25"} <= set(_TAG.findall(text)) and ":60" in text


def read_mt940(content: bytes) -> list[Statement]:
    """Every statement of the file, each held to its balances."""
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    found = [_statement(fields).checked() for fields in _messages(text)]
    if not found:
        raise NotAStatement("The file holds no statement: a line with :20: begins one.")
    return found


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _messages(text: str) -> Iterator[list[tuple[str, str]]]:
    """The fields of each message as (tag, value); a field runs on until the next tag or a dash."""
    fields: list[tuple[str, str]] = []
    places = list(_TAG.finditer(text))
    for place, found in enumerate(places):
        end = places[place + 1].start() if place + 1 < len(places) else len(text)
        value = re.split(r"^-[}\s]*$|^\{|^-\}", text[found.end() : end], maxsplit=1, flags=re.M)[0]
        if found[1] == "20" and fields:
            yield fields
            fields = []
        fields.append((found[1], value.rstrip()))
    if fields:
        yield fields


def _first(fields: list[tuple[str, str]], *tags: str) -> str:
    return next((value.strip() for tag, value in fields if tag in tags), "")


def _statement(fields: list[tuple[str, str]]) -> Statement:
    reference = _first(fields, "20")
    where = f"Statement {reference}"
    opening, opened_on, currency = _balance(fields, ("60F", "60M"), where)
    closing, closed_on, closing_currency = _balance(fields, ("62F", "62M"), where)
    if currency != closing_currency:
        raise NotAStatement(
            f"{where} opens in {currency} and closes in {closing_currency}."
            " Ask the bank for it again."
        )
    lines = tuple(_lines(fields, where))
    days = [line.booked_on for line in lines]
    return Statement(
        format="mt940",
        reference=reference,
        sequence=_first(fields, "28C", "28"),
        account=_first(fields, "25", "25P").replace("/", " "),
        currency=currency,
        # The opening balance is that of the evening before.
        from_on=min(days, default=closed_on),
        to_on=max([*days, closed_on]) if closed_on >= opened_on else max([*days, opened_on]),
        opening_pence=opening,
        closing_pence=closing,
        lines=lines,
    )


def _balance(
    fields: list[tuple[str, str]], tags: tuple[str, ...], where: str
) -> tuple[int, date, str]:
    text = _first(fields, *tags)
    found = _BALANCE.match(text)
    if found is None:
        raise NotAStatement(
            f"{where}: field :{tags[0]}: '{text[:40]}' is not a balance."
            " Ask the bank for the file again."
        )
    pence = pence_of(found[4], f"{where}, field :{tags[0]}:")
    day = _day(found[2], f"{where}, field :{tags[0]}:")
    return (-pence if found[1] == "D" else pence), day, found[3]


def _day(digits: str, where: str) -> date:
    """yymmdd; the format began after 1980."""
    year = int(digits[:2])
    try:
        return date(year + (1900 if year >= 80 else 2000), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        raise NotAStatement(f"{where}: '{digits}' is not a date yymmdd.") from None


def _lines(fields: list[tuple[str, str]], where: str) -> Iterator[Line]:
    number = 0
    for place, (tag, value) in enumerate(fields):
        if tag != "61":
            continue
        number += 1
        after, detail = (*fields, ("", ""))[place + 1]
        yield _line(number, value, detail if after == "86" else "", f"{where}, entry {number}")


def _line(number: int, value: str, detail: str, where: str) -> Line:
    found = _ENTRY.fullmatch(value.strip())
    if found is None:
        raise NotAStatement(
            f"{where}: field :61: '{one_line(value)[:60]}' cannot be read: it has a date, C or D,"
            " an amount and a code of four. Ask the bank for the file again."
        )
    day = _day(found["value"], f"{where}, field :61:")
    # C and RD bring money in; D and RC take it out; E marks what is expected.
    incoming = found["side"][-1] == ("D" if found["side"][0] == "R" else "C")
    pence = pence_of(found["amount"], f"{where}, field :61:")
    opened = _opened(detail)
    references = [found["reference"].strip(), *opened["references"].split("\n")]
    return Line(
        number=number,
        booked_on=_booked(day, found["booked"], where),
        pence=pence if incoming else -pence,
        value_on=day,
        code=found["code"],
        references=tuple(dict.fromkeys(r for r in references if r not in NO_REFERENCE)),
        bank_reference=(found["bank"] or "").strip(),
        name=opened["name"],
        text=one_line(" ".join([opened["text"], found["more"] or ""])),
    )


def _booked(value_on: date, digits: str | None, where: str) -> date:
    """The day of entry has no year: it is the one nearest to the value date."""
    if not digits:
        return value_on
    near = []
    for year in (value_on.year - 1, value_on.year, value_on.year + 1):
        try:
            near.append(date(year, int(digits[:2]), int(digits[2:])))
        except ValueError:
            continue
    if not near:
        raise NotAStatement(f"{where}, field :61:: '{digits}' is not a day mmdd of entry.")
    return min(near, key=lambda day: abs(day - value_on))


def _opened(detail: str) -> dict[str, str]:
    """Text, name and references of field :86:, from subfields, codewords or plain lines."""
    if _SUBFIELD.search(detail):
        return _subfields(detail.replace("\n", ""))
    if _SLASHED.search(detail):
        parts = _SLASHED.split(detail.replace("\n", ""))
        pairs = dict(zip(parts[1::2], (p.strip("/ ") for p in parts[2::2]), strict=True))
        references = "\n".join(pairs[k] for k in ("EREF", "PREF") if k in pairs)
        return {"text": pairs.get("REMI", ""), "name": pairs.get("NAME", ""),
                "references": references}  # fmt: skip
    return {"text": one_line(detail), "name": "", "references": ""}


def _subfields(detail: str) -> dict[str, str]:
    parts = _SUBFIELD.split(detail)
    pairs = list(zip(parts[1::2], parts[2::2], strict=True))
    words = "".join(text for key, text in pairs if "20" <= key <= "29" or "60" <= key <= "63")
    name = one_line(" ".join(text for key, text in pairs if key in ("32", "33")))
    kind = next((text for key, text in pairs if key == "00"), "")
    said = _CODEWORD.split(words)
    given = dict(zip(said[1::2], said[2::2], strict=True))
    references = [given[key].strip() for key in ("EREF+", "KREF+", "MREF+") if key in given]
    return {"text": one_line(f"{kind} {words}"), "name": name, "references": "\n".join(references)}
