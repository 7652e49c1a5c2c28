"""Gross to net: arrays of one pay group in, every line with its workings out. Knows no tables."""

from importlib import import_module
from pkgutil import iter_modules


def declare_all() -> None:
    """Imports every calculator, so that all parameters of the law are declared."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
