"""Rules of organisations; each docstring is the sentence that people read."""

from core.rules import Rule


class TEN01(Rule):
    """The short name of an organisation has small letters, digits and single hyphens only."""


class TEN02(Rule):
    """The product itself uses this short name in its addresses. Choose another one."""


class TEN03(Rule):
    """The code of a unit has 1 to 24 letters, digits, hyphens, slashes or underscores."""


class TEN04(Rule):
    """Another unit has this code. Choose another code, or change that unit instead."""


class TEN05(Rule):
    """A unit is part of one that exists, and as long as it does. Choose another one or other
    days."""


class TEN06(Rule):
    """A unit cannot be part of itself, nor of a unit within it. Choose another one."""


class TEN07(Rule):
    """Something in this unit goes on after its last day. End or move that first, or choose a later
    day."""


class TEN08(Rule):
    """A unit ends today or later and not before it begins, and its first day stays. What has been
    stays as it was."""


class TEN09(Rule):
    """You keep units in your own part of the organisation only. Ask an administrator of the whole
    organisation."""


class TEN10(Rule):
    """Who holds a budget works here or has a right here. Give the newcomer a right first, or check
    the email address."""


class TEN11(Rule):
    """Units lie within each other up to 200 letters of their codes together. Choose a unit further
    up."""


class TEN12(Rule):
    """White words have to be readable on the colour, which is written like #1f4e5f. Choose a darker
    one."""


class TEN13(Rule):
    """The calendar changes today or later, by a month at once, as far as bank holidays are known.
    What has been stays as it was."""


class TEN14(Rule):
    """On all of these days the organisation is closed already. Choose other days."""


class TEN15(Rule):
    """This organisation does not rehearse, so there is nothing to go live from."""


class TEN16(Rule):
    """A bank holiday and a weekend cannot be opened, only a day that was closed here. Take the row
    out."""


class TEN17(Rule):
    """This day is in the file twice. Keep one of its rows."""


class TEN18(Rule):
    """Organisations are founded at the shared-service centre. Sign in there."""


class TEN19(Rule):
    """Another organisation has this address. Choose another short name for addresses."""


class TEN20(Rule):
    """An agency under a parent names that organisation when it is founded, and no other does."""


class TEN21(Rule):
    """A new organisation needs a nation, and the name and work email address of its first
    administrator. Fill them in."""


class TEN22(Rule):
    """This organisation is there already, and is changed on its own page. Let the row say what it
    is, or take it out."""


class TEN23(Rule):
    """A shared-service centre is founded by whoever runs the installation. Choose another kind."""
