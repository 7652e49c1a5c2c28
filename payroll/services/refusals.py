"""Telling people why statutory pay is not paid: what is due, giving it, handing it out."""

import base64
import hashlib
import zlib
from collections.abc import Collection
from datetime import date, datetime

from django.utils import timezone

from approvals.services.notices import tell_all
from core.actors import Actor, require
from core.errors import InvariantBroken
from core.pdf import pdf
from core.scope import SCO01
from core.templatetags.web import day
from core.vault import Place, next_ids, place_in, seal, unseal
from events.services import record_each
from hr.models import Employment
from hr.selectors.jobs import employments_numbered
from hr.services.private import Details, open_private
from payroll.bulk.refusals import refusals
from payroll.models import StatutoryLetter
from payroll.paying.refusals import Refusal, words_of
from payroll.permissions import KEEP_STATUTORY
from payroll.rules import PRL25, PRL91
from payroll.selectors.references import reference_on
from payroll.selectors.slips import title_of
from payroll.services.looking import look_at_refusal
from tenants.selectors import letterhead
from tenants.selectors.place import organisation_here
from tenants.services import next_number


def letters_due(*, by: Actor, at: datetime) -> list[Refusal]:
    """What people have to be told and were not, by the day for telling it.

    The caller notes the look.
    """
    require(by, KEEP_STATUTORY)
    return refusals(by.organisation_id, timezone.localdate(at), at)


def give_statutory_letters(
    *, letters: Collection[str], given_on: date, by: Actor, at: datetime
) -> int:
    """Makes and keeps letters that are due, by the keys of the list; how many. Each is told of.

    PRL91 unless all of them are due and the day is not to come, PRL25 for one's own. Event
    payroll.refusal.given of each.
    """
    require(by, KEEP_STATUTORY)
    wanted = set(letters)
    chosen = [one for one in letters_due(by=by, at=at) if one.key in wanted]
    PRL91.check(chosen and len(chosen) == len(wanted) and given_on <= timezone.localdate(at))
    people = {one.pk: one for one in employments_numbered(
        by.organisation_id, {one.employee for one in chosen}
    )}  # fmt: skip
    PRL25.check(
        by.person_id is None or all(one.person_id != by.person_id for one in people.values())
    )
    office = _Office(by, list(people), given_on, at)
    first = next_number("statutory_letter", by=by, count=len(chosen))
    made = [
        office.letter(one, people[one.employment_id], first + place, key)
        for place, (one, key) in enumerate(
            zip(chosen, next_ids(StatutoryLetter, len(chosen)), strict=True)
        )
    ]
    StatutoryLetter.objects.bulk_create(made)
    said = [(one.employment_id, {"number": one.absence}) for one in made]
    record_each("payroll.refusal.given", "hr.employment", said, by=by)
    _tell(made, people, by, at)
    return len(made)


class _Office:
    """What all letters of a day share."""

    def __init__(self, by: Actor, employments: list[int], given_on: date, at: datetime) -> None:
        here, today = by.organisation_id, timezone.localdate(at)
        self.by, self.given_on, self.at = by, given_on, at
        self.name = organisation_here(here).name
        self.colour, since = letterhead(here)
        self.heard = since is not None
        self.private = open_private(employments=employments, on=today, by=by)
        reference = reference_on(here, given_on)
        self.reference = reference.paye_reference if reference else ""

    def letter(self, one: Refusal, whose: Employment, number: int, key: int) -> StatutoryLetter:
        made = StatutoryLetter(
            id=key, organisation_id=self.by.organisation_id, number=number, employment=whose,
            absence=one.absence, form=one.form, reason=one.reason.value, from_on=one.from_on,
            given_on=self.given_on, given_by_name=self.by.name, made_at=self.at,
        )  # fmt: skip
        content = pdf("payroll/pension_letter.typ", self._data(one, whose, made), at=self.at)
        made.sha256, made.size_bytes = hashlib.sha256(content).hexdigest(), len(content)
        packed = base64.b64encode(zlib.compress(content)).decode()
        made.content_sealed = seal(_place(made), packed)
        return made

    def _data(self, one: Refusal, whose: Employment, made: StatutoryLetter) -> dict[str, object]:
        private = self.private.get(whose.pk, Details())
        facts = [
            ("Letter", str(made)), ("Name", whose.name), ("Employee number", str(whose.number)),
            ("National Insurance number", private.ni_number),
            ("Address", ", ".join([*private.lines, private.postcode]).strip(", ")),
            ("Employer's PAYE reference", self.reference), ("Absence", str(one.absence)),
            ("Date", day(self.given_on)), ("Given by", self.by.name),
        ]  # fmt: skip
        title = title_of(f"In place of {one.form}: {whose.name}", heard=self.heard)
        return {
            "title": title, "from": self.name, "colour": self.colour,
            "facts": [pair for pair in facts if pair[1]], "words": words_of(one, self.name),
        }  # fmt: skip


def _tell(
    made: Collection[StatutoryLetter], people: dict[int, Employment], by: Actor, at: datetime
) -> None:
    """Without a kind of absence or a reason: who reads notices may stand beside."""
    told = [
        (whose.person_id, whose.name, f"statutory-letter:{one.pk}")
        for one in made
        if (whose := people[one.employment_id]).person_id is not None
    ]
    words = "It says what is not paid, from when and why. Read it under My pay, Letters."
    title = "There is a letter for you about statutory pay"
    tell_all(people=told, title=title, body=words, link="my_statutory_letters", by=by, at=at)


def take_statutory_letter(*, letter: StatutoryLetter, by: Actor) -> bytes:
    """The very bytes that were given, for the person and for those entitled.

    SCO01 where the look cannot be noted: it shows a National Insurance number. Event
    payroll.refusal.seen.
    """
    SCO01.check(look_at_refusal(letter=letter, by=by))
    packed = unseal(_place(letter), letter.content_sealed)
    content = zlib.decompress(base64.b64decode(packed))
    if hashlib.sha256(content).hexdigest() != letter.sha256:
        raise InvariantBroken(f"{letter} is not what was given.")
    return content


def _place(letter: StatutoryLetter) -> Place:
    return place_in(StatutoryLetter, "content_sealed", letter.organisation_id, letter.pk)
