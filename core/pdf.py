"""Documents to keep and to send: a Typst template and its data become a tagged PDF.

A template stands beside the pages that show the same (`templates/<app>/<name>.typ`), begins with
`#import "/document.typ": *` and reads `data`, plain JSON. It sees no file outside `templates`, no
network and no font of the machine, so the same data give the same bytes everywhere.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import typst
from django.conf import settings
from django.http import HttpResponse


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def pdf(template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """The document as PDF/UA-1: tagged, so that a screen reader finds headings and tables.

    `template` is a path beneath `templates`; `data` holds text, whole numbers, lists and mappings;
    money comes formatted. `at` is when the document was made, written into it. Raises
    `typst.TypstError` for a template that is wrong, never for what people typed: data are no code.
    """
    root = settings.BASE_DIR / "templates"
    compiler = typst.Compiler(
        root=str(root), font_paths=_fonts(), sys_inputs={"data": json.dumps(data)}
    )
    second = at.replace(microsecond=0)
    made = compiler.compile(
        str(root / template), format="pdf", pdf_standards="ua-1", timestamp=second
    )
    assert isinstance(made, bytes)
    return made


def pdf_response(name: str, content: bytes) -> HttpResponse:
    """The document as a download under `name`, without its ending."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer
