"""Sizes, floats, verbs and the shape of services, measured over the whole source."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import FloatField

from events.verbs import VERBS
from tests.house.source import APPS, ROOT, sources, tree_of

# Statistics and drawings are about shapes, durations about the clock: never about money.
FLOATS_ALLOWED = (
    *("core/charts/", "sla/control_charts.py", "benchmarking/statistics.py", "sharedservices/"),
    *("benchmarking/boards.py", "sla/readings.py", "sla/views.py"),
)
# Modules that hold money besides what they measure.
OTHER_FLOATS = {
    "finance/clock.py": "seconds of a stage",
    "finance/management/commands/import_spend.py": "seconds of a stage",
    "finance/reading/roles.py": "how alike two headings are",
    "finance/services/spend_import.py": "seconds of a stage",
    "runs/management/commands/work.py": "seconds between two looks",
}
# A view that catches these does what it tries inside a block that is undone.
CAUGHT = {"Refused", "Refusal", "Clash"}
UNDONE = {"transaction.atomic", "refusals_on", "refusals_said"}
CLOCK = {"localdate", "localtime", "now", "today", "in_days"}
LONGEST_FUNCTION, LONGEST_VIEW, LONGEST_TASK, LONGEST_FILE = 70, 25, 15, 600


def functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in sources():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef):
                yield path, node


def length(function: ast.FunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def test_files_are_short() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in sources()
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_functions_are_short() -> None:
    lengths = {f"{p.relative_to(ROOT)}:{f.name}": length(f) for p, f in functions()}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}
    ordered = sorted(lengths.values())
    assert ordered[len(ordered) // 2] <= 10


def test_views_are_thin() -> None:
    """All that stands in the rooms of views and programs, and whatever else takes a request."""
    rooms = {"views", "views.py", "api", "api.py"}
    views = [
        (f"{p.relative_to(ROOT)}:{f.name}", length(f))
        for p, f in functions()
        if rooms & set(p.relative_to(ROOT).parts) or [a.arg for a in f.args.args[:1]] == ["request"]
    ]
    assert len(views) > 100
    assert {name: n for name, n in views if n > LONGEST_VIEW} == {}


def test_what_a_page_is_refused_leaves_nothing_behind() -> None:
    """All of a page is one transaction, which keeps what a service wrote before it refused."""
    rooms = [p for p in sources() if any(part.startswith("views") for part in p.parts)]
    # What is founded is founded outside the scope of the page, and ends with its own.
    rooms.remove(ROOT / "access/views/founding.py")
    assert len(rooms) > 100
    assert [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in [*rooms, *(ROOT / "core/web").glob("*.py")]
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Try)
        and any(set(_names(handler.type)) & CAUGHT for handler in node.handlers)
        and not set(_names(node.body[0])) & UNDONE
    ] == []


def _names(node: ast.AST | None) -> Iterator[str]:
    """The names of what a handler catches, or of what a with block enters."""
    if isinstance(node, ast.With):
        calls = [item.context_expr for item in node.items]
        yield from (ast.unparse(one.func) for one in calls if isinstance(one, ast.Call))
    elif isinstance(node, ast.Tuple):
        yield from map(ast.unparse, node.elts)
    elif isinstance(node, ast.expr):
        yield ast.unparse(node)


def test_tasks_are_thin() -> None:
    tasks = [(p, f) for p, f in functions() if p.name == "tasks.py"]
    assert len(tasks) > 2
    assert [f.name for _, f in tasks if length(f) > LONGEST_TASK] == []


def test_no_floats_near_money() -> None:
    found: dict[str, list[int]] = {}
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(FLOATS_ALLOWED):
            continue
        for node in ast.walk(tree_of(path)):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            named = isinstance(node, ast.Name) and node.id == "float"
            typed = isinstance(node, ast.Attribute) and node.attr in ("float64", "float32")
            if literal or named or typed:
                found.setdefault(name, []).append(node.lineno)
    assert {name: lines for name, lines in found.items() if name not in OTHER_FLOATS} == {}
    assert set(OTHER_FLOATS) - set(found) == set()


def test_no_table_holds_a_float() -> None:
    assert [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, FloatField)
    ] == []


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is imported: all but bodies of functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            arguments = ast.Tuple([*child.args.defaults, *filter(None, child.args.kw_defaults)])
            yield from at_import(ast.Tuple([*child.decorator_list, arguments]))
        elif not isinstance(child, ast.Lambda):
            yield child
            yield from at_import(child)


def test_no_test_fixes_its_day_at_import() -> None:
    """It would fail when the suite runs across midnight: tests.days is asked in the test."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for node in at_import(tree_of(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in CLOCK
    ]
    assert found == []


def test_declared_verbs_are_recorded() -> None:
    """Each stands somewhere outside verbs.py, whole or by its last word."""
    words = {
        node.value
        for path in sources()
        if not path.name.startswith("verbs")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    ours = {verb for verb in VERBS if verb.split(".")[0] in APPS}
    assert {v for v in ours if v not in words and v.rsplit(".", 1)[1] not in words} == set()


def test_recorded_verbs_are_declared() -> None:
    recorded = {
        node.args[0].value: f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in ("record", "record_about", "record_many")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(recorded) > 10
    assert {verb: where for verb, where in recorded.items() if verb not in VERBS} == {}


# Told one thing by its place: hooks that a registry calls with the row and the person, and verbs
# of the machinery that begin with what they are about.
BY_PLACE = {
    "approvals/services/requests.py": {"record_request"},
    "approvals/services/routes.py": {"agree_route", "refuse_route"},
    "events/services.py": {"record", "record_about", "record_each", "record_many"},
    "finance/services/invoices.py": {"approve", "take_back", "reject", "take_back_decision"},
    "finance/services/onboarding.py": {"agree_supplier", "refuse_supplier"},
    "finance/services/publications.py": {"publish", "refuse_publication"},
    "finance/services/suppliers.py": {"agree_bank", "refuse_bank"},
    "hr/services/asking.py": {"ask"},
    "hr/services/awards.py": {"carry_out", "send_back", "turn_down"},
    "hr/services/requests.py": {"carry_out", "send_back", "turn_down"},
    "payroll/services/claims.py": {"agree", "send_back", "turn_down"},
    "sla/services/measures.py": {"compute_measures"},
    "sla/services/relief.py": {"agree_relief", "refuse_relief"},
    "sla/services/targets.py": {"agree_target", "refuse_target"},
    "tenants/services/__init__.py": {"next_number"},
}
# Nobody acts: the machinery of events and runs, what is made before there is anyone who could
# act, and answers that write nothing.
NOBODY_ACTS = {
    "access/services/tokens.py": {"use_token"},
    "approvals/services/clock.py": {"keep_time"},
    "approvals/services/decisions.py": {"last_decided", "may_be_undone", "undone_by"},
    "approvals/services/notices.py": {
        *("write_notices", "tell_makers", "write_digests", "link_token", "send_notices"),
        "address_of_page",
    },
    "approvals/services/requests.py": {"stage_rule_approvals"},
    "approvals/services/routes.py": {"kind_label"},
    "benchmarking/services.py": {"publish_for_centres"},
    "events/services.py": {"deliver_waiting", "seal_all", "verify_seals"},
    "finance/services/invoice_posting.py": {"category"},
    "finance/services/layouts.py": {"check_change"},
    "finance/services/ledger.py": {"stage"},
    "finance/services/lookups.py": {"answer_lookups"},
    "finance/services/payments.py": {
        *("approval_limits", "check_pay_day", "check_profile", "check_size", "thread_of"),
    },
    "finance/services/periods.py": {"period_of"},
    "finance/services/remittances.py": {"send_advice"},
    "finance/services/spend_import.py": {
        *("files_under", "inspect", "organisation_key", "organisations_for", "import_files"),
        *("refresh_statistics", "added", "unfinished", "without_former"),
    },
    "finance/services/suppliers.py": {"masked"},
    "hr/services/accounts.py": {"put_accounts_in_force"},
    "hr/services/allowances.py": {"end_with_employment"},
    "hr/services/asking.py": {"facts_of", "last_of"},
    "hr/services/private.py": {"check_account", "lock_private"},
    "hr/services/proposing.py": {"regrading_of"},
    "hr/services/regrading.py": {"regrade"},
    "payroll/services/accounts.py": {"checked_account"},
    "payroll/services/paying.py": {"make_files", "written_again"},
    "payroll/services/runs.py": {
        *("calculate", "check_step", "close_calculation", "locked", "shared_of"),
    },
    "access/services/invitations.py": {"invited", "link_for", "take_invitation"},
    "portal/services.py": {"forget_ended_sessions"},
    "runs/services.py": {
        *("ring", "waiting", "work_all", "work_run", "work_chunk", "work_leased_chunk"),
        *("finish_run", "close_run", "disagreements", "totals", "note_exceptions"),
        *("may_be_cancelled", "show_progress"),
    },
    "sla/services/measures.py": {"load_indicators"},
    "tenants/services/__init__.py": {
        *("create_organisation", "create_person", "create_units", "hold_unit", "check_slug"),
        "new_organisation",
        *("add_closure_days", "mark_demonstration", "affiliate", "give_role"),
        *("ensure_people", "give_roles", "end_roles", "write_grants"),
    },
    "tenants/services/units.py": {"facts_of"},
}


def public_services() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sources():
        name = path.relative_to(ROOT)
        if name.parts[1] in ("services.py", "services"):
            for node in tree_of(path).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield name.as_posix(), node


def test_services_are_told_by_name_and_who_acts() -> None:
    by_place: dict[str, set[str]] = {}
    nobody: dict[str, set[str]] = {}
    for name, function in public_services():
        given = {arg.arg for arg in (*function.args.args, *function.args.kwonlyargs)}
        if "by" not in given:
            nobody.setdefault(name, set()).add(function.name)
        elif function.args.args:
            by_place.setdefault(name, set()).add(function.name)
    assert by_place == BY_PLACE
    assert nobody == NOBODY_ACTS


def test_services_know_no_request_and_no_user() -> None:
    found = [
        f"{name}:{function.name}"
        for name, function in public_services()
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("request.user", "request.GET")
    ]
    assert found == []


def test_no_unscoped_back_doors() -> None:
    """None of these has a place here; only drawings, which escape, are marked safe."""
    words = ("scopes_disabled", "_base_manager", ".raw(", ".extra(", 'using("owner")', "mark_safe")
    found = [
        f"{p.relative_to(ROOT)}: {word}"
        for p in sources()
        for word in words
        if word in p.read_text(encoding="utf-8")
    ]
    assert found == ["core/charts/svg.py: mark_safe"]
