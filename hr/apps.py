from django.apps import AppConfig


class HrConfig(AppConfig):
    name = "hr"

    def ready(self) -> None:
        from hr import invariants, permissions, subjects, verbs  # noqa: F401
