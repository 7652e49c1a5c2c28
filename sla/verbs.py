"""What happens to targets, in words."""

from events.verbs import declare

declare(
    sla__target__set="Target of {indicator} set to {target} from {month}",
    sla__target__ended="Target of {indicator} ended from {month}",
)
