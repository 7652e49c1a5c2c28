"""What other apps may point at: pay groups and pay runs."""

from django.urls import reverse

from core.registry import Subject, register
from core.web.navigation import Entry
from core.web.navigation import register as add_entry
from hr.permissions import SEE_ACCOUNT_CHANGES
from payroll.models import (
    CertificateBatch,
    EmployerReference,
    EnrolmentSetting,
    GoLive,
    ParallelRun,
    PayAgain,
    PayClaim,
    PayElement,
    PayGroup,
    PaymentSummary,
    PayNotice,
    PayOrder,
    PayPayee,
    PayQuestion,
    PayReturn,
    PayRun,
    PensionLetter,
    PensionStatus,
    RecoveryPlan,
)
from payroll.permissions import (
    CLAIM_OWN,
    KEEP_ENROLMENT,
    KEEP_NOTICES,
    KEEP_PARTICULARS,
    KEEP_STATUTORY,
    SEE_CLAIMS,
    SEE_ORDERS,
    SEE_OWN_PAY,
    SEE_PAY_RUNS,
    SEE_PLANS,
    SEE_QUESTIONS,
    SEE_TEAM_COST,
)
from payroll.selectors.claims import CLAIM as CLAIM_KEY
from payroll.selectors.claims import card_of, with_first_items
from payroll.services import claims

GROUP = register(
    Subject(
        key="payroll.group",
        model=PayGroup,
        label="Pay group",
        link=lambda slug, row: reverse("pay_board", kwargs={"organisation": slug}),
        summary=lambda row: row.name,
        name=lambda row: row.name,
    )
)
RUN = register(
    Subject(
        key="payroll.run",
        model=PayRun,
        label="Pay run",
        link=lambda slug, row: reverse("pay_run", args=[slug, row.number]),
        summary=str,
        reading=lambda rows: rows.select_related("period__pay_group"),
    )
)

RETURN = register(
    Subject(
        key="payroll.return",
        model=PayReturn,
        label="Net pay that came back",
        link=lambda slug, row: reverse("pay_returns", args=[slug, row.payment.pay_run.number]),
        summary=lambda row: f"{row.payment}: {row.get_kind_display()}",
        name=lambda row: str(row.payment),
        reading=lambda rows: rows.select_related("payment__pay_run"),
    )
)
AGAIN = register(
    Subject(
        key="payroll.again",
        model=PayAgain,
        label="Net pay that is paid again",
        link=lambda slug, row: reverse("pay_again", args=[slug, row.number]),
        summary=str,
    )
)
SUMMARY = register(
    Subject(
        key="payroll.eps",
        model=PaymentSummary,
        label="Employer payment summary",
        link=lambda slug, row: reverse("pay_summaries", args=[slug]),
        summary=str,
    )
)
CERTIFICATES = register(
    Subject(
        key="payroll.certificates",
        model=CertificateBatch,
        label="P60s and P45s",
        link=lambda slug, row: reverse("pay_certificate_batch", args=[slug, row.number]),
        summary=str,
    )
)
PAYEE = register(
    Subject(
        key="payroll.payee",
        model=PayPayee,
        label="Payee of what is withheld",
        link=lambda slug, row: reverse("pay_payees", args=[slug]),
        summary=lambda row: str(row.get_kind_display()),
        name=lambda row: str(row.get_kind_display()),
    )
)
ELEMENT = register(
    Subject(
        key="payroll.element",
        model=PayElement,
        label="Element of pay",
        link=lambda slug, row: reverse("pay_elements", kwargs={"organisation": slug}),
        summary=lambda row: row.name,
        name=lambda row: row.name,
    )
)
CLAIM = register(
    Subject(
        key=CLAIM_KEY,
        model=PayClaim,
        label="Claim of hours or expenses",
        link=lambda slug, row: reverse("pay_claim", args=[slug, row.number]),
        summary=lambda row: f"{row}: {row.reason}",
        card=card_of,
        reading=with_first_items,
        on_approved=claims.agree,
        on_returned=claims.send_back,
        on_rejected=claims.turn_down,
    )
)
# Its number only: a timeline is read by more people than orders are.
ORDER = register(
    Subject(
        key="payroll.order",
        model=PayOrder,
        label="Attachment order",
        link=lambda slug, row: reverse("pay_order", args=[slug, row.number]),
        summary=str,
    )
)
NOTICE = register(
    Subject(
        key="payroll.notice",
        model=PayNotice,
        label="Notice of loans, gift and pay given up",
        link=lambda slug, row: reverse("pay_notices", args=[slug]),
        summary=lambda row: f"From {row.from_on:%d/%m/%Y}",
        name=lambda row: f"of {row.employment.name} from {row.from_on:%d/%m/%Y}",
        reading=lambda rows: rows.select_related("employment"),
    )
)
RECOVERY = register(
    Subject(
        key="payroll.recovery",
        model=RecoveryPlan,
        label="Plan of recovery",
        link=lambda slug, row: reverse("recovery_plan", args=[slug, row.number]),
        summary=str,
    )
)

QUESTION = register(
    Subject(
        key="payroll.question",
        model=PayQuestion,
        label="Question about a payslip",
        link=lambda slug, row: reverse("pay_question", args=[slug, row.number]),
        summary=str,
    )
)
REFERENCE = register(
    Subject(
        key="payroll.reference",
        model=EmployerReference,
        label="Employer reference",
        link=lambda slug, row: reverse("pay_references", kwargs={"organisation": slug}),
        summary=lambda row: row.paye_reference,
        name=lambda row: row.paye_reference,
    )
)

ENROLMENT = register(
    Subject(
        key="payroll.enrolment",
        model=EnrolmentSetting,
        label="Setting of automatic enrolment",
        link=lambda slug, row: reverse("enrolment_settings", args=[slug]),
        summary=lambda row: f"From {row.from_on:%d/%m/%Y}",
        name=lambda row: f"from {row.from_on:%d/%m/%Y}",
    )
)
PENSION = register(
    Subject(
        key="payroll.pension",
        model=PensionStatus,
        label="Pension record",
        link=lambda slug, row: reverse("enrolment", args=[slug]),
        summary=lambda row: str(row.get_event_display()),
        name=lambda row: f"of {row.employment.name}: {row.get_event_display().lower()}",
        reading=lambda rows: rows.select_related("employment"),
    )
)
LETTER = register(
    Subject(
        key="payroll.letter",
        model=PensionLetter,
        label="Letter about a pension",
        link=lambda slug, row: reverse("pension_letter", args=[slug, row.pk]),
        summary=lambda row: str(row.get_kind_display()),
        name=lambda row: f"to {row.status.employment.name}: {row.get_kind_display().lower()}",
        reading=lambda rows: rows.select_related("status__employment"),
    )
)

PARALLEL = register(
    Subject(
        key="payroll.parallel",
        model=ParallelRun,
        label="Parallel run",
        link=lambda slug, row: reverse("parallel_run", args=[slug, row.number]),
        summary=str,
    )
)

GOING_LIVE = register(
    Subject(
        key="payroll.go_live",
        model=GoLive,
        label="Going live",
        link=lambda slug, row: reverse("go_live", kwargs={"organisation": slug}),
        summary=lambda row: str(row.get_state_display()),
        name=lambda row: f"asked for by {row.asked_by_name}",
    )
)

add_entry(Entry("My claims", "my_claims", CLAIM_OWN, 89, group="About me"))
add_entry(Entry("Bank details", "pay_account_changes", SEE_ACCOUNT_CHANGES, 67, group="Pay"))
add_entry(Entry("Claims", "pay_claims", SEE_CLAIMS, 61, group="Pay"))
add_entry(Entry("Attachment orders", "pay_orders", SEE_ORDERS, 62, group="Pay"))
add_entry(Entry("How people are paid", "pay_members", KEEP_PARTICULARS, 65, group="Pay"))
add_entry(Entry("Loans and gifts", "pay_notices", KEEP_NOTICES, 66, group="Pay"))
add_entry(Entry("Auto-enrolment", "enrolment", KEEP_ENROLMENT, 66, group="Pay"))
add_entry(Entry("Statutory pay", "statutory_letters", KEEP_STATUTORY, 67, group="Pay"))
add_entry(Entry("Overpayments", "recovery_plans", SEE_PLANS, 63, group="Pay"))
add_entry(Entry("Team cost", "team_cost", SEE_TEAM_COST, 65))
add_entry(Entry("Questions", "pay_questions", SEE_QUESTIONS, 64, group="Pay"))
add_entry(Entry("P60s and P45s", "pay_certificates", SEE_PAY_RUNS, 64, group="Pay"))
add_entry(Entry("Parallel runs", "parallel_runs", SEE_PAY_RUNS, 65, group="Pay"))
add_entry(Entry("My pay", "my_payslips", SEE_OWN_PAY, 88, group="About me"))
add_entry(Entry("Pay runs", "pay_board", SEE_PAY_RUNS, 60, group="Pay"))
