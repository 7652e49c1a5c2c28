from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "finance"

    def ready(self) -> None:
        from core.rounds import register
        from finance import (  # noqa: F401
            indicators,
            invariants_bank,
            invariants_ledger,
            invariants_payables,
            kinds,
            kinds_reversal,
            measures,
            permissions,
            subjects,
            subjects_bank,
            subjects_files,
            subjects_ledger,
            subjects_onboarding,
            subjects_payments,
            subjects_publications,
            verbs,
            verbs_bank,
            verbs_einvoices,
            verbs_files,
            verbs_ledger,
            verbs_payments,
        )
        from finance.services.lookups import answer_lookups
        from tenants.registry import follow_units

        follow_units("finance_invoice")
        register(answer_lookups)
