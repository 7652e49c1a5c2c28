"""Asks an advisory service about every package the product runs on; fails for each known hole."""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests
from pip_audit._service.osv import OsvService  # type: ignore[import-untyped]

BASE = Path(__file__).resolve().parent.parent / "requirements" / "base.txt"
PATIENCE, SECONDS = 5, 120


def ask(service: str) -> list[dict[str, Any]]:
    """The packages with the known holes of each. OSError where the service cannot be asked."""
    requests.head(service, timeout=PATIENCE)
    program = str(Path(sys.executable).with_name("pip-audit"))
    asked = [
        *(program, "--vulnerability-service=osv", f"--osv-url={service}", "--require-hashes"),
        # All that is needed stands there with its hash: no environment is made to find out.
        "--disable-pip",
        *("--strict", "--progress-spinner=off", "--format=json", "-r", str(BASE)),
    ]
    found = subprocess.run(asked, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603 (words of ours)
    try:
        return list(json.loads(found.stdout)["dependencies"])
    except ValueError as error:
        raise OSError(found.stderr.strip()[-300:]) from error


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--if-reachable", action="store_true", help="no answer is no failure")
    given.add_argument("--service", default=OsvService.DEFAULT_OSV_URL, help="address of an OSV")
    wanted = given.parse_args()
    try:
        packages = ask(wanted.service)
    except (OSError, subprocess.TimeoutExpired) as error:  # requests' own are OSErrors too
        why = type(error).__name__
        sys.stdout.write(f"Not audited: the advisory service cannot be asked ({why}).\n")
        return 0 if wanted.if_reachable else 1
    holes = [(one, hole) for one in packages for hole in one["vulns"]]
    for one, hole in holes:
        fixed = ", ".join(hole["fix_versions"]) or "no version yet"
        sys.stdout.write(f"{one['name']} {one['version']}: {hole['id']}, fixed in {fixed}\n")
    sys.stdout.write(f"Audited: {len(packages)} packages, {len(holes)} known holes.\n")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main())
