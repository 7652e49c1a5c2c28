"""From the bytes of a file to rows of text cells: encoding, delimiter, or workbook sheet.

Nothing is dropped or corrected here. A CSV gives one row for each record, blank records among them,
so the row number is what a spreadsheet shows beside it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Real

import openpyxl
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from django.template.defaultfilters import filesizeformat

from core.unreadable import Unreadable, column_letter

MAX_BYTES = 100 * 1024 * 1024
# A workbook is read at about 3 MB of its XML a second: more belongs in a CSV, read at once.
MAX_UNPACKED_BYTES = 250 * 1024 * 1024
# A workbook packs some 15 times, its plainest sheets 50 times; a bomb packs more.
MAX_PACKING = 100
PACKING_FROM_BYTES = 10 * 1024 * 1024
MAX_ROWS = 1_048_576
MAX_CELLS = 40_000_000
MAX_CELL_CHARACTERS = 32_767  # the limit of a spreadsheet cell
DELIMITERS = (",", ";", "\t", "|")
ABOVE_HEADINGS = 20
FORMULA_SIGNS = ("=", "+", "-", "@")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_CONTROL_MOST = 20  # of the first 4,096 characters; an export may have a few

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the start of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN = (
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls) or a workbook with a password"),
    (b"\x1f\x8b", "a compressed file"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML file"),
)
_SAVE_AS = "Save the data as CSV or as an Excel workbook (.xlsx) and send that."


@dataclass(frozen=True)
class Sheet:
    """The rows of one file as text, and how they were found. `delimiter` is empty for a workbook,
    `sheet` is empty for a CSV."""

    rows: list[list[str]]
    encoding: str
    delimiter: str
    sheet: str


def _size(count: int) -> str:
    """As people say it, so that it can be compared with what a list of files shows."""
    return filesizeformat(count).replace("\xa0", " ")


def read_sheets(data: bytes) -> list[Sheet]:
    """The one table of a CSV, or the visible filled sheets of a workbook, the fullest first.

    `Unreadable` when the bytes are neither, too large, unsafe or without a single cell that is
    filled.
    """
    if not data.strip():
        raise Unreadable("The file is empty.")
    if len(data) > MAX_BYTES:
        raise Unreadable(
            f"The file is {_size(len(data))}; the most taken is {_size(MAX_BYTES)}."
            " Send it in parts."
        )
    for mark, what in _FOREIGN:
        if data[:64].lstrip()[: len(mark)].lower() == mark.lower():
            raise Unreadable(f"The file is {what}. {_SAVE_AS}")
    if data[:4] == b"PK\x03\x04":
        return _read_workbook(data)
    text, encoding = decode(data)
    if "\x00" in text or len(_CONTROL.findall(text[:4096])) > _CONTROL_MOST:
        raise Unreadable(f"The file is not text. {_SAVE_AS}")
    delimiter = find_delimiter(text)
    rows = _read_csv(text, delimiter)
    if not any(cell.strip() for row in rows for cell in row):
        raise Unreadable("The file is empty: no cell of it holds anything.")
    return [Sheet(rows, encoding, delimiter, "")]


def by_heading(
    data: bytes, *, required: Sequence[str], optional: Sequence[str], most: int
) -> list[tuple[int, dict[str, str]]]:
    """The filled rows of a file by the headings of its columns, each with its number in the file.

    Headings are read as «part_of» for «Part of». What stands above them, as in a list that was
    exported here, is passed over, and the apostrophe taken away that made a cell harmless there.
    `Unreadable` says which column is missing, strange or there twice.
    """
    rows = read_sheets(data)[0].rows
    place, heads = _headings(rows, required)
    missing = [head for head in required if head not in heads]
    if missing:
        raise Unreadable(f"These columns are missing: {', '.join(missing)}.")
    strange = [head for head in heads if head and head not in (*required, *optional)]
    if strange:
        raise Unreadable(f"These columns are not in the template: {', '.join(strange)}.")
    if len(set(filter(None, heads))) < len(list(filter(None, heads))):
        raise Unreadable("A column is there twice.")
    found = [
        (number, {head: _plain(cell) for head, cell in zip(heads, cells, strict=False) if head})
        for number, cells in enumerate(rows[place + 1 :], start=place + 2)
        if any(cell.strip() for cell in cells)
    ]
    if not found:
        raise Unreadable("The file has a heading and no rows.")
    if len(found) > most:
        raise Unreadable(f"A file holds at most {most:,} rows. Send it in parts.")
    return found


def _headings(rows: list[list[str]], required: Sequence[str]) -> tuple[int, list[str]]:
    """The place of the row of headings and what they say: the first row, if none says it all."""
    said = [["_".join(cell.lower().split()) for cell in row] for row in rows[:ABOVE_HEADINGS]]
    places = (place for place, heads in enumerate(said) if set(required) <= set(heads))
    place = next(places, 0)
    return place, said[place]


def _plain(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_SIGNS else text


def decode(data: bytes) -> tuple[str, str]:
    """The text of the bytes and the encoding: byte order mark first, then UTF-8, then Windows."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise Unreadable(
                    f"The file says it is {encoding} but byte {error.start} is not. {_SAVE_AS}"
                ) from error
    if data[:4096].count(0) * 4 > len(data[:4096]):  # of UTF-16 about half; a stray one is damage
        encoding = "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError as error:
            raise Unreadable(f"The file is not text. {_SAVE_AS}") from error
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    # Five bytes have no meaning in cp1252; latin-1 keeps them, and every other byte, unharmed.
    return data.decode("latin-1"), "latin-1"


def find_delimiter(text: str) -> str:
    """The separator that gives most rows of the first fifty the same, largest, number of cells."""
    head = text[:65_536].splitlines(keepends=True)[:50]
    best, best_score = ",", 0
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(head, delimiter=delimiter) if row)
        except csv.Error:
            continue
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(1, 0))
        score = (width - 1) * count
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _read_csv(text: str, delimiter: str) -> list[list[str]]:
    try:
        rows = _split(text, delimiter, strict=True)
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise Unreadable(
                "A quotation mark is opened and never closed, so the rows after it run together. "
                "Find the cell with a single quotation mark and close it."
            ) from error
        if "field limit" in str(error):
            raise Unreadable(
                f"A cell holds more than {csv.field_size_limit():,} characters. Most often a "
                "quotation mark was opened and never closed: find it, or shorten the cell."
            ) from error
        # Text after a closing quotation mark is common in exports and loses nothing when kept.
        try:
            rows = _split(text, delimiter, strict=False)
        except csv.Error as second:
            raise Unreadable(
                f"The file cannot be split into cells: {second}. {_SAVE_AS}"
            ) from second
    _refuse_swallowed(rows, delimiter)
    return rows


def _split(text: str, delimiter: str, *, strict: bool) -> list[list[str]]:
    source = io.StringIO(text, newline="")
    return _limited(csv.reader(source, delimiter=delimiter, strict=strict))


def _refuse_swallowed(rows: list[list[str]], delimiter: str) -> None:
    """Refuse a cell that holds the rest of its own row, or another whole row.

    A stray quotation mark makes one, and the payments inside it would be lost unseen.
    """
    width = Counter(map(len, rows)).most_common(1)[0][0]
    if width < 3:
        return
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            if "\n" not in cell:
                continue
            first, *others = cell.splitlines()
            rest = width - 1 - place
            swallowed = rest >= 2 and first.count(delimiter) == rest
            if swallowed or any(line.count(delimiter) == width - 1 for line in others):
                raise Unreadable(
                    f"A quotation mark opened in row {number}, column {column_letter(place)} is "
                    "never closed or is closed too late, so rows run together. "
                    "Correct the quotation marks of that row."
                )


def _limited(source: Iterable[list[str]]) -> list[list[str]]:
    rows: list[list[str]] = []
    cells = 0
    for row in source:
        cells += len(row)
        if len(rows) >= MAX_ROWS:
            raise Unreadable(f"The file has more than {MAX_ROWS:,} rows. Send it in parts.")
        if cells > MAX_CELLS:
            raise Unreadable(f"The file has more than {MAX_CELLS:,} cells. Send it in parts.")
        rows.append(row)
    return rows


def _read_workbook(data: bytes) -> list[Sheet]:
    _refuse_unsafe_zip(data)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
        read = [
            Sheet(_trim(_limited(_sheet_rows(sheet))), "xlsx", "", sheet.title)
            for sheet in book.worksheets
            if sheet.sheet_state == "visible"
        ]
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises many kinds for a damaged workbook
        raise Unreadable(f"The workbook is damaged: {error}. {_SAVE_AS}") from error
    sheets = [sheet for sheet in read if sheet.rows]
    if not sheets:
        raise Unreadable("The workbook has no visible sheet with anything in it.")
    return sorted(sheets, key=lambda sheet: -sum(map(len, sheet.rows)))


def _refuse_unsafe_zip(data: bytes) -> None:
    """Refuse what unpacks too large, and any part with a document type, the carrier of XML bombs.

    A document type may only stand before the first element, so reading up to that is enough.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise Unreadable(f"The file is a zip archive and not an Excel workbook. {_SAVE_AS}")
            if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise Unreadable(
                    f"The workbook unpacks to more than {_size(MAX_UNPACKED_BYTES)}. "
                    "Save it as CSV, which may be larger, or send it in parts."
                )
            if any(map(_is_bomb, parts)):
                raise Unreadable(
                    f"A part of the workbook unpacks to more than {MAX_PACKING} times its size, "
                    f"as harmful files do. {_SAVE_AS}"
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels", ".vml")):
                    with archive.open(part) as stream:
                        next(iter(iterparse(stream, events=("start",), forbid_dtd=True)), None)
    except DefusedXmlException as error:
        raise Unreadable(
            "The workbook holds a document type definition, which no spreadsheet needs "
            f"and which can be harmful. {_SAVE_AS}"
        ) from error
    except (zipfile.BadZipFile, ParseError, RuntimeError) as error:
        raise Unreadable(f"The workbook is damaged: {error}. {_SAVE_AS}") from error


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    large = part.file_size > PACKING_FROM_BYTES
    return large and part.file_size > MAX_PACKING * max(part.compress_size, 1)


def _sheet_rows(sheet: object) -> Iterator[list[str]]:
    # The size a workbook claims is often wrong; the rows themselves are read instead.
    sheet.reset_dimensions()  # type: ignore[attr-defined]
    for row in sheet.iter_rows(values_only=True):  # type: ignore[attr-defined]
        yield [cell_text(value) for value in row]


def _trim(rows: list[list[str]]) -> list[list[str]]:
    """Without the empty rows at the foot, which a workbook keeps for their formatting."""
    end = len(rows)
    while end and not any(cell.strip() for cell in rows[end - 1]):
        end -= 1
    return rows[:end]


def cell_text(value: object) -> str:
    """A workbook cell as text: dates as ISO, numbers at the 15 figures a spreadsheet itself keeps.

    1234.56 may be stored as 1234.5599999999999; at 15 figures it is 1234.56 again.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:MAX_CELL_CHARACTERS]
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Real) and not isinstance(value, int):
        return format(Decimal(format(value, ".15g")), "f")
    return str(value)
