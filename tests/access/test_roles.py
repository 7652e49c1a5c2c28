"""What each role may do is told in words to whoever looks after rights."""

from django.test import Client

from tests.world import World


def test_roles_are_listed_with_what_they_may_do(world: World) -> None:
    client = Client()
    client.force_login(world.people["administrator@eastmere"])
    rows = {row["id"]: row["cells"] for row in client.get("/eastmere/roles/").context["rows"]}
    assert rows["manager"][2:] == ["Not needed", "1"]
    assert rows["administrator"][2:] == ["Needed", "1"]
    page = client.get("/eastmere/roles/administrator/")
    assert ["Sign-in and rights", "give, change and end rights"] in [
        row["cells"] for row in page.context["rows"]
    ]
    officer = client.get("/eastmere/roles/finance_officer/").content.decode()
    assert "Duties to keep apart" in officer
    assert client.get("/eastmere/roles/wizard/").status_code == 404
    told = {row["role"]: row for row in client.get("/api/v1/eastmere/roles/").json()}
    assert told.keys() == rows.keys()
    assert told["manager"]["needs_second_factor"] is False and told["manager"]["people"] == 1
    assert "access.grant.view" in told["administrator"]["may"]
    assert "access.grant.view" not in told["staff"]["may"]
    client.force_login(world.people["staff@eastmere"])
    for page in ("/eastmere/roles/", "/api/v1/eastmere/roles/"):
        assert client.get(page).status_code == 403
