"""The counterpart of `page` for programs: a session or a token, organisation, scope, permission.

Refusals and errors leave as problem details (RFC 9457) with the sentence that a page would show.
"""

import logging
from contextlib import ExitStack
from typing import Any, ClassVar, cast

from django.db import transaction
from django.http import JsonResponse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.actors import Actor, require
from core.db.outages import outage_of
from core.errors import NotAllowed, Refusal
from core.money import pounds
from core.web.pages import SAFE, recognise, scope_of
from core.web.passes import SCOPES, Pass, scope_for

logger = logging.getLogger(__name__)
PROBLEM = "application/problem+json"
TITLES = {
    400: "The request cannot be read",
    401: "Sign in first",
    403: "Not allowed",
    404: "There is no such thing",
    405: "This address does not take that method",
    406: "This form of answer is not offered",
    409: "Somebody else changed it first",
    415: "This form of content is not taken",
    422: "A rule says no",
    429: "Too many requests",
    503: "Not available just now",
}


@extend_schema_field({"type": "string", "pattern": r"^-?\d+\.\d\d$"})
class Pounds(serializers.Field):
    """Pence as pounds with two decimals, in a string so that no reader makes a float of it."""

    def to_representation(self, value: int) -> str:
        return str(pounds(value))


class Endpoint(APIView):
    """A resource of /api/v1/<organisation>/…, open to holders of `permission` there.

    The method runs inside the scope. What it answers must be plain data by then: rendering
    comes after the scope is closed.
    """

    permission: ClassVar[str]
    actor: Actor
    changing = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        methods = [name.upper() for name in cls.http_method_names if hasattr(cls, name)]
        told = [method for method in methods if method != "OPTIONS"]
        SCOPES.update({scope_for(cls.permission, method) for method in told})

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view: Any = super().as_view(**initkwargs)
        view.access = (cls.permission, None)
        return view

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with ExitStack() as self.opened:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.actor = recognise(request, kwargs["organisation"])
        if request.auth is not None:
            self.actor = self.narrowed(cast(Pass, request.auth), str(request.method))
            request.actor = self.actor  # type: ignore[attr-defined]
        require(self.actor, self.permission)
        self.opened.enter_context(scope_of(request))
        if request.method not in SAFE:
            self.opened.enter_context(transaction.atomic())
            self.changing = True

    def handle_exception(self, exc: Exception) -> Response:
        """What is refused or turned down leaves nothing behind: the answer says so afterwards."""
        if self.changing:
            transaction.set_rollback(True)
        return super().handle_exception(exc)

    def narrowed(self, shown: Pass, method: str) -> Actor:
        """The person as far as the token goes. NotAllowed if it does not carry this at all."""
        wanted = scope_for(self.permission, method)
        if not shown.carries(wanted):
            raise NotAllowed(f"This token does not carry {wanted}. Make one that does.")
        return shown.narrowed(self.actor)


def _in_words(detail: Any) -> str:
    """The framework's errors as one text, each with the name of its field."""
    if isinstance(detail, dict):
        return " ".join(f"{name}: {_in_words(said)}" for name, said in detail.items())
    if isinstance(detail, list):
        return " ".join(_in_words(said) for said in detail)
    return str(detail)


def refusal(status: int, detail: str) -> JsonResponse:
    """The answer to a request that is turned down before any endpoint is asked."""
    content = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail}
    return JsonResponse(content, status=status, content_type=PROBLEM)


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to a refusal, or to a request that the framework turns down; None for a fault."""
    outage = outage_of(error)
    if outage:
        logger.error("%s %s", outage.words, context["request"].path, exc_info=error)
        status, detail, code = 503, outage.words, ""
    elif isinstance(error, Refusal):
        status, detail, code = error.status, error.message, getattr(error, "code", "")
    elif isinstance(error, APIException):
        status, detail, code = error.status_code, _in_words(error.detail), ""
    else:
        return None
    content = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail}
    if code:
        content["code"] = code
    # How one may sign in, and when one may ask again.
    told = {
        "WWW-Authenticate": getattr(error, "auth_header", None),
        "Retry-After": outage.retry_seconds if outage else getattr(error, "wait", None),
    }
    headers = {name: str(value) for name, value in told.items() if value is not None}
    return Response(content, status=status, headers=headers, content_type=PROBLEM)
