"""Board packs by program."""

from tests.calls import call, code
from tests.sla.test_api_figures import ready as ready
from tests.world import World


def test_a_pack_is_made_once_while_nothing_changes(ready: World) -> None:
    made = call(ready, "finance_manager", "board-packs/new/", {"month": "2026-04"})
    assert (made.status_code, made.json()["version"]) == (201, 1)
    again = call(ready, "finance_manager", "board-packs/new/", {"month": "2026-04"})
    assert again.json()["sha256"] == made.json()["sha256"]
    (kept,) = call(ready, "board_member", "board-packs/").json()["results"]
    assert kept["file"] == "/eastmere/board/packs/2026-04/1.pdf"


def test_who_may_and_for_which_month(ready: World) -> None:
    where, given = "board-packs/new/", {"month": "2026-04"}
    assert call(ready, "board_member", where, given).status_code == 403
    assert call(ready, "finance_manager@northdale", where, given).status_code == 404
    assert code(call(ready, "finance_manager", where, {"month": "2031-01"})) == (422, "BMK01")
    assert call(ready, "finance_manager", where, {"month": "2031-13"}).status_code == 400
