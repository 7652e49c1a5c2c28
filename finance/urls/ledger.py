from django.urls import URLPattern, path

from finance.views import closing, journals, ledger

urlpatterns: list[URLPattern] = [
    path("ledger/", ledger.trial_balance, name="trial_balance"),
    path("ledger/entries/", ledger.ledger_enquiry, name="ledger_enquiry"),
    path("ledger/periods/", journals.periods, name="periods"),
    path("ledger/periods/<int:period>/close/", closing.period_close, name="period_close"),
    path(
        "ledger/journals/<int:period>/<int:batch>/<int:journal>/", journals.journal, name="journal"
    ),
    path(
        "ledger/journals/<int:period>/<int:batch>/<int:journal>/reversal/",
        journals.journal_reversal,
        name="journal_reversal",
    ),
]
