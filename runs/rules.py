from core.rules import Rule


class RUN01(Rule):
    """This work was already asked for with other inputs. Nothing was started."""


class RUN02(Rule):
    """Only a run that has not finished can be cancelled."""


class RUN03(Rule):
    """Only a held run can be tried again."""


class RUN04(Rule):
    """Half of this must not stay, so it cannot be cancelled. Let it finish, or try it again."""


class RUN05(Rule):
    """Only a held run of which no part was done can be given up."""
