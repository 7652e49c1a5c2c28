"""A scanner looks at files on their way in. Here it is a program that speaks as clamd does."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import Form
from rest_framework.exceptions import ValidationError

from core.incoming import MB, TABLES, Intake
from core.web.api_asked import FileSent
from core.web.incoming import IncomingField
from sharedservices import environment

BAD, GOOD = b"a,b\r\n1,EICAR\r\n", b"a,b\r\n1,2\r\n" * 20_000
LIMIT = 1 * MB


class Asked(Form):
    file = IncomingField(label="File", intake=Intake("Tables", TABLES, 4 * MB))


def said(data: bytes) -> str:
    form = Asked({}, {"file": SimpleUploadedFile("a.csv", data)})
    if form.is_valid():
        assert form.cleaned_data["file"].read() == data
        return ""
    return " ".join(map(str, form.errors["file"]))


def read(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += connection.recv(size - len(data))
    return data


def answered(connection: socket.socket) -> bytes:
    """What clamd says to one `zINSTREAM`, by its manual."""
    assert read(connection, 10) == b"zINSTREAM\0"
    data = b""
    while size := int.from_bytes(read(connection, 4), "big"):
        data += read(connection, size)
        if len(data) > LIMIT:
            return b"INSTREAM size limit exceeded. ERROR\0"
    return b"stream: Eicar-Test FOUND\0" if b"EICAR" in data else b"stream: OK\0"


def serve(listening: socket.socket) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with closing(connection):
            connection.sendall(answered(connection))


@pytest.fixture(params=["unix", "tcp"])
def scanner(request: Any, tmp_path: Path, settings: Any) -> Iterator[str]:
    unix = request.param == "unix"
    listening = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
    listening.bind(str(tmp_path / "clamd") if unix else ("127.0.0.1", 0))
    listening.listen()
    path = f"unix://{tmp_path}/clamd"
    settings.VIRUS_SCANNER_AT = path if unix else f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    thread = Thread(target=serve, args=(listening,), daemon=True)
    thread.start()
    yield settings.VIRUS_SCANNER_AT
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(10)


def test_what_the_scanner_finds_is_not_taken(scanner: str) -> None:
    assert said(GOOD) == ""
    assert said(BAD).startswith("The scanner found «Eicar-Test» in the file, so it is not taken.")
    call = FileSent(data={"file": SimpleUploadedFile("a.csv", BAD)})
    with pytest.raises(ValidationError, match="The scanner found"):
        call.is_valid(raise_exception=True)


def test_without_an_answer_nothing_is_taken(settings: Any, tmp_path: Path) -> None:
    for nowhere in (f"unix://{tmp_path}/none", "tcp://127.0.0.1:1"):
        settings.VIRUS_SCANNER_AT = nowhere
        assert said(GOOD).startswith("The scanner cannot look at the file now")


def test_what_is_too_large_for_the_scanner_is_not_known_to_be_clean(scanner: str) -> None:
    assert said(b"1,2\r\n" * (LIMIT // 4)).startswith("The scanner cannot look at the file now")


@pytest.mark.parametrize("where", ["clamd:3310", "unix://relative", "tcp://a b:1", "http://x"])
def test_an_address_that_is_none_is_refused_at_the_start(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRUS_SCANNER_AT", where)
    with pytest.raises(environment.BadEnvironment, match="VIRUS_SCANNER_AT must be like unix"):
        environment.scanner("VIRUS_SCANNER_AT")
