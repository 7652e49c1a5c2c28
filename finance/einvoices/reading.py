"""An electronic invoice in either syntax: the root says which."""

from lxml import etree

from finance.einvoices import cii, ubl
from finance.einvoices.facts import EInvoice, NotAnEInvoice
from finance.formats.untrusted import Node, root_of


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
    root = parse(content)
    return cii.read_cii(root) if root.tag == cii.ROOT else ubl.read_ubl(root)
