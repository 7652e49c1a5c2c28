"""An electronic invoice in either syntax, by itself or within a PDF: the root says which."""

from lxml import etree

from finance.einvoices import cii, ubl
from finance.einvoices.facts import EInvoice, NotAnEInvoice
from finance.formats.pdf_parts import carried_xml, is_pdf
from finance.formats.untrusted import Node, root_of


def xml_of(content: bytes) -> bytes:
    """The document itself: a hybrid PDF (Factur-X, ZUGFeRD, or UBL) carries it along.

    `NotAnEInvoice` for a PDF that carries none, or several.
    """
    if not is_pdf(content):
        return content
    carried = carried_xml(content)
    if len(carried) != 1:
        raise NotAnEInvoice(
            "The PDF carries no electronic invoice. Send it under Documents to enter, or a table"
            " as CSV or XLSX."
            if not carried
            else f"The PDF carries {len(carried)} XML files. Send the electronic invoice by itself."
        )
    return carried[0]


def parse(content: bytes) -> Node:
    """The root of an electronic invoice, parsed as untrusted: no document type, no entities, no
    network, no huge trees. `NotAnEInvoice` for any other document."""
    root = root_of(content, NotAnEInvoice)
    if root.tag != cii.ROOT and root.tag not in ubl.ROOTS:
        raise NotAnEInvoice(
            f"The document is a {etree.QName(root).localname}. Send a UBL 2.1 Invoice or"
            " CreditNote, or a Cross Industry Invoice, instead."
        )
    return root


def read_einvoice(content: bytes) -> EInvoice:
    """The facts of one document. `NotAnEInvoice` says in words what is wrong and where."""
    root = parse(xml_of(content))
    return cii.read_cii(root) if root.tag == cii.ROOT else ubl.read_ubl(root)
