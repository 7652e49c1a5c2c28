"""Addresses of approvals under /api/v1/<organisation>/."""

from django.urls import path

from approvals import api, api_delegations, api_history, api_routes

urlpatterns = [
    path("approvals/", api.Approvals.as_view(), name="api_approvals"),
    path("approvals/submitted/", api.ApprovalsSubmitted.as_view(), name="api_approvals_submitted"),
    path("approvals/decided/", api.ApprovalsDecided.as_view(), name="api_approvals_decided"),
    path("approvals/<int:id>/", api.ApprovalOne.as_view(), name="api_approval"),
    path(
        "approvals/<int:id>/decision/",
        api.ApprovalDecision.as_view(),
        name="api_approval_decision",
    ),
    path("approvals/<int:id>/undoing/", api.ApprovalUndoing.as_view(), name="api_approval_undoing"),
    path(
        "approvals/<int:id>/withdrawal/",
        api.ApprovalWithdrawal.as_view(),
        name="api_approval_withdrawal",
    ),
    path("delegations/", api_delegations.Delegations.as_view(), name="api_delegations"),
    path("delegations/new/", api_delegations.DelegationMade.as_view(), name="api_delegation_made"),
    path(
        "delegations/<int:id>/end/",
        api_delegations.DelegationEnd.as_view(),
        name="api_delegation_end",
    ),
    path("approvals/several/", api.ApprovalsSeveral.as_view(), name="api_approvals_several"),
    path("approvers/", api_history.Approvers.as_view(), name="api_approvers"),
    path(
        "approvers/<int:person>/decisions/",
        api_history.ApproverDecisions.as_view(),
        name="api_approver_decisions",
    ),
    path("approval-routes/", api_routes.Routes.as_view(), name="api_approval_routes"),
    path(
        "approval-routes/<str:key>/proposal/",
        api_routes.RouteProposal.as_view(),
        name="api_approval_route_proposal",
    ),
]
