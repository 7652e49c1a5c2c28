"""XML from outside: no document type, no entities, no network, no huge trees."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

MOST_BYTES = 40 * 2**20
Node = etree._Element


def looks_like_xml(content: bytes) -> bool:
    """Whether the bytes begin as XML does, in UTF-8 or UTF-16."""
    start = content[:200].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return start.startswith(b"<")


def root_of(content: bytes, refusal: Callable[[str], Exception]) -> Node:
    """The root element, or `refusal` with a sentence that says why there is none."""
    if len(content) > MOST_BYTES:
        raise refusal("The document is larger than 40 MB.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        # A comment or an instruction must not split the text of an element.
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise refusal(f"This is not well-formed XML: {error.msg}.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise refusal("The document declares a document type, which it must not.")
    return root
