"""What each role may do, in words: roles are part of the product, so they are only read here."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from access.permissions import SEE_GRANTS
from core.errors import NotFound
from core.permissions import CONFLICTS, PERMISSIONS
from core.templatetags.web import thousands
from core.web.pages import page
from tenants.roles import Role
from tenants.selectors import role_counts

COLUMNS = [
    {"key": "role", "label": "Role"},
    {"key": "may", "label": "May do", "numeric": True},
    {"key": "factor", "label": "Second factor"},
    {"key": "people", "label": "People today", "numeric": True},
]
MAY_COLUMNS = [{"key": "part", "label": "Part"}, {"key": "may", "label": "May"}]
APART_COLUMNS = [{"key": "what", "label": "The same person"}, {"key": "risk", "label": "Why not"}]
PARTS = {
    "access": "Sign-in and rights",
    "approvals": "Approvals",
    "benchmarking": "Comparison",
    "events": "Audit trail",
    "finance": "Finance",
    "hr": "Staff",
    "payroll": "Pay",
    "portal": "Home",
    "runs": "Bulk work",
    "sla": "Measures",
    "tenants": "Organisation",
}


@page(SEE_GRANTS)
@require_GET
def roles(request: Any) -> HttpResponse:
    """Every role, how much it may do and how many people hold it today."""
    here, held = request.organisation, role_counts(request.organisation.id, request.today)
    rows = [
        {
            "id": role.value,
            "url": reverse("role", args=[here.slug, role.value]),
            "cells": [
                role.label,
                thousands(sum(role in one.roles for one in PERMISSIONS.values())),
                "Needed" if role.needs_second_factor else "Not needed",
                thousands(held.get(role.value, 0)),
            ],
        }
        for role in Role
    ]
    return render(request, "access/roles.html", {"columns": COLUMNS, "rows": rows})


@page(SEE_GRANTS)
@require_GET
def one_role(request: Any, role: str) -> HttpResponse:
    """What a role may do, by part of the product, and which duties it must be kept apart from."""
    if role not in Role.values:
        raise NotFound()
    this = Role(role)
    apart = [one for one in CONFLICTS.values() if any(role in side for side in one.roles)]
    context = {
        "role": this,
        "columns": MAY_COLUMNS,
        "rows": _may(role),
        "apart_columns": APART_COLUMNS,
        "apart": [{"id": one.key, "cells": [f"{one.label}.", one.risk]} for one in apart],
    }
    return render(request, "access/role.html", context)


def _may(role: str) -> list[dict[str, Any]]:
    held = sorted((PARTS[one.verb.split(".")[0]], one.label, one.verb)
                  for one in PERMISSIONS.values() if role in one.roles)  # fmt: skip
    return [{"id": verb, "cells": [part, label]} for part, label, verb in held]
