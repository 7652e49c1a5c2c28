"""What comes in as a file, and what is sealed and hashed by what: documents that miss nothing."""

import ast
import re
from importlib import import_module
from typing import Any

from django import forms
from rest_framework import serializers

from core.incoming import MB, Intake
from core.web.api_asked import FileSent
from core.web.incoming import IncomingField
from finance.incoming import DOCUMENTS
from tests.house.source import APPS, ROOT, sources, tree_of

# Where files of a browser are read without a form, each with the intake of its service.
WITHOUT_FORM = {"finance/views/documents.py": DOCUMENTS}
# What the code calls of the libraries that seal, hash and sign, and its words in docs/keys.md.
ALGORITHMS = {
    "hashlib.sha256": "SHA-256",
    "hashlib.sha1": "IRmark",
    "hashlib.file_digest": "SHA-256",
    "hmac.new": "HMAC-SHA-256",
    "hmac.digest": "HMAC-SHA-256",
    "hmac.compare_digest": "SHA-256",
    "AESGCM": "AES-256-GCM",
    "Fernet": "Fernet",
    "MultiFernet": "SECRET_KEY_FALLBACKS",
    "HKDFExpand": "HKDF-SHA-256",
    "hashes.SHA256": "HKDF-SHA-256",
    "jwt.decode": "RS, PS or ES",
}


def every(kind: type) -> set[type]:
    """A class and all that derive from it."""
    return {kind}.union(*(every(one) for one in kind.__subclasses__()))


def loaded() -> None:
    """Every module in which a form or a call can be."""
    for path in sources():
        where = path.relative_to(ROOT).with_suffix("").parts
        if any(part.startswith(("api", "forms", "views", "web")) for part in where):
            import_module(".".join(where).removesuffix(".__init__"))


def ours(kind: type) -> list[Any]:
    loaded()
    return [one for one in every(kind) if one.__module__.partition(".")[0] in APPS]


def intakes() -> set[Intake]:
    fields = [f for form in ours(forms.Form) for f in form.base_fields.values()]
    of_forms = {f.intake for f in fields if isinstance(f, IncomingField)}
    return of_forms | {one.intake for one in ours(FileSent)} | set(WITHOUT_FORM.values())


def test_every_file_that_comes_in_has_an_intake() -> None:
    bare = [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in ours(forms.BaseForm)
        for name, field in form.base_fields.items()
        if isinstance(field, forms.FileField) and not isinstance(field, IncomingField)
    ]
    assert bare == []
    apart = [
        one
        for one in ours(serializers.Serializer)
        if not issubclass(one, FileSent)
        and any(isinstance(f, serializers.FileField) for f in one._declared_fields.values())
    ]
    assert apart == []


def test_files_of_browsers_are_read_by_forms() -> None:
    """`request.FILES` goes into a form, or its module is named above."""
    found = set()
    for path in sources():
        text = path.read_text(encoding="utf-8")
        left = re.sub(r"request\.FILES or None", "", text)
        if re.search(r"request\.FILES(\.get|\[)", left):
            found.add(path.relative_to(ROOT).as_posix())
    assert found == WITHOUT_FORM.keys()


def test_the_page_of_files_says_what_the_code_takes() -> None:
    page = (ROOT / "docs/security/files.md").read_text(encoding="utf-8")
    told = {
        tuple(cell.strip() for cell in line.split("|")[1:4])
        for line in page.splitlines()
        if line.startswith("| ") and not line.startswith(("| Files |", "| ---"))
    }
    assert told == {
        (one.what, ", ".join(one.endings) or "any", f"{one.most_bytes // MB} MB")
        for one in intakes()
    }


def test_the_page_of_keys_names_every_algorithm() -> None:
    page = (ROOT / "docs/keys.md").read_text(encoding="utf-8")
    assert [one for one in ALGORITHMS.values() if one not in page] == []
    found = {name for path in sources() for name in called(tree_of(path))}
    assert found == ALGORITHMS.keys()


def called(tree: ast.Module) -> set[str]:
    """What a module calls of libraries of ciphers, hashes and signatures."""
    taken = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cryptography")
        for alias in node.names
    }
    names = set()
    for node in ast.walk(tree):
        said = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        module, _, function = said.rpartition(".")
        asked = module in {"hashlib", "hmac", "jwt"} and function != "get_unverified_header"
        if asked or said in taken or module in taken:
            names.add(said)
    return names
