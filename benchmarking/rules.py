"""Rules of board packs: the docstring is the sentence that people read."""

from core.rules import Rule


class BMK01(Rule):
    """Nothing of this month is measured, so there is nothing to put into a pack."""
