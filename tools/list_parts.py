"""The parts of the product as a bill of materials (CycloneDX 1.6): packages and assets.

.venv/bin/python tools/list_parts.py > build/parts.cdx.json
"""

import json
import re
import sys
import tomllib
import uuid
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill() -> dict[str, Any]:
    """The same for the same requirements: its serial number is made of what it lists."""
    product = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parts = [*packages(), *assets()]
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([product["version"], parts]))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": product["name"],
                "name": product["name"],
                "version": product["version"],
            }
        },
        "components": parts,
        "dependencies": [
            {"ref": product["name"], "dependsOn": [part["bom-ref"] for part in parts]}
        ],
    }


def packages() -> list[dict[str, Any]]:
    """What is installed in production, each package with the hashes that are accepted of it."""
    found: list[dict[str, Any]] = []
    hashes: list[list[str]] = []
    for line in (ROOT / "requirements/base.txt").read_text(encoding="utf-8").splitlines():
        if pinned := PINNED.match(line):
            name, version = pinned["name"].lower(), pinned["version"]
            found.append(_part(name, version, "pypi", _licence(name)))
            hashes.append([])
        elif one := HASH.search(line):
            hashes[-1].append(one[1])
    for part, accepted in zip(found, hashes, strict=True):
        part["properties"] = [{"name": "pip:hash", "value": f"sha256:{one}"} for one in accepted]
    return found


def assets() -> list[dict[str, Any]]:
    """What browsers load: style sheets and scripts that lie with the source."""
    kept = json.loads((ROOT / "static/vendor/versions.json").read_text(encoding="utf-8"))
    return [_part(name, one["version"], "npm", one["licence"]) for name, one in kept.items()]


def _part(name: str, version: str, kind: str, licence: str) -> dict[str, Any]:
    address = f"pkg:{kind}/{name.replace('@', '%40')}@{version}"
    part: dict[str, Any] = {
        "type": "library", "bom-ref": address, "name": name, "version": version, "purl": address,
    }  # fmt: skip
    if licence:
        part["licenses"] = [{"license": {"name": licence}}]
    return part


def _licence(name: str) -> str:
    """As the installed package states it; nothing for one that is for other systems only."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return ""
    stated = next((said[key] for key in ("License-Expression", "License") if key in said), "")
    classed = [
        one.rpartition(" :: ")[2]
        for one in said.get_all("Classifier") or []
        if one.startswith("License :: ") and one.count(" :: ") > 1
    ]
    return stated.split("\n")[0] or ", ".join(classed)


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1)
    sys.stdout.write("\n")
