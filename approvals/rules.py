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


class APR10(Rule):
    """You cannot delegate to yourself. Choose somebody else."""


class APR11(Rule):
    """Delegations form no chain: one of you has passed on or taken over decisions in these days."""


class APR12(Rule):
    """This person cannot decide on requests here. Choose someone whose role can."""


class APR13(Rule):
    """A delegation begins today or later, and ends after it begins."""


class APR14(Rule):
    """You have delegated for some of these days already. End that one first."""


class APR15(Rule):
    """Only who took the last decision can undo it, within five minutes of it."""


class APR16(Rule):
    """Something has happened since, so this decision can no longer be undone."""


class APR17(Rule):
    """One person takes one decision on a request. Someone else has to take this one."""


class APR18(Rule):
    """There is a route for this already. Propose a change, which someone else agrees to."""


class APR19(Rule):
    """Say in one sentence of up to 500 characters why the route changes."""


class APR20(Rule):
    """A change of a route begins today or later, and its reminder comes before its escalation."""


class APR21(Rule):
    """There is something to check. Open this request and decide on it by itself."""


class APR22(Rule):
    """The rows of one kind are one route: write the same first day and hours into each of them."""


class APR23(Rule):
    """Nobody decides on this kind of thing. Write one of the kinds of the downloaded list."""
