"""What is installed is pinned and proved by its hash; what nothing uses is not installed."""

import re
from importlib.metadata import packages_distributions
from itertools import pairwise
from pathlib import Path

import pytest

from tests.house.source import ROOT, sources
from tools.list_parts import bill

PINNED = re.compile(r"^[a-z0-9.-]+==[^\s;]+( ; [^\\]+)? \\$", re.IGNORECASE)
# Named to others by a word that is not the package's.
USED_BY_NAME = {"argon2-cffi": "Argon2PasswordHasher"}


def lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8").splitlines()
    return [line for line in text if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("name", ["base", "dev"])
def test_every_package_is_pinned_with_its_hashes(name: str) -> None:
    path = ROOT / f"requirements/{name}.txt"
    for above, line in pairwise(["", *lines(path)]):
        if line.startswith("    --hash=sha256:"):
            assert above.endswith("\\"), line
        else:
            assert PINNED.match(line), line
    assert "://" not in path.read_text(encoding="utf-8")


def pinned(name: str) -> dict[str, str]:
    found = (line.split(" ")[0] for line in lines(ROOT / f"requirements/{name}.txt"))
    return dict(one.split("==") for one in found if "==" in one)


def test_tests_run_on_the_very_versions_of_production() -> None:
    base, dev = pinned("base"), pinned("dev")
    assert {package: dev.get(package) for package in base} == base


def test_every_package_of_production_is_used() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources())
    text += (ROOT / "docker/entry").read_text(encoding="utf-8")
    modules: dict[str, set[str]] = {}
    for module, packages in packages_distributions().items():
        for package in packages:
            modules.setdefault(package.lower().replace("_", "-"), set()).add(module)
    unused = []
    for line in lines(ROOT / "requirements/base.in"):
        package = re.split(r"[=\[]", line)[0]
        words = {USED_BY_NAME[package]} if package in USED_BY_NAME else modules[package]
        if not any(re.search(rf"\b{re.escape(word)}\b", text) for word in words):
            unused.append(package)
    assert unused == []


def test_the_bill_of_parts_lists_what_is_installed() -> None:
    """CycloneDX: each package by its address, with every hash that pip would accept."""
    made = bill()
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    packages = {one["purl"]: one for one in made["components"] if "pkg:pypi/" in one["purl"]}
    wanted = {f"pkg:pypi/{name.lower()}@{version}" for name, version in pinned("base").items()}
    assert set(packages) == wanted
    text = (ROOT / "requirements/base.txt").read_text(encoding="utf-8")
    told = [fact["value"] for one in packages.values() for fact in one["properties"]]
    assert told == re.findall(r"--hash=(sha256:[0-9a-f]{64})", text)
    assert "pkg:npm/%40ministryofjustice/frontend@11.1.0" in made["dependencies"][0]["dependsOn"]
    unstated = {name for name, one in packages.items() if "licenses" not in one}
    assert len(unstated) <= 3, unstated
    assert bill() == made
