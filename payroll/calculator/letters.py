"""Which National Insurance letter goes with an age.

Counted on the day of the payment. Below 21 and, of apprentices, below 25 the employer pays no
contributions up to the upper secondary threshold (Social Security Contributions and Benefits Act
1992, sections 9A and 9B); from State Pension age the employee pays none (section 6(3)).
"""

from datetime import date

import numpy as np

from payroll.calculator.dates import Dates, ages
from payroll.calculator.national_insurance import LetterRow
from payroll.calculator.rounding import Flags
from payroll.calculator.state_pension import STATE_PENSION_AGE, pensionable_from

ADULT_AT, APPRENTICE_UNTIL = 21, 25
# Before State Pension age, whatever else: letters that are for those above it, or below 21.
_ADULT = {"C": "A", "M": "A", "Z": "J", "S": "F", "K": "N"}
_YOUNG = {"A": "M", "C": "M", "J": "Z", "S": "F", "K": "N"}
_APPRENTICE = {**_ADULT, "A": "H", "C": "H", "M": "H"}
_PENSIONER = {
    **dict.fromkeys("ABHJMVZ", "C"),
    **dict.fromkeys("FIL", "S"),
    **dict.fromkeys("DEN", "K"),
}


def _table(changes: dict[str, str]) -> LetterRow:
    return np.array([changes.get(chr(code), chr(code)) for code in range(128)], dtype="U1")


_TABLES = np.array(
    [_table(one) for one in (_YOUNG, _APPRENTICE, _ADULT, {**_ADULT, "H": "A"}, _PENSIONER)]
)


def letters_by_age(letters: LetterRow, born: Dates, apprentices: Flags, day: date) -> LetterRow:
    """The letter that each has on a pay day. Unknown days of birth leave it as it is.

    The same employee keeps what does not hang on the age: the reduced rate, deferment, a special
    site, a veteran's first year. H of somebody without an apprenticeship on record stays until 25.
    """
    known = ~np.isnat(born)
    found = letters.astype("U1")
    at = np.flatnonzero(known)
    age = ages(born[at], np.full(len(at), day, dtype="datetime64[D]"))
    pensioner = pensionable_from(born[at], STATE_PENSION_AGE.on(day)) <= np.datetime64(day, "D")
    group = np.select(
        [pensioner, age < ADULT_AT, (age < APPRENTICE_UNTIL) & apprentices[at],
         age < APPRENTICE_UNTIL],
        [4, 0, 1, 2], default=3,
    )  # fmt: skip
    places = np.ascontiguousarray(found[at]).view(np.uint32)
    found[at] = _TABLES[group, np.minimum(places, 127)]
    return found
