"""What a service refused, said to whoever asked; of what it had begun nothing is left.

A page runs in one transaction (core.web.pages). A refusal that a view caught in it would keep what
the service had written before it refused, so that each attempt has a savepoint of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction

from core.errors import Refused


@contextmanager
def refusals_on(form: forms.BaseForm, field: str | None = None, **fields: str) -> Iterator[None]:
    """Undoes what is done inside if it is Refused, and puts the refusal on the form.

    It stands beside `field`, or above the form without one; `fields` names another field for the
    codes of single rules. What follows is the page of the form, as after any other mistake.
    """
    try:
        with transaction.atomic():
            yield
    except Refused as refusal:
        form.add_error(fields.get(refusal.code, field), refusal.message)


@contextmanager
def refusals_said(request: Any) -> Iterator[None]:
    """Undoes what is done inside if it is Refused, and says so on the next page that is shown."""
    try:
        with transaction.atomic():
            yield
    except Refused as refusal:
        messages.error(request, refusal.message)
