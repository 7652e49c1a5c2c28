"""Submitting, deciding, routes, delegations and notices: one function per verb.

Every function acts inside an open scope, except those of the clock, which open their own.
"""

from approvals.bands import Band, Patience
from approvals.services.decisions import Batch, decide, decide_many, undo, withdraw
from approvals.services.requests import (
    COMMENT_LENGTH,
    approve_staged_by_rule,
    request_approval,
    stage_rule_approvals,
)
from approvals.services.routes import propose_route, set_routes

__all__ = [
    "COMMENT_LENGTH",
    "Band",
    "Batch",
    "Patience",
    "approve_staged_by_rule",
    "decide",
    "decide_many",
    "propose_route",
    "request_approval",
    "set_routes",
    "stage_rule_approvals",
    "undo",
    "withdraw",
]
