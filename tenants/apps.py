from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"

    def ready(self) -> None:
        from core.registry import Subject, register
        from core.web.pages import resolve_with
        from tenants import permissions  # noqa: F401
        from tenants.models import Organisation
        from tenants.selectors import actor_for

        resolve_with(actor_for)
        register(
            Subject(
                key="tenants.organisation",
                model=Organisation,
                label="Organisation",
                link=lambda slug, row: f"/{slug}/",
                summary=lambda row: row.name,
            )
        )
