"""What the schema says of every call besides its own: its errors, and the key of a call."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from core.web.api import PROBLEM, TITLES
from core.web.passes import SAFE
from core.web.repeats import KEY_HEADER, LONGEST_KEY

READING = (400, 401, 403, 404, 406, 429, 500, 503)
CHANGING = (*READING, 409, 413, 415, 422)


class Problem(serializers.Serializer):
    """What went wrong (RFC 9457): `detail` is the sentence that a page would show."""

    type = serializers.CharField(help_text="Always about:blank: the status says the kind.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(required=False, help_text="The rule that says no (docs/rules.md).")


class Schema(AutoSchema):
    """Every operation names its errors; one that changes something takes an idempotency key."""

    def get_override_parameters(self) -> list[Any]:
        found = list(super().get_override_parameters())
        if getattr(self, "method", "GET") not in SAFE:
            found.append(
                OpenApiParameter(
                    KEY_HEADER,
                    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
                    OpenApiParameter.HEADER,
                    required=getattr(self.view, "moves_money", False),
                    description="The same key with the same content is answered as before.",
                )
            )
        return found

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation: Any = super().get_operation(*args, **kwargs)
        form = self.resolve_serializer(Problem, "response").ref
        for status in READING if self.method in SAFE else CHANGING:
            operation["responses"].setdefault(
                str(status),
                {"description": TITLES[status], "content": {PROBLEM: {"schema": form}}},
            )
        return operation
