"""Refusals become pages, answers are kept by nobody and say how many queries they took."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string

from core.errors import Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]
logger = logging.getLogger(__name__)
RETRY_SECONDS = 30
# What only opens and closes a transaction and its scope; in a test savepoints stand in for them.
BRACKETS = ("SET CONSTRAINTS", "SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config(")


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
        if isinstance(error, (OperationalError, InterfaceError)):
            return self._without_database(request, error)
        if not isinstance(error, Refusal):
            return None
        context = {"message": error.message, "code": getattr(error, "code", "")}
        template = f"errors/{error.status}.html"
        return render(request, template, context, status=error.status)

    def _without_database(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """The database is away or overloaded. Drawn without the request, which would ask it."""
        logger.error("No database at %s %s", request.method, request.path, exc_info=error)
        page = HttpResponse(render_to_string("errors/503.html"), status=503)
        page["Retry-After"] = str(RETRY_SECONDS)
        return page
