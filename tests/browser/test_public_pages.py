"""Pages that need no organisation."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", ["/accessibility/"])
def test_public_page_is_accessible(
    server: str, page: Page, check_page: Callable[[Page], None], path: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 850})
    page.goto(server + path)
    check_page(page)
