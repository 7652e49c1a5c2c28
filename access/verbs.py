from events.verbs import declare

declare(
    access__factor__added="{person} set up a second factor: {kind}",
    access__factor__removed="{person} removed a second factor: {kind}",
    access__factor__codes_made="{person} made new recovery codes",
    access__factor__reset="Took the second factor of {person} away: {reason}",
)
