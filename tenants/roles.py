"""The roles of the product. What each may do is declared by the apps (core.permissions)."""

from django.db import models


class Role(models.TextChoices):
    STAFF = "staff", "Member of staff"
    MANAGER = "manager", "Manager"
    FINANCE_OFFICER = "finance_officer", "Finance officer"
    FINANCE_MANAGER = "finance_manager", "Finance manager"
    HR_OFFICER = "hr_officer", "HR officer"
    PAYROLL_OFFICER = "payroll_officer", "Payroll officer"
    CENTRE_AGENT = "centre_agent", "Service centre agent"
    CENTRE_MANAGER = "centre_manager", "Service centre manager"
    BOARD_MEMBER = "board_member", "Board member"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"

    @property
    def needs_second_factor(self) -> bool:
        """All but those who only look after themselves and approve what their people ask for."""
        return self not in (Role.STAFF, Role.MANAGER)


EVERYONE = tuple(Role.values)
