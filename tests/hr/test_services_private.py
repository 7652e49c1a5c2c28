"""Private details: for those entitled, each look recorded, each change superseding."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowed, Refused
from core.scope import scope
from core.vault import unopened
from events.models import Event
from hr.models import PrivateDetails
from hr.services.private import Details, change_private, look_at_private
from tests.hr.record import FIRST, LATER, employer, hire
from tests.world import World

GOOD = Details(ni_number="AB123456C", tax_code="1257L")


def test_a_look_is_an_event_and_only_for_those_entitled(world: World) -> None:
    by = employer(world)
    payroll = world.actor("payroll_officer@eastmere")
    now = timezone.now()
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        given = {"employment": someone, "by": payroll, "at": now}
        change_private(details=GOOD, from_on=FIRST, **given)
        with pytest.raises(Refused, match="Say why"):
            look_at_private(on=LATER, reason=" ", **given)
        found = look_at_private(on=LATER, reason="Form P45", **given)
        assert found is not None and found.ni_number == "AB123456C"
        seen = Event.objects.get(verb="hr.private.seen")
        assert (seen.person_id, seen.data["reason"]) == (payroll.person_id, "Form P45")
        for who in ("hr_officer", "manager", "administrator", "auditor", "staff"):
            with pytest.raises(NotAllowed):
                look_at_private(employment=someone, on=LATER, at=now,
                                by=world.actor(f"{who}@eastmere"))  # fmt: skip
        assert Event.objects.filter(verb="hr.private.seen").count() == 1
        world.people["ada@eastmere"] = someone.person
    ada = world.actor("ada@eastmere")
    with scope(acting=by.organisation_id):
        own = look_at_private(employment=someone, on=LATER, at=now, by=ada)
        assert own is not None
        assert Event.objects.filter(verb="hr.private.seen").count() == 2


WHERE: Any = {"address": "1 High Street\nLeeds", "postcode": "LS1 4AP"}


def test_what_hmrc_is_told_is_kept_sealed_and_opened_as_it_was(world: World) -> None:
    by = employer(world)
    full = Details(ni_number="AB123456C", **WHERE, gender="F", passport="925665416", starter="B")
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        payroll = world.actor("payroll_officer@eastmere")
        given = {"employment": someone, "by": payroll, "at": timezone.now()}
        change_private(details=full, from_on=FIRST, **given)
        assert look_at_private(on=LATER, reason="Starter", **given) == full
        row = PrivateDetails.objects.get()
        for sealed in (row.address_sealed, row.passport_sealed):
            assert b"Leeds" not in bytes(sealed)
            assert b"925665416" not in bytes(sealed)
            assert len(bytes(sealed)) > 20
        assert list(unopened(by.organisation_id)) == []
        abroad = Details(address="Calle Mayor 1\nMadrid\nSpain")
        change_private(details=abroad, from_on=LATER, **{**given, "at": timezone.now()})
        moved = replace(full, address=abroad.address, postcode="")
        assert look_at_private(on=LATER, reason="Move", **given) == moved


def test_what_is_left_empty_stays_and_what_is_taken_away_goes(world: World) -> None:
    by = employer(world)
    bank: Any = {"sort_code": "200415", "account_number": "12345678", "account_name": "ADA BYRON"}
    named: Any = {"given_names": "Ada Augusta", "family_name": "King Noel"}
    full = Details(ni_number="AB123456C", tax_code="1257L", non_cumulative=True, **bank, **named,
                   **WHERE, passport="925665416", reference="AB 1")  # fmt: skip
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        given = {"employment": someone, "by": world.actor("payroll_officer@eastmere")}
        change_private(details=full, from_on=FIRST, at=timezone.now(), **given)

        def changed(details: Details, *remove: str) -> Details:
            change_private(
                details=details, from_on=LATER, remove=remove, at=timezone.now(), **given
            )
            row = PrivateDetails.objects.filter(superseded_at__isnull=True, from_on=LATER).get()
            return Details.opened(row)

        assert changed(Details(gender="F")) == replace(full, gender="F")
        new: Any = {"sort_code": "309634", "account_number": "87654321"}
        other = replace(full, gender="F", account_name="", reference="", **new)
        assert changed(Details(**new)) == other
        assert changed(Details(tax_code="BR")) == (
            other := replace(other, tax_code="BR", non_cumulative=False)
        )
        gone = changed(Details(), "passport", "account_number", "given_names", "address")
        assert gone == Details(ni_number="AB123456C", tax_code="BR", gender="F")
        with pytest.raises(Refused) as error:
            changed(Details(family_name="King"))
        assert error.value.code == "HRR37"


def test_the_page_takes_them_and_says_what_is_wrong(world: World, client: Client) -> None:
    by = employer(world)
    with scope(acting=by.organisation_id):
        number = hire(by, world).number
    client.force_login(world.people["payroll_officer@eastmere"])
    where = reverse("staff_private_change", args=["eastmere", number])
    typed = {"address": "1 High Street\r\nLeeds", "postcode": "ls1 4ap", "gender": "F",
             "passport": "925 665 416", "starter": "A", "from_on": "2026-11-01"}  # fmt: skip
    wrong = client.post(where, {**typed, "postcode": "Leeds"})
    assert wrong.status_code == 422
    assert "a postcode like LS1 4AP" in wrong.content.decode()
    assert client.post(where, typed).status_code == 302
    seen = client.post(reverse("staff_private", args=["eastmere", number]), {"reason": "Check"})
    for words in ("1 High Street, Leeds, LS1 4AP", "Female", "925665416", "Starter declaration"):
        assert words in seen.content.decode(), words
    more = {
        "remove": ["passport"],
        "given_names": "Ada",
        "family_name": "King",
        "from_on": "2026-11-02",
    }
    assert client.post(where, more).status_code == 302
    seen = client.post(reverse("staff_private", args=["eastmere", number]), {"reason": "Check"})
    assert "1 High Street, Leeds, LS1 4AP" in seen.content.decode()
    assert "Ada King" in seen.content.decode()
    assert "925665416" not in seen.content.decode()


def test_a_change_keeps_the_days_before_it(world: World) -> None:
    by = employer(world)
    now = timezone.now()
    with scope(acting=by.organisation_id):
        someone = hire(by, world)
        given = {"employment": someone, "by": world.actor("payroll_officer@eastmere")}
        change_private(details=GOOD, from_on=FIRST, at=now - timedelta(hours=1), **given)
        change_private(details=Details(tax_code="BR"), from_on=LATER, at=now, **given)
        seen = [look_at_private(on=on, at=now, reason="Check", **given) for on in (FIRST, LATER)]
        assert [one and one.tax_code for one in seen] == ["1257L", "BR"]
        assert PrivateDetails.objects.filter(superseded_at__isnull=False).count() == 1
        assert "1257L" not in str(Event.objects.filter(verb="hr.private.changed").values("data"))
        with pytest.raises(Refused) as error:
            change_private(details=GOOD, from_on=FIRST, at=now, **given)
        assert error.value.code == "HRR14"


@pytest.mark.parametrize(
    ("details", "rule"),
    [
        (Details(ni_number="BG123456A"), "HRR11"),
        (Details(ni_number="AB123456E"), "HRR11"),
        (Details(sort_code="200415"), "HRR12"),
        (Details(address="1 High Street", postcode="LS1"), "HRR21"),
        (Details(postcode="LS1 4AP"), "HRR21"),
        (Details(address="\n".join("abcde")), "HRR21"),
        (Details(address="x" * 36), "HRR21"),
        (Details(gender="X"), "HRR22"),
        (Details(starter="D"), "HRR22"),
        (Details(passport="12-34"), "HRR22"),
        (Details(sort_code="20041", account_number="12345678"), "HRR12"),
    ],
)
def test_malformed_numbers_are_refused(details: Details, rule: str) -> None:
    with pytest.raises(Refused) as error:
        details.check()
    assert error.value.code == rule
