"""Rules of what is told to others; each docstring is the sentence that people read."""

from core.rules import Rule


class WHK01(Rule):
    """A webhook is told of events by the beginnings of their verbs, like finance.invoice."""


class WHK02(Rule):
    """A webhook is a public https address. Nothing is sent into a private network."""


class WHK03(Rule):
    """This webhook has ended. Set up another one."""
