"""What each column holds, how it is therefore guarded, and how long it is kept.

Every table has a level, and its columns have it too, unless they are of a higher one: by what
their names say, or because they stand in COLUMNS. docs/security/classes.md is made of this, and
`tests/house/test_classes.py` holds the code to it.
"""

from enum import IntEnum
from typing import NamedTuple

from django.db import models

from core.tenancy import tenant_models


class Level(IntEnum):
    """From what anybody may read to what nobody does."""

    PUBLIC = 0
    INTERNAL = 1
    PERSONAL = 2
    CONFIDENTIAL = 3
    CREDENTIAL = 4


class Promise(NamedTuple):
    """What is at a level, how it is guarded, and how long it is kept."""

    holds: str
    guarded: str
    kept: str


BOOKS = "with the books: six years after the year and longer, as the organisation's own rules say"
PROMISES = {
    Level.PUBLIC: Promise(
        "is published, or the same for everybody",
        "nobody changes it on pages",
        "as long as the service",
    ),
    Level.INTERNAL: Promise(
        "the work, money and settings of an organisation",
        "row security, rights by role, private caching forbidden, every change in the trail",
        BOOKS,
    ),
    Level.PERSONAL: Promise(
        "says who somebody is, or what they did",
        "as internal; not in webhooks and not in comparisons",
        f"{BOOKS}; sessions and answers to calls end by themselves",
    ),
    Level.CONFIDENTIAL: Promise(
        "pay, health, identity and accounts of people, whole account numbers",
        "as personal, by few roles; numbers, addresses and reasons sealed with AES-256-GCM, masked"
        " on pages, each look in the trail; files of banks, certificates and reports of pay sealed",
        "with the payroll: the tax year and three more at the least, pensions six, as the"
        " organisation's own rules say",
    ),
    Level.CREDENTIAL: Promise(
        "lets somebody in, or proves who speaks",
        "hashed, or sealed under a key outside the database; shown once or never, in no export",
        "until it is used, replaced or ended",
    ),
}

_TABLES = {
    Level.PUBLIC: """
        auth.Group auth.Permission benchmarking.BenchmarkCell contenttypes.ContentType
        finance.SpendPublication sla.Indicator tenants.DemoMarker tenants.Organisation
    """,
    Level.INTERNAL: """
        access.AccessReview access.EmailDomain access.IdentityProvider access.MailSender
        approvals.Route approvals.RouteStep benchmarking.BoardPack
        events.Delivery events.Seal events.Webhook events.WebhookDelivery
        finance.Account finance.Allocation finance.Balance finance.BankAccount finance.BankMatch
        finance.BankProfile finance.BankReconciliation finance.BankReport finance.BankReportItem
        finance.BankStatement finance.Batch finance.ChainHead finance.Coding finance.ColumnMapping
        finance.CoolingOff finance.CreditMatch finance.DiscountTerms finance.DocumentWord
        finance.DuplicateCase finance.Invoice finance.InvoiceDocument finance.InvoiceLine
        finance.InvoiceResponse finance.Journal finance.JournalLine finance.LayoutVersion
        finance.LedgerSeal finance.Liability finance.LiabilityPart finance.MatchedItem
        finance.MatchedLine finance.Payment finance.PaymentReturn finance.PaymentRun
        finance.PaymentsNotice finance.Period finance.PeriodWaiver finance.RecurringArrival
        finance.RecurringInvoice finance.RedactionRule finance.RegisterLookup finance.Reversal
        finance.Series finance.SupplierHold finance.SupplierStatement
        finance.SupplierStatementLine
        hr.AbsenceTerms hr.AccountCooling hr.Allowance hr.HoursBasis hr.LeaveYear hr.PayAward
        hr.PayPoint hr.PayScale hr.PayValue hr.Position hr.PositionBudget hr.PositionGrade
        hr.StandardCode
        payroll.EmployerReference payroll.EnrolmentSetting payroll.GoLive payroll.LegacyElement
        payroll.PayElement payroll.PayGroup payroll.PayPayee payroll.PayPeriod
        payroll.PaymentSummary payroll.ServiceCost
        runs.Chunk runs.Problem runs.Run
        sla.Correction sla.MeasureValue sla.ReliefEvent sla.Remark sla.SignedMonth sla.Target
        sla.TargetChange tenants.ClosureDay tenants.Counter tenants.Unit
    """,
    Level.PERSONAL: """
        access.ApiAnswer access.ApiToken access.ConflictAcceptance access.ReviewedRight
        account.EmailAddress approvals.Delegation approvals.Notice approvals.NoticeChoice
        approvals.Request approvals.Step events.Event finance.Presence finance.RemittanceAdvice
        finance.SourceFile finance.SourceRow finance.StatementLine finance.Supplier
        finance.SupplierBank finance.SupplierRequest
        hr.Assignment hr.CostShare hr.Employment hr.HeldAllowance hr.Placement hr.StaffRequest
        socialaccount.SocialAccount tenants.Affiliation tenants.Grant tenants.Person
        usersessions.UserSession
    """,
    Level.CONFIDENTIAL: """
        finance.PaymentFile finance.PaymentFilePart
        hr.Absence hr.AccountChange hr.PrivateDetails hr.StaffFile hr.StaffFileError
        hr.WorkedDay
        payroll.Certificate payroll.CertificateBatch payroll.LegacyAmount payroll.OrderTaken
        payroll.ParallelDifference payroll.ParallelRun payroll.PayAgain payroll.PayAgainPart
        payroll.PayClaim payroll.PayCost
        payroll.PayDue payroll.PayException payroll.PayFile payroll.PayFilePart payroll.PayItem
        payroll.PayMember payroll.PayNotice payroll.PayOrder payroll.PayPayment
        payroll.PayQuestion payroll.PayReturn payroll.PayRun payroll.Payslip payroll.PayslipLine
        payroll.PensionLetter payroll.PensionStatus payroll.RecoveryPlan payroll.RecoveryTaken
        payroll.StatedEarnings payroll.StatutoryLetter payroll.Submission
    """,
    Level.CREDENTIAL: """
        account.EmailConfirmation mfa.Authenticator sessions.Session
        socialaccount.SocialApp socialaccount.SocialToken
    """,
}
TABLES = {label: level for level, labels in _TABLES.items() for label in labels.split()}
COLUMNS = {
    "access.ApiAnswer.body": Level.CREDENTIAL,  # of a call that shows a secret once
    "access.ApiToken.digest": Level.CREDENTIAL,
    "access.IdentityProvider.secret": Level.CREDENTIAL,
    "events.Webhook.secret": Level.CREDENTIAL,
    "usersessions.UserSession.session_key": Level.CREDENTIAL,
    "tenants.Person.password": Level.CREDENTIAL,
}
# What names of columns say: each is at least of the level beside it.
PEOPLE = ("_by_id", "_by_name", "person", "person_id", "person_name", "email", "holder")
SEALED = ("_sealed", "account_index")


def level_of(model: type[models.Model], column: str) -> Level:
    """The level of a column. KeyError for a table that nobody has classified."""
    label = model._meta.label
    levels = [TABLES[label], COLUMNS.get(f"{label}.{column}", Level.PUBLIC)]
    if column.endswith(PEOPLE):
        levels.append(Level.PERSONAL)
    if column.endswith(SEALED):
        levels.append(Level.CONFIDENTIAL)
    return max(levels)


def columns_of(model: type[models.Model]) -> dict[str, Level]:
    """Every column of a table with its level."""
    names = [field.attname for field in model._meta.concrete_fields]
    return {name: level_of(model, name) for name in names}


def credentials() -> dict[str, set[str]]:
    """By table of organisations the columns that no export may hold."""
    found = {
        model._meta.db_table: {
            name for name, level in columns_of(model).items() if level == Level.CREDENTIAL
        }
        for model in tenant_models()
    }
    return {table: names for table, names in found.items() if names}
