"""The indicators that the base measures of pay feed, and those still without."""

from decimal import Decimal

from payroll.measures import PREFIX
from sla.registry import Kind, Live, explain, make_live

_NOBODY = "No pay run was committed in this month."
_NO_COST = "Nobody has recorded what payroll cost in this month, or no pay run was committed in it."
_ONE, _THOUSAND, _POUNDS = Decimal(1), Decimal(1000), Decimal("0.01")


def _kai(
    code: str, name: str, formula: str, numerator: str, denominator: str = "", unit: str = ""
) -> Live:
    """A volume, or a share that only gives context; money is in pounds."""
    factor = {"%": Decimal(100), "£": _POUNDS}.get(unit, _ONE)
    below = PREFIX + denominator if denominator else ""
    return Live(
        code, Kind.KAI, PREFIX + numerator, below, factor, _NOBODY, name=name, function="Payroll",
        formula=formula, unit=unit,
    )  # fmt: skip


make_live(
    Live("PAY-01", Kind.KPI, PREFIX + "service_cost", PREFIX + "payslips_costed", _POUNDS, _NO_COST,
         11),
    Live("PAY-02", Kind.KPI, PREFIX + "service_cost", PREFIX + "people_costed", _POUNDS, _NO_COST),
    Live(
        "PAY-06", Kind.KPI, PREFIX + "payslips_right", PREFIX + "payslips", missing=_NOBODY,
        board=12,
    ),
    Live("PAY-08", Kind.KPI, PREFIX + "overpayments", PREFIX + "payslips", _THOUSAND, _NOBODY, 13),
    Live("PAY-09", Kind.KPI, PREFIX + "value_overpaid", PREFIX + "gross", missing=_NOBODY),
    Live(
        "PAY-10", Kind.KPI, PREFIX + "given_back_12m", PREFIX + "overpaid_12m",
        missing="No overpayment was found in the twelve months to this one.",
    ),
    Live(
        "PAY-11", Kind.KPI, PREFIX + "payslips_in_time", PREFIX + "payslips_due", missing=_NOBODY,
        board=14,
    ),
    Live(
        "PAY-15", Kind.INPUT, PREFIX + "inputs_in_time", PREFIX + "inputs",
        missing="No change and no claim of anybody who is paid here is of this month.", board=15,
    ),
    _kai("PAY-K01", "Payslips", "Payslips of committed pay runs", "payslips"),
    _kai("PAY-K02", "Gross pay", "Gross pay of committed pay runs", "gross", unit="£"),
    _kai("PAY-K03", "What pay costs", "Gross pay, employer's National Insurance and pension",
         "cost", unit="£"),
    _kai("PAY-K04", "Payslips corrected later",
         "Payslips whose period a later pay run corrects / payslips * 100", "payslips_corrected",
         "payslips", "%"),
)  # fmt: skip
_FTE = "Needs the full-time equivalents of payroll staff."
explain(
    PAY_03="Needs weights of weekly and monthly pay, which nobody has published.",
    PAY_04=_FTE,
    PAY_05=_FTE,
    PAY_07="A payslip is never calculated again: what was wrong is corrected by a later one.",
    PAY_12="Needs the transport to HMRC, which is off.",
    PAY_13="Needs the income of the organisation.",
    PAY_14="Net pay leaves by the bank file of its pay run alone: nothing is paid by hand here.",
    PAY_16="Needs the day on which each correction was paid.",
    PAY_17="Every payslip is electronic here: there is nothing to measure.",
    PAY_18="Needs the days on which outputs were due and went out, besides pay itself (PAY-11).",
)
