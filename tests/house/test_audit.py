"""`make check` fails for a known hole in a package, and says so where nobody can be asked."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.conf import settings

HOLE = {
    "id": "TEST-1", "summary": "A hole for the test",
    "affected": [{
        "package": {"name": "django", "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}],
    }],
}  # fmt: skip


class Advisories(BaseHTTPRequestHandler):
    """Answers as an OSV does: nothing is known, but of the package that has a hole."""

    hole = ""

    def do_HEAD(self) -> None:
        self.send_response(405)
        self.end_headers()

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        name = json.loads(self.rfile.read(length))["package"]["name"]
        body = json.dumps({"vulns": [HOLE]} if name == self.hole else {}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        """Nothing is written for each request."""


@pytest.fixture
def service(request: Any) -> Iterator[str]:
    """Address of a service to which the package of the parameter has a hole."""
    handler = type("Handler", (Advisories,), {"hole": request.param})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def audited(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tools/audit.py", *words]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("service", ["django"], indirect=True)
def test_a_known_hole_fails_the_check(service: str) -> None:
    done = audited("--if-reachable", f"--service={service}")
    assert done.returncode == 1, done.stderr
    assert "TEST-1, fixed in 99.1" in done.stdout


@pytest.mark.parametrize("service", [""], indirect=True)
def test_no_known_hole_passes(service: str) -> None:
    done = audited(f"--service={service}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 known holes." in done.stdout


def test_no_answer_is_said_and_fails_only_where_one_is_demanded() -> None:
    nobody = "--service=http://127.0.0.1:9/"
    for words, code in ((("--if-reachable",), 0), ((), 1)):
        done = audited(nobody, *words)
        assert done.returncode == code
        assert "Not audited" in done.stdout
