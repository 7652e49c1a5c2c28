"""Rules of targets and signed months: the docstring is the sentence that people read."""

from core.rules import Rule


class SLA01(Rule):
    """Only a KPI or an input KPI with a better direction can have a target. A volume has none."""


class SLA02(Rule):
    """The lines of a target run from the target to the worst."""


class SLA03(Rule):
    """There is no live indicator with this code."""


class SLA04(Rule):
    """A month is signed when it is over."""


class SLA05(Rule):
    """This month is signed already. What is found later is kept as a correction beside it."""


class SLA06(Rule):
    """There are no figures of this month to sign. Compute the measures first."""


class SLA07(Rule):
    """Say what your job is: the figures are signed by an officer, not by a name alone."""


class SLA08(Rule):
    """Write what you have to say in one or two sentences."""


class SLA09(Rule):
    """A target is not changed backwards. Let it begin with this month or a later one."""


class SLA10(Rule):
    """A target is proposed by one person and agreed by another. Propose it."""


class SLA11(Rule):
    """Say in one sentence of up to 300 characters why the target is to be another."""


class SLA12(Rule):
    """A change of this target waits for agreement already. Have it decided or withdrawn first."""


class SLA13(Rule):
    """Relief is for something that has happened: it begins before it ends, today at the latest."""


class SLA14(Rule):
    """Choose at least one measure whose rows can be named: those of invoices paid or processed."""


class SLA15(Rule):
    """Give a reason and where the evidence is kept, each in up to 300 characters."""


class SLA16(Rule):
    """No miss of these measures falls into it. Look at its days, or at the numbers given."""
