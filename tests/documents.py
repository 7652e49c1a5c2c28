"""What a reader of a PDF sees, and that a screen reader finds its way."""

import io

from pypdf import PdfReader


def text_of(document: bytes) -> str:
    """The words of a tagged document in British English, page after page."""
    reader = PdfReader(io.BytesIO(document))
    root = reader.trailer["/Root"].get_object()
    assert root["/MarkInfo"]["/Marked"] and root["/StructTreeRoot"]  # tagged
    assert root["/Lang"] == "en-GB" and reader.metadata and reader.metadata.title
    return "\n".join(page.extract_text() for page in reader.pages)
