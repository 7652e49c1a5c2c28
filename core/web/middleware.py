"""Refusals become pages, answers are kept by nobody and say how many queries they took."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.handlers.exception import response_for_exception
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string

from core.db.outages import outage_of
from core.errors import Refusal
from core.web.api import for_programs, refusal

GetResponse = Callable[[HttpRequest], HttpResponse]
logger = logging.getLogger(__name__)
NOT_PLAIN = "Call over https. Make the token anew: what was sent could be read on the way."
# What the driver says of a mark of nothing, which no text of PostgreSQL holds and nobody types.
NO_TEXT = "A string literal cannot contain NUL"
# What only opens and closes a transaction and its scope; in a test savepoints stand in for them.
BRACKETS = ("SET CONSTRAINTS", "SAVEPOINT", "RELEASE SAVEPOINT", "SELECT ctx.has_left(")


class QueryCountMiddleware:
    """Writes the number of queries into a header, in tests and demonstrations only."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (settings.TESTING or settings.DEMO):
            return self.get_response(request)
        count = 0

        def counted(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
            nonlocal count
            count += not str(sql).startswith(BRACKETS)
            return execute(sql, params, many, context)

        with ExitStack() as stack:
            stack.enter_context(connection.execute_wrapper(counted))
            response = self.get_response(request)
        response["X-Queries"] = str(count)
        return response


class PlainHttpMiddleware:
    """A program that calls without https is told so: led on, it would never notice its mistake."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        plain = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if plain and request.path.startswith("/api/"):
            return refusal(403, NOT_PLAIN)
        return self.get_response(request)


class NotKeptMiddleware:
    """No browser or proxy keeps an answer that does not say otherwise.

    Behind a shared desk the way back must not show pages of the person before.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def later(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """The page of an outage, drawn without the request, which would ask the database again.

    None for any other fault.
    """
    outage = outage_of(error)
    if outage is None:
        return None
    logger.error("%s %s %s", outage.words, request.method, request.path, exc_info=error)
    if for_programs(request):
        page: HttpResponse = refusal(503, outage.words)
    else:
        page = HttpResponse(render_to_string(outage.template), status=503)
    page["Retry-After"] = str(outage.retry_seconds)
    return page


class RefusalMiddleware:
    """A refusal is not an error: it is a page with the rule's sentence and its status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            page = render(request, "errors/405.html", status=response.status_code)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refusal) and for_programs(request):
            return refusal(error.status, error.message)
        if isinstance(error, Refusal):
            context = {"message": error.message, "code": getattr(error, "code", "")}
            template = f"errors/{error.status}.html"
            return render(request, template, context, status=error.status)
        if isinstance(error, ValueError) and str(error).startswith(NO_TEXT):
            return response_for_exception(request, BadRequest(NO_TEXT))
        return later(request, error)
