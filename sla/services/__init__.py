"""Definitions, measures, targets, signed months: one function per verb."""

from sla.services.measures import compute_measures, load_indicators
from sla.services.months import explain_corrections, remark, sign_month
from sla.services.relief import claim_relief
from sla.services.targets import propose_target, set_target

__all__ = [
    "claim_relief",
    "compute_measures",
    "explain_corrections",
    "load_indicators",
    "propose_target",
    "remark",
    "set_target",
    "sign_month",
]
