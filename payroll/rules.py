"""What the payroll refuses, in the words that people read."""

from core.rules import Rule


class PRL01(Rule):
    """There are no confirmed figures for this pay date, so nothing is worked out for it."""


class PRL02(Rule):
    """This tax code cannot be worked with."""


class PRL03(Rule):
    """This National Insurance letter cannot be worked with."""


class PRL04(Rule):
    """This student loan plan cannot be worked with."""


class PRL06(Rule):
    """Bank holidays around this pay day are not published yet, so no pay day can be set."""


class PRL07(Rule):
    """There is a pay group like this already. Give another code, or another pay scale."""


class PRL08(Rule):
    """This pay run is committed and changes no more. Put it right in the next period."""


class PRL09(Rule):
    """This pay run is not at that step now. Look at it again."""


class PRL10(Rule):
    """There are exceptions that nobody has settled. Waive each with a reason, or put it right."""


class PRL11(Rule):
    """Somebody else has to approve this pay run: not who started it or sent it for approval."""


class PRL12(Rule):
    """The total that was typed is not the net pay of this run."""


class PRL13(Rule):
    """Give the reason in words."""


class PRL14(Rule):
    """This exception is about your own pay. A colleague has to settle it."""


class PRL15(Rule):
    """Nobody belongs to this pay group in this period, so there is nothing to run."""


class PRL16(Rule):
    """An earlier period of this pay group is not committed. Finish it first."""


class PRL17(Rule):
    """The bank file can no longer arrive in time for this pay day. Pay by another way."""


class PRL18(Rule):
    """Somebody in this run has no bank account. Record it, or pay them by another way."""


class PRL19(Rule):
    """The figures of the law are no longer those that this pay run was worked out from."""


class PRL20(Rule):
    """These items of pay cannot be taken as they are."""


class PRL21(Rule):
    """This file was sent in before. Nothing is paid twice."""


class PRL22(Rule):
    """You cannot approve pay of your own. Someone else has to."""


class PRL23(Rule):
    """There is an element of pay like this already. Choose another code and another name."""


class PRL24(Rule):
    """The file cannot be read. Use the template, saved as CSV or XLSX."""


class PRL25(Rule):
    """This is about your own pay. A colleague has to deal with it."""


class PRL26(Rule):
    """The facts of this order do not fit its kind."""


class PRL27(Rule):
    """An order with this reference is on record for this employment already."""


class PRL28(Rule):
    """Two council tax orders run for this employment. The law allows no third: send it back."""


class PRL29(Rule):
    """The facts of this plan of recovery do not fit together."""


class PRL30(Rule):
    """A plan of recovery runs for this employment already. End it first."""


class PRL35(Rule):
    """The facts of this notice of loans, gift or pay given up are not complete."""


class PRL40(Rule):
    """A reference or address is missing, or HMRC does not write it so.

    A PAYE reference looks like 120/AB12345, an Accounts Office reference like 120PA00012345.
    """


class PRL41(Rule):
    """The full payment submission of this run was made already. Download it."""


class PRL50(Rule):
    """Write it in words, 2,000 characters at most."""


class PRL51(Rule):
    """You can ask about payslips of your own, once the pay is committed."""


class PRL55(Rule):
    """This account number cannot be one of this sort code. Read both again.

    If your bank says that they are right, tick that you are sure.
    """


class PRL60(Rule):
    """Say how the cost was found. It is nothing or more; who sees the cost can read that."""


class PRL61(Rule):
    """Half the contribution for half the pension exists in the Local Government Pension Scheme
    only. Choose that scheme, or the full contribution.
    """


class PRL62(Rule):
    """Pay and tax from before are nothing or more. Enter them as they stand on the P45."""


class PRL63(Rule):
    """Say why the particulars of pay change, in a few words."""


class PRL64(Rule):
    """A supplementary run follows committed pay of the newest period of the group. Finish what is
    open; what periods before owe is in the next run by itself.
    """


class PRL65(Rule):
    """This pay day does not do. Give a banking day that the bank file can still reach, not before
    the last pay of the period and before the next pay day of the group.
    """


class PRL66(Rule):
    """Not everybody chosen belongs to this pay group. Look at their numbers."""


class PRL67(Rule):
    """Choose 500 people at most. More of them are a run of everybody."""


class PRL68(Rule):
    """These particulars cannot be taken as they are. Nothing was changed."""


class PRL69(Rule):
    """The file of particulars cannot be read. Use the template, saved as CSV or XLSX."""


class PRL70(Rule):
    """These results were loaded before."""


class PRL71(Rule):
    """These results cannot be taken as they are."""


class PRL72(Rule):
    """This pay day has results of the other payroll already. Withdraw them first."""


class PRL73(Rule):
    """The file of results cannot be read. Use the template, saved as CSV or XLSX."""


class PRL74(Rule):
    """Choose a kind of pay, an element of pay or «Not compared» for an element of the other
    payroll.
    """


class PRL75(Rule):
    """Say first what every element of the file is here."""


class PRL76(Rule):
    """The pay of this pay day is not calculated here yet. Calculate it, then compare."""


class PRL77(Rule):
    """You explained this difference yourself. A colleague has to agree to it."""


class PRL78(Rule):
    """A difference is explained while its results are compared and not signed: choose input,
    parameter or rule, and say why in a sentence.
    """


class PRL79(Rule):
    """Results are signed off once they are compared with the pay as it is now, and every
    explanation is agreed to.
    """


class PRL80(Rule):
    """You had a hand in this yourself. Someone else has to sign it."""


class PRL81(Rule):
    """Every pay group needs two pay days in a row, signed off with nothing unexplained. Or say why
    it should go live without them: that is a waiver, under your name.
    """


class PRL82(Rule):
    """Going live is asked for already. It waits for a second person."""


class PRL83(Rule):
    """A director has a first day and a method, AN or AL. The figures from before the first payslip
    here are pay, the director's and the employer's contributions: all three, none below nought, or
    none of them.
    """


class PRL84(Rule):
    """Who was paid as a director in this tax year stays one until it ends on 5 April. Take the day
    away after that.
    """


class PRL85(Rule):
    """Lodging with the employer begins on a day, and costs nothing or an amount a day."""


class PRL86(Rule):
    """The terms have nothing that is claimed in this way under this short name. See Pay scales."""


class PRL90(Rule):
    """Average earnings are an amount of so many weeks or months, and the paper that says so."""


class PRL91(Rule):
    """This letter is not due, was given before, or would be given on a day to come. Look at the
    list of letters again.
    """


class PRT01(Rule):
    """Only a payment that went to the bank can come back, and only once. What a rehearsal made
    went nowhere.
    """


class PRT02(Rule):
    """Choose pay that came back and is neither paid again nor proposed to be."""


class PRT03(Rule):
    """The bank cannot pay this account again. It can be proposed once another account of the
    person is in force: they change it under My pay, and it cools off first.
    """


class PRT04(Rule):
    """Choose a banking day that the bank file can still reach: Bacs takes three days in all."""


class PRT05(Rule):
    """Somebody else has to release this: not who proposed it."""


class PRT06(Rule):
    """The total that was typed is not what would be paid. Nothing was released."""


class PRT07(Rule):
    """An account changed since this was proposed. Cancel it and propose it again."""


class PRT08(Rule):
    """This was released or cancelled before. Look at it again."""


class PRT09(Rule):
    """This is not the total of the payments of the file that did not come back yet. Compare it with
    what the bank says.
    """


class BRF01(Rule):
    """A run of this pay day was begun already. Enter what somebody brought along for them alone."""


class CER01(Rule):
    """P60s are made once the tax year is over, P45s once it has begun."""


class CER02(Rule):
    """A batch of these is being made already, or was held. Wait for it, or cancel it first."""


class CER03(Rule):
    """Nobody is due one of these: nobody was paid in that tax year who is still without it."""


class OWE01(Rule):
    """Choose something that committed runs owe to others."""


class OWE02(Rule):
    """Nothing is owed here that could be paid: more was given back than was withheld. It is set off
    against what a later run of the same month owes.
    """


class OWE03(Rule):
    """Nobody has said who is paid for this. Record the payee under Payees first."""


class OWE04(Rule):
    """What this payee asks to be quoted is missing, or longer than the 18 characters that Bacs
    carries. Record it under Payees or Employer references.
    """


class OWE05(Rule):
    """Choose a supplier of yours that is in use, and a day of the month from 1 to 28."""


class OWE06(Rule):
    """There is nothing to tell HMRC of this tax month by an employer payment summary."""


class OWE07(Rule):
    """The last submission of a tax year is that of month 12, once the tax year is over."""


class OWE08(Rule):
    """This very summary was made before. It says what there is to say."""


class OWE09(Rule):
    """This tax month is not over. While pay may still be committed in it, say nothing of it."""


class OWE10(Rule):
    """HMRC's schema does not take this summary, so it is not made. Tell who looks after the
    system.
    """


class PEN01(Rule):
    """Choose a scheme, postpone by three months at most, and let contributions be 8% at least, 3%
    of them by the employer.
    """


class PEN02(Rule):
    """The re-enrolment date lies within three months of the third anniversary of the day on which
    the duties began, or of the last re-enrolment date, and no pay of that day is committed yet.
    """


class PEN03(Rule):
    """Opting out is possible for one month, from the enrolment or the letter about it, whichever
    is later. Who asked to join without being a jobholder, or is later, leaves the scheme instead.
    """


class PEN04(Rule):
    """They are in a pension scheme already, or will be from the next pay period on."""


class PEN05(Rule):
    """A pay run that is not committed yet is about to change this. Ask again after it."""


class PEN06(Rule):
    """Somebody whom this run enrols asked for something else meanwhile. Calculate it again."""


class PEN07(Rule):
    """Who joins has to be assessed first: by a committed pay run, as between 16 and 74 years old,
    where the employer has set up automatic enrolment.
    """


class PEN08(Rule):
    """They are in no pension scheme that they could leave."""


class PEN09(Rule):
    """This begins with the next pay period that no run has begun for, and none is in the calendar
    of their pay group.
    """


class PEN10(Rule):
    """What was paid before opting out is not given back yet. Ask again after the next pay day."""


class PEN11(Rule):
    """A letter is given once, and not on a day to come."""
