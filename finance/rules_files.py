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


class FIL06(Rule):
    """You sent or loaded this file, so someone else takes its load back."""


class FIL07(Rule):
    """Only a file that was loaded, or whose load is held with nothing done, can be taken back."""


class FIL08(Rule):
    """Some invoices of this file have gone further. Take them out of their payment, or have them
    returned, before you take the load back. What is paid cannot be taken back.
    """


class FIL09(Rule):
    """How files are read can be changed from today on. What was read before stays."""


class FIL10(Rule):
    """No file could be read by these columns."""


class FIL11(Rule):
    """There is no layout of this number here. Take it from the file of what there is now."""


class FIL12(Rule):
    """The rows of one layout say different things: one day and one kind for all, and each column
    once."""


class FIL13(Rule):
    """A layout that is not there yet needs a name, a kind, and a row for each column with its
    heading, whether it is read or not."""


class FIL14(Rule):
    """Files with these headings are known already. Change that layout by its number instead."""
