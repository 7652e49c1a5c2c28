"""What the payroll refuses, in the words that people read."""

from core.rules import Rule


class PRL01(Rule):
    """There are no confirmed figures for this pay date, so nothing is worked out for it."""
