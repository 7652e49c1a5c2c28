from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"

    def ready(self) -> None:
        from approvals import permissions, verbs  # noqa: F401
        from approvals.views import waiting_count
        from core.web.navigation import Entry, register

        register(
            Entry("Waiting for you", "waiting", permissions.SEE_WAITING, 20, badge=waiting_count)
        )
