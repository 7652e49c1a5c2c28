"""Addresses of the staff record under /api/v1/<organisation>/."""

from django.urls import path

from hr.api import StaffList
from hr.api_absences import (
    AbsenceCorrection,
    AbsenceFilesSent,
    AbsenceOne,
    AbsenceRecording,
    Absences,
    AbsenceTermsRecording,
    AbsenceWithdrawal,
    AbsenceWorked,
)
from hr.api_allowances import AllowanceEnds, Allowances, AllowanceTerms
from hr.api_awards import Award, Awards, AwardsProposed
from hr.api_posts import PostCreation, Posts, StaffFilesSent, StandardCodes, TermsInstallation
from hr.api_regradings import RegradingsProposed
from hr.api_requests import (
    JobChanges,
    Leavers,
    StaffRequestOne,
    StaffRequests,
    Starters,
    Transfers,
)
from hr.api_seconding import CostSplits, JointPosts, Secondments

urlpatterns = [
    path("absences/", Absences.as_view(), name="api_absences"),
    path("absences/new/", AbsenceRecording.as_view(), name="api_absence_new"),
    path("absences/<int:number>/", AbsenceOne.as_view(), name="api_absence"),
    path(
        "absences/<int:number>/correction/",
        AbsenceCorrection.as_view(),
        name="api_absence_correction",
    ),
    path(
        "absences/<int:number>/withdrawal/",
        AbsenceWithdrawal.as_view(),
        name="api_absence_withdrawal",
    ),
    path("absences/<int:number>/worked/", AbsenceWorked.as_view(), name="api_absence_worked"),
    path("absence-files/new/", AbsenceFilesSent.as_view(), name="api_absence_files_sent"),
    path("absence-terms/new/", AbsenceTermsRecording.as_view(), name="api_absence_terms"),
    path("pay-awards/", Awards.as_view(), name="api_awards"),
    path("pay-awards/new/", AwardsProposed.as_view(), name="api_awards_proposed"),
    path(
        "pay-awards/regradings/new/", RegradingsProposed.as_view(), name="api_regradings_proposed"
    ),
    path("pay-awards/<int:number>/", Award.as_view(), name="api_award"),
    path("staff/", StaffList.as_view(), name="api_staff"),
    path("staff-requests/", StaffRequests.as_view(), name="api_staff_requests"),
    path("staff-requests/<int:number>/", StaffRequestOne.as_view(), name="api_staff_request"),
    path("staff-requests/leavers/", Leavers.as_view(), name="api_leavers"),
    path("staff-requests/starters/", Starters.as_view(), name="api_starters"),
    path("staff-requests/changes/", JobChanges.as_view(), name="api_job_changes"),
    path("staff-requests/transfers/", Transfers.as_view(), name="api_transfers"),
    path("staff-requests/cost-splits/", CostSplits.as_view(), name="api_cost_splits"),
    path("staff-requests/secondments/", Secondments.as_view(), name="api_secondments"),
    path("staff-requests/joint-posts/", JointPosts.as_view(), name="api_joint_posts"),
    path("staff-requests/allowances/", Allowances.as_view(), name="api_allowances"),
    path("staff-requests/allowances/ends/", AllowanceEnds.as_view(), name="api_allowance_ends"),
    path("staff-files/new/", StaffFilesSent.as_view(), name="api_staff_files_sent"),
    path("posts/", Posts.as_view(), name="api_posts"),
    path("standard-codes/", StandardCodes.as_view(), name="api_standard_codes"),
    path("posts/new/", PostCreation.as_view(), name="api_post_creation"),
    path("terms/allowances/", AllowanceTerms.as_view(), name="api_allowance_terms"),
    path("terms/installation/", TermsInstallation.as_view(), name="api_terms_installation"),
]
