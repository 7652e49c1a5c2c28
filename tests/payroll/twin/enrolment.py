"""Automatic enrolment of one worker in plain Python, from the regulator's guidance."""

from datetime import date


def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def category(
    born: date, pension_age: date, earnings: int, day: date, lower: int = 520_00,
    trigger: int = 833_00,
) -> str:  # fmt: skip
    age = age_on(born, day)
    if not 16 <= age < 75:
        return "nobody"
    if earnings > trigger and age >= 22 and day < pension_age:
        return "eligible"
    return "non-eligible" if earnings > lower else "entitled"
