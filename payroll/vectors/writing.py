"""A case and its answer as rows of test figures, which `check_pay_vectors` reads back.

The columns hold tax, National Insurance and loans, each a row of its own. What they have no place
for stands in the notes, so that nothing is lost and nothing pretends to be checked.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date

from core.money import formatted, pounds
from payroll.calculator.loans import plan_names
from payroll.case_columns import Case
from payroll.cases import Answer
from payroll.vectors.reading import COLUMNS

Row = dict[str, str]


def rows_of(case: Case, answer: Answer, today: date) -> list[Row]:
    """One row for tax, one for National Insurance and one for loans, where there are such."""
    payment, period = answer.payment, answer.period
    shared = {
        "tax_year": answer.year,
        "nation": case.code.regime.label,
        "pay_frequency": str(case.frequency),
        "period": str(period.number),
        "notes": _notes(case, answer),
        "source": f"What would my pay be, worked out on {today}",
    }
    before = int(payment.tax.tax_before[0])
    tax = int(payment.tax.tax[0])
    name = f"CASE-{case.day}"
    rows = [
        {
            **{"id": f"{name}-TAX", "area": "paye_tax", "tax_code": case.code.text},
            "w1m1": "N" if case.code.cumulative else "Y",
            "gross_pay": _text(payment.giving.taxable[0]),
            "taxable_pay_to_date": _text(payment.tax.pay_to_date[0]),
            "tax_to_date_before": _text(before),
            "expected_tax": _text(tax),
            "expected_tax_to_date": _text(before + tax),
        }
    ]
    nic, loans = payment.nic, payment.loans
    if case.director is None:
        rows.append(
            {
                **{"id": f"{name}-NIC", "area": "nic_class1", "ni_category": case.letter},
                "gross_pay": _text(nic.pay[0]),
                "expected_ee_nic": _text(nic.employee[0]),
                "expected_er_nic": _text(nic.employer[0]),
            }
        )
    if case.plans:
        rows.append(
            {
                **{"id": f"{name}-LOANS", "area": "student_loan"},
                "loan_plans": plan_names(case.plans),
                "gross_pay": _text(nic.pay[0]),
                "expected_student_loan": _text(loans.undergraduate[0]),
                "expected_pg_loan": _text(loans.postgraduate[0]),
            }
        )
    return [{**dict.fromkeys(COLUMNS, ""), **shared, **row} for row in rows]


def as_csv(rows: Iterable[Row]) -> str:
    """A file of those rows under the columns of test figures."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _text(amount: int) -> str:
    return str(pounds(int(amount)))


def _notes(case: Case, answer: Answer) -> str:
    lines = [f"{line.name} {formatted(line.amount)}" for line in answer.lines]
    director = ["A director's National Insurance has no row."] if case.director else []
    return "; ".join([f"Paid on {case.day}", *lines, f"net pay {formatted(answer.net)}", *director])
