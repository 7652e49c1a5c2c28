"""Becoming somebody else: only where the demonstration flag and the marker are both set."""

from typing import Any

from django.contrib.auth import login
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render

from access.proofs import note_demonstration
from core.errors import NotFound
from core.web.pages import open_page
from portal.personas import PERSONAS, STORIES
from tenants.selectors import person_by_id

BEEN = "demonstration_been"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def choose(request: Any) -> HttpResponse:
    """«Who do you want to be?» with the story and how far the visitor has come in it."""
    people = request.demo_people
    been = request.session.get(BEEN, [])
    cards = [
        {"persona": persona, "been": persona.key in been, "current": people[persona.key] == me}
        for me in [request.user.pk]
        for persona in PERSONAS
        if persona.key in people
    ]
    names = {persona.key: persona.name for persona in PERSONAS}
    context = {
        "cards": cards,
        "done": sum(card["been"] for card in cards),
        "stories": [
            {"story": story, "name": names[story.persona]}
            for story in STORIES
            if story.persona in people
        ],
    }
    return render(request, "portal/who.html", context)


@open_page("absent unless the demonstration flag and the marker are both set")
def be(request: Any, key: str) -> HttpResponse:
    """Signs the visitor in as the persona and goes to the thing to try, or a story asked for."""
    people = request.demo_people
    persona = next((p for p in PERSONAS if p.key == key and key in people), None)
    if persona is None:
        raise NotFound()
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    been = [*request.session.get(BEEN, [])]
    person = person_by_id(people[key])
    # The session of the person before must not be carried into that of the next.
    request.session.flush()
    login(request, person, backend=BACKEND)
    note_demonstration(request)
    request.session[BEEN] = [*dict.fromkeys([*been, key])]
    asked = request.POST.get("story", "")
    story = next((s for s in STORIES if (s.key, s.persona) == (asked, key)), None)
    return redirect(story.link if story else persona.link)


@open_page("absent unless the demonstration flag and the marker are both set")
def start_over(request: Any) -> HttpResponse:
    """Takes the ticks off the story."""
    if not request.demo_people:
        raise NotFound()
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    request.session.pop(BEEN, None)
    return redirect("home")
