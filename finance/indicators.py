"""The indicators that the base measures of invoices and payments feed, and those still without."""

from decimal import Decimal

from finance.measures import PREFIX
from sla.registry import Kind, Live, explain, make_live

_UNDATED = (
    "No invoice with a known day of receipt was paid in this month. Published payment files do not"
    " state the day of receipt, so no time can be measured from them."
)
_ONE = Decimal(1)
# The Better Payment Practice Code binds NHS bodies; on any other board it would repeat AP-03.
BPPC = "nhs_trust"
_POUNDS = Decimal("0.01")


def _kpi(
    code: str, numerator: str, denominator: str, missing: str, board: int = 0, of: str = ""
) -> Live:
    return Live(
        code,
        Kind.KPI,
        PREFIX + numerator,
        PREFIX + denominator,
        missing=missing,
        board=board,
        board_of=(of,) if of else (),
    )


def _kai(
    code: str,
    name: str,
    formula: str,
    numerator: str,
    denominator: str = "",
    unit: str = "",
    board: int = 0,
) -> Live:
    """A volume, or a share that only gives context; money is in pounds."""
    factors = {"%": Decimal(100), "£": _POUNDS}
    return Live(
        code,
        Kind.KAI,
        PREFIX + numerator,
        PREFIX + denominator if denominator else "",
        factor=factors.get(unit, _ONE),
        board=board,
        name=name,
        function="Accounts Payable",
        formula=formula,
        unit=unit,
    )


make_live(
    _kpi("AP-03", "paid_in_30_days", "paid_timed", _UNDATED, 1),
    _kpi("AP-04", "paid_in_terms", "paid_timed", _UNDATED, 2, BPPC),
    _kpi("AP-05", "value_in_terms", "value_timed", _UNDATED, 3, BPPC),
    _kpi("AP-06", "paid_in_5_days", "paid_timed", _UNDATED),
    Live("AP-07", Kind.KPI, PREFIX + "days_to_pay", PREFIX + "paid_timed", _ONE, _UNDATED, 4),
    _kpi("AP-08", "paid_in_30_days", "paid_timed", _UNDATED),
    _kpi("AP-09", "paid_in_31_to_60_days", "paid_timed", _UNDATED),
    _kpi("AP-10", "paid_after_60_days", "paid_timed", _UNDATED),
    _kpi(
        "AP-11",
        "value_due_unpaid",
        "value_due",
        "No invoice with a known day of receipt fell due in this month.",
    ),
    _kpi("AP-12", "paid_in_10_working_days", "paid_timed", _UNDATED),
    _kpi("AP-13", "exceptions", "invoices_processed", "No invoice was posted in this month.", 5),
    _kpi(
        "AP-14",
        "untouched",
        "own_invoices",
        "No invoice was processed here in this month. A published payments file does not say how"
        " an invoice was handled.",
        6,
    ),
    _kpi(
        "AP-15",
        "suppliers_sending_electronically",
        "suppliers_sending",
        "No supplier's own invoice was posted in this month.",
    ),
    Live(
        "AP-16",
        Kind.KPI,
        PREFIX + "days_to_approve",
        PREFIX + "approved_timed",
        _ONE,
        "No invoice with a known day of receipt was approved in this month.",
        7,
    ),
    Live(
        "AP-17",
        Kind.KPI,
        PREFIX + "median_hold_doubled",
        factor=Decimal("0.5"),
        missing="No invoice was released from hold in this month.",
    ),
    _kpi(
        "AP-20", "value_duplicates_paid", "value_invoices_paid", "Nothing was paid in this month."
    ),
    _kpi(
        "AP-21",
        "payments_electronic",
        "payments_by_own_run",
        "No payment was made here in this month. A published payments file does not state the"
        " method.",
    ),
    _kpi("AP-23", "paid_lines_in_terms", "paid_lines", _UNDATED),
    _kpi("GL-05", "journals_reversed", "journals", "No journal was posted in this month."),
    _kai("AP-K01", "Invoices processed", "Invoices posted in the month", "invoices_processed"),
    _kai("AP-K02", "Invoice lines processed", "Lines of invoices posted", "invoice_lines"),
    _kai("AP-K03", "Value paid", "Invoices paid less credit notes", "value_paid", unit="£"),
    _kai("AP-K04", "Suppliers paid", "Suppliers with an invoice paid", "suppliers_paid"),
    _kai("AP-K05", "Payments made", "Payments released", "payments"),
    _kai("AP-K06", "Credit notes", "Credit notes posted in the month", "credit_notes"),
    _kai("AP-K07", "Rows held", "Rows of files loaded in the month that are held", "rows_held"),
    _kai(
        "AP-K08",
        "Average invoice value",
        "Value of invoices posted / invoices posted",
        "value_processed",
        "invoices_processed",
        "£",
        board=8,
    ),
    _kai(
        "AP-K09",
        "Share of invoices under £100",
        "Invoices under £100 posted / invoices posted * 100",
        "small_invoices",
        "invoices_processed",
        "%",
        board=9,
    ),
    _kai(
        "AP-K10",
        "Share of spend with the ten largest suppliers",
        "Value paid to the ten largest named suppliers of the month / value paid * 100",
        "value_to_largest",
        "value_to_suppliers",
        "%",
        board=10,
    ),
    _kai(
        "AP-K11",
        "Share of invoices whose supplier is not named",
        "Invoices of redacted suppliers posted / invoices posted * 100",
        "redacted",
        "invoices_processed",
        "%",
    ),
    _kai(
        "AP-K12",
        "Share of invoices without a day of receipt",
        "Invoices posted without a day of receipt / invoices posted * 100",
        "undated",
        "invoices_processed",
        "%",
    ),
    Live(
        "AP-I01",
        Kind.INPUT,
        PREFIX + "unnumbered",
        PREFIX + "invoices_processed",
        missing="No invoice was posted in this month.",
        name="Invoices received without the supplier's number",
        function="Accounts Payable",
        formula="Invoices posted without the supplier's number / invoices posted * 100",
        polarity="lower",
    ),
    Live(
        "AP-I02",
        Kind.INPUT,
        PREFIX + "rows_held_for_missing",
        PREFIX + "rows_received",
        missing="No file was loaded in this month.",
        name="Rows held because data are missing",
        function="Accounts Payable",
        formula="Rows held for a missing date, amount or supplier / rows received * 100",
        polarity="lower",
    ),
)
explain(
    AP_01="Needs the cost of accounts payable, which is charged in a later part of the product.",
    AP_02="Needs the full-time equivalents of accounts payable staff.",
    AP_18="Needs purchase orders.",
    AP_19="Needs purchase orders.",
    AP_22="Needs the Bank of England's reference rates.",
    FIN_05="Needs the day on which reports were sent to budget holders, which nothing records.",
    GL_01="Needs consolidated statements, which come with a later part of the product.",
    GL_02="Needs when a close began and ended; only the newest move of a period is kept.",
    GL_03="Needs the yearly accounts, which come with a later part of the product.",
    GL_04="No journal is entered by hand: all of them come from documents and runs.",
    GL_06="Needs reconciliations of control accounts with a due day and a sign-off.",
    GL_07="Needs suspense items matched one by one; the ledger knows only their balance.",
    AP_24="Needs the open disputes at each month's end, which are not kept.",
)
