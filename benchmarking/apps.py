from django.apps import AppConfig


class BenchmarkingConfig(AppConfig):
    name = "benchmarking"

    def ready(self) -> None:
        from benchmarking import services, verbs  # noqa: F401
        from benchmarking.models import BoardPack
        from benchmarking.permissions import SEE_COMPARISON
        from core.registry import Subject
        from core.registry import register as register_subject
        from core.web.navigation import Entry, register
        from finance.services.spend_import import AFTER_MEASURES
        from sla.permissions import SEE_BOARD

        AFTER_MEASURES.append(services.publish_for_centres)
        register(Entry("Board", "board", SEE_BOARD, 70, group="Performance"))
        register(Entry("Comparison", "comparison", SEE_COMPARISON, 75, group="Performance"))
        register(Entry("Board packs", "board_packs", SEE_BOARD, 72, group="Performance"))
        register_subject(
            Subject(
                key="benchmarking.pack",
                model=BoardPack,
                label="Board pack",
                link=lambda slug, row: f"/{slug}/board/packs/",
                summary=str,
                reading=lambda rows: rows.defer("content"),
            )
        )
