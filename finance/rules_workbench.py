"""Rules of the workbench of invoices: credit notes and what they credit."""

from core.rules import Rule


class CRN01(Rule):
    """A credit note is matched to an invoice. Choose one with an amount above zero."""


class CRN02(Rule):
    """They are of different suppliers. Choose an invoice of the supplier who sent the credit."""


class CRN03(Rule):
    """One of them is reversed and no longer counts. Choose one that stands."""


class CRN04(Rule):
    """This is more than is left of one of them. Match at most what is left of both."""


class SST01(Rule):
    """This statement came before. It was kept then; nothing was done now."""


class SST02(Rule):
    """Each column holds one thing, and each thing stands in one column."""


class REC01(Rule):
    """Give an amount above zero, what it is for, and a last day that is not before the first."""


class REC02(Rule):
    """A schedule is agreed or refused by a second person, never by who proposed it."""


class REC03(Rule):
    """This schedule has been decided on already."""


class REC04(Rule):
    """This schedule ends earlier already, and none is made longer. Propose a new one."""
