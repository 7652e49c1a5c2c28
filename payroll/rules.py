"""What the payroll refuses, in the words that people read."""

from core.rules import Rule


class PRL01(Rule):
    """There are no confirmed figures for this pay date, so nothing is worked out for it."""


class PRL02(Rule):
    """This tax code cannot be worked with."""


class PRL03(Rule):
    """This National Insurance letter cannot be worked with."""


class PRL04(Rule):
    """This student loan plan cannot be worked with."""


class PRL05(Rule):
    """Several assignments with one employer must agree before their pay is added together."""
