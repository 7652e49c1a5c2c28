"""The step before a form about a post: which one it is, found by its code or title."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from hr.models import Employment
from hr.selectors.posts import POSTS_SHOWN, posts_like


def post_asked(request: Any) -> str | None:
    """The code of the post that a form is about; None while none is chosen."""
    if request.method == "POST":
        return request.POST.get("post", "").strip()
    return request.GET.get("post", "").strip() or None


def choose_post(request: Any, heading: str, found: Employment | None) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    posts = posts_like(request.actor, text) if text else []
    context = {"heading": heading, "employment": found, "q": text, "posts": posts,
               "more": len(posts) == POSTS_SHOWN}  # fmt: skip
    return render(request, "hr/choose_post.html", context)
