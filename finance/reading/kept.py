"""The reading of a stored file, kept while its chunks follow each other in one process."""

import json
from collections import OrderedDict

from finance.models import SourceFile
from finance.reading import Mapping, Reading, read_file

_KEPT: OrderedDict[tuple[int, str, str], Reading] = OrderedDict()
# One file at a time: memory stays that of the largest file, however many are loaded.
_KEEP = 1


def mapping_text(mapping: Mapping) -> str:
    """The columns of a mapping as text: two mappings that read alike have the same one."""
    return json.dumps([list(mapping.headers), mapping.columns], sort_keys=True)


def keep(organisation_id: int, reading: Reading) -> None:
    """Remembers what was just read, so that loading it need not read it again."""
    _KEPT[(organisation_id, reading.sha256, mapping_text(reading.mapping))] = reading
    while len(_KEPT) > _KEEP:
        _KEPT.popitem(last=False)


def reading_of(file: SourceFile) -> Reading:
    """The file as its confirmed mapping reads it; the same bytes give the same reading."""
    mapping = Mapping.from_json(json.dumps(file.mapping))
    kept = _KEPT.get((file.organisation_id, file.sha256, mapping_text(mapping)))
    if kept is not None:
        return kept
    reading = read_file(file.name, file.content, mapping)
    keep(file.organisation_id, reading)
    return reading
