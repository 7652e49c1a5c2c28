"""What would my pay be: any case, worked out and explained in sentences that add up."""

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import Refusal
from core.money import InexactMoney, formatted
from payroll.calculator.payslip import Line
from payroll.calculator.periods import Frequency
from payroll.case_columns import Case
from payroll.cases import Answer, answer
from payroll.questions import LEAVES, ORDERS, SCHEMES, case_of, in_words

FLAGS = {
    "half": "the 50/50 section of the LGPS",
    "same-tax-year": "the overpayment is of this tax year: its gross is taken back before tax",
    "postponed": "automatic enrolment is put off as long as the law allows",
    "re-enrolment": "the employer's re-enrolment date lies in the period",
}
AMOUNTS = {
    "other-pay": "pounds of this payment, neither pensionable nor for the minimum wage",
    "sacrifice": "pounds given up for benefits",
    "pension-sacrifice": "pounds given up for a pension",
    "gift": "pounds to charity by payroll giving",
    "annual-pay": "pensionable pounds a year, which choose the band; else this pay for a year",
    "order-fee": "pounds that the employer keeps for each order",
    "gross-owed": "gross pounds overpaid",
    "net-owed": "net pounds overpaid",
    "instalment": "pounds to be taken back in this payment, as agreed",
    "keep": "pounds that must be left after the instalment",
    "hours": "hours worked in the pay reference period, for the minimum wage",
}
DATES = {
    "born": "day of birth: for the minimum wage and automatic enrolment",
    "apprentice-from": "first day of an apprenticeship",
    "employed-from": "first day of the employment",
    "state-pension-on": "day of State Pension age",
    "left-scheme-on": "day on which the pension scheme was left",
    "sick-from": "first day of sickness",
    "sick-to": "last day of sickness",
    "leave-from": "first day of parental pay",
    "due-on": "day on which the child is due",
}


class Command(BaseCommand):
    """Touches no table: nothing is read but the figures of the law, and nothing is kept."""

    help = "Works out one payment and explains every line of it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        gross = parser.add_mutually_exclusive_group(required=True)
        gross.add_argument("--salary", help="pounds a year")
        gross.add_argument("--pay", help="pounds of this payment")
        parser.add_argument(
            "--date", required=True, type=_date, dest="day", help="the pay date, YYYY-MM-DD"
        )
        parser.add_argument(
            "--code", help="tax code: 1257L, S1257L, K475 X, BR; without it the emergency code"
        )
        parser.add_argument("--letter", default="A", help="National Insurance letter")
        parser.add_argument(
            "--frequency", default="monthly", choices=[one.value for one in Frequency]
        )
        parser.add_argument("--loan", default="", dest="loans", help="plans: 2, or 1+PGL")
        parser.add_argument(
            "--before",
            nargs=2,
            metavar=("PAY", "TAX"),
            help="taxable pay and tax of the tax year until now, an earlier job's included;"
            " without it the earlier payments are taken to be like this one",
        )
        _add_pension(parser)
        _add_director(parser)
        _add_order(parser)
        _add_absence(parser)
        for name, words in AMOUNTS.items():
            parser.add_argument(f"--{name}", help=words)
        for name, words in DATES.items():
            parser.add_argument(f"--{name}", type=_date, metavar="YYYY-MM-DD", help=words)
        for name, words in FLAGS.items():
            parser.add_argument(f"--{name}", action="store_true", help=words)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            case = case_of(_values(options))
            self._print(case, answer(case))
        except (Refusal, InexactMoney, ValueError) as error:
            raise CommandError(in_words(error)) from error

    def _print(self, case: Case, result: Answer) -> None:
        when = f"{case.day:%-d %B %Y}, {result.period} of {result.year}"
        self.stdout.write(f"Pay on {when}")
        self._print_lines(result.lines)
        self.stdout.write(f"\n{'Net pay':<40}{formatted(result.net):>14}")
        self.stdout.write("    " + result.sum_in_words)
        self.stdout.write("\nWhat the employer pays")
        self._print_lines(result.employer)
        self.stdout.write(f"\n{'In all':<40}{formatted(result.employer_cost):>14}")
        for heading, sentences in result.checks.items():
            self.stdout.write(f"\n{heading}")
            for sentence in sentences:
                self.stdout.write(f"    {sentence}")

    def _print_lines(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self.stdout.write(f"\n{line.name:<40}{formatted(line.amount):>14}")
            for sentence in line.workings:
                self.stdout.write(f"    {sentence}")


def _add_pension(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--pension", dest="pension_rate", help="per cent of the pay; without a scheme before tax"
    )
    parser.add_argument("--scheme", choices=list(SCHEMES), help="pension scheme")
    parser.add_argument("--employer-rate", help="the employer's per cent, where no law sets it")


def _add_director(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--director", choices=["standard", "alternative"], help="the method for a director"
    )
    parser.add_argument(
        "--appointed", type=int, default=1, dest="appointed_in", metavar="WEEK",
        help="tax week of the appointment",
    )  # fmt: skip
    parser.add_argument(
        "--director-before",
        nargs=3,
        metavar=("PAY", "EMPLOYEE", "EMPLOYER"),
        help="a director's pay and contributions of the tax year until now; without it there"
        " were payments like this one",
    )


def _add_order(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--order",
        nargs="+",
        action="append",
        default=[],
        metavar=("KIND", "NAME=VALUE"),
        help=f"an order that attaches earnings: {', '.join(ORDERS)}; then made_on=YYYY-MM-DD,"
        " normal=, protected=, arrears=, outstanding= in pounds; once for each order",
    )


def _add_absence(parser: ArgumentParser) -> None:
    parser.add_argument("--leave", choices=list(LEAVES), help="parental pay")
    parser.add_argument("--leave-weeks", type=int, help="weeks of leave in one block")
    parser.add_argument("--leave-weeks-before", type=int, help="weeks already paid")
    parser.add_argument("--working-days", help="days of the week, 0 is Sunday: 12345")
    parser.add_argument(
        "--paid",
        nargs=2,
        action="append",
        default=[],
        metavar=("YYYY-MM-DD", "PAY"),
        help="an earlier payday, for average earnings; once for each",
    )


def _values(options: dict[str, Any]) -> dict[str, Any]:
    before = options["before"] or (None, None)
    scheme = options["scheme"] or ("percentage" if options["pension_rate"] else None)
    return {
        **options,
        **{"pay_before": before[0], "tax_before": before[1], "scheme": scheme},
        "orders": [_order(words) for words in options["order"]],
        "paid": [(_date(day), amount) for day, amount in options["paid"]],
    }


def _order(words: list[str]) -> dict[str, Any]:
    kind, *rest = words
    if kind not in ORDERS:
        raise ValueError(f"{kind!r} is no kind of order. Use one of {', '.join(ORDERS)}.")
    order: dict[str, Any] = {"kind": kind}
    for word in rest:
        name, equals, value = word.partition("=")
        if not equals or name not in ("made_on", "normal", "protected", "arrears", "outstanding"):
            raise ValueError(f"{word!r} is not made_on=, normal=, protected=, arrears= or so.")
        order[name] = _date(value) if name == "made_on" else value
    return order


def _date(text: str) -> date:
    return date.fromisoformat(text)
