"""The forms of a page, and what somebody may fill into them."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import html

# Everybody has the same secret in the cookie of the token: the walls must hold without it.
SECRET = "c" * 32
# Keys, versions and days: what may be sent across without carrying words of one to another.
KEY = re.compile(r"[\d-]{0,20}")
ANSWERS = ("1", "2026-05-01", "12.50", "Looked at", "")


@dataclass(frozen=True)
class Form:
    """Where it goes, its fields, and its buttons that say something."""

    action: str
    fields: tuple[tuple[str, str], ...]
    buttons: tuple[tuple[str, str], ...]

    def filled(self, rng: random.Random, *, keys_alone: bool) -> list[tuple[str, str]]:
        """What is there stays, empty fields get any answer, one button is pressed."""
        pressed = [rng.choice(self.buttons)] if self.buttons else []
        if keys_alone:
            return [(name, value if KEY.fullmatch(value) else "") for name, value in self.fields]
        return [(name, value or rng.choice(ANSWERS)) for name, value in self.fields] + pressed


def forms_of(page: bytes, where: str) -> Iterator[Form]:
    """Those that change something at an organisation."""
    if b"<form" not in page:
        return
    slug = where.split("/")[1]
    for form in html.document_fromstring(page[page.index(b"<") :]).forms:
        action = urljoin(where, form.action or "")
        if form.method == "POST" and action.startswith(f"/{slug}/"):
            fields = [(name, value) for name, value in form.form_values() if value is not None]
            presses = form.xpath(".//button[@name]")
            yield Form(
                action,
                tuple((n, v) for n, v in fields if n != "csrfmiddlewaretoken"),
                tuple((each.get("name"), each.get("value", "")) for each in presses),
            )
