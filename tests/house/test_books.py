"""The books whose pages are measured can be made, and hold what they promise."""

import os

import pytest
from django.core.management import call_command

from core.scope import scope
from finance.models import Allocation, Invoice
from tools.books import make_books


def test_the_books_of_the_bench_can_be_made_and_are_true(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.bench.DATABASE", os.environ["COMMONWELL_DATABASE"])
    books = make_books(1_000)
    with scope(acting=books.organisation_id):
        assert Invoice.objects.count() == 1_000
        assert Allocation.objects.count() == Invoice.objects.filter(state="paid").count() > 0
    call_command("check_invariants", verbosity=0)
