from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"

    def ready(self) -> None:
        from core.registry import Subject, register
        from core.web.navigation import Entry
        from core.web.navigation import register as register_entry
        from core.web.pages import resolve_with
        from tenants import invariants, permissions, verbs  # noqa: F401
        from tenants.models import Organisation, Unit
        from tenants.registry import hold_open
        from tenants.selectors import actor_for
        from tenants.selectors.tree import JOBS_IN_UNITS, RIGHTS_IN_UNITS

        resolve_with(actor_for)
        hold_open("rights for it", RIGHTS_IN_UNITS)
        hold_open("people who work in it", JOBS_IN_UNITS)
        for label, url_name, order in (
            ("Organisation", "organisation", 86),
            ("Calendar", "calendar", 87),
        ):
            register_entry(
                Entry(label, url_name, permissions.SEE_ORGANISATION, order, group="Control")
            )
        register_entry(Entry("Units", "units", permissions.SEE_UNITS, 88, group="Control"))
        register(
            Subject(
                key="tenants.unit",
                model=Unit,
                label="Unit",
                link=lambda slug, row: f"/{slug}/units/{row.pk}/",
                summary=str,
            )
        )
        register(
            Subject(
                key="tenants.organisation",
                model=Organisation,
                label="Organisation",
                link=lambda slug, row: f"/{slug}/organisation/",
                summary=lambda row: row.name,
            )
        )
