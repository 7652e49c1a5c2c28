from django.apps import AppConfig


class HrConfig(AppConfig):
    name = "hr"

    def ready(self) -> None:
        from hr import invariants, permissions, subjects, verbs  # noqa: F401
        from hr.selectors.people import PLACED_IN_UNITS
        from tenants.registry import hold_open

        hold_open("people placed in it", PLACED_IN_UNITS)
