"""HMRC's own schemas, where the operator has installed them: what they refuse is not made."""

from pathlib import Path

from django.conf import settings
from lxml import etree

_INSIDE = "{*}Body/{*}IRenvelope"


def objection(text: str) -> str:
    """What the schema of this report says against a message; empty where it holds.

    Empty too where no schemas are installed. Among them the one is taken whose namespace is that
    of the report, whatever its file is called; a folder without it is an objection.
    """
    if not settings.HMRC_SCHEMAS:
        return ""
    report = etree.fromstring(text.encode(), _parser(huge_tree=True)).find(_INSIDE)
    assert report is not None
    namespace = etree.QName(report).namespace
    folder = Path(settings.HMRC_SCHEMAS)
    for path in sorted(folder.rglob("*.xsd")):
        try:
            found = etree.parse(str(path), _parser())
            if found.getroot().get("targetNamespace") != namespace:
                continue
            schema = etree.XMLSchema(found)
        except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
            return f"{path.name} is no usable schema: {error}"
        return _said(schema, report)
    return f"There is no schema of {namespace} among those that are installed."


def _parser(*, huge_tree: bool = False) -> etree.XMLParser:
    return etree.XMLParser(no_network=True, resolve_entities=False, huge_tree=huge_tree)


def _said(schema: etree.XMLSchema, report: etree._Element) -> str:
    try:
        schema.assertValid(etree.ElementTree(report))
    except etree.DocumentInvalid as error:
        return str(error).replace(f"{{{etree.QName(report).namespace}}}", "")
    return ""
