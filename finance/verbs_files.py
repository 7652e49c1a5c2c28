from events.verbs import declare

declare(
    finance__file__received="File {name} received: {rows:row}",
    finance__file__columns_chosen="Columns chosen by hand",
    finance__file__confirmed="Columns confirmed; loading started",
    finance__file__loaded="{loaded:row} of {amount} loaded, {held:row} held",
    finance__file__approved_by_rule=(
        "{invoices:invoice} approved by rule and posted: their payment was published"
    ),
    finance__file__take_back_asked="Taking the load back was asked for: {comment}",
    finance__file__set_aside="Set aside: its load was held and nothing of it was loaded",
    finance__file__taken_back=(
        "Load taken back: {invoices:invoice} and {payments:payment} undone by {journals:journal}"
    ),
    finance__file__paid="{payments:published payment} of {amount} recorded",
)
declare(
    finance__layout__confirmed="Columns confirmed with {file}: {columns}",
    finance__layout__added="Added from a file: {name} is read from {from_on} by {columns}",
    finance__layout__changed="Read by other columns from {from_on}: {columns}",
    finance__layout__renamed="Renamed the layout {before} to {name}",
    finance__layout__retired="Retired the layout {name} from {from_on}",
)
