from events.verbs import declare

declare(
    approvals__request__made="Sent for approval: {summary}",
    approvals__request__approved="Approved",
    approvals__request__returned="Sent back",
    approvals__request__rejected="Rejected",
    approvals__request__withdrawn="Withdrawn before a decision",
    approvals__requests__approved_by_rule="{count:request} approved by rule: {rule}",
    approvals__routes__set="Routes for approval changed",
)
