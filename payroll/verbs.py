"""What happens to pay, in words."""

from events.verbs import declare

declare(
    payroll__group__created="{name} set up with {periods:period}",
    payroll__group__brought="Pay and tax of the year brought forward: {people:person}",
    payroll__reference__recorded="PAYE reference {reference} from {day} recorded",
    payroll__element__created="{name} set up",
    payroll__claim__made="Sent in: {items:item} worth {total}. {comment}",
    payroll__claim__closed="{outcome}: {items:item} worth {total}",
    payroll__run__started="Started for {group}",
    payroll__run__recalculated="Calculated again: {people:payslip}",
    payroll__run__calculated="Calculated: {people:payslip}, {net} net, {exceptions:exception}",
    payroll__run__waived="{cause}: {count:exception} waived. {comment}",
    payroll__run__submitted="Sent for approval: {people:payslip}, {net} net",
    payroll__run__sent_back="Sent back: {comment}",
    payroll__run__approved="Approved: {people:payslip}, {net} net",
    payroll__run__committed="Committed: {people:payslip}, {net} net, in the ledger",
    payroll__run__paid="Bank file {serial} made: {payments:payment} of {total}",
    payroll__payslip__seen="Payslip of {day} looked at",
    payroll__history__seen="Pay history looked at",
    payroll__year__seen="{of} looked at",
    payroll__file__downloaded="Downloaded the {format} file {serial}",
)
