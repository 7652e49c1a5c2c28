"""Files that are shown before they are loaded, as a browser sends them."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client


def sent(client: Client, where: str, head: str, rows: Sequence[str], reason: str) -> Any:
    """The first step."""
    return sent_bytes(client, where, "\r\n".join([head, *rows]).encode(), reason)


def sent_bytes(client: Client, where: str, data: bytes, reason: str, name: str = "a.csv") -> Any:
    return client.post(where, {"file": SimpleUploadedFile(name, data), "reason": reason})


def sure(client: Client, where: str, preview: Any) -> Any:
    """The second step: what the page of the first holds, sent back."""
    form = preview.context["form"]
    fields = {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}
    return client.post(where, fields)
