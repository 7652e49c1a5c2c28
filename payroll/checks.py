"""The figures of the law are proved when the application starts, not on pay day."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from payroll.law import Unusable, check_files


@register
def figures_of_the_law_are_usable(**kwargs: Any) -> list[CheckMessage]:
    try:
        check_files()
    except Unusable as error:
        return [Error(str(error), id="payroll.E001")]
    return []
