from core.permissions import declare
from tenants.roles import Role

SEE_RUNS = declare(
    "runs.run.view",
    "see the runs of this organisation",
    Role.FINANCE_OFFICER,
    Role.FINANCE_MANAGER,
    Role.PAYROLL_OFFICER,
    Role.CENTRE_AGENT,
    Role.CENTRE_MANAGER,
    Role.AUDITOR,
)
STEER_RUNS = declare(
    "runs.run.steer",
    "cancel or repeat a run",
    Role.FINANCE_OFFICER,
    Role.FINANCE_MANAGER,
    Role.CENTRE_AGENT,
    Role.CENTRE_MANAGER,
)
