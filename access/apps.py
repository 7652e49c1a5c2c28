from django.apps import AppConfig
from django.core import checks


class AccessConfig(AppConfig):
    name = "access"

    def ready(self) -> None:
        from access import invariants, log, permissions, verbs  # noqa: F401
        from access.checks import seeds_can_be_opened, settings_fit
        from access.models import AccessReview, ConflictAcceptance
        from access.selectors import conflicts, reviews, right_in_words
        from access.services.repeats import begin
        from core.permissions import CONFLICTS
        from core.registry import Subject
        from core.registry import register as register_subject
        from core.templatetags.web import day
        from core.web.navigation import Entry, register
        from core.web.repeats import keep_with
        from tenants.models import Grant

        for label, url_name, permission, order in (
            ("People and rights", "rights", permissions.SEE_GRANTS, 86),
            ("Roles", "roles", permissions.SEE_GRANTS, 86),
            ("Conflicts of duties", "conflicts", permissions.SEE_CONFLICTS, 86),
            ("Reviews of rights", "access_reviews", permissions.SEE_GRANTS, 86),
            ("Second factors", "factors", permissions.SEE_FACTORS, 87),
            ("API tokens", "tokens", permissions.SEE_TOKENS, 87),
            ("Sign-in provider", "provider", permissions.SEE_PROVIDER, 87),
        ):
            register(Entry(label, url_name, permission, order, group="Access"))
        register_subject(
            Subject(
                key="access.grant",
                model=Grant,
                label="Right",
                link=lambda slug, row: f"/{slug}/rights/{row.person_id}/",
                summary=right_in_words,
                name=right_in_words,
                reading=lambda rows: rows.select_related("person", "unit"),
            )
        )
        register_subject(
            Subject(
                key=conflicts.SUBJECT,
                model=ConflictAcceptance,
                label="Acceptance of a conflict of duties",
                link=lambda slug, row: f"/{slug}/rights/conflicts/{row.person_id}/{row.key}/",
                summary=lambda row: f"{row.person.name} {CONFLICTS[row.key].label}",
                name=lambda row: f"{row.person.name} {CONFLICTS[row.key].label}",
                reading=lambda rows: rows.select_related("person"),
            )
        )
        register_subject(
            Subject(
                key=reviews.SUBJECT,
                model=AccessReview,
                label="Review of rights",
                link=lambda slug, row: f"/{slug}/rights/reviews/{row.pk}/",
                summary=lambda row: f"Review of rights, due on {day(row.due_on)}",
                name=lambda row: f"due on {day(row.due_on)}",
            )
        )
        keep_with(begin)
        log.listen()
        checks.register(settings_fit, checks.Tags.security)
        checks.register(seeds_can_be_opened, checks.Tags.database)
