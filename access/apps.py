from django.apps import AppConfig
from django.core import checks


class AccessConfig(AppConfig):
    name = "access"

    def ready(self) -> None:
        from access import permissions, verbs  # noqa: F401
        from access.checks import seeds_can_be_opened, settings_fit
        from access.services.repeats import begin
        from core.web.navigation import Entry, register
        from core.web.repeats import keep_with

        for label, url_name, permission, order in (
            ("Second factors", "factors", permissions.SEE_FACTORS, 96),
            ("API tokens", "tokens", permissions.SEE_TOKENS, 97),
            ("Sign-in provider", "provider", permissions.SEE_PROVIDER, 98),
        ):
            register(Entry(label, url_name, permission, order, group="Control"))
        keep_with(begin)
        checks.register(settings_fit, checks.Tags.security)
        checks.register(seeds_can_be_opened, checks.Tags.database)
