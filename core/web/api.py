"""The counterpart of `page` for programs: a session or a token, organisation, scope, permission.

Refusals and errors leave as problem details (RFC 9457) with the sentence that a page would show.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any, ClassVar, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, JsonResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.actors import Actor, require
from core.db.outages import outage_of
from core.errors import NotAllowed, Refusal, Refused
from core.money import pounds
from core.web.pages import SAFE, recognise, scope_of
from core.web.passes import SCOPES, Pass, scope_for
from core.web.repeats import REPEATED_HEADER, AnswerBefore, Attempt, attempt_of

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
    413: "Too much at once",
    415: "This form of content is not taken",
    422: "A rule says no",
    429: "Too many requests",
    500: "Something is broken",
    503: "Not available just now",
}


def for_programs(request: Any) -> bool:
    """Addresses of the API answer with problem details, also where no endpoint is."""
    return bool(request.path.startswith("/api/"))


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
    # Called twice by accident it would do harm: each call names itself with an idempotency key.
    moves_money: ClassVar[bool] = False
    # As on pages: after a pause a session has to show again who is there.
    bank: ClassVar[bool] = False
    actor: Actor
    changing = False
    attempt: Attempt | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        methods = [name.upper() for name in cls.http_method_names if hasattr(cls, name)]
        told = [method for method in methods if method != "OPTIONS"]
        SCOPES.update({scope_for(cls.permission, method) for method in told})

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view: Any = super().as_view(**initkwargs)
        view.access = (cls.permission, None)
        view.bank = cls.bank
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
        kind: Any = type(self)
        refuse_unknown_questions(request, documented_questions(kind, str(request.method)))
        self.opened.enter_context(scope_of(request))
        if request.method not in SAFE:
            self.opened.enter_context(transaction.atomic())
            self.changing = True
            self.attempt = attempt_of(request, self.actor, needed=self.moves_money)

    def handle_exception(self, exc: Exception) -> Response:
        """What is refused or turned down leaves nothing behind: the answer says so afterwards."""
        if isinstance(exc, AnswerBefore):
            self.attempt = None
            content = json.loads(exc.body) if exc.body else None
            return Response(content, status=exc.status, headers={REPEATED_HEADER: "true"})
        if self.changing:
            transaction.set_rollback(True)
            self.attempt = None
        return super().handle_exception(exc)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """What a call with a key answered is kept in the transaction of what it did."""
        if self.attempt is not None:
            self.attempt.keep(response.status_code, JSONRenderer().render(response.data).decode())
        return super().finalize_response(request, response, *args, **kwargs)

    def narrowed(self, shown: Pass, method: str) -> Actor:
        """The person as far as the token goes. NotAllowed if it does not carry this at all."""
        wanted = scope_for(self.permission, method)
        if not shown.carries(wanted):
            raise NotAllowed(f"This token does not carry {wanted}. Make one that does.")
        return shown.narrowed(self.actor)


@cache
def documented_questions(endpoint: Any, method: str) -> frozenset[str]:
    """The names behind the ? that the schema gives for a method: no others are taken."""
    told = getattr(getattr(endpoint, method.lower(), None), "kwargs", {}).get("schema")
    if told is None:
        return frozenset()
    schema = told()
    schema.view = endpoint(request=None, kwargs={})
    names: set[str] = set()
    for one in schema.get_override_parameters():
        if isinstance(one, OpenApiParameter):
            names |= {one.name} if one.location == OpenApiParameter.QUERY else set()
        else:
            names |= set(one().fields)
    return frozenset(names)


def refuse_unknown_questions(request: Request, known: frozenset[str]) -> None:
    """A filter that is misspelt would otherwise give the answer to another question."""
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        raise ValidationError(f"There is no filter called {', '.join(unknown)}.")
    if any(len(said) > 1 for _name, said in request.query_params.lists()):
        raise ValidationError("Each filter is given once.")
    if any("\0" in said for said in request.query_params.values()):
        raise ValidationError("A filter holds no zero characters.")


def checked(form: Any) -> dict[str, Any]:
    """What a form of a page understands; ValidationError with its sentences otherwise."""
    if not form.is_valid():
        wrong = form.errors.get_json_data()
        raise ValidationError(
            {name: [one["message"] for one in said] for name, said in wrong.items()}
        )
    return dict(form.cleaned_data)


class NothingAsked(serializers.Serializer):
    """No more is to be said."""


def asked(form: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What was sent, by its serializer; what it does not know is refused, so that it is noticed."""
    given = form(data=request.data)
    given.is_valid(raise_exception=True)
    unknown = sorted(set(_unknown(given, given.initial_data)))
    if unknown:
        raise ValidationError(f"There is no field called {', '.join(unknown)}.")
    return dict(given.validated_data)


def _unknown(form: serializers.Serializer, given: Any) -> Iterator[str]:
    """Names that a form does not know, in what is inside of it too."""
    for name, value in given.items():
        if name not in form.fields:
            yield str(name)
            continue
        inner = getattr(form.fields[name], "child", form.fields[name])
        if isinstance(inner, serializers.Serializer):
            for one in value if isinstance(value, list) else [value or {}]:
                yield from _unknown(inner, one)


def queried(form: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What was asked for in the address, by its serializer."""
    given = form(data=request.query_params)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


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
        status, detail = 503, outage.words
    elif isinstance(error, Refusal):
        status, detail = error.status, error.message
    elif isinstance(error, APIException):
        status, detail = error.status_code, _in_words(error.detail)
    elif isinstance(error, PermissionDenied | Http404):
        # What a library raised knows none of our sentences.
        status = 403 if isinstance(error, PermissionDenied) else 404
        detail = TITLES[status]
    else:
        return None
    content = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail}
    if isinstance(error, Refused):
        content["code"] = error.code
    # How one may sign in, and when one may ask again.
    wait = outage.retry_seconds if outage else getattr(error, "wait", None)
    told = {"WWW-Authenticate": getattr(error, "auth_header", None), "Retry-After": wait}
    headers = {name: str(value) for name, value in told.items() if value is not None}
    return Response(content, status=status, headers=headers, content_type=PROBLEM)
