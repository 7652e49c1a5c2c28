from django.apps import AppConfig
from django.core import checks
from django.db.backends.signals import connection_created


class SharedServicesConfig(AppConfig):
    name = "sharedservices"

    def ready(self) -> None:
        from sharedservices.checks import (
            migrated,
            no_demonstration_in_earnest,
            refuse_another_version,
        )

        checks.register(no_demonstration_in_earnest, checks.Tags.database)
        checks.register(migrated, checks.Tags.database)
        connection_created.connect(refuse_another_version, dispatch_uid="refuse_another_version")
