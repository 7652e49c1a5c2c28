"""Rules of invoices and suppliers: the docstring is the sentence that people read."""

from core.rules import Rule


class INV01(Rule):
    """The day the invoice was received must be given: the time to pay runs from it."""


class INV02(Rule):
    """An invoice cannot have been received in the future."""


class INV03(Rule):
    """An invoice needs at least one line, and every line an amount."""


class INV04(Rule):
    """This supplier is held or no longer used. Make the supplier active first."""


class INV05(Rule):
    """This VAT code is not one for purchases."""


class INV06(Rule):
    """The VAT of a line is more than its VAT code allows."""


class INV07(Rule):
    """This supplier has sent an invoice with this number before. Enter it only with a reason."""


class INV08(Rule):
    """This cannot be done to an invoice in this state."""


class INV09(Rule):
    """Say in a sentence why."""


class INV10(Rule):
    """The invoice is in a payment run. Take it out of the run first."""


class INV11(Rule):
    """Every line needs a coding before the invoice can go for approval."""


class INV12(Rule):
    """Give the invoice number that the supplier wrote on it."""


class INV13(Rule):
    """You entered this invoice, so someone else has to approve it."""


class INV14(Rule):
    """Choose somebody who may enter invoices here."""


class INV15(Rule):
    """The lines do not add up to the total that is written on the invoice."""


class INV16(Rule):
    """A document is a PDF or a PNG or JPEG picture. Save it as one of these and send it again."""


class INV17(Rule):
    """A document has at most 10 MB. Scan it with fewer dots, or send its pages apart."""


class INV18(Rule):
    """This document belongs to an invoice already."""


class INV19(Rule):
    """This document is not set aside: it waits for its invoice, or has it."""


class INV20(Rule):
    """Keep back less than what is open of an invoice; to pay none of it, dispute it."""


class INV21(Rule):
    """A part of it is paid: the supplier pays that back or sends a credit note first."""


class INV22(Rule):
    """The name of this document promises another kind of file than it holds."""


class DUP01(Rule):
    """Say what became of the pair, and in a sentence how that is known."""


class SUP01(Rule):
    """A supplier with this code exists already."""


class SUP02(Rule):
    """A sort code has 6 digits and an account number 8."""


class SUP03(Rule):
    """New bank details must be agreed by a second person."""


class SUP04(Rule):
    """These bank details have been decided on already."""


class SUP05(Rule):
    """There are new bank details of this supplier waiting already. Decide on them first."""


class SUP06(Rule):
    """Say why you look at the whole bank details. The auditor reads it."""


class SUP07(Rule):
    """Nobody confirmed the change. Call the supplier on a number known before; record the call."""


class SUP08(Rule):
    """Say who was called, on which number, and where that number was taken from."""


class SUP09(Rule):
    """This supplier waits for a second person, or was refused: nothing of it is changed by hand."""


class SUP10(Rule):
    """This VAT number cannot be right. Read it again on the invoice or on the certificate."""


class SUP11(Rule):
    """This company number cannot be right. Read it again on the invoice or at Companies House."""


class SUP12(Rule):
    """Give the VAT number, or say why there is none: one of the two."""


class SUP13(Rule):
    """Give the company number, or say why there is none: one of the two."""


class SUP14(Rule):
    """There is a supplier like this one. Use that one, or say why this is another."""


class SUP15(Rule):
    """You asked for this supplier, so someone else has to agree to it."""


class SUP16(Rule):
    """This request for a supplier has been decided on already."""


class SUP22(Rule):
    """Say in a sentence why payments to the supplier are held, stay held or are made again."""


class SUP23(Rule):
    """Choose somebody who may hold suppliers here."""


class SUP24(Rule):
    """The review is on a later day than today, within a year."""


class SUP25(Rule):
    """Only a supplier in use can be held, once, and only a held one released."""


class SUP26(Rule):
    """You held this supplier, so someone else has to release it."""


class SUP27(Rule):
    """A supplier is held and released on its page, with a reason, not by its status."""


class SUP28(Rule):
    """Terms of 0 to 50 percent within 0 to 180 days, and where they are written."""


class SUP29(Rule):
    """Choose a later day than that of the terms before: what held then stays."""


class SUP19(Rule):
    """Changed bank details cool off for 0 to 60 working days."""


class SUP20(Rule):
    """Choose a later day than today, which has no cooling-off of its own yet."""


class SUP21(Rule):
    """Say why the cooling-off is changed. The auditor reads it."""


class SUP18(Rule):
    """This account fails the modulus check. Read it again; if it is right, say that you did."""


class SUP17(Rule):
    """Give sort code, account number and the name on the account, or none of the three."""


class SUP30(Rule):
    """No register can be asked about this supplier: none is set up, or none knows such numbers."""


class SUP31(Rule):
    """This organisation rehearses, so nobody outside is asked for it."""
