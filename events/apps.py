from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        from core.web.navigation import Entry, register
        from events import permissions

        register(Entry("Audit trail", "trail", permissions.SEE_TRAIL, 90, group="Control"))
        register(
            Entry("Deliveries", "deliveries", permissions.RETRY_DELIVERIES, 95, group="Control")
        )
