"""What can happen to payment runs."""

from events.verbs import declare

declare(
    finance__payment_run__proposed="Proposed {payments} payments of {total}; left out: {left_out}",
    finance__payment_run__taken_out="Took out {numbers}; {payments} payments of {total} are left",
    finance__payment_run__put_back="Put back {numbers}; now {payments} payments of {total}",
    finance__payment_run__cancelled="Cancelled {payments} payments of {total}; nothing was paid",
    finance__payment_run__released="Released {payments} payments of {total} in file {serial}",
    finance__payment_run__downloaded="Downloaded the {format} file {serial}",
)
