"""The figures of the law are proved when the application starts, not on pay day."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from payroll import calculator, law
from payroll.law import Unusable


@register
def figures_of_the_law_are_usable(**kwargs: Any) -> list[CheckMessage]:
    try:
        check_files()
    except Unusable as error:
        return [Error(str(error), id="payroll.E001")]
    return []


def check_files() -> None:
    """Reads every file. `Unusable` for one that breaks its schema or that nothing declares."""
    calculator.declare_all()
    found = {path.stem for path in law.FOLDER.iterdir()}
    for name in sorted(found - law.DECLARED.keys()):
        raise Unusable(f"{name}.yaml: no calculator uses it. Remove it, or declare it.")
    for parameter in law.DECLARED.values():
        parameter.loaded()
