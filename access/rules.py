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
    """The address of a provider begins with https://, can be reached from outside, and is at a
    machine that the operator of the service allows.
    """


class ACC06(Rule):
    """Somebody of the centre verifies an email domain, and never who claimed it."""


class ACC07(Rule):
    """Another organisation holds this email domain. Ask the centre which of you it belongs to."""


class ACC08(Rule):
    """An email domain is written like example.gov.uk."""


class ACC09(Rule):
    """This idempotency key was used for another call. Make a new key for each thing to be done."""


class ACC10(Rule):
    """Nobody gives, changes or ends rights of their own. Another administrator can."""


class ACC11(Rule):
    """You give rights in your own units and up to your own limit only. Choose less, or ask an
    administrator of the whole organisation."""


class ACC12(Rule):
    """Rights change today or later, and end after they begin. What has been stays as it was."""


class ACC13(Rule):
    """This person holds this role for this unit in some of these days. Change that one instead."""


class ACC14(Rule):
    """Somebody has to look after this organisation. Give another administrator the role first."""


class ACC15(Rule):
    """This unit does not exist on the first of these days. Choose another unit or a later day."""


class ACC16(Rule):
    """Nobody has a conflict of their own accepted, or agrees to it. Two other people do."""


class ACC17(Rule):
    """An acceptance lasts from today to a year from today at most. Choose a last day within it."""


class ACC18(Rule):
    """Who asked for an acceptance does not agree to it. A second person does."""


class ACC19(Rule):
    """This person does not hold both duties any more. There is nothing to accept."""


class ACC20(Rule):
    """The rights have grown since this was asked for. Turn it down, and ask again."""


class ACC21(Rule):
    """A review is to be done between today and 90 days from now. Choose a day within them."""


class ACC22(Rule):
    """A review is open. Finish it before you begin another one."""


class ACC23(Rule):
    """Rights wait to be looked at. Confirm or end them first; your own, another administrator."""


class ACC24(Rule):
    """Somebody new here needs a name. Enter it beside the email address."""


class ACC25(Rule):
    """Mail goes out from an address in a verified email domain of this organisation. Have the
    domain verified first."""


class ACC26(Rule):
    """The mail server did not take the invitation, so nothing was sent. Try again later."""
