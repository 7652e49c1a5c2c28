"""Decisions on anything registered as a subject: who may, who did, for whom, and why."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from core.tenancy import EDITABLE, TenantKey, TenantModel, number_as_range
from tenants.roles import Role


class Route(TenantModel):
    """Who decides on a kind of subject from a day on, until a later agreed route begins.

    Never changed once it is agreed: requests keep the route by which they went.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waiting for agreement"
        AGREED = "agreed", "Agreed"
        REFUSED = "refused", "Not agreed"
        REPLACED = "replaced", "Replaced on its first day"

    subject_key = models.CharField(max_length=60)
    from_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    # Working time after which those who can decide are reminded, and those above are asked too.
    remind_minutes = models.PositiveIntegerField(default=8 * 60)
    escalate_minutes = models.PositiveIntegerField(default=16 * 60)
    reason = models.CharField(max_length=500, default="")
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    agreed_by_id = models.BigIntegerField(null=True)
    agreed_by_name = models.CharField(max_length=120, default="")

    @property
    def remind_hours(self) -> int:
        return self.remind_minutes // 60

    @property
    def escalate_hours(self) -> int:
        return self.escalate_minutes // 60

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "subject_key", "from_on"],
                condition=Q(state="agreed"),
                name="one_route_from_a_day",
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "subject_key"],
                condition=Q(state="proposed"),
                name="one_route_proposed",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by_id__isnull=True)
                | Q(made_by_id__isnull=True)
                | ~Q(agreed_by_id=F("made_by_id")),
                name="route_agreed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(escalate_minutes__gt=F("remind_minutes")),
                name="reminded_before_escalated",
            ),
        ]


class RouteStep(TenantModel):
    """Within a band of amounts, half-open: steps of one number go side by side, then the next."""

    route = TenantKey(Route, related_name="steps")
    from_pence = models.BigIntegerField(default=0)
    to_pence = models.BigIntegerField(null=True)
    number = models.PositiveSmallIntegerField(default=1)
    role = models.CharField(max_length=24, choices=Role)
    # Who is asked as well when the step is late, or when nobody is left who can decide.
    escalates_to = models.CharField(max_length=24, choices=Role, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "route", "from_pence", "role"], name="route_role_once"
            ),
            models.CheckConstraint(
                condition=Q(to_pence__isnull=True) | Q(to_pence__gt=F("from_pence")),
                name="route_band_not_empty",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="route_steps_from_one"),
        ]


class Request(TenantModel):
    """One submission for approval, which ends with the decision of its last step."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting for a decision"
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Returned"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"

    subject_key = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    thread = models.UUIDField()
    summary = models.CharField(max_length=200)
    amount_pence = models.BigIntegerField()
    # What limits are compared with: its own size, or with what went before under the same key.
    counted_pence = models.BigIntegerField(default=0)
    spend_key = models.CharField(max_length=80, default="")
    unit_path = models.CharField(max_length=200, default="")
    route = TenantKey(Route, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=120, default="")
    decided_for_name = models.CharField(max_length=120, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by_rule = models.BooleanField(default=False)
    comment = models.CharField(max_length=500, default="")
    # The last thing that had happened to the subject when this was decided: later is too late.
    settled_event_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True)
                | Q(made_by_id__isnull=True)
                | ~Q(decided_by_id=F("made_by_id")),
                name="maker_is_never_checker",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "withdrawn"]) | Q(decided_at__isnull=False),
                name="decision_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "rejected"]) | ~Q(comment=""),
                name="return_has_a_sentence",
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "subject_key", "subject_id"],
                condition=Q(state="waiting"),
                name="one_waiting_request",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "made_at", "id"],
                name="request_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["organisation_id", "subject_key", "subject_id"], name="request_subject"
            ),
            # Lists of what was submitted and decided, newest first. What a rule decides in bulk has
            # neither person and is in the first of them only.
            models.Index(
                fields=["organisation_id", "-decided_at", "-id"],
                name="request_decided",
                condition=~Q(state="waiting"),
            ),
            models.Index(
                fields=["organisation_id", "decided_by_id", "-decided_at", "-id"],
                name="request_decided_by",
                condition=Q(decided_by_id__isnull=False),
            ),
            models.Index(
                fields=["organisation_id", "made_by_id", "-made_at", "-id"],
                name="request_made_by",
                condition=Q(made_by_id__isnull=False),
            ),
            models.Index(
                fields=["organisation_id", "spend_key", "made_at"],
                name="request_spend",
                condition=~Q(spend_key=""),
            ),
        ]


class Step(TenantModel):
    """One decision that a request needs. The right that was used is the decider's or another's."""

    class State(models.TextChoices):
        AHEAD = "ahead", "Comes later"
        OPEN = "open", "Waiting for a decision"
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Sent back"
        REJECTED = "rejected", "Rejected"
        CLOSED = "closed", "Not needed any more"

    class Cause(models.TextChoices):
        LATE = "late", "Nobody decided in time"
        NOBODY = "nobody", "Nobody else was left who could decide"

    request = TenantKey(Request, related_name="steps")
    number = models.PositiveSmallIntegerField(default=1)
    role = models.CharField(max_length=24, choices=Role)
    escalates_to = models.CharField(max_length=24, choices=Role, default="")
    # Of the last number: it commits the money, so limits hold. Those before it say it is right.
    commits = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State, default=State.AHEAD)
    # The maker of the request, kept here too so that the database can tell them from the checker.
    maker_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    escalated_because = models.CharField(max_length=10, choices=Cause, default="")
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=120, default="")
    decided_for_id = models.BigIntegerField(null=True)
    decided_for_name = models.CharField(max_length=120, default="")
    decided_at = models.DateTimeField(null=True)
    # Of working time in the calendar of the organisation, as it was that day.
    took_minutes = models.PositiveIntegerField(null=True)
    comment = models.CharField(max_length=500, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(maker_id__isnull=True)
                | Q(decided_by_id__isnull=True)
                | ~Q(decided_by_id=F("maker_id")) & ~Q(decided_for_id=F("maker_id")),
                name="step_not_by_or_for_the_maker",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["approved", "returned", "rejected"],
                    decided_by_id__isnull=False,
                    decided_for_id__isnull=False,
                    decided_at__isnull=False,
                    opened_at__isnull=False,
                )
                | Q(
                    state__in=["ahead", "open", "closed"],
                    decided_by_id__isnull=True,
                    decided_for_id__isnull=True,
                    decided_at__isnull=True,
                ),
                name="step_decided_by_and_for_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(opened_at__isnull=False), name="open_since_a_moment"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "request", "decided_by_id"], name="decides_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "request", "decided_for_id"], name="decided_for_once"
            ),
            models.UniqueConstraint(
                fields=["organisation_id", "request", "role"], name="step_role_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "request"], name="step_open", condition=Q(state="open")
            ),
            models.Index(
                fields=["organisation_id", "decided_by_id", "-decided_at"],
                name="step_decider",
                condition=Q(decided_by_id__isnull=False),
            ),
        ]


class Delegation(TenantModel):
    """Somebody decides for somebody else, from a day up to but not including another.

    What is passed on is one's own rights, never those that were passed on to oneself.
    """

    from_person_id = models.BigIntegerField()
    from_person_name = models.CharField(max_length=120)
    to_person_id = models.BigIntegerField()
    to_person_name = models.CharField(max_length=120)
    reason = models.CharField(max_length=200, default="", blank=True)
    valid = DateRangeField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_person_id=F("to_person_id")), name="delegated_to_another"
            ),
            ExclusionConstraint(
                name="one_delegate_at_a_time",
                expressions=[
                    (number_as_range("organisation_id", "int4range"), RangeOperators.OVERLAPS),
                    (number_as_range("from_person_id", "int8range"), RangeOperators.OVERLAPS),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "to_person_id"], name="delegation_to"),
        ]


class Notice(TenantModel):
    """What a person is told by e-mail, once; kept, so that one can see what was sent."""

    class Kind(models.TextChoices):
        ASKED = "asked", "A decision is asked for"
        REMINDER = "reminder", "A reminder"
        ESCALATED = "escalated", "Escalated"
        STRANDED = "stranded", "Nobody can decide"
        ENDED = "ended", "What became of it"
        DIGEST = "digest", "Daily digest"
        TOLD = "told", "News of your own"

    person_id = models.BigIntegerField()
    person_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    # The step, the request or the day that it is about: one notice of a kind for each.
    about = models.CharField(max_length=40)
    request_id = models.BigIntegerField(null=True)
    # Of news: the name of the page that it is about, and the number there, if it has one.
    link = models.CharField(max_length=40, db_default="")
    link_number = models.BigIntegerField(null=True)
    title = models.CharField(max_length=240)
    body = models.TextField(default="")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "person_id", "kind", "about"], name="told_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "id"],
                name="notice_unsent",
                condition=Q(sent_at__isnull=True),
            ),
            models.Index(fields=["organisation_id", "person_id", "-made_at"], name="notice_person"),
        ]


class NoticeChoice(TenantModel):
    """Who wants one digest a day instead of a notice for each request."""

    person_id = models.BigIntegerField()
    only_daily = models.BooleanField(default=False)

    security = EDITABLE

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "person_id"], name="notice_choice_once"
            ),
        ]
