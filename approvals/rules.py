"""Rules of approvals; each docstring is the sentence that the person reads."""

from core.rules import Rule


class APR01(Rule):
    """You cannot decide on something that you submitted yourself. Someone else has to."""


class APR02(Rule):
    """This is already waiting for a decision."""


class APR03(Rule):
    """Nobody is set to decide on this kind of thing for this amount. Add a route first."""


class APR04(Rule):
    """This amount is above your limit. Someone with a higher limit has to decide."""


class APR05(Rule):
    """Write one sentence of up to 500 characters that says what is wrong."""


class APR06(Rule):
    """The bands of a route start at nothing, follow each other without a gap and end open."""


class APR07(Rule):
    """Only the person who submitted this can withdraw it."""


class APR08(Rule):
    """A decision is taken by a person. The system approves by a named rule only."""


class APR09(Rule):
    """This role cannot decide on requests. Choose a role that can."""
