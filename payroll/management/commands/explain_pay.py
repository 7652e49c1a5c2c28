"""What would my pay be: any case, worked out and explained in sentences that add up."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import Refusal
from core.money import InexactMoney, formatted, to_pence
from payroll.calculator.loans import plan_bits
from payroll.calculator.periods import WEEKS, Frequency
from payroll.calculator.tax_codes import TaxCode, emergency_code, parse_code
from payroll.cases import Answer, Case, Director, answer, salary_payment
from payroll.law import Rate


class Command(BaseCommand):
    """Touches no table: nothing is read but the figures of the law, and nothing is kept."""

    help = "Works out one payment and explains every line of it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        gross = parser.add_mutually_exclusive_group(required=True)
        gross.add_argument("--salary", help="pounds a year")
        gross.add_argument("--pay", help="pounds of this payment")
        parser.add_argument("--date", required=True, type=_date, help="the pay date, YYYY-MM-DD")
        parser.add_argument(
            "--code", help="tax code: 1257L, S1257L, K475 X, BR; without it the emergency code"
        )
        parser.add_argument("--letter", default="A", help="National Insurance letter")
        parser.add_argument(
            "--frequency", default="monthly", choices=[one.value for one in Frequency]
        )
        parser.add_argument("--loan", default="", help="plans: 2, or 1+PGL")
        parser.add_argument("--pension", default="0", help="per cent of the pay, before tax")
        parser.add_argument(
            "--before",
            nargs=2,
            metavar=("PAY", "TAX"),
            help="taxable pay and tax of the tax year until now, an earlier job's included;"
            " without it the earlier payments are taken to be like this one",
        )

        parser.add_argument(
            "--director", choices=["standard", "alternative"], help="the method for a director"
        )
        parser.add_argument(
            "--appointed", type=int, default=1, metavar="WEEK", help="tax week of the appointment"
        )
        parser.add_argument(
            "--director-before",
            nargs=3,
            metavar=("PAY", "EMPLOYEE", "EMPLOYER"),
            help="a director's pay and contributions of the tax year until now; without it there"
            " were payments like this one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            case = _case(options)
            self._print(case, answer(case))
        except (Refusal, InexactMoney, ValueError) as error:
            raise CommandError(str(error)) from error

    def _print(self, case: Case, result: Answer) -> None:
        when = f"{case.day:%-d %B %Y}, {result.period} of {result.year}"
        self.stdout.write(f"Pay on {when}")
        for line in result.lines:
            self.stdout.write(f"\n{line.name:<24}{formatted(line.amount):>14}")
            for sentence in line.workings:
                self.stdout.write(f"    {sentence}")
        self.stdout.write(f"\n{'Net pay':<24}{formatted(result.net):>14}")
        self.stdout.write("    " + _sum(result))


def _sum(result: Answer) -> str:
    first, *rest = result.lines
    parts = [formatted(first.amount)]
    for line in filter(lambda line: line.amount, rest):
        parts.append(f"{'plus' if line.amount > 0 else 'less'} {formatted(abs(line.amount))}")
    return f"{' '.join(parts)} is {formatted(result.net)}."


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _case(options: dict[str, Any]) -> Case:
    frequency = Frequency(options["frequency"])
    if options["salary"]:
        gross, words = salary_payment(_amount(options["salary"]), frequency)
    else:
        gross, words = _amount(options["pay"]), "As given."
    before = [_amount(text) for text in options["before"] or ()]
    return Case(
        day=options["date"],
        frequency=frequency,
        gross=gross,
        gross_words=words,
        code=_code(options["code"], options["date"]),
        letter=options["letter"].upper(),
        plans=plan_bits(options["loan"]),
        # A percentage with two decimals has as many hundredths as pounds have pence.
        pension_rate=Rate(_amount(options["pension"].rstrip("%"))),
        before=(before[0], before[1]) if before else None,
        director=_director(options),
    )


def _code(text: str | None, day: date) -> TaxCode:
    return parse_code(text, day) if text else emergency_code(day, cumulative=True)


def _director(options: dict[str, Any]) -> Director | None:
    if not options["director"]:
        return None
    if not 1 <= options["appointed"] <= WEEKS:
        raise ValueError(
            f"There is no tax week {options['appointed']}. Name one from 1 to {WEEKS}."
        )
    before = [_amount(text) for text in options["director_before"] or ()]
    return Director(
        alternative=options["director"] == "alternative",
        appointed_in=options["appointed"],
        before=(before[0], before[1], before[2]) if before else None,
    )


def _amount(text: str) -> int:
    pence = to_pence(text.replace(",", "").removeprefix("£"))
    if pence < 0:
        raise ValueError(f"{text} is below zero.")
    return pence
