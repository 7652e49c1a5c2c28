from django.urls import path

from approvals import views

urlpatterns = [
    path("waiting/", views.waiting, name="waiting"),
    path("waiting/approve/", views.approve_clear, name="approve_clear"),
    path("waiting/submitted/", views.submitted, name="submitted"),
    path("waiting/decided/", views.decided, name="decided"),
    path("approvals/<int:id>/", views.approval_request, name="approval_request"),
    path("approvals/<int:id>/decision/", views.decision, name="approval_decision"),
    path("approvals/<int:id>/withdrawal/", views.withdrawal, name="approval_withdrawal"),
]
