"""What the events app lets people do. Roles by name, as this app stands below the people."""

from core.permissions import declare

SEE_TRAIL = declare(
    "events.trail.view",
    "see the audit trail",
    "auditor",
    "administrator",
    "finance_manager",
    "centre_manager",
)
SEE_DELIVERIES = declare(
    "events.delivery.view",
    "see deliveries of events",
    "auditor",
    "administrator",
    "finance_manager",
    "centre_manager",
)
RETRY_DELIVERIES = declare(
    "events.delivery.retry", "deliver events again", "administrator", "centre_manager"
)
SEE_WEBHOOKS = declare(
    "events.webhook.view", "see which addresses are told of events", "administrator", "auditor"
)
KEEP_WEBHOOKS = declare(
    "events.webhook.keep", "say which addresses are told of events", "administrator"
)
