"""Tables of payroll: pay groups and their calendars, pay runs, payslips, what went to the bank."""

from payroll.models.certificates import Certificate, CertificateBatch, CertificateKind
from payroll.models.claims import PayClaim, PayElement, PayItem
from payroll.models.costs import ServiceCost
from payroll.models.dues import CreditorKind, DueWhat, PayDue, PayPayee
from payroll.models.enrolment import EnrolmentSetting, PensionLetter, PensionStatus
from payroll.models.groups import DirectorMethod, PayGroup, PayMember, PayPeriod, ProRata
from payroll.models.notices import PayNotice
from payroll.models.orders import OrderKind, OrderTaken, PayOrder
from payroll.models.out import PayAgain, PayFile, PayFilePart, PayPayment
from payroll.models.parallel import (
    DifferenceCause,
    GoLive,
    LegacyAmount,
    LegacyElement,
    ParallelDifference,
    ParallelRun,
)
from payroll.models.questions import PayQuestion
from payroll.models.recovery import RecoveryPlan, RecoveryTaken
from payroll.models.references import EmployerReference
from payroll.models.returns import PayAgainPart, PayReturn
from payroll.models.slips import (
    LOWERING,
    Cause,
    LineKind,
    PayCost,
    PayException,
    Payslip,
    PayslipLine,
)
from payroll.models.statutory import StatedEarnings, StatutoryLetter
from payroll.models.steps import PayRun
from payroll.models.submissions import PaymentSummary, Submission

__all__ = [
    "LOWERING",
    "Cause",
    "Certificate",
    "CertificateBatch",
    "CertificateKind",
    "CreditorKind",
    "DifferenceCause",
    "DirectorMethod",
    "DueWhat",
    "EmployerReference",
    "EnrolmentSetting",
    "GoLive",
    "LegacyAmount",
    "LegacyElement",
    "LineKind",
    "OrderKind",
    "OrderTaken",
    "ParallelDifference",
    "ParallelRun",
    "PayAgain",
    "PayAgainPart",
    "PayClaim",
    "PayCost",
    "PayDue",
    "PayElement",
    "PayException",
    "PayFile",
    "PayFilePart",
    "PayGroup",
    "PayItem",
    "PayMember",
    "PayNotice",
    "PayOrder",
    "PayPayee",
    "PayPayment",
    "PayPeriod",
    "PayQuestion",
    "PayReturn",
    "PayRun",
    "PaymentSummary",
    "Payslip",
    "PayslipLine",
    "PensionLetter",
    "PensionStatus",
    "ProRata",
    "RecoveryPlan",
    "RecoveryTaken",
    "ServiceCost",
    "StatedEarnings",
    "StatutoryLetter",
    "Submission",
]
