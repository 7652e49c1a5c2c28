"""Work of which half must not stay is never cancelled: it finishes, or is tried again."""

import pytest

from core.errors import Refused
from core.scope import scope
from runs import services
from tests.runs.test_views_runs import signed_in
from tests.world import World


def test_what_must_be_whole_is_not_cancelled(world: World) -> None:
    """There is no button either, and the run goes on to its end."""
    by = world.actor("finance_officer@eastmere")
    with scope(acting=by.organisation_id):
        run = services.make_run(kind="tests.whole", key="k", inputs={"parts": 3}, by=by)
    assert services.work_chunk(by.organisation_id, run.pk)
    with scope(acting=by.organisation_id), pytest.raises(Refused, match="must not stay"):
        services.cancel_run(run=run, by=by)
    page = signed_in(world, "finance_officer@eastmere").get("/eastmere/runs/1/").content.decode()
    assert "Cancel the run" not in page
    assert services.work_all() == 2
