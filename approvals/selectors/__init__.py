"""Reads of approvals: requests as cards, delegations, routes, histories and notices."""

from approvals.selectors.requests import age, decided_by, waiting_about, waiting_for

__all__ = ["age", "decided_by", "waiting_about", "waiting_for"]
