"""What happens to bank statements, matches and reconciliations, in words."""

from events.verbs import declare

declare(
    finance__bank_file__received="Bank file {name} received",
    finance__bank_statement__loaded="Statement of {entries:entry} loaded; closes with {closing}",
    finance__bank_match__made="Matched: {why}",
    finance__bank_match__undone="Match undone",
    finance__bank_report__loaded="Report of {entries:answer} loaded: {reversed:payment} reversed",
    finance__payment__returned="Did not reach the payee: {reason}",
    finance__payment_run__answered="Answer of the bank recorded: {answer}",
    finance__reconciliation__prepared="Prepared with {difference} not matched",
    finance__reconciliation__signed="Signed by a second person",
    finance__reconciliation__unsigned="Signature taken back",
)
