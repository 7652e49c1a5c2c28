"""Rules are named classes whose docstring is the sentence that the user reads.

class FIN07(Rule):
    \"\"\"A posted journal cannot be changed. Reverse it instead.\"\"\"

FIN07.check(journal.state != "posted")
"""

from typing import ClassVar

from core.errors import Refused


class Rule:
    """Base of every rule; subclasses register themselves by their code."""

    catalogue: ClassVar[dict[str, type["Rule"]]] = {}

    def __init_subclass__(cls) -> None:
        if cls.__name__ in Rule.catalogue:
            raise TypeError(f"There are two rules called {cls.__name__}.")
        if not cls.__doc__:
            raise TypeError(f"Rule {cls.__name__} needs a sentence.")
        Rule.catalogue[cls.__name__] = cls

    @classmethod
    def check(cls, holds: object, detail: str = "") -> None:
        """Raises `Refused` with this rule's sentence unless `holds` is true."""
        if not holds:
            raise Refused(cls, detail)

    @classmethod
    def refuse(cls, detail: str = "") -> Refused:
        return Refused(cls, detail)
