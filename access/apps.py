from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "access"

    def ready(self) -> None:
        from access import permissions, verbs  # noqa: F401
        from core.web.navigation import Entry, register

        register(Entry("API tokens", "tokens", permissions.SEE_TOKENS, 97, group="Control"))
        register(Entry("Second factors", "factors", permissions.SEE_FACTORS, 96, group="Control"))
