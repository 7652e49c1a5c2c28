from django.apps import AppConfig


class PayrollConfig(AppConfig):
    name = "payroll"

    def ready(self) -> None:
        from core.web.navigation import Entry, register
        from payroll import (  # noqa: F401
            answers,
            checks,
            indicators,
            invariants,
            kinds,
            measures,
            on_costs,
            rules,
            subjects,
            verbs,
        )
        from payroll.permissions import ASK_PAY

        register(Entry("What would my pay be", "what_if", ASK_PAY, 92, group="About me"))
