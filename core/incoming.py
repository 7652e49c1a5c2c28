"""Files that come in: which endings each page takes, how large, and that a file is what it says.

A file is taken for what its first bytes are. Where its name says something else, it is refused:
who sends it may have taken the wrong one, and whoever takes it away again would open another thing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

MB = 2**20
LOOKED_AT = 4_096
PDF, PNG, JPEG, XML = "a PDF", "a PNG", "a JPEG", "XML"
WORKBOOK, OLD = "an Excel workbook", "an old Excel workbook"
TEXT, OTHER = "plain text, such as CSV", "something else"
BEGINNINGS = (
    (b"%PDF-", PDF),
    (b"PK\x03\x04", WORKBOOK),
    (b"\xd0\xcf\x11\xe0", OLD),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
)
# Marks of text that may hold zero bytes: UTF-8, UTF-16 and UTF-32.
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
HELD = {
    **dict.fromkeys((".csv", ".tsv"), (TEXT,)),
    ".txt": (TEXT, XML),
    ".xml": (XML,),
    ".pdf": (PDF,),
    ".png": (PNG,),
    **dict.fromkeys((".jpg", ".jpeg"), (JPEG,)),
    **dict.fromkeys((".xlsx", ".xlsm"), (WORKBOOK,)),
    ".xls": (OLD,),
}
TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")


class Unfit(ValueError):
    """The file is not taken; the message says why, and what to do."""


@dataclass(frozen=True)
class Intake:
    """Files of a kind that come in: their endings (none: any), and how large they may be."""

    what: str
    endings: Sequence[str]
    most_bytes: int = 40 * MB
    smaller: str = "Send it in parts."

    def check(self, name: str, size: int, beginning: bytes) -> None:
        """Unfit for a file that is too large, or whose ending is not taken or not true."""
        if size > self.most_bytes:
            raise Unfit(f"The file is larger than {self.most_bytes // MB} MB. {self.smaller}")
        ending = PurePath(name).suffix.lower()
        if self.endings and ending not in self.endings:
            said = f"ends in «{ending}»" if ending else "has no ending"
            raise Unfit(f"The name of the file {said}. Send one of {', '.join(self.endings)}.")
        check_name(name, beginning)


def check_name(name: str, beginning: bytes) -> None:
    """Unfit if the name promises another kind of file than its first bytes are."""
    ending, held = PurePath(name).suffix.lower(), held_by(beginning)
    if beginning.strip() and held not in HELD.get(ending, (held,)):
        raise Unfit(
            f"The name of the file ends in {ending}, and it holds {held}. Save it as what its name"
            " says, or give it the ending of what it holds, and send it again."
        )


def held_by(beginning: bytes) -> str:
    """What a file holds, by its first bytes."""
    beginning = beginning[:LOOKED_AT]
    known = next((held for start, held in BEGINNINGS if beginning.startswith(start)), None)
    if known:
        return known
    if not beginning.startswith(MARKS) and b"\x00" in beginning:
        return OTHER
    plain = beginning.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return XML if plain.startswith(b"<") else TEXT
