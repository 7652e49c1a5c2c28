"""What happens to targets and months, in words."""

from events.verbs import declare

declare(
    sla__relief__claimed="Claimed relief: {event}",
    sla__relief__agreed="Agreed to relief: {event}",
    sla__relief__refused="Did not agree to relief: {event}",
    sla__target__proposed="Proposed another target of {indicator} from {month}: {reason}",
    sla__target__refused="Did not agree to another target of {indicator}",
    sla__target__set="Target of {indicator} set to {target} from {month}",
    sla__target__ended="Target of {indicator} ended from {month}",
    sla__month__signed="Signed {figures} figures of {month}",
    sla__figure__remarked="Said something of {indicator} in {month}",
    sla__correction__explained="Gave the reason for the corrections of {measure} in {month}",
)
