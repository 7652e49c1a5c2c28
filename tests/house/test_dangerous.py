"""Nothing in the product runs what it is told, trusts what it unpacks, or guesses at secrets."""

import ast
import re
from collections.abc import Iterator

from tests.house.source import ROOT, sources, tree_of

# Runs, unpacks or draws what an attacker may choose or foresee; and functions of yesterday.
NEVER = {
    *("eval", "exec", "compile", "os.system", "os.popen", "pickle.loads", "pickle.load"),
    *("marshal.loads", "shelve.open", "yaml.unsafe_load", "yaml.full_load", "hashlib.md5"),
    *("hashlib.sha1", "random.random", "random.choice", "random.randint", "random.randrange"),
    *("tempfile.mktemp", "django.template.Template", "Engine.from_string"),
}
# HMRC says by which function its mark is made; nothing is trusted for it.
MARK_OF_HMRC = ("payroll/reporting/envelope.py", "hashlib.sha1")
# Expressions that are not written where they stand: of our own tables, or escaped.
OWN_PATTERNS = {
    "finance/reading/mapping.py", "finance/reading/roles.py", "finance/reading/bank_csv.py",
    "finance/reading/supplier_statement.py", "payroll/legacy.py",
}  # fmt: skip
# The operator's side of the machine: servers, files of settings, reports, commands.
# Who writes tables. The first three make formulas text; the others are for banks, for PostgreSQL,
# of our own figures, or published already.
WRITERS = {
    "core/web/exports.py", "finance/views/files.py", "sla/views.py",
    "finance/formats/bank_csv_out.py", "hr/bulk.py", "payroll/vectors/writing.py",
    "finance/selectors/transparency.py", "finance/selectors/publications.py",
}  # fmt: skip
OPERATORS = ("sharedservices/", "finance/einvoice_rules", "hr/data")
SCRIPT_NEVER = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                "new Function", "postMessage", "addEventListener(\"message\"", "sessionStorage",
                "document.cookie", "__proto__", "\"paste\"")  # fmt: skip


def calls() -> Iterator[tuple[str, int, str, ast.Call]]:
    for path in sources():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call):
                where = path.relative_to(ROOT).as_posix()
                yield where, node.lineno, ast.unparse(node.func), node


def test_nothing_runs_or_unpacks_what_it_is_told() -> None:
    found = {(where, name) for where, _, name, _ in calls() if name in NEVER}
    assert found == {MARK_OF_HMRC}


def test_no_command_goes_through_a_shell() -> None:
    shells = [
        (where, line)
        for where, line, name, call in calls()
        if any(word.arg == "shell" for word in call.keywords)
        or (name.startswith("subprocess.") and not where.startswith(OPERATORS))
    ]
    assert shells == []


def test_expressions_are_written_by_us() -> None:
    """No pattern is put together from what people type, except escaped."""
    found = [
        (where, line)
        for where, line, name, call in calls()
        if re.fullmatch(r"re\.(compile|search|match|fullmatch|sub|split|findall|finditer)", name)
        and not isinstance(call.args[0], ast.Constant)
        and not ast.unparse(call.args[0]).rpartition(".")[2].isupper()
        and "re.escape(" not in ast.unparse(call.args[0])
        and where not in OWN_PATTERNS
    ]
    assert found == []


def test_tables_that_leave_have_one_writer() -> None:
    names = ("csv.writer", "csv.DictWriter", "xlsxwriter.Workbook", "openpyxl.Workbook")
    found = {
        where
        for where, _, name, _ in calls()
        if name in names and not where.startswith("sharedservices/")
    }
    assert found == WRITERS


def test_yaml_is_read_by_a_safe_loader() -> None:
    for path in sources():
        text = path.read_text(encoding="utf-8")
        assert "yaml.load(" not in text or "SafeLoader" in text, path


def test_no_file_of_people_lies_on_a_disk() -> None:
    """Uploads are rows; their names lead to no path."""
    wrote = [
        (where, line, name)
        for where, line, name, _ in calls()
        if name == "open" or name.endswith((".write_bytes", ".write_text", ".mkdir"))
        if not where.startswith(OPERATORS) and "/management/" not in where
    ]
    assert wrote == []


def test_our_script_makes_no_html_and_keeps_no_data() -> None:
    script = (ROOT / "static" / "app.js").read_text(encoding="utf-8")
    assert [word for word in SCRIPT_NEVER if word in script] == []
    # One choice of the person: whether single keys are shortcuts.
    assert re.findall(r"setItem\(([^,]+),", script) == ['"keys"']


def test_the_image_holds_no_history_and_no_tests() -> None:
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", "tests", "var"} <= set(left_out)
