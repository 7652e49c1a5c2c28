"""What people are told by e-mail: written once by statements over all that waits, then sent."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse

from access.selectors.mail import Sender, sender_of
from approvals.authority import CAN_DECIDE
from approvals.models import Notice, NoticeChoice
from approvals.permissions import SET_ROUTES
from core.actors import Actor
from core.outside import heard
from core.permissions import PERMISSIONS
from core.scope import scope
from tenants.selectors import OrganisationRow, addresses_of, all_organisations

LINK_SALT = "approvals.link"
LINK_AGE = timedelta(days=30)
SENT_AT_ONCE = 200
TRIED_FOR = timedelta(days=1)
# What it is about, in one line; its amount only where it has one.
WHAT = """r.summary || CASE WHEN r.amount_pence = 0 THEN ''
       ELSE ', ' || to_char(abs(r.amount_pence) / 100.0, 'FM£999,999,999,990.00') END"""


def _insert(select: str) -> str:
    """Notices out of a query, each once: {what} and {can_decide} stand for what all of them ask."""
    filled = select.replace("{what}", WHAT).replace("{can_decide}", CAN_DECIDE)
    return (
        "INSERT INTO approvals_notice (organisation_id, person_id, person_name, kind, about,"
        f" request_id, title, body, made_at, problem) {filled}"
        " ON CONFLICT (organisation_id, person_id, kind, about) DO NOTHING"
    )


EACH_ONE = """
   AND NOT EXISTS (SELECT FROM approvals_noticechoice c WHERE c.only_daily
          AND c.organisation_id = s.organisation_id AND c.person_id = p.by_id)
"""
# About each step that somebody can take: kind, first word of the title, and which steps.
ABOUT_STEPS = (
    ("asked", "To decide", EACH_ONE),
    ("reminder", "Still to decide", " AND s.reminded_at IS NOT NULL" + EACH_ONE),
    ("escalated", "Escalated", " AND s.escalated_at IS NOT NULL AND g.role = s.escalates_to"),
)
STEP_NOTICE = """
SELECT DISTINCT ON (s.id, p.by_id) s.organisation_id, p.by_id, decider.name, %(kind)s,
       'step:' || s.id, r.id, left(%(word)s || ': ' || {what}, 240),
       r.made_by_name || ' asks for a decision on ' || {what} || '.'
       || CASE WHEN p.for_id = p.by_id THEN '' ELSE ' You decide for ' || holder.name || '.' END,
       %(now)s::timestamptz, ''
{can_decide} {which} ORDER BY s.id, p.by_id, p.for_id <> p.by_id
"""
STRANDED = """
SELECT DISTINCT s.organisation_id, h.id, h.name, 'stranded', 'step:' || s.id, r.id,
       left('Nobody can decide: ' || {what}, 240),
       'Give someone the role ' || replace(s.role, '_', ' ')
       || ' with a high enough limit, or change the route.', %(now)s::timestamptz, ''
  FROM approvals_step s
  JOIN approvals_request r ON r.organisation_id = s.organisation_id AND r.id = s.request_id
  JOIN tenants_grant a ON a.organisation_id = s.organisation_id AND a.valid @> %(on)s::date
   AND a.role = ANY(%(setters)s)
  JOIN tenants_person h ON h.id = a.person_id AND h.is_active
 WHERE s.organisation_id = %(organisation)s AND s.state = 'open'
   AND (s.escalated_at IS NOT NULL OR s.escalates_to = '')
   AND s.id NOT IN (SELECT s.id {can_decide})
"""
ENDED = """
SELECT r.organisation_id, h.id, h.name, 'ended',
       'request:' || r.id || ':' || extract(epoch FROM r.decided_at)::bigint, r.id,
       left(CASE r.state WHEN 'approved' THEN 'Approved' WHEN 'returned' THEN 'Sent back'
            ELSE 'Rejected' END || ': ' || {what}, 240),
       trim('Decided by ' || r.decided_by_name || '. ' || r.comment), %(now)s::timestamptz, ''
  FROM approvals_request r JOIN tenants_person h ON h.id = r.made_by_id AND h.is_active
 WHERE r.organisation_id = %(organisation)s AND NOT r.decided_by_rule
   AND r.state IN ('approved', 'returned', 'rejected')
   AND r.decided_at > %(now)s::timestamptz - interval '1 day'
"""
DIGEST = """
SELECT organisation_id, by_id, name, 'digest', 'day:' || %(on)s, NULL,
       count(*) || CASE count(*) WHEN 1 THEN ' request waits' ELSE ' requests wait' END
       || ' for you', string_agg(line, chr(10) ORDER BY made_at, id), %(now)s::timestamptz, ''
  FROM (SELECT DISTINCT ON (p.by_id, r.id) s.organisation_id, p.by_id, decider.name, r.made_at,
               r.id, {what} || ', from ' || r.made_by_name AS line
        {can_decide} AND s.opened_at < %(morning)s ORDER BY p.by_id, r.id) waiting
 GROUP BY organisation_id, by_id, name
"""


def write_notices(facts: dict[str, Any]) -> None:
    """Whoever can take a step is told of it, reminded, and told of escalation: once each."""
    with connection.cursor() as cursor:
        for kind, word, which in ABOUT_STEPS:
            statement = _insert(STEP_NOTICE.replace("{which}", which))
            cursor.execute(statement, {**facts, "kind": kind, "word": word})
        setters = sorted(PERMISSIONS[SET_ROUTES].roles)
        cursor.execute(_insert(STRANDED), {**facts, "setters": setters})
    tell_makers(facts)


def tell_makers(facts: dict[str, Any]) -> None:
    """Whoever asked is told what became of it."""
    with connection.cursor() as cursor:
        cursor.execute(_insert(ENDED), facts)


def write_digests(facts: dict[str, Any]) -> None:
    """One a day for everyone for whom something waited in the morning."""
    with connection.cursor() as cursor:
        cursor.execute(_insert(DIGEST), facts)


def tell(
    *,
    person_id: int,
    name: str,
    title: str,
    body: str,
    about: str,
    link: str,
    by: Actor,
    at: datetime,
    number: int | None = None,
) -> None:
    """News for one person, once for each `about`: where to read it, never what is private in it."""
    people = [(person_id, name, about)]
    tell_all(people=people, title=title, body=body, link=link, by=by, at=at, number=number)


def tell_all(
    *,
    people: Iterable[tuple[int, str, str]],
    title: str,
    body: str,
    link: str,
    by: Actor,
    at: datetime,
    number: int | None = None,
) -> None:
    """As `tell`, the same for many: (person, name, about) of each."""
    Notice.objects.bulk_create(
        (
            Notice(
                organisation_id=by.organisation_id, person_id=person_id, person_name=name,
                kind=Notice.Kind.TOLD, about=about, title=title, body=body, link=link,
                link_number=number, made_at=at,
            )
            for person_id, name, about in people
        ),
        ignore_conflicts=True,
    )  # fmt: skip


def choose_notices(*, only_daily: bool, by: Actor) -> None:
    """One notice for each request, or one digest a day, for the person who chooses."""
    NoticeChoice.objects.update_or_create(
        organisation_id=by.organisation_id,
        person_id=by.person_id,
        defaults={"only_daily": only_daily},
    )


def link_token(notice: Notice) -> str:
    """Names the request and the person it was sent to; it opens nothing without sign-in."""
    value = [notice.organisation_id, notice.request_id, notice.person_id]
    return signing.dumps(value, salt=LINK_SALT)


def read_link(*, token: str, by: Actor) -> int | None:
    """The request of a link that was sent to this very person, here and within 30 days."""
    try:
        place, request_id, person = signing.loads(token, salt=LINK_SALT, max_age=LINK_AGE)
    except (signing.BadSignature, ValueError):
        return None
    return int(request_id) if (place, person) == (by.organisation_id, by.person_id) else None


def send_notices(*, as_of: datetime) -> int:
    """Sends what is not sent yet; returns how many. Nothing without a server of e-mail.

    An organisation that only rehearses reaches nobody outside. At least once: a message that was
    sent just before the process died is sent again.
    """
    if not settings.EMAIL_HOST:
        return 0
    places = {organisation.id: organisation for organisation in all_organisations()}
    since = heard(places)
    return sum(_send_here(places[place], since[place], as_of) for place in since)


def _send_here(organisation: OrganisationRow, since: datetime, as_of: datetime) -> int:
    with scope(acting=organisation.id):
        unsent: QuerySet[Notice] = Notice.objects.filter(
            organisation_id=organisation.id, sent_at__isnull=True, made_at__gte=since,
            made_at__gt=as_of - TRIED_FOR,
        )  # fmt: skip
        found = list(unsent.select_for_update(skip_locked=True).order_by("id")[:SENT_AT_ONCE])
        if not found:
            return 0
        addresses = addresses_of({notice.person_id for notice in found})
        mailer = get_connection()
        sender = sender_of(organisation.id, organisation.name)
        mails = {n.pk: _mail(n, addresses.get(n.person_id), organisation, sender) for n in found}
        sent = [n for n in found if _send(n, mails[n.pk], mailer)]
        done = Notice.objects.filter(organisation_id=organisation.id, pk__in=[n.pk for n in sent])
        return done.update(sent_at=as_of, problem="")


def _mail(
    notice: Notice, address: str | None, organisation: OrganisationRow, sender: Sender
) -> EmailMessage | None:
    if address is None:
        return None
    text = f"{notice.body}\n\n{address_of_page(notice, organisation.slug)}\n"
    return EmailMessage(
        notice.title, text, sender.from_email, to=[address], reply_to=sender.reply_to
    )


def _send(notice: Notice, message: EmailMessage | None, mailer: Any) -> bool:
    if message is None:
        return False
    message.connection = mailer
    try:
        message.send()
    except (SMTPException, OSError) as error:
        Notice.objects.filter(organisation_id=notice.organisation_id, pk=notice.pk).update(
            problem=f"{type(error).__name__}: {error}"[:200]
        )
        return False
    return True


def address_of_page(notice: Notice, slug: str) -> str:
    """Where the link of a notice leads: to its request, its page, or to all that waits."""
    if notice.link:
        number = [] if notice.link_number is None else [notice.link_number]
        path = reverse(notice.link, args=[slug, *number])
    elif notice.request_id is None:
        path = reverse("waiting", kwargs={"organisation": slug})
    else:
        token = link_token(notice)
        path = reverse("approval_link", kwargs={"organisation": slug, "token": token})
    return settings.SITE_URL.rstrip("/") + path
