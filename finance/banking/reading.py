"""One entry for every kind of bank file: told by its bytes, never by its name."""

from collections.abc import Mapping

from finance.formats.bank_reports import BankReport, is_bank_report, read_bank_report
from finance.formats.camt053 import read_camt053
from finance.formats.mt940 import looks_like_mt940, read_mt940
from finance.formats.ofx import looks_like_ofx, read_ofx
from finance.formats.statements import NotAStatement, Statement
from finance.formats.untrusted import looks_like_xml, root_of
from finance.reading.bank_csv import read_bank_csv


def read_bank_file(
    data: bytes, columns: Mapping[str, int] | None = None
) -> list[Statement] | BankReport:
    """The statements or the report in the file. `NotAStatement` says what is wrong and where.

    `columns` are those of a table as a person chose them, by role.
    """
    if not data.strip():
        raise NotAStatement("The file is empty. Ask the bank for it again.")
    if looks_like_ofx(data):
        return read_ofx(data)
    if looks_like_xml(data):
        root = root_of(data, NotAStatement)
        return read_bank_report(data) if is_bank_report(root) else read_camt053(data)
    if looks_like_mt940(data[:4000].decode("ascii", "replace").replace("\r", "\n")):
        return read_mt940(data)
    return read_bank_csv(data, columns)
