"""The people of the demonstration, known to everything that a request meets on its way."""

from functools import partial
from typing import Any

from django.utils.functional import SimpleLazyObject

from portal import personas


class DemonstrationMiddleware:
    """Says once a request who can be chosen in the demonstration: nobody in production.

    The gate asks it for sessions that came by that choice, the bar for whom to offer.
    """

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        request.demo_people = SimpleLazyObject(partial(personas.present_people, request))
        return self.get_response(request)
