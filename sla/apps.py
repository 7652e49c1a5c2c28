from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def load_after_migrate(using: str, **kwargs: Any) -> None:
    """The definitions that ship with a version are there as soon as its tables are."""
    if using == "owner":
        from sla.services import load_indicators

        load_indicators(using=using)


class SlaConfig(AppConfig):
    name = "sla"

    def ready(self) -> None:
        from core.web.navigation import Entry
        from core.web.navigation import register as navigate
        from sla import bulk, invariants, measures, subjects, verbs  # noqa: F401
        from sla.permissions import SEE_MEASURES

        post_migrate.connect(load_after_migrate, dispatch_uid="load_indicators", sender=self)
        navigate(Entry("Measures", "measures", SEE_MEASURES, 80, group="Performance"))
        navigate(Entry("Relief", "relief", SEE_MEASURES, 81, group="Performance"))
        navigate(Entry("Signed months", "signed_months", SEE_MEASURES, 82, group="Performance"))
