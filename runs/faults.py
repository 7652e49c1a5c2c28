"""Named points at which the tests kill the process; nothing at all unless FAULT_POINT is set."""

import os
import signal
from pathlib import Path

_ARMED = os.environ.get("FAULT_POINT")
_FUSE = os.environ.get("FAULT_FUSE")

POINTS = (
    "runs.planned",
    "runs.leased",
    "runs.claimed",
    "runs.worked",
    "runs.marked",
    "runs.before_close",
    "runs.closed",
    "finance.staged",
    "finance.invoices_posted",
    "finance.payments_written",
    "finance.rows_written",
    "finance.journals_reversed",
    "finance.taken_back",
    "sla.cleared",
    "benchmarking.cleared",
    "payments.numbered",
    "payments.written",
    "payments.allocated",
    "payments.proposed",
    "payments.checked",
    "payments.posted",
    "payments.settled",
    "payments.filed",
    "payments.released",
    "payroll.calculated",
    "payroll.posted",
    "payroll.committed",
    "payroll.payments",
    "payroll.paid",
    "payroll.issued",
)


def fault_point(name: str) -> None:
    """Kills this process here, once: the fuse file is burnt first so that a restart goes on."""
    if name != _ARMED or not _FUSE:
        return
    fuse = Path(_FUSE)
    try:
        fuse.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
