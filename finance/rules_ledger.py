"""Rules of the ledger: the docstring is the sentence that people read."""

from core.rules import Rule


class LED01(Rule):
    """Every journal needs at least two lines, and its debits must equal its credits."""


class LED02(Rule):
    """The period of a posting date must be open."""


class LED03(Rule):
    """A coding must be one of this organisation's, in use, and valid on the posting date."""


class LED04(Rule):
    """A posting cannot be sent again with other content. Send it as a new one."""


class LED05(Rule):
    """A journal can be reversed once only."""


class LED06(Rule):
    """Periods close in turn: close the earlier ones first."""


class LED07(Rule):
    """A period goes from open to soft closed to closed."""


class LED08(Rule):
    """Reopening a period needs a reason, and a second person: not the one who closed it."""


class LED09(Rule):
    """There must be something to post."""


class LED10(Rule):
    """This account is not in the organisation's chart."""


class LED11(Rule):
    """This period cannot close yet. Settle what stands in the way, or have it waived."""


class LED12(Rule):
    """There is nothing to waive: this holds."""


class LED13(Rule):
    """Say in one or two sentences why the period may close with this open."""


class LED14(Rule):
    """A waiver that is asked for is agreed by a second person."""
