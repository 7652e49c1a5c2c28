from django.urls import path

from approvals.views import delegations, history, notices, requests, routes, routes_file

urlpatterns = [
    path("waiting/", requests.waiting, name="waiting"),
    path("waiting/approve/", requests.approve_several, name="approve_several"),
    path("waiting/submitted/", requests.submitted, name="submitted"),
    path("waiting/decided/", requests.decided, name="decided"),
    path("waiting/delegations/", delegations.delegations, name="delegations"),
    path("waiting/delegations/<int:id>/end/", delegations.delegation_end, name="delegation_end"),
    path("waiting/notices/", notices.notices, name="notices"),
    path("approvals/<int:id>/", requests.approval_request, name="approval_request"),
    path("approvals/<int:id>/decision/", requests.decision, name="approval_decision"),
    path("approvals/<int:id>/undo/", requests.undoing, name="approval_undo"),
    path("approvals/<int:id>/withdrawal/", requests.withdrawal, name="approval_withdrawal"),
    path("approvals/link/<str:token>/", notices.approval_link, name="approval_link"),
    path("approvals/routes/", routes.approval_routes, name="approval_routes"),
    path("approvals/routes/export/", routes_file.export, name="routes_export"),
    path("approvals/routes/load/", routes_file.load, name="routes_load"),
    path("approvals/routes/<str:key>/", routes.approval_route, name="approval_route"),
    path(
        "approvals/routes/<str:key>/change/",
        routes.approval_route_change,
        name="approval_route_change",
    ),
    path("approvals/approvers/", history.approvers, name="approvers"),
    path("approvals/approvers/<int:person>/", history.approver, name="approver"),
]
