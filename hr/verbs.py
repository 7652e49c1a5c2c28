"""What happens to staff, in words."""

from events.verbs import declare

declare(
    hr__terms__installed="{name} set up: {values:value}",
    hr__positions__created="{posts:post} added to the establishment",
    hr__position__added="{post} added: {now}. {comment}",
    hr__position__changed="{post} changed. {changes}. {comment}",
    hr__code__added="{code} added: {now}. {comment}",
    hr__code__changed="{code} changed. {changes}. {comment}",
    hr__award__proposed="Proposed, {cost} more a year: {reason}",
    hr__award__carried_out="In force: {values:value} risen",
    hr__award__regraded="In force: {jobs:job} moved to other points",
    hr__request__made="{kind} asked for from {on}: {reason}",
    hr__staff__started="Started on {on} as {title}",
    hr__staff__changed="Changed from {on}: {what}",
    hr__staff__transferred="Transferred on {on} to {title}",
    hr__staff__cost_shared="Cost borne from {on} by {shares}",
    hr__staff__seconded="Seconded to {host} from {on} to {last}; it bears {percent}% of the cost",
    hr__staff__joined="Joint post from {on} as {title}, job {job}",
    hr__staff__allowance_given="Allowance from {on}: {allowance}",
    hr__staff__allowance_ended="No more from {on}: {allowance}",
    hr__staff__left="Left, last day {on}: {reason}",
    hr__private__seen="Private details looked at: {reason}",
    hr__private__changed="Private details changed from {on}",
    hr__absence__recorded="Absence {number} recorded",
    hr__absence__corrected="Absence {number} corrected",
    hr__absence__withdrawn="Absence {number} withdrawn: {reason}",
    hr__absence__seen="Why absence {number} was looked at: {reason}",
    hr__absence_terms__recorded="Pay while away from {on}: sick {sick}, family leave {family}",
    hr__account__asked="Another account for pay asked for, from {day} at the earliest",
    hr__account__stopped="The change of the account for pay was stopped. {comment}",
    hr__account__changed="Pay goes to another account from {day}",
    hr__account_cooling__set="Changed accounts for pay cool off {days:working day} from {day}."
    " {comment}",
    hr__file__loaded="{name}: {rows:row} loaded, {people:employment}",
    hr__file__refused="{name} not loaded: {errors:error}",
)
