"""Board packs: what they say, that they are kept, and that they change only with the figures."""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from benchmarking.models import BoardPack
from benchmarking.services import make_pack, publish_comparison
from core.actors import system_actor
from core.errors import NotAllowed, Refused
from core.scope import scope
from sla.services import load_indicators, remark, set_target, sign_month
from tests.benchmarking.test_services_comparison import partners
from tests.benchmarking.test_views_boards import months_of
from tests.documents import text_of
from tests.world import World

MAY = date(2026, 5, 1)
AT = datetime(2026, 6, 15, 9, tzinfo=UTC)


@pytest.fixture
def figures(world: World) -> World:
    """Two years of figures at Eastmere, of which the last months are really worse."""
    load_indicators()
    months_of(world.id("eastmere"), [93, 95, 92, 94, 93, 95, 92, 94, 93, 95, 94, 93] + [71] * 7)
    with scope(acting=world.id("eastmere")):
        by = system_actor(world.id("eastmere"))
        lines = (Decimal(95), Decimal(90), Decimal(80))
        set_target(indicator_code="AP-03", valid_from=date(2025, 1, 1), lines=lines, by=by)
    return world


def made(world: World, who: str = "finance_manager", month: date = MAY) -> BoardPack:
    with scope(acting=world.id("eastmere")):
        return make_pack(month=month, by=world.actor(f"{who}@eastmere"), at=AT)


def test_it_says_what_the_board_page_says(figures: World) -> None:
    partners([50, 60, 70, 80, 90, 100, 85, 84, 83])
    publish_comparison(organisation_id=figures.id("centre"))
    said = " ".join(text_of(bytes(made(figures).content)).split())
    client = Client()
    client.force_login(figures.people["board_member@eastmere"])
    page = client.get("/eastmere/board/?month=2026-05").context
    for words in (
        "Board pack, May 2026",
        page["headline"],
        page["state"],
        page["attention"][0]["name"],
        page["attention"][0]["said"],
        page["charts"][0].title,
        page["places"][0].title,
        "Nobody has said why yet.",
        "Appendix: the numbers",
        "71.0%",
        "Version 1, made on 15 June 2026",
    ):
        assert words in said, words


def test_the_same_figures_make_the_same_pack_and_others_the_next_version(figures: World) -> None:
    first = made(figures)
    assert (made(figures, "finance_officer").pk, first.version) == (first.pk, 1)
    with scope(acting=figures.id("eastmere")):
        by = figures.actor("finance_manager@eastmere")
        remark(indicator_code="AP-03", month=MAY, text="Two officers were ill.", by=by)
        remark(indicator_code="AP-07", month=MAY, text="Nothing was late.", by=by)
    second = made(figures)
    said = text_of(bytes(second.content))
    assert second.version == 2 and "Two officers were ill." in said and "Nothing was late." in said
    with scope(acting=figures.id("eastmere")):
        sign_month(month=MAY, job_title="Head of Finance", by=by, at=AT)
    third = made(figures)
    assert third.version == 3 and "Head of Finance" in text_of(bytes(third.content))
    with scope(acting=figures.id("eastmere")):
        kept = BoardPack.objects.get(version=1)
    assert hashlib.sha256(bytes(kept.content)).hexdigest() == kept.sha256 == first.sha256


def test_nothing_changes_a_pack(figures: World) -> None:
    made(figures)
    for change in ("UPDATE {} SET version = 9", "DELETE FROM {}"):
        with scope(acting=figures.id("eastmere")), pytest.raises(ProgrammingError):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change.format("benchmarking_boardpack"))


def test_who_makes_packs_and_of_what(figures: World) -> None:
    with pytest.raises(NotAllowed):
        made(figures, "board_member")
    with pytest.raises(Refused) as refused:
        made(figures, month=date(2031, 1, 1))
    assert refused.value.code == "BMK01"


def test_made_and_read_in_the_browser(figures: World) -> None:
    officer, board = Client(), Client()
    officer.force_login(figures.people["finance_officer@eastmere"])
    board.force_login(figures.people["board_member@eastmere"])
    assert "Make the board pack" not in board.get("/eastmere/board/").content.decode()
    assert board.post("/eastmere/board/packs/", {"month": "2026-05"}).status_code == 403
    assert "No pack yet" in board.get("/eastmere/board/packs/").content.decode()
    done = officer.post("/eastmere/board/packs/", {"month": "2026-05"}, follow=True)
    assert "The board pack of May 2026, version 1 is ready." in done.content.decode()
    assert "2026-05/1.pdf" in board.get("/eastmere/board/packs/").content.decode()
    file = board.get("/eastmere/board/packs/2026-05/1.pdf")
    assert file["Content-Type"] == "application/pdf" and "How" not in file["Content-Disposition"]
    assert "May 2026" in text_of(file.content)
    for absent in ("2026-05/2.pdf", "2026-04/1.pdf", "nonsense/1.pdf"):
        assert board.get(f"/eastmere/board/packs/{absent}").status_code == 404
