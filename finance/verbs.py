"""What happens to invoices and suppliers, in words."""

from events.verbs import declare

declare(
    finance__invoice__entered="Entered, {amount}",
    finance__invoice__entered_despite_duplicate=(
        "Entered though {duplicate_of} has the same number: {comment}"
    ),
    finance__invoice__held="Held: {cause}",
    finance__invoice__released="Released from hold",
    finance__invoice__assigned="{owner} is on it, an answer is wanted by {day}",
    finance__invoice__taken="{owner} is on it",
    finance__invoice__document_attached="Entered from {name}",
    finance__invoice__disputed="Disputed with the supplier",
    finance__invoice__withheld="{amount} of it is kept back: {comment}",
    finance__invoice__let_go="Nothing of it is kept back any more: {comment}",
    finance__invoice__resolved="Dispute settled",
    finance__invoice__recoded="Coding of {count:line} changed",
    finance__invoice__submitted="Sent for approval",
    finance__invoice__approved="Approved for payment",
    finance__invoice__decision_undone="Decision on it taken back; it waits again",
    finance__invoice__returned="Returned for correction",
    finance__invoice__rejected="Rejected; now disputed with the supplier",
    finance__invoice__posted="Posted to the ledger",
    finance__invoice__reversed="Reversed",
    finance__invoice__scheduled="Fits schedule RI-{number}: {description}",
    finance__invoice__credited="{other} credits {amount} of it",
    finance__invoice__credits="{amount} of it credit {other}",
    finance__invoice__unmatched="Match of {amount} with {other} undone",
    finance__document__set_aside="{name} was set aside: {comment}",
    finance__document__brought_back="{name} waits for its invoice again",
    finance__duplicate__answered="As a possible duplicate: {answer}",
    finance__duplicates__searched="The history was searched for duplicates, {found:new pair}",
    finance__supplier__statement_received="Their statement SST-{number} came in",
    finance__supplier__statement_reconciled=(
        "Statement SST-{number} reconciled: they say {theirs}, our books {ours}"
    ),
    finance__supplier__schedule_proposed="Schedule RI-{number} proposed: {description}",
    finance__supplier__schedule_agreed="Schedule RI-{number} agreed: {description}",
    finance__supplier__schedule_refused="Schedule RI-{number} refused: {description}",
    finance__supplier__schedule_ended="Schedule RI-{number} ends on {day}: {comment}",
    finance__supplier__created="Supplier added",
    finance__supplier__asked="Asked for by {asked_by} for {wanted_for}; sent to a second person",
    finance__supplier__agreed="Agreed to: it can be paid",
    finance__supplier__refused="Refused: it is never opened",
    finance__supplier__look_up_asked="Had {register} asked about {number}",
    finance__supplier__looked_up="Looked up at {register}: {number}, {outcome}",
    finance__supplier__changed="Changed: {fields}",
    finance__supplier__bank_proposed="New bank details {account} proposed",
    finance__supplier__bank_called="Call about bank details {account} to {person}: {outcome}",
    finance__supplier__bank_agreed="Bank details {account} agreed",
    finance__supplier__bank_refused="Bank details {account} refused",
    finance__supplier__accounts_checked=(
        "{count:account} of suppliers went through the modulus check, {failed} failed"
    ),
    finance__supplier__held="All payments held; {owner} sees to it, review on {day}",
    finance__supplier__hold_reviewed="Hold reviewed: {owner} sees to it, next review on {day}",
    finance__supplier__released="Hold released: it is paid again",
    finance__cooling_off__set=(
        "Changed bank details cool off for {days:working day} from {day}; before: {before}"
    ),
    finance__supplier__discount_set=(
        "Early-payment discount of invoices from {day}: {terms}. {source}"
    ),
    finance__supplier__bank_seen="Bank details {account} looked at in full: {reason}",
)
