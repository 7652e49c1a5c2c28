from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"

    def ready(self) -> None:
        from approvals import invariants, permissions, subjects, verbs  # noqa: F401
        from approvals.views.requests import waiting_count
        from core.web.navigation import Entry, register
        from tenants.registry import follow_units

        follow_units("approvals_request")
        register(
            Entry("Waiting for you", "waiting", permissions.SEE_WAITING, 20, badge=waiting_count)
        )
        register(
            Entry("Approval routes", "approval_routes", permissions.SET_ROUTES, 91, group="Control")
        )
        register(
            Entry("Approvers", "approvers", permissions.SEE_EVERY_REQUEST, 92, group="Control")
        )
