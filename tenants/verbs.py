from events.verbs import declare

declare(
    tenants__unit__added="Added the unit {unit}: {now}",
    tenants__unit__changed="Changed the unit {unit}: {changes}",
)
