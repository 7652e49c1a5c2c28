from events.verbs import declare

declare(
    finance__file__received="File {name} received: {rows:,} rows",
    finance__file__columns_chosen="Columns chosen by hand",
    finance__file__confirmed="Columns confirmed; loading started",
    finance__file__loaded="{loaded:,} rows of {amount} loaded, {held:,} held",
    finance__file__approved_by_rule=(
        "{invoices:,} invoices approved by rule and posted: their payment was published"
    ),
    finance__file__paid="{payments:,} published payments of {amount} recorded",
)
