"""Refusals become pages, answers are kept by nobody and say how many queries they took."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import Refusal

GetResponse = Callable[[HttpRequest], HttpResponse]
# What only opens and closes: savepoints stand in for real transactions inside a test.
BRACKETS = ("SET CONSTRAINTS", "SAVEPOINT", "RELEASE SAVEPOINT")


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
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        context = {"message": error.message, "code": getattr(error, "code", "")}
        template = f"errors/{error.status}.html"
        return render(request, template, context, status=error.status)
