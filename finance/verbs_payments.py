"""What can happen to payment runs."""

from events.verbs import declare

declare(
    finance__payment_run__proposed="Proposed {payments:payment} of {total}; left out: {left_out}",
    finance__payment_run__taken_out="Took out {numbers}; {payments:payment} of {total} left",
    finance__payment_run__put_back="Put back {numbers}; now {payments:payment} of {total}",
    finance__payment_run__cancelled="Cancelled {payments:payment} of {total}; nothing was paid",
    finance__payment_run__released="Released {payments:payment} of {total} in file {serial}",
    finance__payment_run__downloaded="Downloaded the {format} file {serial}",
    finance__payment_run__advised="Wrote to {suppliers:supplier}; {without} without an address",
    finance__redaction__added="Payees are not named: {what}. {reason}",
    finance__redaction__ended="Payees are named again: {what}",
    finance__publication__proposed="Put up for publication: {what}",
    finance__publication__approved="Approved for publication: {what}, SHA-256 {sha256}",
    finance__publication__refused="Did not approve for publication: {what}",
    finance__payments_notice__signed="Signed version {version} as {job_title}",
    finance__bank_profile__set="Set the profile {name} of {account} from {from_on}, to {limit}",
)
