"""Addresses of payroll under /api/v1/<organisation>/."""

from django.urls import path

from payroll.api import PayAnswer
from payroll.api_accounts import AccountChanges, AccountChangeStop, AccountCoolingSetting
from payroll.api_certificates import (
    CertificateBatches,
    CertificateBatchOne,
    CertificatePartFile,
    CertificatesCancelled,
    CertificatesStart,
)
from payroll.api_claims import Claim, Claims, ClaimsMade, PayElements
from payroll.api_costs import ServiceCostRecorded, ServiceCosts
from payroll.api_differences import (
    DifferencesAgreed,
    DifferencesAssigned,
    DifferencesExplained,
    ParallelCompared,
    ParallelDifferences,
)
from payroll.api_dues import Dues, DuesPaidOver, PayeeRecorded, Payees
from payroll.api_enrolment import (
    EnrolmentSet,
    PensionLetters,
    PensionLettersGiven,
    PensionRequested,
)
from payroll.api_going_live import GoLiveDecision, GoLiveNew, GoLives, ParallelSigned
from payroll.api_notices import NoticeRecorded
from payroll.api_orders import OrderEnded, OrderEntered, OrderRead, Orders
from payroll.api_parallel import (
    LegacyElementConfirmed,
    LegacyElements,
    Parallel,
    ParallelLoaded,
    Parallels,
    ParallelWithdrawn,
)
from payroll.api_particulars import ParticularsLoad, ParticularsOne
from payroll.api_pay_runs import (
    PayExceptions,
    PayExceptionsRecalculation,
    PayExceptionsWaiver,
    PayPeriods,
    PayRunApproval,
    PayRunOne,
    PayRunPayment,
    PayRunRecalculation,
    PayRunSendingBack,
    PayRunStart,
    PayRunSubmission,
    SupplementaryRunStart,
)
from payroll.api_questions import (
    PayQuestionAnswer,
    PayQuestionClosing,
    PayQuestionRead,
    PayQuestions,
)
from payroll.api_recovery import (
    RecoveryPlanEnded,
    RecoveryPlanEntered,
    RecoveryPlanRead,
    RecoveryPlans,
)
from payroll.api_refusals import (
    StatutoryLetterDownload,
    StatutoryLetters,
    StatutoryLettersDue,
    StatutoryLettersGiving,
)
from payroll.api_returns import (
    PayAgainCancellation,
    PayAgainOne,
    PayAgainRelease,
    PayFileReturned,
    PayReturnRecorded,
    PayReturns,
    PayReturnsAgain,
    PayReturnsOfAll,
)
from payroll.api_setup import BringingForward, ElementSetting, PayGroupSetting, ReferencesRecording
from payroll.api_statutory import EarningsStated

RUN = "pay-runs/<int:number>/"
AGAIN = "pay-again/<int:number>/"
CAUSE = f"{RUN}exceptions/<str:cause>/"

PARALLEL = "parallel-runs/<int:number>/"

urlpatterns = [
    path("pay-costs/", ServiceCosts.as_view(), name="api_pay_costs"),
    path("pay-costs/new/", ServiceCostRecorded.as_view(), name="api_pay_costs_new"),
    path("pay-account-changes/", AccountChanges.as_view(), name="api_pay_account_changes"),
    path(
        "pay-account-changes/<int:number>/stop/",
        AccountChangeStop.as_view(),
        name="api_pay_account_change_stop",
    ),
    path("pay-account-cooling/", AccountCoolingSetting.as_view(), name="api_pay_account_cooling"),
    path("pay-certificates/", CertificateBatches.as_view(), name="api_pay_certificates"),
    path("pay-certificates/new/", CertificatesStart.as_view(), name="api_pay_certificates_new"),
    path(
        "pay-certificates/<int:number>/",
        CertificateBatchOne.as_view(),
        name="api_pay_certificate_batch",
    ),
    path(
        "pay-certificates/<int:number>/cancellation/",
        CertificatesCancelled.as_view(),
        name="api_pay_certificate_cancellation",
    ),
    path(
        "pay-certificates/<int:number>/parts/<int:part>/",
        CertificatePartFile.as_view(),
        name="api_pay_certificate_part",
    ),
    path("claims/", Claims.as_view(), name="api_claims"),
    path("pay-elements/", PayElements.as_view(), name="api_pay_elements"),
    path("claims/new/", ClaimsMade.as_view(), name="api_claims_made"),
    path("claims/<int:number>/", Claim.as_view(), name="api_claim"),
    path("pay-orders/", Orders.as_view(), name="api_pay_orders"),
    path("pay-orders/new/", OrderEntered.as_view(), name="api_pay_order_new"),
    path("pay-orders/<int:number>/", OrderRead.as_view(), name="api_pay_order"),
    path("pay-orders/<int:number>/ending/", OrderEnded.as_view(), name="api_pay_order_ending"),
    path("pay-dues/", Dues.as_view(), name="api_pay_dues"),
    path("pay-dues/over/", DuesPaidOver.as_view(), name="api_pay_dues_over"),
    path("pay-payees/", Payees.as_view(), name="api_pay_payees"),
    path("pay-payees/new/", PayeeRecorded.as_view(), name="api_pay_payee_new"),
    path("pay-earnings/new/", EarningsStated.as_view(), name="api_pay_earnings_new"),
    path("pay-particulars/new/", ParticularsLoad.as_view(), name="api_pay_particulars_load"),
    path("pay-particulars/<int:number>/", ParticularsOne.as_view(), name="api_pay_particulars"),
    path("statutory-letters/", StatutoryLetters.as_view(), name="api_statutory_letters"),
    path("statutory-letters/due/", StatutoryLettersDue.as_view(), name="api_statutory_letters_due"),
    path(
        "statutory-letters/giving/",
        StatutoryLettersGiving.as_view(),
        name="api_statutory_letters_giving",
    ),
    path(
        "statutory-letters/<int:number>/file/",
        StatutoryLetterDownload.as_view(),
        name="api_statutory_letter_file",
    ),
    path("pension-letters/", PensionLetters.as_view(), name="api_pension_letters"),
    path(
        "pension-letters/giving/", PensionLettersGiven.as_view(), name="api_pension_letters_giving"
    ),
    path("pension-requests/new/", PensionRequested.as_view(), name="api_pension_request_new"),
    path("enrolment-settings/new/", EnrolmentSet.as_view(), name="api_enrolment_setting_new"),
    path("pay-notices/new/", NoticeRecorded.as_view(), name="api_pay_notice_new"),
    path("recovery-plans/", RecoveryPlans.as_view(), name="api_recovery_plans"),
    path("recovery-plans/new/", RecoveryPlanEntered.as_view(), name="api_recovery_plan_new"),
    path("recovery-plans/<int:number>/", RecoveryPlanRead.as_view(), name="api_recovery_plan"),
    path(
        "recovery-plans/<int:number>/ending/",
        RecoveryPlanEnded.as_view(),
        name="api_recovery_plan_ending",
    ),
    path("pay-questions/", PayQuestions.as_view(), name="api_pay_questions"),
    path("pay-questions/<int:number>/", PayQuestionRead.as_view(), name="api_pay_question"),
    path(
        "pay-questions/<int:number>/answer/",
        PayQuestionAnswer.as_view(),
        name="api_pay_question_answer",
    ),
    path(
        "pay-questions/<int:number>/closing/",
        PayQuestionClosing.as_view(),
        name="api_pay_question_closing",
    ),
    path("parallel-runs/", Parallels.as_view(), name="api_parallel_runs"),
    path("parallel-runs/new/", ParallelLoaded.as_view(), name="api_parallel_run_new"),
    path(PARALLEL, Parallel.as_view(), name="api_parallel_run"),
    path(f"{PARALLEL}withdrawal/", ParallelWithdrawn.as_view(), name="api_parallel_run_withdrawal"),
    path(f"{PARALLEL}comparison/", ParallelCompared.as_view(), name="api_parallel_run_comparison"),
    path(f"{PARALLEL}differences/", ParallelDifferences.as_view(), name="api_parallel_differences"),
    path(f"{PARALLEL}assignment/", DifferencesAssigned.as_view(), name="api_parallel_assignment"),
    path(
        f"{PARALLEL}explanation/", DifferencesExplained.as_view(), name="api_parallel_explanation"
    ),
    path(f"{PARALLEL}agreement/", DifferencesAgreed.as_view(), name="api_parallel_agreement"),
    path(f"{PARALLEL}signature/", ParallelSigned.as_view(), name="api_parallel_signature"),
    path("go-live/", GoLives.as_view(), name="api_go_live"),
    path("go-live/new/", GoLiveNew.as_view(), name="api_go_live_new"),
    path("go-live/decision/", GoLiveDecision.as_view(), name="api_go_live_decision"),
    path("legacy-elements/", LegacyElements.as_view(), name="api_legacy_elements"),
    path(
        "legacy-elements/confirmation/",
        LegacyElementConfirmed.as_view(),
        name="api_legacy_element_confirmation",
    ),
    path("pay-answers/", PayAnswer.as_view(), name="api_pay_answer"),
    path("pay-periods/", PayPeriods.as_view(), name="api_pay_periods"),
    path("pay-periods/<int:period>/run/", PayRunStart.as_view(), name="api_pay_run_start"),
    path(
        "pay-periods/<int:period>/supplementary-run/",
        SupplementaryRunStart.as_view(),
        name="api_pay_run_supplementary",
    ),
    path(
        "pay-periods/<int:period>/bringing-forward/",
        BringingForward.as_view(),
        name="api_pay_bringing_forward",
    ),
    path(RUN, PayRunOne.as_view(), name="api_pay_run"),
    path(f"{RUN}recalculation/", PayRunRecalculation.as_view(), name="api_pay_run_recalculation"),
    path(f"{RUN}submission/", PayRunSubmission.as_view(), name="api_pay_run_submission"),
    path(f"{RUN}approval/", PayRunApproval.as_view(), name="api_pay_run_approval"),
    path(f"{RUN}sending-back/", PayRunSendingBack.as_view(), name="api_pay_run_sending_back"),
    path(f"{RUN}payment/", PayRunPayment.as_view(), name="api_pay_run_payment"),
    path("pay-returns/", PayReturnsOfAll.as_view(), name="api_pay_returns_all"),
    path(f"{RUN}returns/", PayReturns.as_view(), name="api_pay_returns"),
    path(f"{RUN}returns/new/", PayReturnRecorded.as_view(), name="api_pay_return_new"),
    path(f"{RUN}returns/file/", PayFileReturned.as_view(), name="api_pay_file_returned"),
    path(f"{RUN}returns/again/", PayReturnsAgain.as_view(), name="api_pay_returns_again"),
    path(AGAIN, PayAgainOne.as_view(), name="api_pay_again"),
    path(f"{AGAIN}release/", PayAgainRelease.as_view(), name="api_pay_again_release"),
    path(f"{AGAIN}cancellation/", PayAgainCancellation.as_view(), name="api_pay_again_cancel"),
    path(CAUSE, PayExceptions.as_view(), name="api_pay_exceptions"),
    path(f"{CAUSE}waiver/", PayExceptionsWaiver.as_view(), name="api_pay_exceptions_waiver"),
    path(
        f"{CAUSE}recalculation/",
        PayExceptionsRecalculation.as_view(),
        name="api_pay_exceptions_recalculation",
    ),
    path("pay-groups/new/", PayGroupSetting.as_view(), name="api_pay_group_setting"),
    path("pay-elements/new/", ElementSetting.as_view(), name="api_pay_element_setting"),
    path("pay-references/new/", ReferencesRecording.as_view(), name="api_pay_references"),
]
