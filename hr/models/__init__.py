"""Tables of the staff record: terms, posts and people, requests and files."""

from hr.models.absences import (
    AFTER_LEAVING,
    MAY_WORK,
    MONDAY_TO_FRIDAY,
    Absence,
    AbsenceKind,
    AbsenceTerms,
    Evidence,
    WorkedDay,
)
from hr.models.accounts import AccountChange, AccountCooling
from hr.models.allowances import HeldAllowance
from hr.models.awards import PayAward
from hr.models.codes import StandardCode
from hr.models.people import (
    GRADE_ON,
    WHOLE,
    Assignment,
    CostShare,
    Employment,
    Gender,
    Placement,
    Position,
    PositionBudget,
    PositionGrade,
    PrivateDetails,
    Starter,
)
from hr.models.terms import Allowance, HoursBasis, LeaveYear, PayPoint, PayScale, PayValue, Status
from hr.models.work import StaffFile, StaffFileError, StaffRequest

__all__ = [
    "AFTER_LEAVING",
    "GRADE_ON",
    "MAY_WORK",
    "MONDAY_TO_FRIDAY",
    "WHOLE",
    "Absence",
    "AbsenceKind",
    "AbsenceTerms",
    "AccountChange",
    "AccountCooling",
    "Allowance",
    "Assignment",
    "CostShare",
    "Employment",
    "Evidence",
    "Gender",
    "HeldAllowance",
    "HoursBasis",
    "LeaveYear",
    "PayAward",
    "PayPoint",
    "PayScale",
    "PayValue",
    "Placement",
    "Position",
    "PositionBudget",
    "PositionGrade",
    "PrivateDetails",
    "StaffFile",
    "StaffFileError",
    "StaffRequest",
    "StandardCode",
    "Starter",
    "Status",
    "WorkedDay",
]
