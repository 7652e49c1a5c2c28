"""Rules of files that come in."""

from core.rules import Rule


class FIL01(Rule):
    """This file has been confirmed already. Its columns can no longer be changed."""


class FIL02(Rule):
    """Real invoices need the day each was received. Choose the column that holds it."""


class FIL03(Rule):
    """Each column can hold one thing, and each thing can be in one column only."""


class FIL04(Rule):
    """The columns of this file cannot be used as they were chosen."""


class FIL05(Rule):
    """Choose a file that holds something."""
