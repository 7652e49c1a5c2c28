"""Rules of bank statements, matching and reconciliation."""

from core.rules import Rule


class BNK01(Rule):
    """This statement is of no account of this organisation. Check the number, or ask an
    administrator to set the account up.
    """


class BNK02(Rule):
    """The books are in pounds. Ask the bank for a statement of an account in sterling."""


class BNK03(Rule):
    """A statement must state a balance. Ask the bank for one that does."""


class BNK04(Rule):
    """Entries of this statement came with an earlier one. Ask the bank for later days only."""


class BNK05(Rule):
    """What was chosen does not come to the entry. Choose until nothing is left, or less than it."""


class BNK06(Rule):
    """The reconciliation of these days is signed. Take the signature back first."""


class BNK07(Rule):
    """A reconciliation is signed by a second person, who released no payment that it proves."""


class BNK08(Rule):
    """This is matched or undone already. Open the statement again to see how it stands."""


class BNK09(Rule):
    """Say in a sentence why."""


class BNK10(Rule):
    """This period cannot be reconciled yet."""


class BNK11(Rule):
    """Only a payment that was released to the bank can come back, and only once."""


class BNK12(Rule):
    """This file has been read already. Its columns can no longer be changed."""


class BNK13(Rule):
    """The figures have changed since this was prepared. Prepare it again, then have it signed."""


class BNK14(Rule):
    """Choose an account that is not kept by the product itself, such as the bank or payables."""
