"""The official rules, where the operator has put them: UBL schemas, EN 16931 and Peppol rules.

They are not shipped (Peppol states no licence). A folder holds, beneath it anywhere,
`UBL-Invoice-2.1.xsd` and `UBL-CreditNote-2.1.xsd`; stylesheets `*.xslt` that write SVRL; and
Schematron sources `*.sch`, for which SchXslt's `2.0/` transforms must be there as well.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

from finance.einvoices.facts import Finding, Severity
from finance.einvoices.reading import parse
from finance.einvoices.ubl import ROOTS
from finance.formats.untrusted import Node

SVRL = {"svrl": "http://purl.oclc.org/dsdl/svrl"}
SCHXSLT_STEPS = ("include.xsl", "expand.xsl", "compile-for-svrl.xsl")


class RulesUnusable(RuntimeError):
    """The folder is there, but what is in it cannot be used; says what and the remedy."""


@dataclass(frozen=True)
class RuleSet:
    """One compiled stylesheet and the name of the file it came from."""

    name: str
    executable: Any


@dataclass(frozen=True)
class OfficialRules:
    """What one folder holds, compiled once per process."""

    schemas: dict[str, etree.XMLSchema]
    sets: tuple[RuleSet, ...]
    processor: Any

    @property
    def names(self) -> tuple[str, ...]:
        """What a document is checked against, for people."""
        schemas = ("UBL 2.1 schema",) if self.schemas else ()
        return (*schemas, *(found.name for found in self.sets))

    def check(self, content: bytes) -> list[Finding]:
        """Every rule that the document breaks. The schema first: rules after it would only echo."""
        root = parse(content)
        broken = self._schema(root)
        if broken:
            return broken
        document = self.processor.parse_xml(xml_text=etree.tostring(root, encoding="unicode"))
        findings: dict[tuple[str, str], Finding] = {}
        for rules in self.sets:
            svrl = rules.executable.transform_to_string(xdm_node=document)
            for finding in _findings(svrl, rules.name):
                findings.setdefault((finding.code, finding.where), finding)
        return list(findings.values())

    def _schema(self, root: Node) -> list[Finding]:
        schema = self.schemas.get(ROOTS.get(root.tag, ""))
        if schema is None or schema.validate(root):
            return []
        errors: Any = schema.error_log
        return [
            Finding("UBL-XSD", "fatal", error.message, f"Line {error.line}", "UBL 2.1 schema")
            for error in errors.filter_from_errors()
        ]


@lru_cache(maxsize=4)
def installed_rules(folder: Path) -> OfficialRules:
    """Compiles what the folder holds (about a second). `RulesUnusable` if that is nothing."""
    from saxonche import PySaxonProcessor

    if not folder.is_dir():
        raise RulesUnusable(f"There is no folder {folder}. Set EINVOICE_RULES to one that exists.")
    processor = PySaxonProcessor(license=False)
    schemas = {kind: _schema(folder, kind) for kind in ROOTS.values()}
    sheets = sorted(folder.rglob("*.xslt"))
    sources = sorted(folder.rglob("*.sch"))
    found = OfficialRules(
        schemas={kind: schema for kind, schema in schemas.items() if schema is not None},
        sets=(
            *(RuleSet(path.stem, _sheet(processor, path)) for path in sheets),
            *(RuleSet(path.stem, _schematron(processor, folder, path)) for path in sources),
        ),
        processor=processor,
    )
    if not found.names:
        raise RulesUnusable(f"{folder} holds no UBL schema, no .xslt and no .sch file.")
    return found


def _schema(folder: Path, kind: str) -> etree.XMLSchema | None:
    path = next(iter(sorted(folder.rglob(f"UBL-{kind}-2.1.xsd"))), None)
    if path is None:
        return None
    try:
        return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True)))
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError) as error:
        raise RulesUnusable(f"{path} is no usable schema: {error}") from None


def _sheet(processor: Any, path: Path) -> Any:
    try:
        return processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(path))
    except Exception as error:
        raise RulesUnusable(f"{path} is no usable stylesheet: {error}") from None


def _schematron(processor: Any, folder: Path, path: Path) -> Any:
    """Compiles a Schematron source by the three transforms of SchXslt."""
    steps = [next(iter(sorted(folder.rglob(f"2.0/{name}"))), None) for name in SCHXSLT_STEPS]
    try:
        source = processor.parse_xml(xml_file_name=str(path))
        for step in steps:
            if step is None:
                raise RulesUnusable(f"{path} needs SchXslt: put its 2.0 folder into {folder}.")
            xslt = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(step))
            source = xslt.transform_to_value(xdm_node=source).head
        return processor.new_xslt30_processor().compile_stylesheet(stylesheet_node=source)
    except RulesUnusable:
        raise
    except Exception as error:
        raise RulesUnusable(f"{path} is no usable Schematron: {error}") from None


def _findings(svrl: str, rules: str) -> list[Finding]:
    report = etree.fromstring(svrl.encode())
    broken = report.findall(".//svrl:failed-assert", SVRL)
    broken += report.findall(".//svrl:successful-report", SVRL)
    return [_finding(node, rules) for node in broken]


def _finding(node: Node, rules: str) -> Finding:
    """The official sentence begins with its code in brackets, which the finding carries itself."""
    code = node.get("id", "")
    said = " ".join("".join(map(str, node.itertext())).split())
    message = said.removeprefix(f"[{code}]").lstrip("- ")
    grave = (node.get("flag") or node.get("role") or "fatal").lower()
    severity: Severity = "fatal" if grave in ("fatal", "error") else "warning"
    return Finding(code, severity, message, _short(node.get("location", "")), rules)


def _short(location: str) -> str:
    """A path without namespaces: /Invoice/TaxTotal[1]/TaxSubtotal[2]."""
    steps = [step for step in location.replace("Q{", "{").split("/") if step]
    return "/" + "/".join(_step(step) for step in steps) if steps else ""


def _step(step: str) -> str:
    return step.rsplit("}", 1)[-1].rsplit(":", 1)[-1]
