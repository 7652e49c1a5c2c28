"""What a PDF that somebody sent holds: the words on its pages, and the files it carries along.

Read as untrusted: a few pages and megabytes, and no longer than some seconds.
"""

import re
from io import BytesIO
from time import monotonic

from pypdf import PdfReader
from pypdf.errors import PyPdfError

MOST_PAGES, MOST_SECONDS, MOST_BYTES = 20, 5, 5 * 2**20
LEAST_LETTERS, MOST_LETTERS, MOST_WORDS = 2, 40, 2_000
WORD = re.compile(r"[^\W_]+(?:[-/.][^\W_]+)*")
# What a broken or hostile document makes the library raise, besides its own errors.
BROKEN = (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError,
          OverflowError, NotImplementedError)  # fmt: skip


def is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-")


def normal_words(text: str) -> list[str]:
    """The words of a text as they are looked for: capitals, once each, in their order."""
    found = dict.fromkeys(
        word.upper() for word in WORD.findall(text) if LEAST_LETTERS <= len(word) <= MOST_LETTERS
    )
    return list(found)[:MOST_WORDS]


def words_in(content: bytes) -> list[str]:
    """The words of the first pages; none of a scan, or of what cannot be read."""
    until, text = monotonic() + MOST_SECONDS, []
    try:
        for page in PdfReader(BytesIO(content)).pages[:MOST_PAGES]:
            text.append(page.extract_text())
            if monotonic() > until:
                break
    except BROKEN:
        pass  # what was read so far can be looked for
    return normal_words("\n".join(text))


def carried_xml(content: bytes) -> list[bytes]:
    """The XML files that a PDF carries along; none in what cannot be read."""
    try:
        carried = PdfReader(BytesIO(content)).attachments
        return [
            data
            for name, versions in carried.items()
            if name.lower().endswith(".xml")
            for data in versions
            if len(data) <= MOST_BYTES
        ]
    except BROKEN:
        return []
