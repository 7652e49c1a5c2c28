"""Whole columns of dates, days as `datetime64[D]`: ages and calendar months."""

import numpy as np
import numpy.typing as npt

Dates = npt.NDArray[np.datetime64]
Whole = npt.NDArray[np.int64]
NEVER = np.datetime64("NaT", "D")


def as_dates(values: object) -> Dates:
    """ISO texts, `date` objects or None as days; None is `NaT`, which no comparison satisfies."""
    return np.asarray(values, dtype="datetime64[D]")


def months_of(days: Dates) -> Whole:
    """Months since the year 0, so that months can be added and compared as whole numbers."""
    return days.astype("datetime64[M]").astype(np.int64)


def day_of_month(days: Dates) -> Whole:
    return (days - days.astype("datetime64[M]")).astype(np.int64) + 1


def add_months(days: Dates, months: int | Whole) -> Dates:
    """The same day of a later month, or its last: a month from 31 January is 28 February."""
    month = days.astype("datetime64[M]") + np.asarray(months).astype("timedelta64[M]")
    length = ((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    day = np.minimum(day_of_month(days), length)
    return month.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")


def whole_months(first: Dates, last: Dates) -> Whole:
    """Complete months from one day to another: 31 January to 28 February is none."""
    return months_of(last) - months_of(first) - (day_of_month(last) < day_of_month(first))


def ages(born: Dates, on: Dates) -> Whole:
    """Age in years; somebody born on 29 February is a year older on 1 March of an ordinary year."""
    return whole_months(born, on) // 12
