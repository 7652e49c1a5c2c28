"""One row and three rows cost the same number of queries: every page of the URL map, in two sizes.

Eastmere has one of everything and Northdale three of everything. A page that shows no more in
Northdale than in Eastmere has to be named under STAYS, so a new list fails here until it has rows
in both. The centre looks twice at its lists over partners: before Northdale is filled, and after.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from core.actors import may
from sla.services import load_indicators
from tenants.roles import Role
from tests.conftest import committing
from tests.house.arguments import ARGUMENTS
from tests.house.planted import Planted
from tests.house.sized import Sized
from tests.house.test_routes import TENANT_ROUTES, address, content, signed_in
from tests.world import World, build_world

MOST_QUERIES = 10
SIZES = {"eastmere": 1, "northdale": 3}
PREFERRED = (
    Role.FINANCE_OFFICER,
    Role.FINANCE_MANAGER,
    Role.ADMINISTRATOR,
    Role.BOARD_MEMBER,
    Role.CENTRE_MANAGER,
    Role.HR_OFFICER,
    Role.PAYROLL_OFFICER,
)
# Lists of what one has done or has to do oneself: asked for by the person who has it.
OWN = {
    **dict.fromkeys(("waiting", "decided", "approver", "api_approvals"), Role.FINANCE_MANAGER),
    **dict.fromkeys(("api_approvals_decided", "api_approver_decisions"), Role.FINANCE_MANAGER),
    **dict.fromkeys(("my_record", "my_payslips", "my_payslip", "my_payslip_pdf"), Role.HR_OFFICER),
    **dict.fromkeys(("my_tax_year", "my_tax_year_pdf", "payslip_ask"), Role.HR_OFFICER),
    **dict.fromkeys(("my_absences", "my_absence_reason"), Role.HR_OFFICER),
    **dict.fromkeys(("my_claims", "my_claim", "my_claim_new"), Role.HR_OFFICER),
    **dict.fromkeys(("my_account", "my_pension", "my_pension_letter"), Role.HR_OFFICER),
    "my_pension_letter_pdf": Role.HR_OFFICER,
    **dict.fromkeys(("my_statutory_letters", "my_statutory_letter"), Role.HR_OFFICER),
    "pay_again": Role.PAYROLL_OFFICER,  # Whom it pays is for those alone who see payslips.
}
# The trail is longer than a page in both; one kind of event is not. Payments were made in June.
JUNE = "?since=2026-06-01&until=2026-06-30"
NARROWED = {
    **dict.fromkeys(("pay_account_changes", "enrolment"), "?state=any"),
    **dict.fromkeys(("trail", "api_trail"), "?verb=finance.supplier.changed"),
    **dict.fromkeys(
        ("late_interest", "late_interest_export", "api_late_interest"),
        "?since=2026-04-01&until=2026-09-30",
    ),
}
FRAGMENTS = {"run_progress", "file_progress", "pay_progress", "invoice_presence"}
FRAGMENTS |= {"pay_certificate_progress"}
# Forms, single documents, and tables of a fixed shape: months, ages of debts, the catalogue.
STAYS = {
    *("units_load", "rights_load", "organisation", "organisation_change", "calendar_close"),
    *("calendar_load", "routes_load", "targets_load", "routes_export", "mail_address"),
    *("targets_export", "sessions_end", "codes_load", "posts_load"),
    *("roles", "role", "layout_rename", "layout_retire", "layouts_load"),
    "calendar_open",
    *("invoice_new", "invoice_reversal", "journal_reversal", "payment_run_cancel", "file_upload"),
    *("supplier_new", "supplier_change", "supplier_bank", "supplier_bank_look"),
    *("supplier_bank_call", "supplier_request", "api_supplier_request"),
    *("supplier_hold", "supplier_hold_release", "api_supplier_hold"),
    "supplier_statement_new",
    *("einvoice", "einvoice_document", "invoice_response", "document_aside"),
    *("api_invoice", "file_taking_back", "file_progress", "periods", "aged_creditors"),
    *("api_aged_creditors", "api_prompt_payment"),
    *("prompt_payment", "api_figures", "measures", "factors_reset", "token_new", "signed_month"),
    *("organisation_new", "organisations_load", "organisations_export"),
    *("period_close", "payments_notices", "payments_notice_csv", "relief_claim"),
    *("redaction", "spend_months"),
    *("domain_verify", "what_if", "bank_upload", "payment_return", "payment_run_answer"),
    *("webhook_new", "starter", "staff_template", "staff_change", "staff_transfer", "staff_leaver"),
    *("staff_cost_split", "staff_secondment", "staff_joint_post"),
    *("staff_allowance", "staff_allowance_end"),
    *("pay_supplementary", "pay_summary_file", "my_account"),
    *("staff_private_change", "pay_run", "pay_progress", "pay_fps", "pay_fps_file"),
    *("api_pay_dues", "pay_due"),
    "pay_certificate_progress",
    *("api_pay_certificate_batch", "api_pay_certificate_part"),
    *("invoice_presence", "duplicate"),
    *("my_tax_year", "person_tax_year"),
    *("pay_claim_file", "pay_claim_template", "pay_award", "api_award"),
    *("pay_order_new", "pay_order_end", "api_pay_order"),
    *("recovery_plan_new", "recovery_plan_end", "api_recovery_plan"),
    *("payslip_ask", "pay_question", "api_pay_question"),
    "pay_account_change",
    *("parallel_template", "parallel_run_withdraw"),
    *("recovery_plan_new", "recovery_plan_end", "api_recovery_plan", "pay_notice_new"),
    *("pay_particulars_file", "pay_particulars_template", "pay_bring_forward"),
    *("absence_new", "absence_change", "absence_withdraw", "absence_file", "absence_template"),
    *("absence_worked", "api_statutory_letter_file"),
    *("api_absence", "pay_earnings_new", "api_pay_particulars", "enrolment_request"),
    *(f"organisation_home {role}" for role in ("staff", "hr_officer", "administrator")),
    *("approval_routes", "approval_route_change"),
    *("right_end", "conflict"),
    *("access_review_end", "journey", "figures_of"),
    # For programs: one thing each, the catalogue, and one report that holds all answers.
    *("api_approval", "api_bank_reports", "api_payment", "api_payment_run", "api_reconciliation"),
    *("api_period", "api_periods", "api_journal", "api_recurring_invoice"),
    *("api_run", "api_supplier", "api_supplier_statement", "api_staff_request"),
    *("api_comparison", "api_indicators", "api_file", "api_organisation"),
    *("api_bank_entry", "api_payments_notice", "api_pay_run", "api_pay_again"),
    *("api_access_review", "api_journey", "api_journey_row", "api_journey_back"),
    *("api_payments_notices", "api_roles"),
    "api_journey_rows",  # tests/sla/test_journey.py
    "api_ledger_entries",  # A whole part in both.
}
# The centre's own things besides: partners in a table that is always there, seals, accounts.
STAYS_AT_THE_CENTRE = {
    *("units_load", "rights_load", "organisation", "organisation_change", "calendar"),
    *("calendar_load", "calendar_export", "routes_load", "routes_export"),
    *("targets_load", "targets_export", "mail_address"),
    *("roles", "layouts", "layouts_load", "layouts_export"),
    "calendar_close",
    *("organisation_home", "waiting", "submitted", "decided", "trial_balance"),
    *("bank_accounts", "invoice_new", "supplier_new", "file_upload", "payment_run_new", "factors"),
    *("tokens", "token_new", "provider", "what_if", "documents"),
    *("rights", "rights_export", "rights_new", "conflicts", "conflicts_export"),
    *("units", "units_export", "unit_new"),
    *("codes_load", "posts_load", "posts_export", "standard_codes", "codes_export"),
    *("access_reviews",),
    *("api_figures", "aged_creditors", "prompt_payment", "measures", "bank_upload"),
    *("api_bank_accounts", "api_bank_statements"),
    *("staff", "starter", "staff_files", "staff_template", "my_record", "establishment", "terms"),
    *("position_new", "api_staff", "pay_board", "pay_group_new", "pay_references"),
    *("hmrc_reports", "pay_dues", "pay_payees", "api_pay_dues", "pay_summaries"),
    *("pay_certificates", "api_pay_certificates"),
    *("pay_particulars_file", "pay_particulars_template"),
    "my_payslips",
    *("delegations", "notices", "approval_routes", "approvers"),
    *("api_approvals", "api_bank_reports", "api_comparison", "api_grants", "api_indicators"),
    *("api_payment_runs", "api_payments", "api_runs", "api_staff_requests", "api_suppliers"),
    *("api_supplier_requests", "api_supplier_holds"),
    *("api_delegations", "api_journals", "api_periods"),
    *("api_trail", "webhooks", "webhook_new", "signed_months", "cooling_off"),
    *("target_history", "relief", "relief_claim", "redactions", "spend_months"),
    *("api_spend_publications", "api_documents", "api_duplicates", "api_layouts"),
    *("api_invoice_responses", "api_aged_creditors", "api_prompt_payment", "api_invoice_alerts"),
    *("api_trial_balance", "api_approvers", "api_late_interest"),
    *("api_redactions", "api_relief", "api_board_packs", "api_units", "api_organisation"),
    *("api_approval_routes", "api_pay_periods"),
    "board_packs",
    *("api_credit_notes", "api_recurring_invoices", "api_supplier_statements"),
    *("pay_claims", "pay_elements", "pay_claim_new", "pay_claim_file", "pay_claim_template"),
    *("my_claims", "my_claim_new", "pay_awards", "pay_award_new", "regrading_new"),
    *("api_claims", "api_awards", "pay_orders", "pay_order_new", "api_pay_orders"),
    *("recovery_plans", "recovery_plan_new", "api_recovery_plans"),
    *("pay_questions", "api_pay_questions"),
    *("pay_costs", "api_pay_costs"),
    *("pay_account_changes", "api_pay_account_changes", "pay_account_cooling", "my_account"),
    *("parallel_runs", "parallel_run_new", "parallel_template", "legacy_elements"),
    *("api_parallel_runs", "api_legacy_elements", "go_live", "api_go_live"),
    *("pay_questions", "api_pay_questions", "team_cost"),
    *("api_parallel_runs", "api_legacy_elements"),
    *("pay_notices", "pay_notice_new", "pay_earnings", "pay_earnings_new"),
    *("enrolment", "enrolment_settings", "enrolment_request", "my_pension", "api_pension_letters"),
    *("statutory_letters", "my_statutory_letters", "api_statutory_letters"),
    "api_statutory_letters_due",
    *("pay_members", "organisation_new", "organisations_load", "organisations_export"),
    *("allowance_terms_new", "pay_returns_all"),
    *("seconded_out", "seconded_in"),
    *("absences", "absence_file", "absence_template", "my_absences", "pay_while_away"),
    "api_absences",
    *("late_interest", "late_interest_export", "payments_notices", "discounts"),
    "bank_profiles",
    *("api_access_reviews", "api_approvals_decided", "api_approvals_submitted"),
    *("api_bank_profiles", "api_calendar", "api_conflicts", "api_deliveries"),
    *("api_early_discounts", "api_files", "api_ledger_entries", "api_months", "api_pay_elements"),
    *("api_pay_payees", "api_pay_returns_all", "api_payments_notices", "api_posts", "api_roles"),
    *("api_standard_codes", "api_targets", "api_webhooks"),
}
ROWS = re.compile(
    r"<tr\b|<li\b|<article\b|<section\b|<option\b|\r?\n(?=[^\s<])|\"(?:number|subject_number|month"
    r"|code|line|row|payment|bank_account|request|employee|supplier|indicator)\""
)
VIEWS = {str(entry.name): entry for _route, entry in TENANT_ROUTES}
HOMES = [f"organisation_home {role}" for role in Role]
PAGES = [*(name for name in VIEWS if name != "organisation_home"), *HOMES]
ACROSS = [name for name in VIEWS if name not in ARGUMENTS]


@dataclass
class Look:
    """What one page answered in both sizes: first with one row of everything, then with three."""

    statuses: list[int] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def add(self, answer: Any) -> None:
        self.statuses.append(answer.status_code)
        self.queries.append(int(answer.get("X-Queries", 0)))
        # A document holds what its page shows, and its bytes cannot be counted.
        document = answer.get("Content-Type") == "application/pdf"
        self.rows.append(len(self.rows) if document else len(ROWS.findall(content(answer))))


Looks = dict[str, Look]


@pytest.fixture(scope="module")
def looks(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Looks, Looks]]:
    """The looks at both organisations, and those of the centre at its partners."""
    with committing(django_db_blocker):
        world = build_world()
        load_indicators()
        own: Looks = {name: Look() for name in PAGES}
        across: Looks = {name: Look() for name in ACROSS}
        for slug, many in SIZES.items():
            filled = Planted(slug, Sized(world, slug, many).fill())
            clients = {role: signed_in(world, f"{role}@{slug}") for role in Role}
            for name in PAGES:
                role = _role(world, name, slug)
                own[name].add(_visit(clients[role], name, slug, filled))
            centre = {role: signed_in(world, f"{role}@centre") for role in Role}
            for name in ACROSS:
                role = Role.CENTRE_MANAGER if name in OWN else _role(world, name, "centre")
                across[name].add(_visit(centre[role], name, "centre", filled))
        yield own, across


def _role(world: World, name: str, slug: str) -> Role:
    view, _, role = name.partition(" ")
    if role:
        return Role(role)
    permission = VIEWS[view].callback.access[0]
    first = (Role.CENTRE_MANAGER, Role.CENTRE_AGENT) if slug == "centre" else ()
    able = (OWN[view],) if view in OWN else (*first, *PREFERRED)
    return next(role for role in able if may(world.actor(f"{role}@{slug}"), permission))


def _visit(client: Client, name: str, slug: str, filled: Planted) -> Any:
    view = name.partition(" ")[0]
    entry: URLPattern = VIEWS[view]
    if view == "file_preview":
        filled = Planted(slug, {**filled.keys, "file": filled.keys["unconfirmed"]})
    where = address(entry, slug, filled) + NARROWED.get(view, "")
    headers = {"HX-Request": "true"} if view in FRAGMENTS else {}
    return client.get(where, headers=headers)


def test_every_page_costs_the_same_with_one_and_with_three(looks: tuple[Looks, Looks]) -> None:
    wrong = [(name, look) for which in looks for name, look in which.items() if not cheap(look)]
    assert wrong == []


def cheap(look: Look) -> bool:
    """It answered both times, after as many queries, and those were few."""
    answered = look.statuses in ([200, 200], [302, 302], [405, 405])
    return answered and len(set(look.queries)) == 1 and look.queries[0] <= MOST_QUERIES


def test_every_list_had_one_and_three(looks: tuple[Looks, Looks]) -> None:
    for which, stays in zip(looks, (STAYS, STAYS_AT_THE_CENTRE), strict=True):
        shown = {name: look.rows for name, look in which.items() if look.statuses == [200, 200]}
        assert {name for name, (one, three) in shown.items() if three <= one} == stays
