"""Fetch the two pinned front-end packages and write an unbranded copy under static/vendor.

Run by developers who move a pin: `python tools/vendor_assets.py`. It needs the npm client, set up
for whatever registry the developer uses; nobody else needs node, because the result is committed.

The copy carries no GDS Transport font, no crown and no crest: those are for GOV.UK alone.
"""

import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "static" / "vendor"
FONT_STACK = '"Helvetica Neue",Helvetica,Arial,sans-serif'
OWN_BY_GOVUK = re.compile(r"GDS Transport|url\([^)]*(?:crest|crown|logotype)", re.IGNORECASE)


@dataclass(frozen=True)
class Pin:
    """One package at one version; `sha512` is the integrity published when it was pinned."""

    name: str
    version: str
    sha512: str


GOVUK = Pin(
    "govuk-frontend",
    "6.6.0",
    "xctkWrQvLnvQt7fyjQ3MGX9S0wz0x0RQuLxCeoXF+s8EjGICG81/DYQGKN5qgO+0KVT12UAaRwUsGY6fulRcRg==",
)
MOJ = Pin(
    "@ministryofjustice/frontend",
    "11.1.0",
    "1bkUbm2M4DpcpX/pOmumQRBsbJco9W2RwmJv5h/ZC/ZqrAOn2/FjpF+A7vS0gs7oMXBizr9O5huDrSYbLx73Nw==",
)


def fetch(pin: Pin) -> tarfile.TarFile:
    """The package as an open archive; SystemExit if its bytes are not the pinned ones."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not on the PATH; it is needed only to move a pin")
    with tempfile.TemporaryDirectory() as folder:
        answer = subprocess.run(  # noqa: S603 - the arguments are the constants above
            [npm, "pack", f"{pin.name}@{pin.version}", "--json"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        packed = (Path(folder) / json.loads(answer.stdout)[0]["filename"]).read_bytes()
    digest = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    if digest != pin.sha512:
        raise SystemExit(f"{pin.name} {pin.version} is not the package that was pinned: {digest}")
    return tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz")


def text_of(package: tarfile.TarFile, path: str) -> str:
    """One text file of a package, without byte order mark; KeyError if it is not there."""
    member = package.extractfile(f"package/{path}")
    if member is None:
        raise KeyError(path)
    return member.read().decode("utf-8-sig")


def unbranded(css: str) -> str:
    """The stylesheet with our font stack, without the font files and without the crest."""
    css = re.sub(r"@font-face\s*\{[^}]*\}", "", css)
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r'"?GDS Transport"?,\s*arial,\s*sans-serif', FONT_STACK, css)
    css = re.sub(r"url\([^)]*govuk-crest\.svg[^)]*\)", "none", css)
    css = css.replace("/assets/images/", "images/")
    if OWN_BY_GOVUK.search(css):
        raise SystemExit("The stylesheet still carries branding of GOV.UK")
    return css


def self_starting(script: str) -> str:
    """The module with a call of its own `initAll`.

    A page can then load it with one tag: hashed file names break an import of a sibling, and an
    inline start line would break the content security policy.
    """
    script = re.sub(r"//# sourceMappingURL=.*", "", script).rstrip()
    return f"{script}\ninitAll();\n"


def write_icons(package: tarfile.TarFile, folder: Path) -> int:
    """Copy the plain icons, never the crest or the crown; the number copied."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = re.compile(r"package/moj/assets/images/(icon-[\w-]+\.svg)$")
    names = [match[1] for path in package.getnames() if (match := wanted.match(path))]
    for name in names:
        (folder / name).write_text(text_of(package, f"moj/assets/images/{name}"))
    return len(names)


def main() -> None:
    """Write stylesheet, two modules, icons and the list of versions."""
    govuk, moj = fetch(GOVUK), fetch(MOJ)
    css = text_of(govuk, "dist/govuk/govuk-frontend.min.css")
    css += text_of(moj, "moj/moj-frontend.min.css").replace('@charset "UTF-8";', "")
    icons = write_icons(moj, OUT / "images")
    (OUT / "uk-frontend.css").write_text(unbranded(css).strip() + "\n")
    for package, path in (
        (govuk, "dist/govuk/govuk-frontend.min.js"),
        (moj, "moj/moj-frontend.min.js"),
    ):
        (OUT / Path(path).name).write_text(self_starting(text_of(package, path)))
    versions = {pin.name: {"version": pin.version, "licence": "MIT"} for pin in (GOVUK, MOJ)}
    (OUT / "versions.json").write_text(json.dumps(versions, indent=2) + "\n")
    sys.stdout.write(f"Wrote {OUT.name}: {icons} icons, {len(css):,} characters of styles\n")


if __name__ == "__main__":
    main()
