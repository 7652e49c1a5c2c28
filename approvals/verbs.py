from events.verbs import declare

declare(
    approvals__request__made="Sent for approval: {summary}",
    approvals__request__approved="Approved",
    approvals__request__returned="Sent back",
    approvals__request__rejected="Rejected",
    approvals__request__withdrawn="Withdrawn before a decision",
    approvals__request__step_approved="Step {step} approved",
    approvals__request__undone="Decision taken back: {decision}",
    approvals__request__escalated="Escalated to {role}: {cause}",
    approvals__requests__approved_by_rule="{count:request} approved by rule: {rule}",
    approvals__routes__set="Route for approval in force from {from_on}",
    approvals__routes__proposed="Route for approval proposed from {from_on}",
    approvals__routes__refused="Route for approval not agreed",
    approvals__delegation__made="Decides for {from_name} from {first} to {last}: {to_name}",
    approvals__delegation__ended="Delegation to {to_name} ended",
)
