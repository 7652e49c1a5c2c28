"""Rules of published spending: the docstring is the sentence that people read."""

from core.rules import Rule


class PUB01(Rule):
    """State the legal reason for not naming a payee, in up to 200 characters."""


class PUB02(Rule):
    """Enter the code of a supplier, an account or a cost centre of this organisation; a kind of
    supplier has no code.
    """


class PUB03(Rule):
    """A rule ends once, and not before the day it began."""


class PUB04(Rule):
    """Spending is published when its month is over and anything above the threshold was paid."""


class PUB05(Rule):
    """This month was published before. Say what changed and why: the new version states it."""


class PUB06(Rule):
    """A publication of this month waits for approval already. Have it decided or withdrawn."""
