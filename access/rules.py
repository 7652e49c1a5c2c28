"""Rules of the ways in; each docstring is the sentence that people read."""

from core.rules import Rule


class ACC01(Rule):
    """Your role needs a second factor, so the last one stays. Set up another one first."""


class ACC02(Rule):
    """Nobody takes their own second factor away here. Another administrator can."""


class ACC03(Rule):
    """A token lasts from one day to one year."""


class ACC04(Rule):
    """A token may do what programs can do here, and at least one thing of it."""


class ACC05(Rule):
    """The address of a provider begins with https:// and can be reached from outside."""


class ACC06(Rule):
    """Somebody of the centre verifies an email domain, and never who claimed it."""


class ACC07(Rule):
    """Another organisation holds this email domain. Ask the centre which of you it belongs to."""


class ACC08(Rule):
    """An email domain is written like example.gov.uk."""


class ACC09(Rule):
    """This idempotency key was used for another call. Make a new key for each thing to be done."""
