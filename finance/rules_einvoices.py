"""Rules of electronic invoices, beside those of every invoice."""

from core.rules import Rule


class EIN01(Rule):
    """This document has been entered or refused already."""


class EIN02(Rule):
    """The books are in pounds. Ask the supplier for an invoice in sterling."""


class EIN03(Rule):
    """VAT of this kind needs a journal of its own. Enter the invoice by hand."""


class EIN04(Rule):
    """Part of this invoice was paid before it came. Enter it by hand with what is still owed."""


class EIN05(Rule):
    """The official rules on this server cannot be used. Tell your administrator."""


class EIN06(Rule):
    """What was written in a rehearsal reaches no supplier."""
