from events.verbs import declare

declare(
    tenants__unit__added="Added the unit {unit}: {now}",
    tenants__unit__changed="Changed the unit {unit}: {changes}",
)
declare(
    tenants__organisation__founded="Founded {name}, with {person} as its administrator",
    tenants__organisation__live="Became live",
    tenants__organisation__changed="Changed the organisation: {changes}",
    tenants__calendar__closed="Closed {days:day} from {first} to {last}",
    tenants__calendar__opened="Opened {day} again, which was closed: {why}",
)
