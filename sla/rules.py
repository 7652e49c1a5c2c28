"""Rules of targets: the docstring is the sentence that people read."""

from core.rules import Rule


class SLA01(Rule):
    """Only a KPI or an input KPI with a better direction can have a target. A volume has none."""


class SLA02(Rule):
    """The lines of a target run from the target to the worst."""


class SLA03(Rule):
    """There is no live indicator with this code."""
