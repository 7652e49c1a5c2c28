"""Tables of payroll: pay groups and their calendars, pay runs, payslips, what went to the bank."""

from payroll.models.claims import PayClaim, PayElement, PayItem
from payroll.models.groups import PayGroup, PayMember, PayPeriod, ProRata
from payroll.models.out import PayFile, PayFilePart, PayPayment
from payroll.models.references import EmployerReference
from payroll.models.slips import Cause, LineKind, PayCost, PayException, Payslip, PayslipLine
from payroll.models.steps import PayRun

__all__ = [
    "Cause",
    "EmployerReference",
    "LineKind",
    "PayClaim",
    "PayCost",
    "PayElement",
    "PayException",
    "PayFile",
    "PayFilePart",
    "PayGroup",
    "PayItem",
    "PayMember",
    "PayPayment",
    "PayPeriod",
    "PayRun",
    "Payslip",
    "PayslipLine",
    "ProRata",
]
