"""Which organisation a file belongs to: from its own column, else from the name of the file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

# Councils whose names publishers run together in file names.
_RUN_TOGETHER = {
    "northtyneside": "North Tyneside",
    "southtyneside": "South Tyneside",
    "northyorkshire": "North Yorkshire",
    "northlincolnshire": "North Lincolnshire",
    "northeastlincolnshire": "North East Lincolnshire",
    "northsomerset": "North Somerset",
    "northnorthamptonshire": "North Northamptonshire",
    "westnorthamptonshire": "West Northamptonshire",
    "southgloucestershire": "South Gloucestershire",
    "eastriding": "East Riding of Yorkshire",
    "eastsussex": "East Sussex",
    "westsussex": "West Sussex",
    "westberkshire": "West Berkshire",
    "stockportmbc": "Stockport",
    "redcarcleveland": "Redcar and Cleveland",
    "isleofwight": "Isle of Wight",
    "miltonkeynes": "Milton Keynes",
    "kingstonuponhull": "Kingston upon Hull",
    "newcastleupontyne": "Newcastle upon Tyne",
    "stokeontrent": "Stoke-on-Trent",
}
_NOT_NAMES_TEXT = """
    expenditure spend spending payments payment invoices invoice over suppliers supplier
    transparency card cards purchase procurement data report published publication open final
    revised copy version council's all the of to and for from gpc pcard transactions
    jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july
    august september october november december quarter q1 q2 q3 q4 csv xlsx i p v1 v2
"""
_NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())


@dataclass(frozen=True)
class NameGuess:
    """A name for the organisation, "" when there is none; why; and how sure, in percent."""

    name: str
    reason: str
    confidence: int


def name_guess(file_name: str, bodies: Iterable[str] = ()) -> NameGuess:
    """The organisation of a file: what its body column mostly says, else words of its name.

    An abbreviation such as OCC in the column is passed over for the file's name.
    """
    said = Counter(body.strip() for body in bodies if body.strip())
    total = sum(said.values())
    short = ""
    for body, count in said.most_common(1):
        if " " in body or not body.isupper():
            share = count * 100 // total
            reason = f"{share}% of the rows name it in the organisation column"
            return NameGuess(body, reason, min(share, 99))
        short = body
    words = [
        word
        for word in re.split(r"[^a-z']+", PurePath(file_name).stem.lower())
        if word and word not in _NOT_NAMES
    ]
    name = " ".join(_RUN_TOGETHER.get(word, word.capitalize()) for word in words)
    if name:
        return NameGuess(name, f"the file is called '{PurePath(file_name).name}'", 60)
    if short:
        return NameGuess(short, "the organisation column has this abbreviation", 40)
    return NameGuess("", "neither a column nor the name of the file says whose it is", 0)
