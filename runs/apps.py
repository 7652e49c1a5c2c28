from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "runs"

    def ready(self) -> None:
        from core.registry import Subject, register
        from core.web import navigation
        from runs import checking, invariants, permissions, verbs  # noqa: F401
        from runs.kinds import KINDS
        from runs.models import Run

        register(
            Subject(
                key="runs.run",
                model=Run,
                label="Run",
                link=lambda slug, row: f"/{slug}/runs/{row.number}/",
                summary=lambda row: f"{KINDS[row.kind].label} {row}",
            )
        )
        navigation.register(
            navigation.Entry("Runs", "runs", permissions.SEE_RUNS, 70, group="Control")
        )
