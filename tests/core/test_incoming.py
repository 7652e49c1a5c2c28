"""A file is what its name says, of an ending that is taken, and not too large."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import Form
from rest_framework.exceptions import ValidationError

from core.incoming import MB, TABLES, Intake, Unfit, check_name, held_by
from core.web.api_asked import FileSent
from core.web.incoming import IncomingField

TABLE = Intake("Tables", TABLES, 1 * MB)
CSV, WORKBOOK, PDF = b"a,b\r\n1,2\r\n", b"PK\x03\x04rest", b"%PDF-1.7 rest"


class Asked(Form):
    file = IncomingField(label="File", intake=TABLE)


def said(name: str, data: bytes) -> str:
    form = Asked({}, {"file": SimpleUploadedFile(name, data)})
    return "" if form.is_valid() else " ".join(form.errors["file"])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", CSV),
        ("A.CSV", CSV),
        ("a.txt", "ä;b".encode("latin-1")),
        ("a.csv", "\ufeffa;b".encode("utf-16-le")),
        ("a.csv", "\ufeffa;b".encode()),
        ("a.xlsx", WORKBOOK),
    ],
)
def test_what_a_name_promises_is_taken_whole(name: str, data: bytes) -> None:
    form = Asked({}, {"file": SimpleUploadedFile(name, data)})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["file"].read() == data


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", WORKBOOK, "ends in .csv, and it holds an Excel workbook. Save it as"),
        ("a.xlsx", CSV, "ends in .xlsx, and it holds plain text"),
        ("a.csv", PDF, "it holds a PDF"),
        ("a.csv", b"<html><script>", "it holds XML"),
        ("a.csv", b"MZ\x90\x00\x03", "it holds something else"),
        ("a.exe", CSV, "ends in «.exe». Send one of .csv, .tsv, .txt, .xlsx, .xlsm."),
        ("noname", CSV, "has no ending"),
        ("a.csv", b"a" * (MB + 1), "is larger than 1 MB. Send it in parts."),
    ],
)
def test_anything_else_is_refused_with_a_remedy(name: str, data: bytes, words: str) -> None:
    assert words in said(name, data)


def test_calls_are_held_to_it_as_well() -> None:
    asked = FileSent(data={"file": SimpleUploadedFile("a.csv", WORKBOOK)})
    with pytest.raises(ValidationError, match="it holds an Excel workbook"):
        asked.is_valid(raise_exception=True)


def test_endings_that_promise_nothing_say_nothing() -> None:
    """Those of banks, for which any is taken."""
    for name in ("bank.sta", "bank.940", "bank"):
        check_name(name, b":20:STATEMENT")
        check_name(name, b"<Document>")
    with pytest.raises(Unfit):
        check_name("bank.pdf", b":20:STATEMENT")
    assert held_by(b"\xef\xbb\xbf  <?xml version='1.0'?>") == "XML"
