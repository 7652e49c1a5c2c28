from core.rules import Rule


class RUN01(Rule):
    """This work was already asked for with other inputs. Nothing was started."""


class RUN02(Rule):
    """Only a run that has not finished can be cancelled."""


class RUN03(Rule):
    """Only a held run can be tried again."""


class RUN04(Rule):
    """Part of this is done, and half of it must not stay. Let it finish, or try it again."""
