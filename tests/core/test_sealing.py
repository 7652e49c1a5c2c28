"""Sealed secrets: read with the key, with one of before, and with no other."""

import pytest
from pytest_django.fixtures import Settings

from core.errors import InvariantBroken
from core.sealing import seal, unseal


def test_only_the_key_opens_it(settings: Settings) -> None:
    sealed = seal("marble")
    assert "marble" not in sealed
    assert sealed != seal("marble")
    assert unseal(sealed) == "marble"
    settings.SECRET_KEY, before = "another" * 9, settings.SECRET_KEY
    with pytest.raises(InvariantBroken):
        unseal(sealed)
    settings.SECRET_KEY_FALLBACKS = [before]
    assert unseal(sealed) == "marble"


def test_a_changed_letter_is_seen() -> None:
    sealed = seal("marble")
    with pytest.raises(InvariantBroken):
        unseal(sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:])
