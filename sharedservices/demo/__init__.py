"""The demonstration: five invented public bodies with eighteen months of work behind them.

Everything follows from one fixed seed and from today's date, so that it is the same on every
machine and never looks old. One module an idea: who there is (`cast`), whom they buy from
(`suppliers`), what was bought (`history`), how it got into the books (`books`), what lies open
today (`openwork`).
"""

from sharedservices.demo.generate import HalfMade, NotEmpty, generate_once

__all__ = ["HalfMade", "NotEmpty", "generate_once"]
