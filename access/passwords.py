"""What may not be a password: one from a breach, or little more than words known here."""

import re
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from tenants.selectors import all_organisations

# Its README says where it is from, and how it is made anew.
BREACHED = Path(__file__).parent / "breached" / "passwords.txt.gz"
PRODUCT = "commonwell"
SHORTEST_WORD, LEFT = 4, 8


class Breached(CommonPasswordValidator):
    """None of those that are known from breaches and long enough to be chosen."""

    def __init__(self) -> None:
        super().__init__(BREACHED)

    def get_error_message(self) -> str:
        return "This password is known from a breach of another site. Choose another one."

    def get_help_text(self) -> str:
        return "Your password can\u2019t be one that is known from a breach of another site."


class WordsOfTheHouse:
    """Without the names of the product and of the organisations enough has to be left.

    Case and what stands between letters do not count: "East-Mere" is Eastmere.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError when fewer than eight letters or digits stand besides such words."""
        left = _letters(password)
        for word in sorted(_words(), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < LEFT and left != _letters(password):
            raise ValidationError(self.get_help_text(), code="password_of_the_house")

    def get_help_text(self) -> str:
        return (
            "Your password can\u2019t be little more than the name of this product or of an"
            f" organisation: add at least {LEFT} other letters or digits."
        )


def _words() -> set[str]:
    """Slugs and names, and the longer words of those."""
    found = {PRODUCT}
    for one in all_organisations():
        found |= {_letters(one.slug), _letters(one.name), *map(_letters, one.name.split())}
    return {word for word in found if len(word) >= SHORTEST_WORD}


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()
