import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"


def test_the_vendored_files_carry_no_branding_of_govuk():
    css = (STATIC / "vendor" / "uk-frontend.css").read_text()
    assert re.findall(r"GDS Transport|@font-face|url\([^)]*(?:crest|crown|logotype)", css) == []
    names = [path.name for path in (STATIC / "vendor").rglob("*")]
    assert [name for name in names if re.search(r"crest|crown|logotype|woff", name)] == []


def test_every_picture_the_stylesheet_names_is_there():
    css = (STATIC / "vendor" / "uk-frontend.css").read_text()
    named = set(re.findall(r"url\(\"?(images/[^)\"]+)", css))
    assert [name for name in named if not (STATIC / "vendor" / name).is_file()] == []


def test_our_script_stays_under_five_kilobytes():
    assert (STATIC / "app.js").stat().st_size < 5 * 1024


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "templates").rglob("*.html")),
    ids=lambda path: str(path.relative_to(ROOT / "templates")),
)
def test_no_template_has_inline_script_or_style(path):
    markup = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
    inline = r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|hx-on"
    assert re.findall(inline, markup) == []
