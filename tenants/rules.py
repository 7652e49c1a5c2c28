"""Rules of organisations; each docstring is the sentence that people read."""

from core.rules import Rule


class TEN01(Rule):
    """The short name of an organisation has small letters, digits and single hyphens only."""


class TEN02(Rule):
    """The product itself uses this short name in its addresses. Choose another one."""
