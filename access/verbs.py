from events.verbs import declare

declare(
    access__factor__added="{person} set up a second factor: {kind}",
    access__factor__removed="{person} removed a second factor: {kind}",
    access__factor__codes_made="{person} made new recovery codes",
    access__provider__set="Set the provider for signing in: {issuer}",
    access__provider__linked="{person} signed in through the provider for the first time",
    access__mail__set="Mail goes out from {address}, answers to {reply_to}: {reason}",
    access__domain__claimed="Claimed the email domain {domain}",
    access__domain__verified="Verified the email domain {domain}: {reason}",
    access__domain__dropped="Gave the email domain {domain} up",
    access__invitation__sent="Sent {person} a link to choose a password",
    access__invitation__taken="{person} chose a password by the link that was sent",
    access__session__ended="Signed {person} out everywhere: {reason}",
    access__factor__reset="Took the second factor of {person} away: {reason}",
)
declare(
    **{
        "access__token__made": "Made the token {prefix} for {held_by} until {until}: {scopes}",
        "access__token__used": "Used the token {prefix} from {address}, the first time today",
        "access__token__ended": "Ended the token {prefix}: {purpose}",
    }
)
declare(
    access__grant__given="Gave {person} the right of {role}: {now}",
    access__grant__changed="Changed the right of {person} as {role}: before {before}, now {now}",
    access__grant__ended="Ended the right of {person} as {role} from {from_on}",
)
declare(
    access__grant__conflicts="{person} as {role} came into a conflict of duties: {conflicts}",
    access__conflict__asked="Asked to accept until {until} that {person} {conflict}",
    access__conflict__agreed="Agreed until {until} that {person} {conflict}",
    access__conflict__turned_down="Turned down that {person} {conflict}",
    access__conflict__ended="Ended the acceptance that {person} {conflict}",
)
declare(
    access__review__opened="Began a review of {rights:right}, to be done by {due}",
    access__review__finished="Finished the review of rights that began on {opened}",
    access__grant__confirmed="Confirmed this right in the review due on {due}",
)
