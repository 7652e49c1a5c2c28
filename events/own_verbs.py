"""What happens to webhooks."""

from events.verbs import declare

declare(
    events__trail__verified="Verified the trail: {seals} over {events}, {outcome}",
    events__webhook__set_up="Set up a webhook for {purpose}: {url}",
    events__webhook__ended="Ended the webhook for {purpose}: {url}",
    events__webhook__sent_again="Sent {count:event} again to the webhook for {purpose}",
)
