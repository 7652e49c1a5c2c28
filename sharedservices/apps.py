from django.apps import AppConfig
from django.core import checks


class SharedServicesConfig(AppConfig):
    name = "sharedservices"

    def ready(self) -> None:
        from sharedservices.checks import no_demonstration_in_earnest

        checks.register(no_demonstration_in_earnest, checks.Tags.database)
