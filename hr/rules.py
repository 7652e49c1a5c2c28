"""Rules of the staff record; each docstring is the sentence that people read."""

from core.rules import Rule


class HRR01(Rule):
    """There is no such template of terms."""


class HRR02(Rule):
    """This employment has ended by that day. Choose a day within it."""


class HRR03(Rule):
    """Something is asked for already and waits for a decision. Wait for it, or withdraw it."""


class HRR04(Rule):
    """Say what should change: the pay point, the hours, or both."""


class HRR05(Rule):
    """A transfer goes to another post."""


class HRR06(Rule):
    """The pay point is not one of the grade of the post."""


class HRR07(Rule):
    """A week has more than no hours and at most 168."""


class HRR08(Rule):
    """The person works here on that day already. Ask for a change or a transfer."""


class HRR09(Rule):
    """This file was loaded before. Nothing is loaded twice."""


class HRR10(Rule):
    """The file cannot be read. Use the template, saved as CSV or XLSX."""


class HRR11(Rule):
    """A National Insurance number is two letters, six digits and A, B, C or D."""


class HRR12(Rule):
    """A sort code has six digits and an account number eight, and both are given or neither."""


class HRR13(Rule):
    """The pay point has no value on that day. Record the pay scale first."""


class HRR14(Rule):
    """Later changes are recorded already. Choose a day after the last of them."""


class HRR15(Rule):
    """These terms are set up already."""


class HRR16(Rule):
    """The code of a post is used once. Choose another one."""


class HRR17(Rule):
    """A first day lies after the last one that is recorded, or before the employment begins."""


class HRR18(Rule):
    """You cannot agree to something about yourself. Someone else has to."""


class HRR19(Rule):
    """Say why you look at private details. Whoever they are about can read it."""


class HRR20(Rule):
    """An award is more than nothing and at most 50 per cent."""


class HRR50(Rule):
    """A regrading names two grades of the scale, or jobs by employee number, job, grade and point.

    Each job named is held on the day or later, and each point is one of the scale.
    """


class HRR51(Rule):
    """Nobody would be paid otherwise by this regrading from that day on."""


class HRR21(Rule):
    """An address has up to four lines of at most 35 characters and a postcode like LS1 4AP.

    One abroad has no postcode: its last line is the country.
    """


class HRR22(Rule):
    """HMRC takes a gender F or M, a declaration A, B or C, and up to 35 signs of a passport."""


class HRR23(Rule):
    """Another absence is recorded for one of these days. Correct or withdraw it first."""


class HRR24(Rule):
    """Sickness lies within the employment. Family leave may last beyond it.

    Only maternity and adoption leave begin after it. No absence ends before it begins.
    """


class HRR25(Rule):
    """Family leave needs the day that it is about and the day of the notice. Sickness has neither.

    That day is when the child is due; for adoption when it was matched; of the death; or when
    neonatal care began.
    """


class HRR26(Rule):
    """Nobody records or corrects their own absence. Your manager or HR does."""


class HRR27(Rule):
    """A week has at least one working day. Choose the days that are worked."""


class HRR28(Rule):
    """This absence was corrected or withdrawn by somebody else. Open it again."""


class HRR29(Rule):
    """Say why the absence is withdrawn. Everybody who may see it can read that."""


class HRR30(Rule):
    """The reference of a building society has up to 18 letters, digits, spaces and / . - marks.

    It belongs to a sort code and an account number.
    """


class HRR31(Rule):
    """Give a sort code, an account number and the name that the account is in."""


class HRR32(Rule):
    """You asked for another account already, and it waits. Stop that one first."""


class HRR33(Rule):
    """Your pay goes to this account already. There is nothing to change."""


class HRR34(Rule):
    """This person asked for another account, and it waits. Stop that change first."""


class HRR35(Rule):
    """Say why you stop the change. Whoever asked for it can read it."""


class HRR36(Rule):
    """An account cools off for 1 to 20 working days from a later day than today, for a reason.

    Each day is given once.
    """


class HRR37(Rule):
    """Give both the given names and the family name, or neither."""


class HRR38(Rule):
    """A file of absences is taken whole. Correct it and send it again: nothing was recorded."""


class HRR39(Rule):
    """A day that was worked lies in a family leave and is recorded once. Only one that is recorded
    is taken away.
    """


class HRR60(Rule):
    """Share the cost like H10:60; H20:40: codes of units that exist on that day, and short names
    of other organisations, each once, in per cent that make 100 together."""


class HRR61(Rule):
    """A secondment goes to another organisation of this service, which bears a part of the cost.

    It has a last day, which does not lie before the first.
    """


class HRR62(Rule):
    """The person is seconded on one of these days. Choose days after it, or end it first.

    A new split of the cost ends a secondment.
    """


class HRR63(Rule):
    """The person holds this post then already. Ask for a change of that job."""


class HRR64(Rule):
    """The terms know no allowance with this code on that day. Look at Pay scales for those there
    are."""


class HRR65(Rule):
    """The job has this allowance on one of these days. Choose other days, or end it first."""


class HRR66(Rule):
    """The job has no such allowance on that day or later. Look at the record of the person."""


class HRR67(Rule):
    """This allowance is paid for hours or sessions. Claim these: only one of a year is held."""


class HRR68(Rule):
    """What is paid for hours is a share, what is paid for sessions a sum, and both have a name
    under which they are claimed. What is paid with every pay is a sum or a share, and has none. A
    code stays of the kind that it is.
    """


class HRR69(Rule):
    """The terms of an allowance change on the day of the last recorded change or later; those of
    what is claimed today or later: what was owed for days before is claimed.
    """


class HRR70(Rule):
    """No list has this code on that day. Load the list that has it under Pay scales, Code lists."""


class HRR71(Rule):
    """There is no such unit on that day. Write the code of one of the units."""


class HRR72(Rule):
    """There is no such pay scale here. Write the code of one that is set up under Pay scales."""


class HRR73(Rule):
    """A post keeps its unit, scale and grade, as people hold it. Add another post instead."""


class HRR74(Rule):
    """A post that is new needs a budget and a day. Another budget begins after the one before."""


class HRR75(Rule):
    """Each code stands once in a file."""


class HRR76(Rule):
    """A code that is new needs a first day, and its last day does not lie before the first."""


class HRR77(Rule):
    """Your list of leaving reasons does not have this one on the last day. Choose one of them."""
