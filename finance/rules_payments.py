"""Rules of paying suppliers."""

from core.rules import Rule


class PAY01(Rule):
    """Choose a banking day at least two banking days ahead: Bacs takes three days in all."""


class PAY02(Rule):
    """No supplier can be paid by this day: nothing is due, or everything due is left out."""


class PAY03(Rule):
    """A payment run is released by a second person, never by the one who proposed it."""


class PAY04(Rule):
    """The total you typed is not the total of this run. Nothing was released."""


class PAY05(Rule):
    """The file cannot reach the bank in time any more. Cancel the run and choose a later day."""


class PAY06(Rule):
    """Some payments no longer stand as they were proposed. Take them out, then release the rest."""


class PAY07(Rule):
    """You entered an invoice or bank details that this run pays, so someone else releases it."""


class PAY08(Rule):
    """Only a proposed run can be changed, cancelled or released."""


class PAY09(Rule):
    """These payments cannot be put back as they were. Propose a new run for their invoices."""


class PAY10(Rule):
    """The run holds no payments, so there is nothing to release. Cancel it instead."""


class PAY11(Rule):
    """Enter an account name in plain letters, a sort code of 6, an account number of 8 and a
    service user number of 6 figures.
    """


class PAY12(Rule):
    """The bank's file format cannot carry this run."""


class PAY13(Rule):
    """Payment files that were made in a rehearsal cannot be taken to a bank."""


class PAY14(Rule):
    """The bank has not said what became of this file. Record its answer before handing it over
    again, or suppliers may be paid twice.
    """


class PAY15(Rule):
    """Remittance advice is written when the run has been released, and never for payments that
    were recorded from a published file.
    """


class PAY16(Rule):
    """Everybody who can be told has been told already. Enter the e-mail address of the others on
    their pages, then send again.
    """


class PAY17(Rule):
    """Choose today or a later day: a Faster Payment arrives on the day the bank makes it."""


class PAY18(Rule):
    """This account has no profile of its bank's CSV file for that day. An administrator sets one
    up under Bank file profiles; until then pay by Bacs.
    """


class PAY19(Rule):
    """These payees cannot be paid as things stand. Put right what is named on their supplier pages,
    then propose again.
    """


class FPS01(Rule):
    """The layout is not one that the bank could read."""


class FPS02(Rule):
    """Choose today or a later day from which on no other profile of this account begins."""


class FPS03(Rule):
    """Enter the most that the bank takes for one Faster Payment: up to £1,000,000.00."""


class PCN01(Rule):
    """A notice is signed when its half-year is over: until then payments are still made in it."""


class PCN02(Rule):
    """Enter your job: the notice names the officer who is responsible for the finances."""


class PCN03(Rule):
    """This notice was signed before. Say what changed and why: the new version states it."""


class PCN04(Rule):
    """Nothing was paid and nothing became payable in this half-year, so there is no notice."""


class PCN05(Rule):
    """The figures changed after you opened the page. Look at them again, then sign."""
